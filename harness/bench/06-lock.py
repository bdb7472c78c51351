# SPDX-License-Identifier: MIT
"""Locks of multiprocessing, which are POSIX semaphores: the cases of 06-lock.c."""
import multiprocessing

from bench import bench, main, timed

mp = multiprocessing.get_context("fork")


@bench("lock: acquire, release, alone", "CPython")
def _(count):
    lock = mp.Lock()
    acquire, release = lock.acquire, lock.release
    with timed():
        for _ in range(count):
            acquire()
            release()


def turns(lock, go, count):
    acquire, release = lock.acquire, lock.release
    go.wait()
    for _ in range(count):
        acquire()
        release()


def together(count, processes):
    lock, go = mp.Lock(), mp.Barrier(processes + 1)
    children = [mp.Process(target=turns, args=(lock, go, count // processes + 1))
                for _ in range(processes)]
    for child in children:
        child.start()
    go.wait()
    with timed():
        for child in children:
            child.join()


@bench("lock: contended by 2 processes", "CPython")
def _(count):
    together(count, 2)


@bench("lock: contended by 8 processes", "CPython")
def _(count):
    together(count, 8)


def answer(ping, pong, count):
    for _ in range(count):
        ping.acquire()
        pong.release()


@bench("semaphore: ping-pong", "CPython")
def _(count):
    ping, pong = mp.Semaphore(0), mp.Semaphore(0)
    child = mp.Process(target=answer, args=(ping, pong, count))
    child.start()
    with timed():
        for _ in range(count):
            ping.release()
            pong.acquire()
    child.join()


if __name__ == "__main__":
    main()
