# SPDX-License-Identifier: MIT
import multiprocessing

from bench import bench, main, timed


def nothing(number):
    pass


def start_and_join(count, method):
    context = multiprocessing.get_context(method)

    def once():
        process = context.Process(target=nothing, args=(1,))
        process.start()
        process.join()

    once()
    with timed():
        for _ in range(count):
            once()


@bench("spawn: start and join, spawn", "CPython")
def _(count):
    start_and_join(count, "spawn")


@bench("spawn: start and join, forkserver", "CPython")
def _(count):
    start_and_join(count, "forkserver")


if __name__ == "__main__":
    main()
