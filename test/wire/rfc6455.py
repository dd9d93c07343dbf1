#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""RFC 6455 cases against echo_server, with raw sockets and the standard library only.

Usage: rfc6455.py [ECHO_SERVER]     (default: build/release/test/echo_server)
Starts the server on a free port, runs every case on its own connection, prints each failure and
ends with "N passed, N failed". SEED=… repeats the random splits.
"""
import base64
import hashlib
import os
import random
import socket
import struct
import subprocess
import sys

TEXT, BINARY, CONT, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"
SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
RNG = random.Random(SEED)
TIMEOUT = 20


class Gone(Exception):
    """The server has closed the TCP connection."""


def mask(data, key=MASK):
    if not data:
        return b""
    n = len(data)
    whole = (key * (n // 4 + 1))[:n]
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(n, "big")


def frame(op, data=b"", fin=True, rsv=0, masked=True, form=None):
    """form: 7, 16 or 64 forces that length encoding."""
    n = len(data)
    form = form or (7 if n < 126 else 16 if n < 65536 else 64)
    bit = 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | op])
    if form == 7:
        head += bytes([bit | n])
    elif form == 16:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    return head + (MASK + mask(data) if masked else data)


def close_frame(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


class Client:
    def __init__(self, port, path="/echo"):
        self.sock = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf = b""
        key = base64.b64encode(RNG.randbytes(16))
        self.send(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                  b"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  b"Sec-WebSocket-Key: " + key + b"\r\n\r\n")
        while b"\r\n\r\n" not in self.buf:
            self.more()
        head, self.buf = self.buf.split(b"\r\n\r\n", 1)
        want = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert b"Sec-WebSocket-Accept: " + want in head, head

    def send(self, data):
        self.sock.sendall(data)

    def chop(self, data, n=1):
        for i in range(0, len(data), n):
            self.send(data[i:i + n])

    def more(self):
        try:
            data = self.sock.recv(1 << 18)
        except ConnectionResetError:
            raise Gone("reset")
        if not data:
            raise Gone("eof")
        self.buf += data

    def take(self, n):
        while len(self.buf) < n:
            self.more()
        data, self.buf = self.buf[:n], self.buf[n:]
        return data

    def recv(self):
        """(opcode, payload); the server sends whole, unmasked frames in the shortest form."""
        a, b = self.take(2)
        assert a & 0xF0 == 0x80, "FIN or RSV of the server: %#x" % a
        assert b < 128, "the server masks"
        n = b
        if b == 126:
            n, = struct.unpack(">H", self.take(2))
            assert n > 125
        elif b == 127:
            n, = struct.unpack(">Q", self.take(8))
            assert n > 65535
        return a & 15, self.take(n)

    def expect(self, op, data):
        got = self.recv()
        assert got == (op, data), "got %s %r, not %s %r" % (got[0], got[1][:60], op, data[:60])

    def expect_close(self, code):
        """A close frame with that code (None: without one), then the end, and nothing after."""
        op, data = self.recv()
        assert op == CLOSE, "got opcode %d %r, not a close" % (op, data[:60])
        got = struct.unpack(">H", data[:2])[0] if data else None
        assert got == code, "close code %s, not %s" % (got, code)
        data[2:].decode()
        try:
            self.more()
        except Gone as e:
            assert str(e) == "eof", "the connection was reset"
        assert not self.buf, "bytes after the close frame"

    def quiet(self):
        """Nothing came of what was sent: a ping is answered first."""
        self.send(frame(PING, b"quiet?"))
        self.expect(PONG, b"quiet?")

    def done(self):
        self.send(close_frame(1000))
        self.expect_close(1000)


CASES = []


def case(name, *args):
    def add(fn):
        CASES.append((name, fn, args))
        return fn
    return add


def cases(name, rows, fn):
    for row in rows:
        row = row if isinstance(row, tuple) else (row,)
        CASES.append(("%s %s" % (name, " ".join(repr(v)[:40] for v in row)), fn, row))


# ── framing ──
def echo(c, op, n, form=None):
    data = bytes(RNG.randrange(97, 123) for _ in range(min(n, 997)))
    data = (data * (n // max(len(data), 1) + 1))[:n]
    c.send(frame(op, data, form=form))
    c.expect(op, data)
    c.done()


SIZES = [0, 1, 2, 3, 7, 8, 9, 124, 125, 126, 127, 128, 255, 256, 4095, 4096, 4097, 65534, 65535,
         65536, 65537, 131072, 1 << 20, 4 << 20, 16 << 20]
cases("text of", [(TEXT, n) for n in SIZES], echo)
cases("binary of", [(BINARY, n) for n in SIZES], echo)


def echo_chopped(c, op, n, step):
    data = bytes(97 + i % 26 for i in range(n))
    c.chop(frame(op, data), step)
    c.expect(op, data)
    c.done()


cases("chopped", [(op, n, step) for op in (TEXT, BINARY)
                  for n, step in ((0, 1), (5, 1), (125, 1), (126, 1), (300, 1), (1000, 7),
                                  (65535, 997), (65536, 997), (200000, 4096))], echo_chopped)


def non_minimal(c, n, form):
    c.send(frame(TEXT, b"x" * n, form=form))
    c.expect_close(1002)


cases("non-minimal length", [(0, 16), (5, 16), (125, 16), (0, 64), (125, 64), (126, 64),
                             (65535, 64)], non_minimal)


@case("length with the top bit set")
def top_bit(c):
    c.send(b"\x81\xff" + struct.pack(">Q", 1 << 63) + MASK + b"x")
    c.expect_close(1002)


@case("a message over 16 MiB")
def too_long(c):
    c.send(b"\x82\xff" + struct.pack(">Q", (16 << 20) + 1) + MASK)
    c.expect_close(1009)


@case("an announced exabyte")
def exabyte(c):
    c.send(b"\x81\xff" + struct.pack(">Q", 1 << 60) + MASK)
    c.expect_close(1009)


@case("fragments that together exceed 16 MiB")
def too_long_in_parts(c):
    c.send(frame(BINARY, bytes(16 << 20), fin=False))
    c.send(frame(CONT, b"x"))
    c.expect_close(1009)


def unmasked(c, op):
    c.send(frame(op, b"hi", masked=False))
    c.expect_close(1002)


cases("unmasked", [TEXT, BINARY, PING, PONG, CLOSE], unmasked)


@case("unmasked continuation")
def unmasked_cont(c):
    c.send(frame(TEXT, b"a", fin=False) + frame(CONT, b"b", masked=False))
    c.expect_close(1002)


@case("many messages in one segment")
def many(c):
    texts = [b"message %d" % i for i in range(500)]
    c.send(b"".join(frame(TEXT, t) for t in texts))
    for t in texts:
        c.expect(TEXT, t)
    c.done()


# ── reserved ──
def reserved_bits(c, op, rsv):
    c.send(frame(TEXT, b"before"))
    c.expect(TEXT, b"before")
    c.send(frame(op, b"x", rsv=rsv))
    c.expect_close(1002)


cases("reserved bits", [(op, rsv) for op in (TEXT, BINARY, PING, CLOSE) for rsv in range(1, 8)],
      reserved_bits)


def reserved_opcode(c, op, n):
    c.send(frame(op, b"x" * n))
    c.expect_close(1002)


cases("reserved opcode", [(op, n) for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15) for n in (0, 5)],
      reserved_opcode)


def reserved_inside(c, op):
    c.send(frame(TEXT, b"a", fin=False) + frame(op, b"") + frame(CONT, b"b"))
    c.expect_close(1002)


cases("reserved opcode inside a message", [3, 7, 11, 15], reserved_inside)


# ── control frames ──
def ping(c, n):
    data = bytes(i & 255 for i in range(n))
    c.send(frame(PING, data))
    c.expect(PONG, data)
    c.done()


cases("ping of", [0, 1, 2, 64, 124, 125], ping)


def chopped_ping(c, n):
    c.chop(frame(PING, b"p" * n))
    c.expect(PONG, b"p" * n)
    c.done()


cases("chopped ping of", [0, 1, 125], chopped_ping)


def oversized(c, op, n):
    c.send(frame(op, b"\x03\xe8" + b"x" * (n - 2)))
    c.expect_close(1002)


cases("oversized control", [(op, n) for op in (PING, PONG, CLOSE) for n in (126, 127, 65536)],
      oversized)


def fragmented_control(c, op):
    c.send(frame(op, b"", fin=False))
    c.expect_close(1002)


cases("fragmented control", [PING, PONG, CLOSE], fragmented_control)


def unsolicited_pong(c, n):
    c.send(frame(PONG, b"x" * n))
    c.quiet()
    c.done()


cases("unsolicited pong of", [0, 1, 125], unsolicited_pong)


@case("100 pings")
def pings(c):
    c.send(b"".join(frame(PING, b"%d" % i) for i in range(100)))
    for i in range(100):
        c.expect(PONG, b"%d" % i)
    c.done()


# ── fragmentation ──
def fragments(c, op, parts, step):
    sizes = [RNG.randrange(0, 40) for _ in range(parts)]
    data = bytes(97 + i % 26 for i in range(sum(sizes)))
    wire, at = b"", 0
    for i, n in enumerate(sizes):
        wire += frame(op if i == 0 else CONT, data[at:at + n], fin=i == parts - 1)
        at += n
    c.chop(wire, step)
    c.expect(op, data)
    c.done()


cases("fragments", [(op, parts, step) for op in (TEXT, BINARY) for parts in (2, 3, 10, 1000)
                    for step in (1 << 20, 3) if parts < 1000 or step > 3], fragments)


@case("65,536 fragments")
def fragments_max(c):
    c.send(frame(TEXT, b"a", fin=False) + frame(CONT, b"b", fin=False) * 65534 + frame(CONT, b"c"))
    c.expect(TEXT, b"a" + b"b" * 65534 + b"c")
    c.done()


@case("65,537 fragments")
def fragments_over(c):
    c.send(frame(TEXT, b"a", fin=False) + frame(CONT, b"b", fin=False) * 65535 + frame(CONT, b"c"))
    c.expect_close(1009)


@case("empty fragments only")
def empty_fragments(c):
    c.send(frame(TEXT, fin=False) + frame(CONT, fin=False) * 3 + frame(CONT))
    c.expect(TEXT, b"")
    c.done()


def control_between(c, op, step):
    c.chop(frame(TEXT, b"one ", fin=False) + frame(op, b"ctl") + frame(CONT, b"two ", fin=False) +
           frame(op, b"ctl") + frame(CONT, b"three"), step)
    if op == PING:
        c.expect(PONG, b"ctl")
        c.expect(PONG, b"ctl")
    c.expect(TEXT, b"one two three")
    c.done()


cases("control between fragments", [(op, step) for op in (PING, PONG) for step in (1000, 1)],
      control_between)


@case("close between fragments")
def close_between(c):
    c.send(frame(TEXT, b"one ", fin=False) + close_frame(1000) + frame(CONT, b"two"))
    c.expect_close(1000)


def bad_sequence(c, wire):
    c.send(wire)
    c.expect_close(1002)


cases("bad sequence", [
    frame(CONT, b"x"), frame(CONT, b"x", fin=False), frame(CONT),
    frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"),
    frame(TEXT, b"a", fin=False) + frame(BINARY, b"b"),
    frame(BINARY, b"a", fin=False) + frame(TEXT, b"b", fin=False),
], bad_sequence)


@case("continuation after a whole message")
def cont_after(c):
    c.send(frame(TEXT, b"a") + frame(CONT, b"b"))
    c.expect(TEXT, b"a")
    c.expect_close(1002)


# ── UTF-8 ──
GOOD = ["κόσμε", "\x00", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\uffff",
        "\U00010000", "\U0010ffff", "Linnet 🐦 singt: äöü", "\ufdd0", "日本語", "a\u0301"]
BAD = [b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xc3", b"\xc3(", b"\xe0\x80\x80",
       b"\xe0\x9f\xbf", b"\xe2\x82", b"\xe2(\xa1", b"\xed\xa0\x80", b"\xed\xbf\xbf",
       b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf0\x9f\x90", b"\xf4\x90\x80\x80",
       b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xfe", b"\xff",
       b"ok \xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80 edited",
       b"a" * 5000 + b"\xff"]


def good_text(c, text):
    c.send(frame(TEXT, text.encode()))
    c.expect(TEXT, text.encode())
    c.done()


def good_text_chopped(c, text):
    c.chop(frame(TEXT, text.encode()))
    c.expect(TEXT, text.encode())
    c.done()


def good_text_split(c, text):
    """One message for every place to split it in two fragments."""
    data = text.encode()
    for i in range(len(data) + 1):
        c.send(frame(TEXT, data[:i], fin=False) + frame(CONT, data[i:]))
        c.expect(TEXT, data)
    c.done()


def good_text_bytewise(c, text):
    data = text.encode()
    c.send(frame(TEXT, fin=False) +
           b"".join(frame(CONT, data[i:i + 1], fin=False) for i in range(len(data))) + frame(CONT))
    c.expect(TEXT, data)
    c.done()


cases("UTF-8", GOOD, good_text)
cases("UTF-8 chopped", GOOD, good_text_chopped)
cases("UTF-8 split", GOOD, good_text_split)
cases("UTF-8 byte by byte", GOOD, good_text_bytewise)


def bad_text(c, data):
    c.send(frame(TEXT, data))
    c.expect_close(1007)


def bad_text_fragment(c, data):
    c.send(frame(TEXT, data[:len(data) // 2], fin=False) + frame(CONT, data[len(data) // 2:]))
    c.expect_close(1007)


def bad_text_early(c, data):
    """What can never become UTF-8 is refused before the message is whole."""
    c.send(frame(TEXT, data, fin=False))
    try:
        data.decode()
    except UnicodeDecodeError as e:
        if e.reason == "unexpected end of data":
            c.send(frame(CONT))
    c.expect_close(1007)


cases("not UTF-8", BAD, bad_text)
cases("not UTF-8, fragmented", BAD, bad_text_fragment)
cases("not UTF-8, unfinished", BAD, bad_text_early)


@case("not UTF-8, in the middle of a frame that does not end")
def fail_fast(c):
    c.send(frame(TEXT, b"a" * 100 + b"\xff" + b"a" * 100)[:150])
    c.expect_close(1007)


@case("binary need not be UTF-8")
def binary_any(c):
    c.send(frame(BINARY, bytes(range(256))))
    c.expect(BINARY, bytes(range(256)))
    c.done()


# ── closing ──
def close_echo(c, code, reason):
    c.send(close_frame(code, reason))
    c.expect_close(code)


cases("close", [(None, b"")] + [(code, b"") for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009,
                                                         1010, 1011, 3000, 3999, 4000, 4999)] +
      [(1000, b"x" * 123), (1000, "tschüß".encode())], close_echo)


def close_bad(c, code):
    c.send(close_frame(code))
    c.expect_close(1002)


cases("close with the invalid code", [0, 1, 999, 1004, 1005, 1006, 1012, 1013, 1014, 1015, 1016,
                                      1100, 2000, 2999, 5000, 65535], close_bad)


@case("close with one byte")
def close_one(c):
    c.send(frame(CLOSE, b"\x03"))
    c.expect_close(1002)


@case("close whose reason is not UTF-8")
def close_not_utf8(c):
    c.send(close_frame(1000, b"\xff\xfe"))
    c.expect_close(1007)


def close_in_pieces(c, reason, code, n):
    c.chop(close_frame(1000, reason), n)
    c.expect_close(code)


cases("close in pieces", [(reason, code, n)
                          for reason, code in (("tschüß, grüß Gott — до свидания".encode(), 1000),
                                               (b"ok \xc3", 1007), (b"\xff\xfe", 1007))
                          for n in (1, 2, 3, 5, 7, 8, 9)], close_in_pieces)


@case("data after close is ignored")
def after_close(c):
    c.send(close_frame(1000) + frame(TEXT, b"late") + frame(PING, b"late"))
    c.expect_close(1000)


@case("two closes")
def two_closes(c):
    c.send(close_frame(1000) * 2)
    c.expect_close(1000)


@case("close right behind a message")
def close_behind(c):
    c.send(frame(TEXT, b"last") + close_frame(1001))
    c.expect(TEXT, b"last")
    c.expect_close(1001)


@case("chopped close")
def close_chopped(c):
    c.chop(close_frame(4000, b"bye"))
    c.expect_close(4000)


# ── random streams ──
def random_stream(c, number):
    """Echoes stay under 64 KiB in all: above that, unread, pings get no pongs."""
    rng = random.Random(SEED + number)
    wire, want = b"", []
    for _ in range(rng.randrange(5, 30)):
        op = rng.choice((TEXT, BINARY))
        data = "".join(rng.choice("aé日🐦") for _ in range(rng.choice((0, 1, 5, 50, 500, 700)))).encode()
        cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.choice((0, 0, 1, 2, 5))))
        for i, (a, b) in enumerate(zip([0] + cuts, cuts + [len(data)])):
            wire += frame(op if i == 0 else CONT, data[a:b], fin=i == len(cuts))
            if i < len(cuts) and rng.random() < 0.3:
                p = rng.randbytes(rng.randrange(126))
                wire += frame(PING, p)
                want.append((PONG, p))
        want.append((op, data))
    at = 0
    while at < len(wire):
        n = rng.choice((1, 2, 5, 100, 1000, 70000))
        c.send(wire[at:at + n])
        at += n
    for op, data in want:
        c.expect(op, data)
    c.done()


cases("random stream", range(20), random_stream)


def start(server):
    proc = subprocess.Popen([server, "0"], stdout=subprocess.PIPE)
    return proc, int(proc.stdout.readline().split()[1])


def main():
    server = sys.argv[1] if len(sys.argv) > 1 else "build/release/test/echo_server"
    proc, port = start(server)
    passed = failed = 0
    try:
        for name, fn, args in CASES:
            c = None
            try:
                c = Client(port)
                fn(c, *args)
                passed += 1
            except (AssertionError, Gone, OSError, ValueError) as e:
                failed += 1
                print("FAIL %s: %s: %s" % (name, type(e).__name__, e))
            finally:
                if c:
                    c.sock.close()
        if proc.poll() is not None:
            failed += 1
            print("FAIL the server ended with %s" % proc.returncode)
    finally:
        proc.kill()
        proc.wait()
    if failed:
        print("SEED=%d" % SEED)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
