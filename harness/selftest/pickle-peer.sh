#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pickle-peer.sh DRIVER [SEED]: every Python on the PATH against build/pickle-peer.
#
# python3 and python3.N, each real interpreter once (PYTHONS="..." instead of the PATH's). What
# is compared is in pickle/peer.py; the last line is "N passed, N failed".
set -u
driver=$1
here=$(dirname "$0")/pickle
passed=0 failed=0

candidates() {
	local folder python
	if [ -n "${PYTHONS-}" ]; then
		printf '%s\n' $PYTHONS
		return
	fi
	IFS=:
	for folder in $PATH; do
		for python in "$folder"/python3 "$folder"/python3.[0-9] "$folder"/python3.[0-9][0-9]; do
			[ -x "$python" ] && echo "$python"
		done
	done
}

# The real interpreters behind the candidates (some are scripts that may have nothing to start).
interpreters() {
	candidates | while read -r python; do
		"$python" -c 'import os, sys; print(os.path.realpath(sys.executable))' 2>/dev/null
	done | sort -u
}

[ -x "$driver" ] || { echo "usage: pickle-peer.sh DRIVER [SEED]" >&2; exit 2; }
found=$(interpreters)
[ -n "$found" ] || { echo "there is no python3 on the PATH"; echo "0 passed, 1 failed"; exit 1; }
seed=${2:-$((RANDOM * 32768 + RANDOM))}
echo "seed $seed; $(echo "$found" | wc -l) interpreters: $(echo "$found" | paste -s -d ' ')"
while read -r python; do
	said=$("$python" "$here/peer.py" "$driver" "$seed" 2>&1 </dev/null)
	echo "$said" | sed '$d'
	tally=$(echo "$said" | tail -n 1)
	if [[ $tally =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
	else
		echo "  $python: $tally"
		failed=$((failed + 1))
	fi
done <<<"$found"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
