# SPDX-License-Identifier: MIT
import multiprocessing

from bench import bench, main, timed


def nothing():
    pass


@bench("process: start and join, fork", "CPython")
def _(count):
    context = multiprocessing.get_context("fork")
    with timed():
        for _ in range(count):
            process = context.Process(target=nothing)
            process.start()
            process.join()


if __name__ == "__main__":
    main()
