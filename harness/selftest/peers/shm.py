#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""shm.py PEER: this Python's shared memory, lists, semaphores and tracker against PEER (shm.c).

Prints what fails, and "N passed, N failed". Written for every Python since 3.6; what came with
3.8 is left out before, and the lists of 3.8, which have another layout; that is said.
"""
import os
import signal
import subprocess
import sys
import traceback
from multiprocessing import get_context

try:
    from multiprocessing import resource_tracker
    from multiprocessing.shared_memory import ShareableList, SharedMemory
except ImportError:
    SharedMemory = None
TESTS = []
ITEMS = [7, 1.5, True, None, "ab", b"xyz12345", -2 ** 63, "\xe4\xf6\xfc", "", b"", False, -0.0,
         "twenty-three characters"]


def test(function):
    TESTS.append(function)
    return function


def memory_test(function):
    return test(function) if SharedMemory else function


def list_test(function):
    return test(function) if sys.version_info >= (3, 9) else function


def ask(*words):
    """One question, one answer: what the peer prints."""
    done = subprocess.run([PEER] + [str(w) for w in words], stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0, "the peer left with %d" % done.returncode
    return done.stdout.decode().rstrip("\n")


class Peer:
    """A peer that stays, until its input ends."""

    def __init__(self, *words, **how):
        self.process = subprocess.Popen([PEER] + [str(w) for w in words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, **how)

    def line(self):
        return self.process.stdout.readline().decode().rstrip("\n")

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return int(self.line())

    def finish(self):
        said = self.process.communicate(timeout=60)[0].decode()
        assert self.process.returncode == 0, "the peer left with %d" % self.process.returncode
        return said.rstrip("\n")


def attached(kind, name):
    """Attach without entering the name with our tracker: up to 3.12 it must be told so."""
    thing = kind(name=name)
    memory = getattr(thing, "shm", thing)
    resource_tracker.unregister(memory._name, "shared_memory")
    return thing


def own(word):
    return "mp-peer-%d-%s" % (os.getpid(), word)


@memory_test
def python_writes_c_reads():
    memory = SharedMemory(name=own("a"), create=True, size=5000)
    memory.buf[:] = bytes(i * 7 & 255 for i in range(5000))
    size, text = ask("read", memory.name).split()
    assert int(size) == memory.size == 5000 and bytes.fromhex(text) == bytes(memory.buf)
    ask("write", memory.name, "from C")
    assert bytes(memory.buf[:7]) == b"from C\0"
    assert ask("exists", memory.name) == "EEXIST"
    memory.close()
    memory.unlink()
    assert ask("try", own("a")) == "ENOENT"


@memory_test
def c_writes_python_reads():
    peer = Peer("keep", own("b"), 777, "hello from C")
    assert peer.line() == "ready"
    memory = attached(SharedMemory, own("b"))
    assert memory.size == 777 and bytes(memory.buf[:13]) == b"hello from C\0"
    assert not any(memory.buf[13:])
    memory.buf[776] = 0xee
    memory.close()
    try:
        SharedMemory(name=own("b"), create=True, size=10)
        assert False, "a name was given twice"
    except FileExistsError:
        pass
    size, text = peer.finish().split()
    assert int(size) == 777 and text.endswith("ee")
    try:
        SharedMemory(name=own("b"))
        assert False, "the name is still there"
    except FileNotFoundError:
        pass


@memory_test
def a_random_name():
    memory = SharedMemory(create=True, size=1)
    assert ask("read", memory.name) == "1 00"
    memory.close()
    memory.unlink()


@list_test
def python_lists_c_reads():
    items = ShareableList(ITEMS)
    assert ask("list", items.shm.name).split("\n") == [repr(item) for item in ITEMS]
    items[0], items[4], items[5] = "12345678", 9, None
    assert ask("list", items.shm.name).split("\n")[:6] == [
        "'12345678'", "1.5", "True", "None", "9", "None"]
    assert ask("set", items.shm.name, 4, "C") == "0" and items[4] == "C"
    assert ask("set", items.shm.name, 0, "\xe9\xe9\xe9\xe9") == "0" and items[0] == "\xe9" * 4
    assert ask("set", items.shm.name, 0, "nine char") == "MP_NO_ROOM"
    assert ask("set", items.shm.name, 13, "x") == "MP_NO_INDEX"
    items.shm.close()
    items.shm.unlink()


@list_test
def c_lists_python_reads():
    peer = Peer("make")
    name = peer.line()
    theirs, ours = attached(ShareableList, name), ShareableList(ITEMS)
    assert list(theirs) == ITEMS and [type(i) for i in theirs] == [type(i) for i in ITEMS]
    assert bytes(theirs.shm.buf) == bytes(ours.shm.buf), "the bytes are not CPython's"
    theirs[3], theirs[5], theirs[8] = 2.5, b"sixteen bytes 16", "12345678"
    changed = [repr(item) for item in theirs]
    theirs.shm.close()
    ours.shm.close()
    ours.shm.unlink()
    assert peer.finish().split("\n") == changed


@list_test
def an_empty_list():
    items = ShareableList([])
    assert ask("list", items.shm.name) == ""
    items.shm.close()
    items.shm.unlink()


@test
def one_semaphore():
    lock = get_context("spawn").Lock()
    peer = Peer("semaphore", lock._semlock.name)
    assert peer.ask("value") == 1 and peer.ask("try") == 1
    assert not lock.acquire(False), "C has it, and Python gets it"
    assert peer.ask("post") == 0 and lock.acquire(False)
    assert peer.ask("try") == 0, "Python has it, and C gets it"
    lock.release()
    assert peer.ask("value") == 1
    peer.finish()


@test
def a_counting_semaphore():
    semaphore = get_context("spawn").Semaphore(3)
    peer = Peer("semaphore", semaphore._semlock.name)
    assert peer.ask("try") == 1 and semaphore.acquire(False) and peer.ask("try") == 1
    assert not semaphore.acquire(False)
    assert peer.ask("post") == 0 and semaphore.get_value() == 1
    peer.finish()


def tracked(verb, name):
    """This Python's tracker reads what the peer writes: how it ends, and what it says."""
    reader, writer = os.pipe()
    tracker = subprocess.Popen(
        [sys.executable, "-c", "from multiprocessing.resource_tracker import main; main(%d)" %
         reader], pass_fds=[reader], stderr=subprocess.PIPE)
    os.close(reader)
    peer = Peer(verb, writer, name, pass_fds=[writer])
    os.close(writer)
    peer.finish()
    said = tracker.communicate(timeout=60)[1].decode()
    return tracker.returncode, said


@memory_test
def python_tracks_what_c_unlinks():
    code, said = tracked("tidy", own("c"))
    assert code == 0 and said == "", said


@memory_test
def python_unlinks_what_c_leaves():
    code, said = tracked("leave", own("d"))
    assert "1 leaked shared_memory objects" in said, said
    assert code == (1 if sys.version_info >= (3, 13) else 0), code
    assert not os.path.exists("/dev/shm/" + own("d"))


# In another Python: its tracker is the one behind the descriptor. What it makes is left, the
# last one not; then it is killed.
LEAVES = """
import os, signal, sys
from multiprocessing import get_context, resource_tracker
from multiprocessing.shared_memory import SharedMemory
resource_tracker._resource_tracker._fd = int(sys.argv[1])
lock = get_context("spawn").Lock()
kept = [SharedMemory(name=sys.argv[2] + str(i), create=True, size=10) for i in range(3)]
kept[2].close()
kept[2].unlink()
print(lock._semlock.name.lstrip("/"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@memory_test
def c_unlinks_what_python_leaves():
    reader, writer = os.pipe()
    peer = Peer("track", reader, pass_fds=[reader], stderr=subprocess.PIPE)
    os.close(reader)
    left = subprocess.run([sys.executable, "-c", LEAVES, str(writer), own("e")],
                          pass_fds=[writer], stdout=subprocess.PIPE)
    semaphore = left.stdout.decode().strip()
    assert left.returncode == -signal.SIGKILL and semaphore
    names = ["/dev/shm/" + own("e") + i for i in "01"] + ["/dev/shm/sem." + semaphore]
    assert all(map(os.path.exists, names)), "the tracker waits for us, too"
    os.close(writer)
    said = peer.process.communicate(timeout=60)[1].decode()
    assert peer.process.returncode == 1, "%d: %s" % (peer.process.returncode, said)
    assert "2 leaked shared_memory objects" in said and "1 leaked semaphore object" in said, said
    assert not any(map(os.path.exists, names))


def main():
    failed = 0
    for function in TESTS:
        try:
            function()
        except Exception:
            failed += 1
            print("FAILED", function.__name__)
            traceback.print_exc(file=sys.stdout)
    if not SharedMemory:
        print("no shared_memory in this Python: semaphores only")
    elif sys.version_info < (3, 9):
        print("the lists of this Python have another layout: left out")
    print("%d passed, %d failed" % (len(TESTS) - failed, failed))
    return failed > 0


PEER = sys.argv[1]
sys.exit(main())
