#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh: what make install puts down is all that a program outside needs. Into an empty
# folder, then install/squares.c through pkg-config, against libmp.so and against libmp.a, and
# under valgrind where it is there; the last line is the sum.
set -u
here=$(cd "$(dirname "$0")" && pwd)
prefix=$(mktemp -d) || exit 2
trap 'rm -rf "$prefix"' EXIT
passed=0 failed=0

try() {
	what=$1
	shift
	if "$@" >"$prefix/said" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "  $what:"
		sed 's/^/    /' "$prefix/said"
	fi
}

flags() {
	PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config "$@" libmp
}

says() {
	said=$("$@") && [ "$said" = "ok 333328333350000" ] || { echo "it says: $said"; return 1; }
}

# Nothing to say about the owner, nor about a worker. Helpers are at hand for a valgrind that
# does not know pidfds.
silent() {
	"${CC:-cc}" -shared -fPIC -o pidfd.so "$here/install/pidfd.c" || return
	python3 "$here/install/pidfd.py" "$prefix/pidfds" &
	helper=$!
	until [ -S "$prefix/pidfds" ] || ! kill -0 $helper; do :; done
	LD_LIBRARY_PATH=$prefix/lib LD_PRELOAD=$prefix/pidfd.so PIDFD_FROM=$prefix/pidfds \
		valgrind --quiet --leak-check=full --error-exitcode=9 --log-file=log.%p "$1"
	status=$?
	kill $helper
	grep -hv 'syscall: 4[23]4\|own handler\|README_MISSING\|consider this\|report$\|bug_reports' log.*
	[ $? -eq 1 ] && [ $status -eq 0 ]
}

make -C "$here/../.." --no-print-directory install PREFIX="$prefix" >"$prefix/said" 2>&1 ||
	{ cat "$prefix/said"; echo "0 passed, 1 failed"; exit 1; }
cd "$prefix" || exit 2
# shellcheck disable=SC2046 # flags are words
try "compiled with libmp.so" "${CC:-cc}" -std=c11 -Wall -Wextra -Werror -O2 -g \
	-o shared "$here/install/squares.c" $(flags --cflags --libs)
# shellcheck disable=SC2046
try "compiled with libmp.a" "${CC:-cc}" -static -O2 -g -o static "$here/install/squares.c" \
	$(flags --static --cflags --libs)
try "linked to the installed libmp.so" env LD_LIBRARY_PATH="$prefix/lib" sh -c \
	"ldd ./shared | grep -q '$prefix/lib/libmp.so'"
try "run with libmp.so" says env LD_LIBRARY_PATH="$prefix/lib" ./shared
try "run with libmp.a" says ./static
if command -v valgrind >"$prefix/said"; then
	try "run under valgrind, which is silent" silent ./shared
else
	echo "  there is no valgrind here"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
