#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""pipe.py PEER: this Python's multiprocessing.connection against PEER (pipe.c), both ways.

Prints what fails, and "N passed, N failed". Written for every Python since 3.6.
"""
import os
import struct
import subprocess
import sys
import tempfile
import traceback
from multiprocessing import Pipe, reduction
from multiprocessing.connection import Connection

SIZES = (0, 1, 3, 16383, 16384, 16385, 65536, 65537, 1 << 20)
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def pattern(size):
    return bytes((i * 31 + i // 251) & 255 for i in range(size))


PATTERNS = {size: pattern(size) for size in SIZES}


class Peer:
    """The C program, with these connections of ours inherited and closed here."""

    def __init__(self, verb, *rest):
        fds = [c.fileno() for c in rest if isinstance(c, Connection)]
        words = [str(c.fileno()) if isinstance(c, Connection) else str(c) for c in rest]
        self.process = subprocess.Popen(
            [PEER, verb] + words, pass_fds=fds, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        for c in rest:
            if isinstance(c, Connection) and not c.closed:
                c.close()

    def finish(self):
        said = self.process.communicate(timeout=60)[0].decode()
        assert self.process.returncode == 0, "the peer left with %d" % self.process.returncode
        return said.strip()


def echo_all(to, back):
    for size in SIZES:
        to.send_bytes(PATTERNS[size])
        assert back.recv_bytes() == PATTERNS[size], "%d bytes" % size


@test
def socket_echo():
    ours, theirs = Pipe(True)
    peer = Peer("echo", theirs, theirs)
    echo_all(ours, ours)
    ours.close()
    peer.finish()


@test
def pipes_echo():
    their_in, to = Pipe(False)
    back, their_out = Pipe(False)
    peer = Peer("echo", their_in, their_out)
    echo_all(to, back)
    to.close()
    try:
        back.recv_bytes()
        assert False, "no EOFError after the peer has left"
    except EOFError:
        pass
    peer.finish()


@test
def c_sends_over_a_pipe():
    back, their_out = Pipe(False)
    peer = Peer("send", their_out, *SIZES)
    for size in SIZES:
        assert back.recv_bytes() == PATTERNS[size], "%d bytes" % size
    peer.finish()


@test
def c_sends_into_a_buffer():
    back, their_out = Pipe(True)
    peer = Peer("send", their_out, 16385, 1)
    buffer = bytearray(20000)
    assert back.recv_bytes_into(buffer, 7) == 16385 and buffer[7:7 + 16385] == PATTERNS[16385]
    assert back.recv_bytes_into(buffer) == 1 and buffer[:1] == PATTERNS[1]
    peer.finish()


@test
def python_sends_slices():
    ours, theirs = Pipe(True)
    peer = Peer("echo", theirs, theirs)
    ours.send_bytes(b"abcdefghijklmnopqrstuvwxyz", 7, 8)
    assert ours.recv_bytes(8) == b"hijklmno"
    ours.send_bytes(b"abc", 3)
    assert ours.recv_bytes(0) == b""
    ours.close()
    peer.finish()


@test
def long_form():
    """What Python sends above 2 GiB, for a message that fits into a test."""
    ours, theirs = Pipe(True)
    peer = Peer("echo", theirs, theirs)
    os.write(ours.fileno(), struct.pack("!iQ", -1, 5) + b"hello")
    assert ours.recv_bytes() == b"hello"
    ours.close()
    peer.finish()


@test
def python_goes_on_reading_after_c_has_left():
    ours, theirs = Pipe(True)
    peer = Peer("send", theirs, 3)
    peer.finish()
    assert ours.poll(60) and ours.recv_bytes() == PATTERNS[3]
    assert ours.poll(60)
    try:
        ours.recv_bytes()
        assert False, "no EOFError"
    except EOFError:
        pass


@test
def c_sees_the_end():
    their_in, to = Pipe(False)
    to.close()
    assert Peer("error", their_in).finish() == "MP_EOF"


@test
def c_sees_half_a_message():
    their_in, to = Pipe(False)
    os.write(to.fileno(), struct.pack("!i", 10) + b"half")
    to.close()
    assert Peer("error", their_in).finish() == "MP_TRUNCATED"


@test
def c_gets_a_descriptor():
    ours, theirs = Pipe(True)
    peer = Peer("take", theirs)
    with tempfile.TemporaryFile() as file:
        reduction.send_handle(ours, file.fileno(), peer.process.pid)
        peer.finish()
        file.seek(0)
        assert file.read() == b"from C"


@test
def c_gives_a_descriptor():
    ours, theirs = Pipe(True)
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"to Python")
        file.flush()
        peer = Peer("give", theirs, file.name)
        with os.fdopen(reduction.recv_handle(ours), "rb") as got:
            assert got.read() == b"to Python"
        peer.finish()


@test
def c_is_the_parent():
    """mp_pipe makes it, and Python inherits a descriptor: Connection(fd)."""
    process = subprocess.run(
        [PEER, "parent", sys.executable, __file__, PEER, "--child"], timeout=60)
    assert process.returncode == 0


def child(fd):
    with Connection(fd) as ours:
        echo_all(ours, ours)


def main():
    failed = 0
    for function in TESTS:
        try:
            function()
        except Exception:
            failed += 1
            print("FAIL", function.__name__)
            traceback.print_exc()
    print("%d passed, %d failed" % (len(TESTS) - failed, failed))
    return failed > 0


PEER = os.path.abspath(sys.argv[1])
if len(sys.argv) == 4 and sys.argv[2] == "--child":
    child(int(sys.argv[3]))
else:
    sys.exit(main())
