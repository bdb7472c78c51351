#!/bin/sh
# SPDX-License-Identifier: MIT
# book.sh: tests of the book's filter, on a small book of our own in a copy of the tools.
# Needs pandoc and graphviz (make test-book asks for them).
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

mkdir -p "$work/harness" "$work/labs/include/mp" "$work/labs/00-base" "$work/labs/01-box" \
    "$work/solutions/01-box" "$work/docs/book/programs" "$work/diagrams"
cp -R "$root/harness/tools" "$work/harness/tools"
cp "$root"/docs/filter.lua "$root"/docs/template.html "$root"/docs/style.css "$work/docs"
cp "$root/diagrams/theme.gvpr" "$work/diagrams"
cd "$work" || exit 2
printf '/*\n * A box.\n */\n/* Put it in. */\nint mp_box_put(int n);\n' >labs/include/mp/box.h
printf 'int\nmp_box_put(int n)\n{\n\treturn n;\n}\n' >labs/00-base/box.c
printf 'int\nanswer(void)\n{\n\treturn 42;\n}\n' >solutions/01-box/answer.c
printf 'digraph { a [class=zombie]; a -> b [class=reap]; }\n' >diagrams/01-box.dot
printf '# Box\n\nA handout.\n' >labs/01-box/README.md
printf '# Hints\n\n## box.1\n\nLook inside.\n' >labs/01-box/hints.md

# promise SENTENCE: true when the command before it was.
promise() {
	if [ $? -eq 0 ]; then
		passed=$((passed + 1))
		echo "  ok      $1"
	else
		failed=$((failed + 1))
		echo "  FAILED  $1"
		sed 's/^/          /' said
	fi
}

# A book of one chapter with this text.
book() {
	rm -rf out
	printf '# Chapter\n\n%s\n' "$1" >docs/book/01-chapter.md
	harness/tools/book out >said 2>&1
}
chapter() {
	grep -q -- "$1" out/book/01-chapter.html
}
# A book with this text fails, and says this.
fails() {
	! book "$1" && grep -q -- "docs/book/01-chapter.md: .*$2" said
}

book 'See `box.c:mp_box_put`.' && chapter 'href="../labs/00-base/box.c.html#cb1-2"' &&
    grep -q 'id="cb1-2"' out/labs/00-base/box.c.html
promise "a citation leads to the line of the definition"
book 'See `solutions/01-box/answer.c:answer`.' && chapter 'title="solutions/01-box/answer.c"' &&
    [ ! -e out/solutions ]
promise "a citation of a solution is named and not shown"
book 'Call `mp_box_put`.' && chapter 'href="../labs/include/mp/box.h.html#mp_box_put"' &&
    grep -q 'id="mp_box_put"' out/labs/include/mp/box.h.html
promise "a function of the library leads to its manual"
fails 'See `box.c:mp_box_get`.' 'dead citation `box.c:mp_box_get`'
promise "a citation of a function that is gone fails, and is named"
fails 'See `labs/00-base/bag.c:mp_box_put`.' 'there is no file labs/00-base/bag.c'
promise "a citation of a file that is gone fails, and is named"
cp labs/00-base/box.c solutions/01-box/box.c
fails 'See `box.c:mp_box_put`.' 'write the path'
promise "a citation that could mean two functions fails"
rm solutions/01-box/box.c

book 'See [the handout](../../labs/01-box/README.md) and [box](../../labs/include/mp/box.h).' &&
    chapter 'href="../labs/01-box/index.html"' && chapter 'href="../labs/include/mp/box.h.html"'
promise "links between files become links between pages"
fails '[gone](02-gone.md)' 'dead link 02-gone.md'
promise "a link to a page that is not there fails, and is named"
fails '[gone](../../labs/01-box/README.md#gone)' 'no such heading'
promise "a link to a heading that is not there fails, and is named"

book '![A box](../../diagrams/01-box.dot)' && chapter '<svg role="img" aria-label="A box"' &&
    chapter 'url(#hatched' && chapter 'stroke-dasharray' && chapter '<figcaption>'
promise "an image of a .dot file is drawn: zombies hatched, reaping dashed"
fails '![x](../../diagrams/gone.dot)' 'there is no diagram ../../diagrams/gone.dot'
promise "a diagram that is not there fails, and is named"
fails "$(printf '```dot\ndigraph {\n```')" 'cannot be drawn'
promise "a diagram with a fault fails"
fails 'An ![x](../../diagrams/01-box.dot) in a line.' 'a paragraph of its own'
promise "a diagram in the middle of a line fails, since it would not be drawn"
mkdir -p docs/pictures && echo '<svg/>' >docs/pictures/run.svg
book '![A run](../pictures/run.svg)' && chapter 'src="../pictures/run.svg"' && [ -e out/pictures/run.svg ]
promise "a picture comes along with the page"
fails '![x](../pictures/gone.svg)' 'there is no picture ../pictures/gone.svg'
promise "a picture that is not there fails, and is named"
printf '/* SPDX */\n#include <stdio.h>\nint x;\n' >docs/book/programs/x.c
book "$(printf '``` {.c file=programs/x.c}\n```')" && chapter '>int<' && ! chapter 'stdio'
promise "a program is shown without its includes"

grep -q '<details class="hint" id="hint-box.1">' out/labs/01-box/index.html
promise "hints fold, below their handout"
! grep -rqE '(src|href)="https?:' out
promise "no page asks the network for anything"

echo "book: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
