# SPDX-License-Identifier: MIT
"""CPython's queues, as 09-queue.c has them: as many processes, and a gate before the first."""
import multiprocessing
import os

from bench import bench, main, timed

context = multiprocessing.get_context("fork")
shapes = [(1, 1), (4, 1), (1, 4)]
items = {"small ints": 6, "64 KiB": bytes(65536)}


def put(queue, count, item):
    for _ in range(count):
        queue.put(item)


def get(queue, count, _):
    for _ in range(count):
        queue.get()


def run(gate, end, one, *args):
    os.write(end, b".")
    os.read(gate, 1)
    one(*args)
    os.write(end, b".")


def read_all(fd, left):
    while left:
        left -= len(os.read(fd, left))


def flow(queue, producers, consumers, count, item):
    count = (count + 3) // 4 * 4
    gate, opens = os.pipe()
    ended, end = os.pipe()
    works = [(get, queue, count // consumers, item)] * consumers
    works += [(put, queue, count // producers, item)] * producers
    processes = [context.Process(target=run, args=(gate, end, *work)) for work in works]
    for process in processes:
        process.start()
    read_all(ended, len(processes))
    with timed():
        os.write(opens, b"." * len(processes))
        read_all(ended, len(processes))
    for process in processes:
        process.join()
    for fd in gate, opens, ended, end:
        os.close(fd)


def enter(what, shape, item):
    case = "queue: %s, %d to %d" % (what, *shape)

    @bench(case, "CPython Queue")
    def _(count):
        flow(context.Queue(), *shape, count, item)

    @bench(case, "CPython SimpleQueue")
    def _(count):
        flow(context.SimpleQueue(), *shape, count, item)


for what, item in items.items():
    for shape in shapes:
        enter(what, shape, item)

if __name__ == "__main__":
    main()
