# SPDX-License-Identifier: MIT
"""pickles.py DRIVER [SEED]: is what C pickles what Python unpickles, and the other way round?

The Python side of pickle-peer: this interpreter against the program made of pickles.c. Values
are made by chance from a seed; on a failure the value, the protocol and the seed are said.
Works with every Python from 3.6 on. Exits with 1 if anything was not as it should be; the
last line is "N passed, N failed".
"""
import array
import collections
import datetime
import decimal
import fractions
import math
import pickle
import queue
import random
import struct
import subprocess
import sys
import uuid

HIGHEST = min(pickle.HIGHEST_PROTOCOL, 5)
VALUES = 12000
nan, inf = float("nan"), float("inf")


class Peer:
    """The driver, fed frame by frame."""

    def __init__(self, *words):
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self):
        length = self.process.stdout.read(4)
        return self.process.stdout.read(struct.unpack("<I", length)[0])

    def echo(self, data):
        self.process.stdin.write(struct.pack("<I", len(data)) + data)
        self.process.stdin.flush()
        return self.read(), self.read().decode("utf-8", "surrogatepass"), self.read().decode()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait()


def canonical(v):
    """The repr of what can be an element of a set; in it, sets are sorted."""
    if isinstance(v, (set, frozenset)):
        return type(v).__name__ + "{" + ", ".join(sorted(map(canonical, v))) + "}"
    if isinstance(v, tuple):
        return "(" + ", ".join(map(canonical, v)) + ")"
    return repr(v)


def same(a, b, seen=None):
    """Equal, of the same types, shared in the same places; nan is the same as nan."""
    seen = {} if seen is None else seen
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or (math.isnan(a) and math.isnan(b))
    if not isinstance(a, (tuple, list, dict, set, frozenset)) or not a:
        return a == b
    if id(a) in seen:
        return seen[id(a)] is b
    seen[id(a)] = b
    if isinstance(a, dict):
        return (len(a) == len(b) and all(same(x, y, seen) for x, y in zip(a, b))
                and all(same(x, y, seen) for x, y in zip(a.values(), b.values())))
    if isinstance(a, (set, frozenset)):
        return canonical(a) == canonical(b)
    return len(a) == len(b) and all(same(x, y, seen) for x, y in zip(a, b))


def holds_nan(v, seen=()):
    if isinstance(v, float):
        return math.isnan(v)
    if any(v is one for one in seen) or not isinstance(v, (tuple, list, dict, set, frozenset)):
        return False
    inside = seen + (v,)
    if isinstance(v, dict):
        return any(holds_nan(x, inside) for pair in v.items() for x in pair)
    return any(holds_nan(x, inside) for x in v)


class Chance:
    """Values by chance. Sub-objects are shared, and lists hold themselves, now and then."""

    PIECES = ["a", "Z", "0", " ", "'", '"', "\\", "\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x80",
              "\xa0", "\xad", "\xff", "\u0100", "\u0416", "\u200b", "\u2028", "\u3000", "\u6f22",
              "\ud800", "\udfff", "\ue000", "\ufeff", "\uffff", "\U0001f600", "\U0010ffff"]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def new(self):
        self.shared = []
        return self.any(self.random.randrange(5))

    def int(self):
        kind = self.random.randrange(5)
        if kind == 0:
            return self.random.choice([2 ** n + d for n in (7, 8, 15, 16, 31, 32, 63, 64, 127)
                                       for d in (-1, 0, 1)]) * self.random.choice([1, -1])
        if kind == 1:
            return self.random.getrandbits(self.random.randrange(1, 2000)) - 2 ** 900
        return self.random.randrange(-1000, 100000)

    def float(self):
        kind = self.random.randrange(6)
        if kind == 0:
            return self.random.choice([nan, inf, -inf, 0.0, -0.0, 5e-324, 1e16, 1e-5, 123456.0])
        if kind == 1:
            return struct.unpack("d", struct.pack("Q", self.random.getrandbits(64)))[0]
        if kind == 2:
            return round(self.random.uniform(-1000, 1000), self.random.randrange(6))
        if kind == 3:
            return math.ldexp(1.0, self.random.randrange(-1074, 1024))
        return self.random.uniform(-1, 1) * 10 ** self.random.randrange(-30, 30)

    def str(self):
        n = self.random.randrange(8) if self.random.randrange(20) else self.random.randrange(400)
        return "".join(self.random.choice(self.PIECES) for _ in range(n))

    def bytes(self):
        n = self.random.randrange(8) if self.random.randrange(20) else self.random.randrange(400)
        return bytes(self.random.getrandbits(8) for _ in range(n))

    def many(self, depth, key=False):
        n = self.random.randrange(5) if self.random.randrange(100) else 1500
        return [self.any(depth - 1 if n < 5 else 0, key) for _ in range(n)]

    def leaf(self, key):
        kind = self.random.randrange(8 if key else 9)
        if kind == 0:
            return self.random.choice([None, True, False, (), frozenset()])
        if kind == 8:
            return bytearray(self.bytes())
        return [self.int, self.float, self.str, self.bytes][kind % 4]()

    def node(self, depth, key):
        kind = self.random.randrange(2 if key else 7)
        if kind == 0:
            return tuple(self.many(depth, key))
        if kind == 1:
            return frozenset(self.many(depth, True))
        if kind == 2:
            return set(self.many(depth, True))
        if kind == 3:
            v = self.many(depth)
            self.shared.append(v)
            return v
        if kind == 4 and self.random.randrange(4) == 0:
            v = self.many(depth)
            inner = self.random.choice([lambda: v, lambda: (v, 1), lambda: {"up": v}])
            v.insert(self.random.randrange(len(v) + 1), inner())
            return v
        v = dict(zip(self.many(depth, True), self.many(depth)))
        self.shared.append(v)
        return v

    def any(self, depth, key=False):
        if not key and self.shared and self.random.randrange(6) == 0:
            return self.random.choice(self.shared)
        if depth > 0 and self.random.randrange(2):
            return self.node(depth, key)
        return self.leaf(key)


def edges():
    """What somebody thought of."""
    yield from (None, True, False, 0, 1, -1, 255, 256, 65535, 65536, -128, -129)
    yield from (2 ** 31 - 1, 2 ** 31, -2 ** 31, -2 ** 31 - 1, 2 ** 63 - 1, 2 ** 63, -2 ** 63,
                -2 ** 63 - 1, 2 ** 64, 2 ** 1000, -2 ** 1000, 10 ** 4299, -10 ** 4299,
                2 ** 2031, 2 ** 2032, 2 ** 2039, 2 ** 2040)
    yield from (0.0, -0.0, inf, -inf, nan, 1e16, 1e15, 9999999999999998.0, 1e-4, 1e-5, 0.1, 1e22,
                1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 2.5e-323, 1 / 3)
    yield from (math.ldexp(1.0, n) for n in range(-1074, 1024, 13))
    yield from ("", "\0", "a\0b", "\ud800", "\udfff\ud800", "\U0010ffff", "'", '"', "'\"", "x" * 255,
                "x" * 256, "\xe9" * 70000)
    yield from (b"", b"\0", b"'", b"\"'", bytes(range(256)), b"x" * 255, b"x" * 256,
                b"x" * (16 << 20))
    yield from (bytearray(), bytearray(b"'"), bytearray(b"'\""), bytearray(range(256)))
    yield from ((), [], {}, set(), frozenset(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [[]], {1: {}})
    yield from ({1: "one", "1": 1, 1.5: 2, (1, (2,)): 3, None: 4, b"": 5, frozenset([1]): 6},
                {True: 1, 0: 2}, {1.0: "float"}, {2 ** 70: 1}, {float(2 ** 70): 1}, {nan: nan})
    yield list(range(1001))
    yield {n: str(n) for n in range(2001)}
    yield set(range(3000))
    deep = []
    for n in range(250):
        deep = [deep] if n % 3 else (deep, {n: deep}) if n % 20 == 0 else (deep,)
    yield deep
    lists = [[], [[]], {}]
    for v in lists[:2]:
        v.append(v)
    lists[2]["me"] = (lists[2], lists)
    yield from lists
    t = ([], 5)
    t[0].append(t)
    yield t
    t = tuple([] for _ in range(20))
    for v in t:
        v.append(t)
    yield t
    shared = [1]
    yield [shared, shared, (shared, (shared,)), {"a": shared}]
    yield ["same"] * 5 + [("t",)] * 3 + [b"b" * 300] * 2


class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a, self.b = 1, [2]

    def __eq__(self, other):
        return (self.a, self.b) == (other.a, other.b)


class Plain:
    def __init__(self):
        self.name, self.list = "plain", [self]

    def __eq__(self, other):
        return self.name == other.name and other.list[0] is other


class MyList(list):
    pass


class MyDict(dict):
    pass


class KeyWords:
    def __new__(cls, *, size):
        self = super().__new__(cls)
        self.size = size
        return self

    def __getnewargs_ex__(self):
        return (), {"size": self.size}

    def __eq__(self, other):
        return self.size == other.size


def carried():
    """What C cannot understand, and has to hand back as it was."""
    yield from (len, int, collections.OrderedDict, Slots, range(5), slice(1, None, 2), 1 + 2j)
    yield from (decimal.Decimal("1.50"), fractions.Fraction(1, 3), datetime.date(2020, 2, 29),
                datetime.timedelta(1, 2, 3), uuid.UUID(int=5), array.array("i", [1, 2, 3]))
    yield from (Slots(), Plain(), MyList([1, [2]]), MyDict(a=1, b=[2]), KeyWords(size=3))
    yield from (collections.OrderedDict([("b", 1), ("a", 2)]), collections.Counter("abca"),
                collections.defaultdict(list, {1: [2]}), collections.deque([1, 2], 5))
    yield {datetime.date(2020, 1, 1): 1, datetime.date(2020, 1, 2): 2}
    yield {decimal.Decimal(1), fractions.Fraction(1, 2)}
    d = datetime.date(1, 1, 1)
    yield [d, d, (d,)]


def errors():
    yield from (ValueError("x"), KeyError(1, 2), OSError(2, "No such file"), StopIteration(),
                queue.Empty(), queue.Full(), RuntimeError("a", ["b"]))


class Report:
    def __init__(self, seed):
        self.seed, self.passed, self.failed = seed, 0, 0

    def part(self, name, count, failures):
        failures = list(failures)
        for failure in failures[:3]:
            print("%s (seed %d): %s" % (name, self.seed, failure))
        print("%-40s %6d %s" % (name, count,
                                "%d WRONG" % len(failures) if failures else "ok"))
        self.passed += not failures
        self.failed += bool(failures)


def short(v):
    text = ascii(v)
    return text if len(text) < 300 else text[:300] + "..."


def is_too_large(v, text):
    """Parts that occur many times are not printed to 2 MiB and beyond: mp_value_repr."""
    return text == "MP_TOO_LARGE" and len(repr(v).encode("utf-8", "surrogatepass")) > 2 << 20


def check_echo(peer, v, protocol, compare, printed):
    """What is wrong with v on its way there and back; None: nothing."""
    data, text, wrong = peer.echo(pickle.dumps(v, protocol))
    try:
        back = pickle.loads(data)
    except Exception as error:
        return "protocol %d, %s: comes back as %r: %s" % (protocol, short(v), data[:80], error)
    if not compare(v, back):
        return "protocol %d, %s comes back as %s" % (protocol, short(v), short(back))
    if printed and text != repr(v) and not is_too_large(v, text):
        return "protocol %d: repr is %s, not %s" % (protocol, short(text), short(v))
    if wrong and printed and not holds_nan(v):
        return "protocol %d, %s: to itself, read again: %s" % (protocol, short(v), wrong)
    return None


def there_and_back(driver, report):
    peer = Peer(driver, "echo")
    protocols = range(2, HIGHEST + 1)
    picked = [(v, p) for v in edges() for p in protocols]
    report.part("edges, there and back", len(picked), filter(None, (
        check_echo(peer, v, p, same, True) for v, p in picked)))
    chance = Chance(report.seed)
    report.part("values by chance, there and back", VALUES, filter(None, (
        check_echo(peer, chance.new(), 2 + i % len(protocols), same, True)
        for i in range(VALUES))))
    objects = [(v, p) for v in carried() for p in protocols]
    report.part("objects of Python's, carried", len(objects), filter(None, (
        check_echo(peer, v, p, lambda a, b: type(a) is type(b) and a == b, False)
        for v, p in objects)))
    raised = [(v, p) for v in errors() for p in protocols]
    report.part("exceptions, carried", len(raised), filter(None, (
        check_echo(peer, v, p, lambda a, b: type(a) is type(b) and a.args == b.args, False)
        for v, p in raised)))
    report.part("what is refused", 4, filter(None, (refused(peer, data, name) for data, name in (
        (b"\x80\x04" + b"]" * 100000 + b"a" * 99999 + b".", "MP_TOO_DEEP"),
        (b"\x80\x02}]Ns.", "MP_UNHASHABLE"), (b"\x80\x06N.", "MP_UNPICKLING"), (b"", "MP_UNPICKLING")))))
    if peer.close():
        report.part("the driver's end", 1, ["it ended with an error"])


def refused(peer, data, name):
    answer = peer.echo(data)[0].decode("latin1")
    return None if answer == name else "%r: %s, not %s" % (data[:20], answer, name)


def check_made(data, text):
    v = pickle.loads(data)
    if repr(v) == text:
        return None
    if "..." not in text and "{" in text: # a set has another order here
        if same(eval(text, {"nan": nan, "inf": inf}), v, Unshared()):
            return None
        if "nan" in text:
            return None
    elif "{" in text:
        return None
    return "repr in C is %s, in Python %s" % (short(text), short(v))


class Unshared(dict):
    """For same: who was seen where does not matter."""

    def __contains__(self, key):
        return False


def from_c(driver, report):
    peer = Peer(driver, "make", str(report.seed), str(VALUES))
    report.part("values by chance, made in C", VALUES, filter(None, (
        check_made(peer.read(), peer.read().decode("utf-8", "surrogatepass"))
        for _ in range(VALUES))))
    if peer.close():
        report.part("the driver's end", 1, ["it ended with an error"])


def main():
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(4300)
    report = Report(int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30))
    there_and_back(sys.argv[1], report)
    from_c(sys.argv[1], report)
    print("%d passed, %d failed" % (report.passed, report.failed))
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    main()
