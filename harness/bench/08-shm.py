# SPDX-License-Identifier: MIT
import multiprocessing
from multiprocessing.heap import Heap
from multiprocessing.shared_memory import SharedMemory

from bench import bench, main, timed


@bench("Value: add one, holding its lock", "CPython")
def _(count):
    value = multiprocessing.Value("i")
    with timed():
        for _ in range(count):
            with value.get_lock():
                value.value += 1


@bench("SharedMemory: create, touch, unlink 4 KiB", "CPython")
def _(count):
    with timed():
        for _ in range(count):
            memory = SharedMemory(create=True, size=4096)
            memory.buf[0] = 1
            memory.unlink()
            memory.close()


@bench("heap: a block of 100 bytes, and back", "CPython")
def _(count):
    heap = Heap()
    heap.malloc(100)
    with timed():
        for _ in range(count):
            heap.free(heap.malloc(100))


if __name__ == "__main__":
    main()
