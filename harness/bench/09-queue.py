# SPDX-License-Identifier: MIT
import multiprocessing

from bench import bench, main, timed

context = multiprocessing.get_context("fork")


def put(queue, item, count):
    for _ in range(count):
        queue.put(item)


def through(queue, item, count):
    process = context.Process(target=put, args=(queue, item, count))
    with timed():
        process.start()
        for _ in range(count):
            queue.get()
        process.join()


@bench("queue: a small int", "CPython Queue")
def _(count):
    through(context.Queue(), 6, count)


@bench("queue: a small int", "CPython SimpleQueue")
def _(count):
    through(context.SimpleQueue(), 6, count)


@bench("queue: 64 KiB", "CPython Queue")
def _(count):
    through(context.Queue(), bytes(65536), count)


if __name__ == "__main__":
    main()
