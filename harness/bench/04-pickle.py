# SPDX-License-Identifier: MIT
"""Pickles, written and read by CPython's C pickler, protocol 4: the values of 04-pickle.c."""
import pickle

from bench import bench, main, timed


def mixed():
    values = []
    for i in range(100):
        values += [i, i * 1000, i * 1000000, -i - 1, "name-%d" % i, "value number %d" % i,
                   i * 0.1, None, (i + 2000, True), {"id": i + 3000, "name": "name-%d" % i}]
    return values


values = {
    "1,000 mixed values": mixed(),
    "1,000 ints": [i * 7919 for i in range(1000)],
    "1,000 strs": ["a text of a usual length, number %d" % i for i in range(1000)],
    "a manager's message": (None, "incref", ("7f3c2a1b",), {}),
    "1 MiB of bytes": bytes(1 << 20),
}


def enter(what, value):
    data = pickle.dumps(value, 4)

    @bench("pickle: dumps, " + what, "CPython")
    def _(count):
        dumps = pickle.dumps
        with timed():
            for _ in range(count):
                dumps(value, 4)

    @bench("pickle: loads, " + what, "CPython")
    def _(count):
        loads = pickle.loads
        with timed():
            for _ in range(count):
                loads(data)


for name, value in values.items():
    enter(name, value)

if __name__ == "__main__":
    main()
