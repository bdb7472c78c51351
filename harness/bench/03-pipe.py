# SPDX-License-Identifier: MIT
import multiprocessing

from bench import bench, main, timed

SMALL, LARGE = bytes(32), bytes(64 * 1024)
context = multiprocessing.get_context("fork")


def peer(connection, unused, answers):
    unused.close()
    try:
        while True:
            message = connection.recv_bytes()
            if answers:
                connection.send_bytes(message)
    except EOFError:
        pass


def start(answers):
    mine, its = context.Pipe()
    process = context.Process(target=peer, args=(its, mine, answers))
    process.start()
    its.close()
    return mine, process


def ping_pong(count, message):
    connection, process = start(True)
    with timed():
        for _ in range(count):
            connection.send_bytes(message)
            connection.recv_bytes()
    connection.close()
    process.join()


@bench("pipe: 32 bytes there and back", "CPython")
def _(count):
    ping_pong(count, SMALL)


@bench("pipe: 64 KiB there and back", "CPython")
def _(count):
    ping_pong(count, LARGE)


@bench("pipe: 64 KiB, one direction", "CPython")
def _(count):
    connection, process = start(False)
    with timed():
        for _ in range(count):
            connection.send_bytes(LARGE)
        connection.close()
        process.join()


if __name__ == "__main__":
    main()
