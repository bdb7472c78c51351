#!/bin/sh
# SPDX-License-Identifier: MIT
# pickle-peer.sh [BUILD [SEED]]: values as bytes, to live Pythons and back: every Python 3 on
# PATH against $BUILD/peers/pickles, over edges and thousands of values by chance: always the same,
# or those of another SEED; "new" for one that nobody knows, and it is said. What is compared is in
# peers/pickles.py; the last line is the sum.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
seed=${2:-1}
[ "$seed" != new ] || seed=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

"$here"/peers/pythons >"$work/pythons"
while read -r version python; do
	printf '  Python %-8s %s, seed %s\n' "$version" "$python" "$seed"
	"$python" "$here"/peers/pickles.py "$build"/peers/pickles "$seed" </dev/null 2>&1 |
		tee "$work/said" | sed 's/^/    /'
	tally=$(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/said")
	echo "${tally:-0 1}" >>"$work/tallies"
done <"$work/pythons"
[ -s "$work/tallies" ] || { echo "there is no Python 3 on PATH"; exit 1; }
awk '{ passed += $1; failed += $2 }
END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$work/tallies"
