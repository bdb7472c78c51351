#!/bin/sh
# SPDX-License-Identifier: MIT
# knots-peer.sh [BUILD [REPEATS]]: deadlocks of the library's own locks and queues, seen from
# outside: procsmith stuck names the lock and who holds it, the queue and who could read or write it.
# With REPEATS, each so often, and how long a look took. The last line is the sum.
set -u
build=${1:-build} repeats=${2:-1}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# In a container, whose init or whoever started us may have rights that we have not, a pipe that
# exec hands on may be in hidden hands: an ancestor's, or one's of our session.
sees_all() {
	mine=$(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 4)
	above=$$
	while [ "$above" -gt 1 ]; do
		readlink "/proc/$above/cwd" >"$work/cwd" || return 1
		above=$(sed 's/.*) //' "/proc/$above/stat" | cut -d ' ' -f 2)
	done
	for process in /proc/[0-9]*; do
		# shellcheck disable=SC2046 # state, parent, group, session ...
		set -- $(sed 's/.*) //' "$process/stat")
		[ "${4-}" != "$mine" ] || [ "$1" = Z ] || readlink "$process/cwd" >"$work/cwd" ||
			[ ! -d "$process" ] || return 1
	done 2>/dev/null
}
if sees_all; then handed_on='a deadlock'; else handed_on='could not see enough to say'; fi

# Look until there is an answer but "nothing", or it has ended: at most 10 s. 0 a deadlock.
look() {
	tries=0
	while [ "$tries" -lt 100 ] && kill -0 "$1" 2>/dev/null; do
		began=$(date +%s%N)
		"$build"/procsmith stuck "$1" >"$work/said" 2>&1 && tries=$((tries + 1)) || break
		sleep 0.1
	done
	took=$((($(date +%s%N) - began) / 1000000))
	grep -q "^$answer" "$work/said"
}

# Processes become P1, P2 ... in the order of birth. (Of a spawned program P2 is its tracker.)
renumber() {
	grep -o '\[[0-9]*\]' "$work/said" | tr -d '[]' | sort -nu >"$work/pids"
	awk 'NR == FNR { of[$1] = "P" NR; next }
	{ for (pid in of) gsub("[a-z-]+\\[" pid "\\]", of[pid]); print }' "$work/pids" "$work/said"
}

result() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s failed. What was said:\n' "$1"
		sed 's/^/    /' "$work/said"
	fi
}

# knot NAME SENTENCE...: it is a deadlock, and these are among the sentences.
knot() {
	before=$passed longest=0
	for _ in $(seq "$repeats"); do
		tie "$@"
		[ "$took" -le "$longest" ] || longest=$took
	done
	[ "$repeats" -eq 1 ] ||
		printf '%-20s %3d of %d, at most %d ms\n' "$1" $((passed - before)) "$repeats" "$longest"
}

# Once: took, and one more passed or failed.
tie() {
	name=$1
	shift
	"$build/peers/$program" "$name" </dev/null 2>"$work/errors" &
	pid=$!
	look $pid
	wrong=$?
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	renumber >"$work/sentences"
	for sentence; do
		grep -qF "$sentence" "$work/sentences" || { wrong=1; echo "not said: $sentence"; }
	done
	result "$name" $wrong
}

# free NAME: it is none, and ends by itself.
free() {
	"$build/peers/$program" "$1" </dev/null &
	pid=$!
	: >"$work/said"
	wrong=0
	look $pid && wrong=1
	wait $pid || wrong=1
	result "$1" $wrong
}

answer='a deadlock' program=knots
knot crossed "P2 waits for a lock that P3 holds; only P1, it itself and P3 could release it" \
	"P3 waits for a lock that P2 holds; only P1, P2 and it itself could release it"
knot crossed-rlocks "P2 waits for a lock held by P3" "P3 waits for a lock held by P2"
knot self-lock "P1 waits for a lock that it itself holds; only it itself could release it"
free dead-holder
knot semaphore "P2 waits for a semaphore; only P1, it itself and P3 could release it" \
	"P3 waits for a semaphore; only P1, P2 and it itself could release it"
knot condition "P2 waits for a condition; only P1, it itself and P3 could notify it" \
	"P3 waits for a condition; only P1, P2 and it itself could notify it"
knot event "P2 waits for an event; only P1 and it itself could set it"
knot barrier "P2 waits for a barrier; only P1, it itself and P3 could come to it" \
	"P3 waits for a barrier; only P1, P2 and it itself could come to it"
answer=$handed_on
knot spawned "P1 joins P3" \
	"P3 waits for a lock that P1 holds; only P1, P2 and it itself could release it"
answer='a deadlock'
free timed

program=queue-knots
knot join-first "P1 joins P2" "P2's thread 1 joins P2's feeder" \
	"P2's feeder writes 1,000,000 bytes into queue 1, which is full; only P1 and its own process read it"
knot join-first-of-two "P1 joins P2" "writes 1,000,000 bytes into queue 1, which is full" \
	"P3's thread 1 joins P3's feeder"
free get-first
free cancelled
knot none-missing "queue 1, which is empty; only P1"
knot undone "P2 reads from queue 3, which is empty; only P1 and it itself write into it" \
	"P1 joins queue 3, of whose tasks 3 were got and not done; only P2 and it itself could do its tasks"
knot alone "P1 writes into queue 2, which is full; only it itself reads it"
knot both-get "P1 reads from queue 2, which is empty; only it itself and P2 write into it" \
	"P2 reads from queue 1, which is empty; only P1 and it itself write into it"
knot both-put "P1 writes into queue 5, which is full; only it itself and P2 read it" \
	"P2 writes into queue 2, which is full; only P1 and it itself read it"
knot simply "P1 joins P2" \
	"P2 writes 1,000,000 bytes into queue 4, which is full; only P1 and it itself read it"
free slow

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
