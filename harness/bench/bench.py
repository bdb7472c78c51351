# SPDX-License-Identifier: MIT
"""The Python side of bench.h: a peer's measurement is a function that takes a count.

    @bench("pipe: 1 byte there and back", "CPython")
    def _(count):
        set up ...
        with timed():
            for _ in range(count):
                ... once ...

    if __name__ == "__main__":
        main()
"""
import contextlib
import sys
import time

SAMPLE = 0.1  # seconds that one sample should take

_benches = {}
_taken = 0.0


def bench(case, contender):
    def enter(function):
        _benches[case, contender] = function
        return function

    return enter


@contextlib.contextmanager
def timed():
    global _taken
    started = time.perf_counter()
    yield
    _taken = time.perf_counter() - started


def _sample(function, count):
    if not count:
        count = 1
        while function(count) or _taken < SAMPLE / 2:
            count *= 2
        count = max(1, int(SAMPLE / (_taken / count)))
    function(count)
    print(f"{_taken * 1e9 / count:.2f} {count}")


def main():
    if sys.argv[1:] == ["--list"]:
        for case, contender in _benches:
            print(f"{case}\t{contender}")
    elif len(sys.argv) > 2 and (sys.argv[1], sys.argv[2]) in _benches:
        _sample(_benches[sys.argv[1], sys.argv[2]], int(sys.argv[3]) if sys.argv[3:] else 0)
    else:
        sys.exit(f"usage: {sys.argv[0]} --list | CASE CONTENDER [COUNT]")
