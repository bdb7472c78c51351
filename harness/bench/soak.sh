#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# soak.sh [ROWS]           grade the reference until ROWS rows (2000) were judged; afterwards no
#                          process, descriptor, scratch folder or shared memory may be left
# soak.sh busy [REPEATS]   the same REPEATS (200) times on a machine whose processors are all
#                          busy: every repeat must have all points
# Tells every row that did not pass, with its verdict and message, and how often.
# PROCSMITH is the command (build/procsmith), JOBS the rows at a time (1).
set -u
cd "$(dirname "$0")/../.." || exit 2
procsmith=${PROCSMITH:-build/procsmith}
busy=
[ "${1-}" = busy ] && busy=yes && shift
most=${1:-$([ $busy ] && echo 200 || echo 2000)}
work=$(mktemp -d) || exit 2
mkdir "$work/tmp"
burners=()
trap 'for pid in "${burners[@]}"; do kill "$pid"; done 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [ $busy ]; then
	for _ in $(seq "$(nproc)"); do
		yes >/dev/null &
		burners+=($!)
	done
fi

# Every process of a row has the scratch folder in its environment.
processes() {
	grep -lsaF "$work/tmp" /proc/[0-9]*/environ 2>/dev/null | wc -l
}
shared_memory() {
	find /dev/shm -mindepth 1 2>/dev/null | sort
}
# How many descriptors the whole machine has open: others use it, too, so this is only told.
descriptors() {
	cut -f1 /proc/sys/fs/file-nr
}

shm=$(shared_memory)
open=$(descriptors)
rows=0 runs=0 full=0 began=$(date +%s.%N)
done_so_far() {
	if [ $busy ]; then echo $runs; else echo $rows; fi
}
while [ "$(done_so_far)" -lt "$most" ]; do
	TMPDIR=$work/tmp "$procsmith" grade --submission solutions --graphs "$work/graphs" \
		-j "${JOBS:-1}" --json "$work/results.json" --quiet
	code=$?
	[ $code -gt 1 ] && echo "procsmith ended with $code" && exit 1
	rows=$((rows + $(python3 - "$work/results.json" "$work/failures" <<-'EOP'
		import json, sys
		results = json.load(open(sys.argv[1]))
		bad = [row for stage in results["stages"] for task in stage["tasks"]
		       for row in task["rows"] if row["verdict"] != "pass"]
		with open(sys.argv[2], "a") as out:
		    for row in bad:
		        found = [row["message"] or ""] + [f["text"] for f in row["findings"]]
		        found += [f"{row['asked']}: {row['seen']}"] if row["asked"] else []
		        print(row["id"], row["verdict"], " | ".join(found), file=out)
		print(results["totals"]["rows"])
	EOP
	)))
	runs=$((runs + 1))
	[ $code -eq 0 ] && full=$((full + 1))
done
seconds=$(awk "BEGIN {print $(date +%s.%N) - $began}")

echo "$rows rows in $runs runs, $full of them with all points, $seconds s"
[ -s "$work/failures" ] && sort "$work/failures" | uniq -c | sort -rn
left=$(processes)
scratch=$(find "$work/tmp" -mindepth 1 -maxdepth 1 | wc -l)
new=$(comm -13 <(echo "$shm") <(shared_memory) | wc -l)
echo "left: $left processes, $scratch scratch folders, $new names in /dev/shm;" \
	"descriptors of the machine $open before, $(descriptors) after"
[ $full -eq $runs ] && [ "$left" -eq 0 ] && [ "$scratch" -eq 0 ] && [ "$new" -eq 0 ]
