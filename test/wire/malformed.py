#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""malformed.py - what the server must refuse, and how: HTTP, WebSocket and JSON at its real doors.

Each case says the status, error code or close code that must come. The limits are those of
src/api/protocol.md, read from its tables, each tried one below, at, and one above. Afterwards a
healthy client is served as before and the server's memory has not grown. Raw sockets only.
Ends with "N passed, N failed".
"""
import base64
import json
import os
import re
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
sys.dont_write_bytecode = True
from raw import ROOT, UPGRADE, Conn, Server, Ws, frame, head  # noqa: E402

PROTOCOL = open(os.path.join(ROOT, "src/api/protocol.md"), encoding="utf-8").read()
GROWTH_KIB = 24 * 1024  # of the whole run; a sanitizer's own memory is not counted

# ── cases ──

server = None
results = [0, 0]


def check(name, fn, *args):
    try:
        fn(*args)
        results[0] += 1
    except Exception as e:  # a case that fails must not end the others
        results[1] += 1
        print("FAIL %s: %s: %s" % (name, type(e).__name__, str(e)[:300]))


def http_case(name, raw, want, closes=None):
    """raw bytes in; the status that comes; whether the connection ends with it."""
    def run():
        c = Conn(server.port)
        c.send(raw)
        status, headers, _ = c.response()
        assert status == want, "status %d, not %d" % (status, want)
        ends = headers.get("connection", "").lower() == "close"
        if closes is not None:
            assert ends == closes, "connection %s" % headers.get("connection")
        if ends:
            assert c.is_closed()
        c.close()
    check("http " + name, run)


def ws_case(name, raw, want, token=True):
    """raw bytes on a WebSocket; the close code that comes."""
    def run():
        c = Ws(server, server.token if token else None)
        c.send(raw)
        code = c.closed()
        assert code == want, "close %s, not %s" % (code, want)
        c.close()
    check("ws " + name, run)


live = None


def json_case(name, text, want):
    """A frame on a signed-in WebSocket that stays open: the error code, or None where it is fine."""
    def run():
        live.text(text if isinstance(text, bytes) else text.encode())
        answer = live.json()
        code = answer.get("error", {}).get("code")
        assert code == want, "%s, not %s" % (code, want)
        if code:
            assert answer["error"]["message"], "no sentence"
    check("json " + name, run)


# ── HTTP ──

def http_cases():
    ok = "Host: x\r\n"
    get = lambda lines, first="GET /healthz HTTP/1.1": (first + "\r\n" + lines + "\r\n").encode("latin-1")
    http_case("a good one", get(ok), 200, False)
    for name, first, want in [
            ("no version", "GET /healthz", 400), ("HTTP/2.0", "GET /healthz HTTP/2.0", 505),
            ("HTTP/1.2", "GET /healthz HTTP/1.2", 505), ("lower-case version", "GET /healthz http/1.1", 400),
            ("two spaces", "GET  /healthz HTTP/1.1", 400), ("a space at the end", "GET /healthz HTTP/1.1 ", 400),
            ("a tab", "GET\t/healthz HTTP/1.1", 400), ("no path", "GET HTTP/1.1", 400),
            ("a path without slash", "GET healthz HTTP/1.1", 400), ("a control character", "GET /he\x01 HTTP/1.1", 400),
            ("a NUL", "GET /he\0 HTTP/1.1", 400), ("DEL", "GET /he\x7f HTTP/1.1", 400),
            ("no method", " /healthz HTTP/1.1", 400), ("a method with a colon", "GE:T /healthz HTTP/1.1", 400),
            ("a bare CR in the path", "GET /he\ralthz HTTP/1.1", 400)]:
        http_case(name, get(ok, first), want, True)
    for name, lines, want in [
            ("no Host", "", 400), ("two Hosts", ok + ok, 400), ("a space before the colon", "Host : x\r\n", 400),
            ("a folded line", ok + "A: b\r\n c\r\n", 400), ("a folded line by tab", ok + "A: b\r\n\tc\r\n", 400),
            ("a line without colon", ok + "nonsense\r\n", 400), ("an empty name", ok + ": x\r\n", 400),
            ("a NUL in a value", ok + "A: a\0b\r\n", 400), ("a control character in a value", ok + "A: a\x02b\r\n", 400),
            ("a bare CR in a value", ok + "A: a\rb\r\n", 400), ("a bare LF", "Host: x\n", 400),
            ("a bare LF behind a line", ok + "A: b\n", 400), ("a name with a space", ok + "A b: c\r\n", 400),
            ("a name with brackets", ok + "A(b): c\r\n", 400), ("white space first", " Host: x\r\n", 400),
            ("an unknown expectation", ok + "Expect: 200-maybe\r\n", 417),
            ("a coding that is not chunked", ok + "Transfer-Encoding: gzip\r\n", 501),
            ("two codings", ok + "Transfer-Encoding: gzip, chunked\r\n", 501),
            ("chunked twice", ok + "Transfer-Encoding: chunked, chunked\r\n", 501),
            ("two lines of codings", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
            ("length and coding", ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
            ("coding and length", ok + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400),
            ("two lengths", ok + "Content-Length: 3\r\nContent-Length: 3\r\n", 400),
            ("two lengths in a line", ok + "Content-Length: 3, 3\r\n", 400),
            ("a negative length", ok + "Content-Length: -1\r\n", 400), ("a length with a sign", ok + "Content-Length: +3\r\n", 400),
            ("a hexadecimal length", ok + "Content-Length: 0x3\r\n", 400), ("an empty length", ok + "Content-Length:\r\n", 400),
            ("a length past 64 bits", ok + "Content-Length: 18446744073709551616\r\n", 413),
            ("a length with a space in it", ok + "Content-Length: 1 2\r\n", 400)]:
        http_case(name, get(lines, "POST /api/v1/login HTTP/1.1"), want, True)
    http_case("HTTP/1.0 with a coding", get("Transfer-Encoding: chunked\r\n", "POST /api/v1/login HTTP/1.0"), 400, True)
    http_case("HTTP/1.0 without Host", get("", "GET /healthz HTTP/1.0"), 200, True)

    # limits: one below, at, one above
    pad = lambda n: "/" + "a" * (n - len("GET / HTTP/1.1"))
    for n, want in ((8191, 404), (8192, 404), (8193, 414)):
        http_case("a request line of %d" % n, get(ok, "GET %s HTTP/1.1" % pad(n)), want)
    for n, want in ((99, 200), (100, 200), (101, 431)):
        http_case("%d header lines" % n, get(ok + "".join("A%d: b\r\n" % i for i in range(n - 1))), want)
    for n, want in ((8191, 200), (8192, 200), (8193, 431)):
        http_case("a header line of %d" % n, get(ok + "A: " + "a" * (n - 3) + "\r\n"), want)
    for n, want in ((32767, 200), (32768, 200), (32769, 431)):
        lines = ok + ("A: " + "a" * 7900 + "\r\n") * 4
        fill = n - len(get(lines + "A: \r\n"))
        http_case("a head of %d" % n, get(lines + "A: " + "a" * fill + "\r\n"), want)
    http_case("a header flood", get(ok + "A: b\r\n" * 20000), 431, True)
    http_case("one endless line", b"GET /" + b"a" * 100000, 414, True)
    http_case("one endless header", b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 100000, 431, True)
    for n, want in ((262143, 401), (262144, 401), (262145, 413)):
        body = b'{"name":"ana","password":"' + b"p" * 8 + b'"}'
        body += b" " * (n - len(body))
        lines = ok + "Content-Length: %d\r\n" % n
        http_case("a body of %d" % n, get(lines, "POST /api/v1/login HTTP/1.1") + body, want)
        chunked = get(ok + "Transfer-Encoding: chunked\r\n", "POST /api/v1/login HTTP/1.1")
        http_case("a chunked body of %d" % n, chunked + b"%x\r\n" % n + body + b"\r\n0\r\n\r\n", want)

    chunked = get(ok + "Transfer-Encoding: chunked\r\n", "POST /api/v1/login HTTP/1.1")
    for name, body in [("no hexadecimal", b"xyz\r\n"), ("a negative size", b"-5\r\n"), ("an empty size", b"\r\n"),
                       ("a prefix 0x", b"0x5\r\nhello\r\n"), ("a space before", b" 5\r\nhello\r\n"),
                       ("too many digits", b"0" * 40 + b"5\r\n"), ("past 64 bits", b"fffffffffffffffff\r\n"),
                       ("no CRLF behind", b"5\r\nhelloX"), ("a bare LF", b"5\nhello\n0\n\n"),
                       ("CR without LF", b"5\rhello"), ("an endless extension", b"5;" + b"a" * 400 + b"\r\n"),
                       ("a NUL in an extension", b"5;a\0b\r\nhello\r\n")]:
        http_case("chunks: " + name, chunked + body, 400, True)
    http_case("chunks: endless trailers", chunked + b"0\r\n" + b"A: b\r\n" * 3000, 400, True)

    for name, change, want in [
            ("version 12", {"Sec-WebSocket-Version": "12"}, 426), ("version 14", {"Sec-WebSocket-Version": "14"}, 426),
            ("no version", {"Sec-WebSocket-Version": None}, 426), ("no key", {"Sec-WebSocket-Key": None}, 400),
            ("a short key", {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25j"}, 400),
            ("a long key", {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQAAAA=="}, 400),
            ("a key of 16 letters", {"Sec-WebSocket-Key": "aaaaaaaaaaaaaaaa"}, 400),
            ("a key that is not base64", {"Sec-WebSocket-Key": "!" * 22 + "=="}, 400),
            ("no subprotocol", {"Sec-WebSocket-Protocol": None}, 400),
            ("another subprotocol", {"Sec-WebSocket-Protocol": "chat"}, 400),
            ("no Upgrade", {"Upgrade": None}, 426), ("another Upgrade", {"Upgrade": "h2c"}, 426),
            ("no Connection", {"Connection": None}, 400), ("Connection: close", {"Connection": "close"}, 400),
            ("a foreign Origin", {"Origin": "https://evil.example"}, 403), ("Origin null", {"Origin": "null"}, 403),
            ("an Origin that begins as ours", {"Origin": "http://x.evil.example"}, 403),
            ("an Origin with our name in it", {"Origin": "http://evil.example/x"}, 403),
            ("an Origin on another port", {"Origin": "http://x:81"}, 403),
            ("our Origin", {"Origin": "http://x"}, 101), ("a list with ours in it", {"Sec-WebSocket-Protocol": "a, linnet.v1"}, 101)]:
        lines = [(k, v) for k, v in dict(UPGRADE, **change).items() if v is not None]
        http_case("upgrade: " + name, head(lines), want)
    http_case("upgrade by POST", head(list(UPGRADE.items()) + [("Content-Length", "0")], "POST /ws HTTP/1.1"), 405)
    http_case("upgrade by HTTP/1.0", head(UPGRADE.items(), "GET /ws HTTP/1.0"), 400)
    http_case("upgrade elsewhere", head(UPGRADE.items(), "GET /healthz HTTP/1.1"), 200)
    for path in ("/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/%00", "/%zz", "//", "/api/v1/",
                 "/api/v1/../login", "/api/v2/login", "/assets/../../x"):
        http_case("path " + path, get(ok, "GET %s HTTP/1.1" % path), 405 if path.startswith("/api/v1/.") else 404)
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"):
        http_case("%s on the API" % method, get(ok, "%s /api/v1/login HTTP/1.1" % method), 405)

    def pipelined():
        c = Conn(server.port)
        c.send(get(ok) * 20 + get(""))
        for _ in range(20):
            assert c.response()[0] == 200
        assert c.response()[0] == 400
        assert c.is_closed()
    check("http pipelining: twenty, then a bad one", pipelined)

    def smuggled():
        c = Conn(server.port)
        inner = get(ok, "GET /inner HTTP/1.1")
        c.send(get(ok + "Content-Length: %d\r\n" % len(inner), "POST /api/v1/ping HTTP/1.1") + inner + get(ok))
        assert [c.response()[0], c.response()[0]] == [404, 200], "the body was taken for a request"
    check("http a request in a body", smuggled)


# ── WebSocket ──

def ws_cases():
    ping = json.dumps({"op": "ping"}).encode()
    for token in (False, True):
        who = "signed in: " if token else "before hello: "
        for name, raw, want in [
                ("unmasked", frame(1, ping, masked=False), 1002), ("RSV1", frame(1, ping, rsv=4), 1002),
                ("RSV2", frame(1, ping, rsv=2), 1002), ("RSV3", frame(1, ping, rsv=1), 1002),
                ("binary", frame(2, ping), 1003), ("empty binary", frame(2, b""), 1003),
                ("a stray continuation", frame(0, ping), 1002),
                ("a message in a message", frame(1, b"{", fin=False) + frame(1, ping), 1002),
                ("a fragmented ping", frame(9, b"x", fin=False), 1002), ("a long ping", frame(9, b"x" * 126), 1002),
                ("a close of one byte", frame(8, b"\x03"), 1002), ("close 1005", frame(8, b"\x03\xed"), 1002),
                ("close 1006", frame(8, b"\x03\xee"), 1002), ("close 0", frame(8, b"\0\0"), 1002),
                ("close 5000", frame(8, b"\x13\x88"), 1002), ("a close reason not UTF-8", frame(8, b"\x03\xe8\xff"), 1007),
                ("not UTF-8", frame(1, b'{"op":"\xff"}'), 1007), ("a surrogate", frame(1, b'{"op":"\xed\xa0\x80"}'), 1007),
                ("overlong", frame(1, b'{"op":"\xc0\x80"}'), 1007), ("past U+10FFFF", frame(1, b"\xf4\x90\x80\x80"), 1007),
                ("half a character", frame(1, b"\xe2\x82"), 1007),
                ("half a character in fragments", frame(1, b"\xe2", fin=False) + frame(0, b"\x82"), 1007),
                ("a length of 16 bits for 125", frame(1, b"", length=b"\xfe\x00\x7d") + b"x" * 125, 1002),
                ("a length of 64 bits for 65535", frame(1, b"", length=b"\xff" + struct.pack(">Q", 65535)), 1002),
                ("a length of 2^63", frame(1, b"", length=b"\xff" + struct.pack(">Q", 1 << 63)), 1002),
                ("a length of 2^63 - 1", frame(1, b"", length=b"\xff" + struct.pack(">Q", (1 << 63) - 1)), 1009),
                ("a length of 65,537", frame(1, b"", length=b"\xff" + struct.pack(">Q", 65537)), 1009),
                ("257 fragments", frame(1, b"{", fin=False) + frame(0, b" ", fin=False) * 256, 1009),
                ("fragments past the limit", frame(1, b" " * 40000, fin=False) + frame(0, b" " * 30000), 1009),
                ("21 pings at once", frame(9, b"x") * 64, 1008)]:
            ws_case(who + name, raw, want, token)
        for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
            ws_case(who + "opcode %d" % op, frame(op, b""), 1002, token)

    def fits(raw):
        c = Ws(server, server.token)
        c.send(raw)
        assert c.frame() == (1, b'{"ev":"pong"}')
        c.close()
    pad = lambda n: ping + b" " * (n - len(ping))
    for n in (65535, 65536):
        check("ws a message of %d" % n, fits, frame(1, pad(n)))
    check("ws 256 fragments", fits, frame(1, ping, fin=False) + frame(0, b" ", fin=False) * 254 + frame(0, b""))
    ws_case("a message of 65,537", frame(1, pad(65537)), 1009)


# ── JSON ──

def table(name):
    rows = re.search(r"<!-- table:%s -->\n(.*?)<!-- end -->" % name, PROTOCOL, re.S).group(1).strip().split("\n")[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def fields():
    out = {}
    for name, kind, low, high in table("fields"):
        out[name.strip("`")] = (kind, int(low or 0), int(high or 0))
    return out


def operations():
    out = {}
    for row in table("ops"):
        names = re.findall(r"`([a-z_]+)(\??)`", row[4])
        out[row[0].strip("`")] = (row[2], [(n, q == "?") for n, q in names])
    return out


def sample(name, kind, low, high):
    """A value that the field takes."""
    if name == "body":
        return {"text": "x"}
    if kind.startswith("whole"):
        return max(low, 1)
    if kind.startswith("true"):
        return True
    if kind.startswith("list of ids"):
        return [1]
    if kind.startswith("list"):
        return [{"name": "x"}]
    if kind.startswith("object"):
        return {}
    return "x" * max(low, 1)


def wrong_values(name, kind, low, high):
    """(what, JSON text, error code) that the field must refuse."""
    anything = {"a string": '"x"', "a number": "1", "true": "true", "a list": "[]", "an object": "{}"}
    mine = {"w": ["a number"], "t": ["true"], "s": ["a string"], "l": ["a list"], "o": ["an object"]}[kind[0]]
    for what, text in anything.items():
        if what not in mine:
            yield what, text, "bad_request"
    if kind.startswith("whole"):
        if low > 0:
            yield "%d" % (low - 1), str(low - 1), "bad_request"
        for text in (str(high + 1), "-1", "1.5", "1.0", "1e2", "9007199254740993", "18446744073709551616", '"1"'):
            yield text, text, "bad_request"
        yield "1e999", "1e999", "bad_request"
    if kind.startswith("string"):
        if low > 1:
            yield "one byte short", json.dumps("x" * (low - 1)), "bad_request"
        if low > 0:
            yield "empty", '""', "bad_request"
        yield "one byte long", json.dumps("x" * (high + 1)), "too_large"
        yield "a NUL", '"%s\\u0000"' % ("x" * max(low, 1)), "bad_request"
        yield "a control character", '"%s\\u0007"' % ("x" * max(low, 1)), "bad_request"
        yield "a lone surrogate", '"%s\\ud800"' % ("x" * max(low, 1)), "bad_request"
        yield "a C1 control", '"%s\\u0085"' % ("x" * max(low, 1)), "bad_request"
    if kind.startswith("list of ids"):
        yield "one too many", json.dumps(list(range(1, high + 2))), "too_large"
        for entry in ("0", "-1", "1.5", '"1"', "null", "2147483648", "[1]"):
            yield "entry " + entry, "[%s]" % entry, "bad_request"


def json_cases():
    known = fields()
    tried = set()
    for op, (where, args) in operations().items():
        if op in ("hello", "ping", "logout", "watch"):
            continue  # hello ends or renews the session of this connection; the others take nothing new
        good = {n: sample(n, *known[n]) for n, optional in args if not optional}
        for name, optional in args:
            rest = {k: v for k, v in good.items() if k != name}
            frame_of = lambda text: '{"op":"%s","id":7,%s"%s":%s}' % (
                op, "".join("%s:%s," % (json.dumps(k), json.dumps(v)) for k, v in rest.items()), name, text)
            if not optional:
                json_case("%s without %s" % (op, name), json.dumps(dict(rest, op=op, id=7)), "bad_request")
                json_case("%s with %s null" % (op, name), frame_of("null"), "bad_request")
            values = list(wrong_values(name, *known[name]))
            if name in tried:
                values = values[:2]  # the same field again: that this operation checks it at all
            tried.add(name)
            for what, text, code in values:
                json_case("%s.%s: %s" % (op, name, what), frame_of(text), code)

    for name, text, want in [
            ("no JSON", "hello", "bad_request"), ("nothing", " ", "bad_request"), ("a list", "[]", "bad_request"),
            ("a string", '"x"', "bad_request"), ("a number", "7", "bad_request"), ("null", "null", "bad_request"),
            ("two values", '{"op":"ping"}{"op":"ping"}', "bad_request"), ("a comma too many", '{"op":"ping",}', "bad_request"),
            ("single quotes", "{'op':'ping'}", "bad_request"), ("a comment", '{"op":"ping"/**/}', "bad_request"),
            ("not ended", '{"op":"ping"', "bad_request"), ("no op", '{"id":1}', "bad_request"),
            ("op is a number", '{"op":1}', "bad_request"), ("op is null", '{"op":null}', "bad_request"),
            ("an unknown op", '{"op":"nope","id":1}', "unknown_op"), ("an op in capitals", '{"op":"PING"}', "unknown_op"),
            ("an op with a NUL", '{"op":"ping\\u0000"}', "bad_request"), ("an empty op", '{"op":""}', "unknown_op"),
            ("op twice", '{"op":"ping","op":"chat.list"}', "bad_request"),
            ("a key twice, deep", '{"op":"send","chat":1,"cid":"a","body":{"text":"x","a":1,"a":2}}', "bad_request"),
            ("a key twice by escapes", '{"op":"chat.list","limit":1,"lim\\u0069t":2}', "bad_request"),
            ("id -1", '{"op":"chat.list","id":-1}', "bad_request"), ("id 2^53", '{"op":"chat.list","id":9007199254740992}', "bad_request"),
            ("id 2^53-1", '{"op":"chat.list","id":9007199254740991}', None), ("id 0", '{"op":"chat.list","id":0}', None),
            ("id 1.5", '{"op":"chat.list","id":1.5}', "bad_request"), ("id 1e3", '{"op":"chat.list","id":1e3}', "bad_request"),
            ("id as text", '{"op":"chat.list","id":"1"}', "bad_request"), ("id 1e999", '{"op":"chat.list","id":1e999}', "bad_request"),
            ("-0", '{"op":"history","id":1,"chat":-0}', "bad_request"), ("01", '{"op":"history","id":1,"chat":01}', "bad_request"),
            ("+1", '{"op":"history","id":1,"chat":+1}', "bad_request"), ("NaN", '{"op":"history","id":1,"chat":NaN}', "bad_request"),
            ("Infinity", '{"op":"history","id":1,"chat":Infinity}', "bad_request"),
            ("a raw tab in a string", '{"op":"a\tb"}', "bad_request"), ("a raw newline in a string", '{"op":"a\nb"}', "bad_request"),
            ("a bad escape", '{"op":"\\x"}', "bad_request"), ("a short \\u", '{"op":"\\u12"}', "bad_request"),
            ("a low surrogate alone", '{"op":"\\udc00"}', "bad_request"),
            ("two high surrogates", '{"op":"\\ud800\\ud800"}', "bad_request"),
            ("a byte order mark", '\ufeff{"op":"ping"}', "bad_request"),
            ("unknown fields pass", '{"op":"chat.list","id":1,"x":{"y":[1,2,{"z":null}]}}', None),
            ("fields that are null are not there", '{"op":"chat.list","id":1,"limit":null,"after":null}', None)]:
        json_case(name, text, want)

    def nested(n):
        return '{"op":"chat.list","id":1,"x":%s1%s}' % ("[" * (n - 1), "]" * (n - 1))
    for n, want in ((15, None), (16, None), (17, "bad_request"), (30000, "bad_request")):
        json_case("nested %d deep" % n, nested(n), want)
    json_case("nested by objects", '{"a":' * 10000 + "1" + "}" * 10000, "bad_request")
    json_case("brackets in a string are not nesting", '{"op":"chat.list","id":1,"x":"%s"}' % ("[{" * 1000), None)

    chat = made_chat()
    for n, want in ((16383, None), (16384, None), (16385, "too_large")):
        json_case("a text of %d" % n, json.dumps({"op": "send", "id": 1, "chat": chat, "cid": "t%d" % n, "body": {"text": "x" * n}}), want)
    for what, body, want in [("empty", {"text": ""}, "bad_request"), ("missing", {}, "bad_request"), ("a number", {"text": 1}, "bad_request"),
                             ("null", {"text": None}, "bad_request"), ("a list", {"text": ["x"]}, "bad_request")]:
        json_case("a text that is " + what, json.dumps({"op": "send", "id": 1, "chat": chat, "cid": "u" + what, "body": body}), want)
    for what, cursors in [("a list", []), ("chat 0", {"0": 1}), ("chat -1", {"-1": 1}), ("chat 01", {"01": 1}), ("chat x", {"x": 1}),
                          ("chat 2^31", {"2147483648": 1}), ("seq -1", {"1": -1}), ("seq 2^32", {"1": 4294967296}),
                          ("seq 1.5", {"1": 1.5}), ("seq text", {"1": "1"}), ("seq null", {"1": None})]:
        json_case("cursors: " + what, json.dumps({"op": "hello", "id": 1, "token": server.token, "cursors": cursors}), "bad_request")


def made_chat():
    live.text({"op": "chat.create", "id": 5, "kind": "group", "title": "limits", "cid": "limits", "members": []})
    return live.json()["chat"]


def healthy():
    c = Ws(server, server.token)
    c.text({"op": "chat.list", "id": 2})
    assert c.json()["re"] == 2
    c.close()


def main():
    global server, live
    server = Server()
    server.token, server.admin = server.people["ana"]["token"], server.people["root"]["token"]
    try:
        check("a healthy client before", healthy)
        live = Ws(server, server.token)
        warm = server.rss_kib()
        http_cases()
        ws_cases()
        json_cases()
        check("a healthy client after", healthy)
        check("the connection of all JSON cases is still served", lambda: live.text({"op": "chat.list", "id": 9}) or live.json())
        grown = server.rss_kib() - warm
        print("memory: %d KiB before, %d KiB more after" % (warm, grown))
        if not os.environ.get("ASAN_OPTIONS"):
            check("memory", lambda: grown <= GROWTH_KIB or (_ for _ in ()).throw(AssertionError("grew by %d KiB" % grown)))
        check("a good end", server.stop)
    finally:
        server.proc.kill()
    print("%d passed, %d failed" % tuple(results))
    return results[1] > 0


sys.exit(main())
