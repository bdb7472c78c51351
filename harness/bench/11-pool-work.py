# SPDX-License-Identifier: MIT
import concurrent.futures
import glob
import hashlib
import multiprocessing
import os
import subprocess

from bench import bench, main, timed

FILES = os.environ.get("BENCH_FILES", "build/bench/files")
CPUS = len(os.sched_getaffinity(0))
WIDTH, HEIGHT, LIMIT = 256, 256, 200


def count_words(path):
    with open(path, "rb") as file:
        return len(file.read().split())


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).digest()


def mandelbrot(row):
    pixels = bytearray(WIDTH)
    for i in range(WIDTH):
        c, z, steps = complex(i * 3 / WIDTH - 2, row * 2 / HEIGHT - 1), 0j, 0
        while steps < LIMIT and z.real * z.real + z.imag * z.imag < 4:
            z = z * z + c
            steps += 1
        pixels[i] = steps
    return bytes(pixels)


def by_pool(count, task, items, chunksize=None):
    with multiprocessing.get_context("fork").Pool(CPUS) as pool, timed():
        for _ in range(count):
            pool.map(task, items, chunksize)


# Its map has chunks of 1 unless told otherwise; what Pool would take is told.
def by_futures(count, task, items, chunksize=None):
    chunksize = chunksize or -(-len(items) // (4 * CPUS))
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(CPUS, context) as pool:
        list(pool.map(task, items[:CPUS]))  # its workers are started by its first tasks
        with timed():
            for _ in range(count):
                list(pool.map(task, items, chunksize=chunksize))


def enter(case, task, items, chunksize=None):
    bench(case, "CPython Pool")(lambda count: by_pool(count, task, items, chunksize))
    bench(case, "CPython futures")(lambda count: by_futures(count, task, items, chunksize))


enter("work: words in 64 texts", count_words, sorted(glob.glob(FILES + "/*.txt")))
enter("work: SHA-256 of 500 files", digest, sorted(glob.glob(FILES + "/*.bin")))
enter("work: Mandelbrot, a task a row", mandelbrot, range(HEIGHT), 1)


@bench("work: SHA-256 of 500 files", "xargs -P sha256sum")
def _(count):
    paths = "\n".join(sorted(glob.glob(FILES + "/*.bin"))).encode()
    with timed():
        for _ in range(count):
            subprocess.run(["xargs", "-P", str(CPUS), "-n", "60", "sha256sum"], input=paths,
                           stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
