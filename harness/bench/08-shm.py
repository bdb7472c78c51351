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


def walk(array, count):
    with timed():
        for i in range(count):
            array[i % 1000] += 1


@bench("Array: get one element and set it, unlocked", "CPython")
def _(count):
    walk(multiprocessing.Array("i", 1000, lock=False), count)


@bench("Array: get one element and set it, each locked", "CPython")
def _(count):
    walk(multiprocessing.Array("i", 1000), count)


@bench("Array: copy 1,000 ints out, locked", "CPython")
def _(count):
    array = multiprocessing.Array("i", 1000)
    with timed():
        for _ in range(count):
            array[:]


@bench("SharedMemory: create, touch, unlink 4 KiB", "CPython")
def _(count):
    with timed():
        for _ in range(count):
            memory = SharedMemory(create=True, size=4096)
            memory.buf[0] = 1
            memory.unlink()
            memory.close()


@bench("SharedMemory: attach 1 MiB, close", "CPython")
def _(count):
    memory = SharedMemory(create=True, size=1 << 20)
    with timed():
        for _ in range(count):
            SharedMemory(name=memory.name).close()
    memory.close()
    memory.unlink()


@bench("heap: a block of 100 bytes, and back", "CPython")
def _(count):
    heap = Heap()
    heap.malloc(100)
    with timed():
        for _ in range(count):
            heap.free(heap.malloc(100))


if __name__ == "__main__":
    main()
