# SPDX-License-Identifier: MIT
import concurrent.futures
import multiprocessing

from bench import bench, main, timed

MANY = 100000


def add_one(n):
    return n + 1


def pool_of(workers):
    return multiprocessing.get_context("fork").Pool(workers)


def executor_of(workers):
    executor = concurrent.futures.ProcessPoolExecutor(
        workers, multiprocessing.get_context("fork"))
    list(executor.map(add_one, range(workers)))  # its workers are started by its first tasks
    return executor


@bench("pool: apply, there and back", "CPython Pool")
def _(count):
    with pool_of(1) as pool:
        with timed():
            for _ in range(count):
                pool.apply(add_one, (1,))


@bench("pool: apply, there and back", "CPython futures")
def _(count):
    with executor_of(1) as pool:
        with timed():
            for _ in range(count):
                pool.submit(add_one, 1).result()


def map_by_pool(count, chunksize):
    items = list(range(MANY))
    with pool_of(2) as pool:
        with timed():
            for _ in range(count):
                pool.map(add_one, items, chunksize)


# Python's executor takes chunks of 1 unless told otherwise: told is what Pool would take.
def map_by_futures(count, chunksize):
    items = list(range(MANY))
    with executor_of(2) as pool:
        with timed():
            for _ in range(count):
                list(pool.map(add_one, items, chunksize=chunksize))


@bench("pool: map of 100,000, chunks of 1", "CPython Pool")
def _(count):
    map_by_pool(count, 1)


@bench("pool: map of 100,000, chunks of 1", "CPython futures")
def _(count):
    map_by_futures(count, 1)


@bench("pool: map of 100,000, default chunks", "CPython Pool")
def _(count):
    map_by_pool(count, None)


@bench("pool: map of 100,000, default chunks", "CPython futures")
def _(count):
    map_by_futures(count, MANY // 8)


@bench("pool: imap of 100,000, chunks of 1", "CPython Pool")
def _(count):
    items = list(range(MANY))
    with pool_of(2) as pool:
        with timed():
            for _ in range(count):
                for _ in pool.imap(add_one, items):
                    pass


if __name__ == "__main__":
    main()
