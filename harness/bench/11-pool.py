# SPDX-License-Identifier: MIT
import multiprocessing

from bench import bench, main, timed


def add_one(n):
    return n + 1


def pool_of(workers):
    return multiprocessing.get_context("fork").Pool(workers)


@bench("pool: apply, there and back", "CPython")
def _(count):
    with pool_of(1) as pool:
        with timed():
            for _ in range(count):
                pool.apply(add_one, (1,))


@bench("pool: map, chunks of 1", "CPython")
def _(count):
    items = list(range(count))
    with pool_of(2) as pool:
        with timed():
            pool.map(add_one, items, 1)


@bench("pool: map, default chunks", "CPython")
def _(count):
    items = list(range(count))
    with pool_of(2) as pool:
        with timed():
            pool.map(add_one, items)


@bench("pool: imap, chunks of 1", "CPython")
def _(count):
    items = list(range(count))
    with pool_of(2) as pool:
        with timed():
            for _ in pool.imap(add_one, items):
                pass


if __name__ == "__main__":
    main()
