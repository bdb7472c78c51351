#!/bin/sh
# SPDX-License-Identifier: MIT
# shm-peer.sh [BUILD]: memory that C and Python share: every Python 3 that is found, against
# $BUILD/peers/shm. What is compared is in peers/shm.py; the last line is the sum.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

"$here"/peers/pythons >"$work/pythons"
while read -r version python; do
	printf '  Python %-8s %s\n' "$version" "$python"
	"$python" "$here"/peers/shm.py "$build"/peers/shm </dev/null 2>&1 |
		tee "$work/said" | sed 's/^/    /'
	tally=$(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/said")
	echo "${tally:-0 1}" >>"$work/tallies"
done <"$work/pythons"
[ -s "$work/tallies" ] || { echo "there is no Python 3 on PATH"; exit 1; }
awk '{ passed += $1; failed += $2 }
END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$work/tallies"
