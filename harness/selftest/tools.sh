#!/bin/sh
# SPDX-License-Identifier: MIT
# tools.sh: tests of harness/tools, each in a copy of a tree of its own. One line a promise;
# fails when one is broken.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../tools" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# promise SENTENCE: true when the command before it was.
promise() {
	if [ $? -eq 0 ]; then
		passed=$((passed + 1))
		echo "  ok      $1"
	else
		failed=$((failed + 1))
		echo "  FAILED  $1"
		sed 's/^/          /' "$work/said" 2>/dev/null
	fi
}

# Run a command; what it says goes to $work/said. fails: it must not succeed.
run() {
	"$@" >"$work/said" 2>&1
}
fails() {
	! run "$@"
}
says() {
	grep -q -- "$1" "$work/said"
}

# A tree with one stage, and the tools in it.
tree() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree/harness/tests" "$work/tree/harness/mutants/01-box" \
	    "$work/tree/solutions/01-box" "$work/tree/labs/include/mp"
	cp -R "$tools" "$work/tree/harness/tools"
	rm -f "$work/tree/harness/tools/skeletons.sha256"
	cp "$here/skeleton/solution.c" "$work/tree/solutions/01-box/box.c"
	lab=$work/tree/labs/01-box/box.c
	cd "$work/tree" || exit 2
}

# --- skeleton

run "$tools/skeleton" "$here/skeleton/solution.c" && diff "$work/said" "$here/skeleton/skeleton.c"
promise "skeleton: fences become todo, yours or nothing, as in the golden pair"

printf '/* box.1: x */\n//{\nint a;\n' >"$work/open.c"
fails "$tools/skeleton" "$work/open.c" && says 'open.c:2: this fence does not end'
promise "skeleton: a fence without an end is a failure that names its line"

printf 'int\nf(void)\n{\n\t//{\n\treturn 1;\n\t//}\n}\n' >"$work/task.c"
fails "$tools/skeleton" "$work/task.c" && says 'task.c:4: no task line'
promise "skeleton: a fence in a function without a task line is a failure"

printf '#include <stdio.h>\n#include <mp/error.h>\n\n/* box.1: put one of n. */\nint box_put(int n);\nint\nbox_put(int n)\n{\n\t//{\n\treturn n;\n\t//}\n}\n' >"$work/box.c"
run "$tools/skeleton" "$work/box.c" && cp "$work/said" "$work/student.c" &&
    run gcc -std=c11 -Werror -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wpointer-arith -Wno-unused-parameter -I"$root/labs/include" -c -o /dev/null "$work/student.c"
promise "skeleton: it compiles without a warning, and its parameters may be unused"

# --- skeletons

tree
run harness/tools/skeletons --write && cmp -s "$lab" "$here/skeleton/skeleton.c" &&
    run harness/tools/skeletons --check
promise "skeletons: what --write makes, --check accepts"

tree
run harness/tools/skeletons --write
echo '/* mine */' >>"$lab"
echo 'int more;' >>solutions/01-box/box.c
fails harness/tools/skeletons --write && says 'labs/01-box/box.c has been changed by hand' &&
    grep -q mine "$lab"
promise "skeletons: --write keeps a file that a student has changed, and says so"
fails harness/tools/skeletons --write && grep -q mine "$lab"
promise "skeletons: and keeps it the next time"
fails harness/tools/skeletons --check && says 'labs/01-box/box.c'
promise "skeletons: --check names the file that was changed by hand"

tree
run harness/tools/skeletons --write
echo 'int more;' >>solutions/01-box/box.c
fails harness/tools/skeletons --check && says 'solutions/01-box/box.c has changed' &&
    run harness/tools/skeletons --write && grep -q 'int more' "$lab" &&
    run harness/tools/skeletons --check
promise "skeletons: a solution that moved on is noticed, and --write follows it"

# --- ids

tree
run harness/tools/skeletons --write
printf ' * Tasks   box.2 box.3\n/* Tasks box.4 */\n/* Tasks box.1 */\n' >labs/include/mp/box.h
echo 'box.1 box.2 box.3 box.4' >labs/01-box/README.md
printf '## box.1\n## box.2\n## box.3\n## box.4\n' >labs/01-box/hints.md
echo 'mp_todo("box.1");' >labs/01-box/more.c
for n in 1 2 3 4; do
	echo "ROW(\"box.$n/works\", 1, \"it works\")" >>harness/tests/01-box.c
	printf 'box.%d/works must catch it\n--- a\n+++ b\n' "$n" >"harness/mutants/01-box/$n.patch"
done
run harness/tools/ids
promise "ids: an id with all its homes is no fault"
for home in labs/01-box/README.md labs/include/mp/box.h labs/01-box/box.c solutions/01-box/box.c \
    harness/tests/01-box.c labs/01-box/hints.md harness/mutants/01-box/3.patch; do
	cp "$home" "$work/kept"
	sed -i 's/box\.3/box/' "$home"
	fails harness/tools/ids && says '^box\.3 .*MISSING'
	promise "ids: box.3 missing from $home is told"
	cp "$work/kept" "$home"
done
sed -i 's/box.3.works/box.3\/dreams/' harness/mutants/01-box/3.patch
fails harness/tools/ids && says 'there is no row box.3/dreams'
promise "ids: a mutant that names no real row is told"

# --- examples

printf '/*\n * A box.\n *\n * Example:\n *\tint\n *\tmain(void)\n *\t{\n *\t\treturn 0;\n *\t}\n */\n' \
    >"$work/box.h"
run "$tools/examples" "$work/box.h" "$work" && grep -q '^#line 5 ".*box.h"$' "$work/box.c" &&
    run gcc -o "$work/box" "$work/box.c" && "$work/box"
promise "examples: the program in a header compiles and runs, and speaks of the header's lines"
echo '/* A box. */' >"$work/box.h"
fails "$tools/examples" "$work/box.h" "$work" && [ ! -e "$work/box.c" ]
promise "examples: a header without one is a failure, and leaves no file"

# --- need: among commands of our own making, so that nothing is installed

cd "$work" || exit 2
bin=$work/bin
commands() {
	rm -rf "$bin" "$work/lists" "$work/ran" "$work/have"
	mkdir -p "$bin" "$work/lists"
	touch "$work/ran" "$work/have"
	for c in sh env grep awk ls cat rm flock; do ln -s "$(command -v $c)" "$bin/$c"; done
	make_command dpkg 'grep -qx "$2" '"$work/have"' && echo "Status: install ok installed"'
	make_command apt-get 'echo "$*" >>'"$work/ran"'; case "$*" in *install*)
		[ ! -e '"$work/broken"' ] || { rm '"$work/broken"'; exit 100; }
		for p in "$@"; do echo "$p" >>'"$work/have"'; done;; esac'
	make_command id 'echo '"$1"
	make_command sudo 'exit 1'
	make_command true "exit 0"
}
make_command() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}
need() {
	env -i PATH="$bin" NEED_APT_LISTS="$work/lists" "$tools/need" "$@"
}

commands 0
touch "$work/lists/x_Packages"
run need docs && says "missing for 'docs': pandoc graphviz" && says 'running: apt-get install' &&
    grep -q 'install --no-install-recommends pandoc graphviz' "$work/ran" &&
    ! grep -q update "$work/ran"
promise "need: says what is missing and what it runs, and installs it"
run need docs && [ ! -s "$work/said" ]
promise "need: is silent when nothing is missing"

commands 0
run need docs && [ "$(grep -c update "$work/ran")" -eq 1 ]
promise "need: updates the lists once when there are none"
commands 0
touch "$work/lists/x_Packages" "$work/broken"
run need docs && [ "$(grep -c update "$work/ran")" -eq 1 ] && [ "$(grep -c install "$work/ran")" -eq 2 ]
promise "need: updates the lists once when an install fails, and tries again"

commands 1000
fails need docs && says 'sudo apt-get install pandoc graphviz' && says 'sudo dnf install' &&
    says 'sudo pacman -S pandoc-cli' && says 'brew install' && [ ! -s "$work/ran" ]
promise "need: without the right to install it prints the commands, and fails"
commands 1000
make_command sudo 'shift; exec "$@"'
run need docs && says 'running: sudo -n apt-get install' && grep -q pandoc "$work/ran"
promise "need: with a sudo that asks no password it installs"
fails need everything
promise "need: refuses a group that does not exist"

echo "tools: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
