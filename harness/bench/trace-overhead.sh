#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What tracing costs: fork-load untraced, under `procsmith trace` on all CPUs and on one, and
# under `strace -f`, interleaved, so that a change in the machine's load meets them all.
# Each round's time is divided by that round's untraced time; printed are the median ratio
# and the least and the greatest.
#
#	harness/bench/trace-overhead.sh [ROUNDS [CHILDREN [BATCH [CALLS]]]]     9 2000 50 50
#	PROCSMITH=path  the command that is measured             build/procsmith
#	CC=gcc          what compiles the load
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${1:-9}
load_arguments=("${2:-2000}" "${3:-50}" "${4:-50}")
procsmith=${PROCSMITH:-build/procsmith}
[[ -x $procsmith ]] || { echo "$0: no $procsmith: run make first" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-gcc}" -O1 -o "$work/load" harness/bench/fork-load.c
load=("$work/load" "${load_arguments[@]}")

names=(untraced "trace --no-pin" "trace --pin" "untraced, one CPU")
have_strace=$(command -v strace || true)
[[ -n $have_strace ]] && names+=("strace -f")

measure()
{
	case $1 in
	untraced) "${load[@]}" ;;
	"untraced, one CPU") taskset -c 0 "${load[@]}" ;;
	"strace -f") strace -f -o /dev/null "${load[@]}" ;;
	trace*) "$procsmith" $1 -o "$work/log.jsonl" -- "${load[@]}" ;;
	esac
}

for ((round = 1; round <= rounds; round++)); do
	printf '\rround %d of %d' "$round" "$rounds" >&2
	for name in "${names[@]}"; do
		printf '%s\t%s\t%s\n' "$round" "$name" "$(measure "$name")"
	done
done >"$work/times"
printf '\r%20s\r' '' >&2

printf '%s children, %s alive together, %s calls each; %s rounds, %s CPUs\n' \
	"${load_arguments[@]}" "$rounds" "$(nproc)"
for name in "${names[@]}"; do
	awk -F '\t' -v name="$name" '
		$2 == "untraced" { base[$1] = $3 }
		$2 == name { print $3 / base[$1], $3 }' "$work/times" | sort -n |
		awk -v name="$name" '
			{ ratio[NR] = $1; ms[NR] = $2 }
			END {
				middle = int((NR + 1) / 2)
				printf "%-18s x%.2f  (%.2f .. %.2f)  about %.0f ms\n",
					name, ratio[middle], ratio[1], ratio[NR], ms[middle]
			}'
done
