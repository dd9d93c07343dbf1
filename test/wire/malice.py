#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""malice.py - those who do not read, do not finish, flood, or come and go, many at a time.

Throughout, a healthy pair is served, and the server's memory stays within its bound, which is
computed from the limits: what it holds at rest, and for each connection
  before hello    UNKNOWN bytes (an unfinished head, frame or TLS handshake)
  signed in       [limits] out_hard, one message as it comes in, and UNKNOWN
and, where much is written, the store's fixed caches (STORE). Afterwards everybody catches up from
the log. How long the healthy pair waits is printed; with STRICT=1 (a quiet machine) its p99 may at
most double against its own before the trouble. Ends with "N passed, N failed".
"""
import json
import os
import re
import resource
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
sys.dont_write_bytecode = True
from raw import UPGRADE, Conn, Server, Ws, frame, head  # noqa: E402

MIB = 1 << 20
OUT_HARD, MESSAGE, UNKNOWN = 256 << 10, 64 << 10, 32 << 10
# SQLite's caches (64 MiB, two readers' 4 MiB), the log in memory twice (one fold's 16 MiB while the
# next fills), two shards' unapplied batches of 8 MiB
STORE = (64 + 2 * 4 + 2 * 16 + 2 * 8) * MIB
BODIES = 2 * 8 * MIB  # two shards' HTTP bodies of those whose is large
SLACK = 4 * MIB  # the healthy pair's own, and the allocator's
READERS, SLOW, HALF_TLS, FLOODERS, DROPS = 100, 1000, 500, 50, 3000
GONE_S = 15      # an unfinished beginning may take 10 s
SERVED_S = 30 if "ASAN_OPTIONS" in os.environ else 5  # a healthy client waits at most so long, on the worst machine
FLOOR_MS = 5     # STRICT: a p99 below this is good anyway
SANITIZED = "ASAN_OPTIONS" in os.environ
results = [0, 0]


def check(name, holds, what=""):
    results[0 if holds else 1] += 1
    print("%s %s %s" % ("ok  " if holds else "FAIL", name, what), flush=True)


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Healthy(threading.Thread):
    """One sends to the other, again and again; how long each takes until both have heard."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.ana, self.bea = (Ws(server, server.people[n]["token"]) for n in ("ana", "bea"))
        self.ana.text({"op": "chat.create", "id": 2, "kind": "direct", "cid": "pair", "members": [server.people["bea"]["id"]]})
        self.chat = self.ana.json()["chat"]
        self.times, self.error, self.over, self.n = [], None, False, 2
        self.start()

    def once(self):
        self.n += 1
        begun = time.monotonic()
        self.ana.text({"op": "send", "id": self.n, "chat": self.chat, "cid": "h%d" % self.n, "body": {"text": "well?"}})
        seq = self.ana.json()["seq"]
        while True:
            op, data = self.bea.frame()
            if op == 1 and b'"cid":"h%d"' % self.n in data:
                break
        assert json.loads(data)["seq"] == seq
        self.times.append(time.monotonic() - begun)
        if self.n % 100 == 0:
            self.bea.text({"op": "ping"})

    def run(self):
        try:
            while not self.over:
                self.once()
                time.sleep(0.005)
        except Exception as e:
            self.error = self.error or e

    def p99_ms(self):
        times, self.times = sorted(self.times), []
        return (times[len(times) * 99 // 100] * 1000, times[-1], len(times)) if times else (0, 0, 0)


class Watch(threading.Thread):
    """The most memory the server had since the last look."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.most, self.over = server, 0, False
        self.start()

    def run(self):
        while not self.over:
            self.most = max(self.most, self.server.rss_kib() * 1024)
            time.sleep(0.02)


class Scene:
    """One kind of trouble: the healthy pair and the memory during it."""

    def __init__(self, name, per_connection, fixed=0):
        self.name, self.bound = name, per_connection + fixed + SLACK

    def __enter__(self):
        healthy.p99_ms()
        self.base, self.begun = server.rss_kib() * 1024, time.monotonic()
        watch.most = 0
        return self

    def __exit__(self, kind, error, trace):
        if error:
            check(self.name, False, "%s: %s" % (kind.__name__, error))
        p99, longest, n = healthy.p99_ms()
        check("%s: a healthy client is served" % self.name, healthy.error is None and n > 0 and longest < SERVED_S,
              "%d times, p99 %.1f ms (before all: %.1f)%s" % (n, p99, calm_ms, healthy.error and " %r" % healthy.error or ""))
        if os.environ.get("STRICT"):
            check("%s: its p99 at most doubles" % self.name, p99 <= max(2 * calm_ms, FLOOR_MS))
        grown = max(watch.most, server.rss_kib() * 1024) - self.base
        if not SANITIZED:
            check("%s: memory" % self.name, grown <= self.bound,
                  "grew by %.1f MiB of %.1f (from %.1f), in %.1f s" % (grown / MIB, self.bound / MIB, self.base / MIB, time.monotonic() - self.begun))
        return error is None or isinstance(error, Exception)


# ── those who never read ──
class Reader(Ws):
    """Signed in, with a small window; knows how far it has read."""

    def __init__(self, server, token, chat=None):
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(30)
        sock.connect(("127.0.0.1", server.port))
        self.sock, self.buf, self.chat, self.last, self.holes = sock, b"", chat, 0, 0
        self.send(head(UPGRADE.items()))
        assert self.response()[0] == 101
        self.text({"op": "hello", "id": 1, "token": token})
        self.last = next(c for c in self.json()["chats"] if c["id"] == chat)["head"]

    def see(self, seq):
        self.holes += seq != self.last + 1
        self.last = seq

    def catch_up(self, token, top):
        """Reads what is there up to resync (or to the top, where the kernel held all), says hello,
        fetches the rest."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        live = re.compile(rb'\{"ev":"event","chat":%d,"seq":(\d+)' % self.chat)
        while self.last < top:
            op, data = self.frame()
            assert op != 8, data
            if b'"ev":"resync"' in data:
                break
            event = live.match(data)
            if event:
                self.see(int(event.group(1)))
        self.text({"op": "hello", "id": 9999, "token": token, "cursors": {str(self.chat): self.last}})
        answer = self.json()
        while answer["re"] != 9999:  # to what it had asked before
            answer = self.json()
        state = next(c for c in answer["chats"] if c["id"] == self.chat)
        for e in state["events"]:
            self.see(e["seq"])
        more = state["gap"]
        while more:
            self.text({"op": "events", "id": 2, "chat": self.chat, "after": self.last, "limit": 500})
            page = self.json()
            for e in page["events"]:
                self.see(e["seq"])
            more = page["more"]
        return state["head"]


def those_who_never_read():
    tokens = [server.people["r%d" % i]["token"] for i in range(READERS)]
    sender = Ws(server, server.people["carl"]["token"])
    sender.text({"op": "chat.create", "id": 2, "kind": "group", "title": "busy", "cid": "busy",
                 "members": [server.people["r%d" % i]["id"] for i in range(READERS)]})
    chat = sender.json()["chat"]
    with Scene("%d who never read" % READERS, READERS * (OUT_HARD + MESSAGE + UNKNOWN), STORE):
        readers = [Reader(server, t, chat) for t in tokens]
        said = 0
        for i in range(500):
            sender.text({"op": "send", "id": 10 + i, "chat": chat, "cid": "b%d" % i, "body": {"text": "x" * 6000}})
            if i == 250:  # and they ask for much: answers are nobody else's memory
                for r in readers:
                    for n in range(100):
                        r.text({"op": "events", "id": 100 + n, "chat": chat, "after": 0, "limit": 200})
            while said < i - 16:
                top = sender.json()["seq"]
                said += 1
        while said < 500:
            top = sender.json()["seq"]
            said += 1
        # the kernel may hold some of them's share
        told = until(lambda: server_metrics()["linnet_resyncs_total"] >= READERS // 2, 10)
        check("they are told to resync", told, "%d" % server_metrics()["linnet_resyncs_total"])
        heads = []
        for r, token in zip(readers, tokens):
            heads.append(r.catch_up(token, top) == r.last == top and r.holes == 0)
        check("all catch up to the last seq, without a hole", all(heads), "%d of %d" % (sum(heads), READERS))
        for c in readers + [sender]:
            c.close()


# ── those who do not finish ──
def slow_tools():
    """slowhttptest: slow heads, bodies, ranges, readers."""
    url = "http://127.0.0.1:%d/" % server.port
    common = ["slowhttptest", "-c", str(SLOW // 4), "-r", "250", "-i", "1", "-l", "8", "-p", "3"]
    kinds = [["-H", "-x", "8", "-u", url], ["-B", "-s", "8192", "-x", "8", "-u", url + "api/v1/login"],
             ["-R", "-u", url], ["-X", "-k", "10", "-n", "1", "-z", "8", "-u", url]]
    return [subprocess.Popen(common + k, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                             cwd=tempfile.gettempdir()) for k in kinds]


def byte_by_byte(count):
    """WebSockets whose hello comes a byte at a time and never ends."""
    hello = frame(1, json.dumps({"op": "hello", "id": 1, "token": "x" * 4000}).encode())
    out = []
    for _ in range(count):
        c = Conn(server.port)
        c.send(head(UPGRADE.items()))
        out.append(c)
    for c in out:
        assert c.response()[0] == 101
        c.sock.setblocking(False)
    return [[c.sock, hello] for c in out]


def half_tls(count):
    """A TLS handshake that does not begin, or stops in its first message."""
    first = bytes.fromhex("16030102000100 01fc0303".replace(" ", "")) + b"\x42" * 60
    out = []
    for i in range(count):
        s = socket.create_connection(("127.0.0.1", tls_port), 20)
        s.setblocking(False)
        out.append([s, first[:80] if i % 2 else b""])
    return out


def drip(sockets, seconds):
    """One byte each ten times a second, until all are closed by the server; how many were not."""
    poll, end = selectors.DefaultSelector(), time.monotonic() + seconds
    for entry in sockets:
        poll.register(entry[0], selectors.EVENT_READ, entry)
    open_ones = len(sockets)
    while open_ones and time.monotonic() < end:
        due = time.monotonic() + 0.1
        for key in list(poll.get_map().values()):
            entry = key.data
            if entry[1]:
                try:
                    entry[0].send(entry[1][:1])
                    entry[1] = entry[1][1:]
                except OSError:
                    pass
        while time.monotonic() < due:
            for key, _ in poll.select(max(0, due - time.monotonic())):
                try:
                    gone = not key.fileobj.recv(4096)
                except BlockingIOError:
                    continue
                except OSError:
                    gone = True
                if gone:
                    poll.unregister(key.fileobj)
                    key.fileobj.close()
                    open_ones -= 1
    return open_ones


def those_who_do_not_finish():
    with Scene("%d slow ones, %d half-open TLS" % (2 * SLOW, HALF_TLS), (2 * SLOW + HALF_TLS) * UNKNOWN):
        tools = slow_tools()
        sockets = byte_by_byte(SLOW) + half_tls(HALF_TLS)
        left = drip(sockets, GONE_S)
        check("who does not finish is closed within %d s" % GONE_S, left == 0, "%d left" % left)
        for t in tools:
            t.wait(60)
        check("slowhttptest ran", all(t.returncode == 0 for t in tools), str([t.returncode for t in tools]))


def large_bodies():
    """Bodies as large as may be that never end, from nobody in particular."""
    count = 400
    with Scene("%d bodies without an end" % count, count * UNKNOWN + BODIES):
        conns = []
        for path in ("send", "login"):
            for _ in range(count // 2):
                c = Conn(server.port)
                c.send(head([("Host", "x"), ("Content-Type", "application/json"), ("Content-Length", "262144")], "POST /api/v1/%s HTTP/1.1" % path))
                conns.append(c)
        for c in conns:
            c.sock.settimeout(1)
            try:
                c.sock.sendall(b"x" * 262000)
            except OSError:
                pass
        time.sleep(0.3)
        for c in conns:
            c.close()


# ── those who flood ──
def those_who_flood():
    tokens = [server.people["r%d" % i]["token"] for i in range(FLOODERS)]
    with Scene("%d floods of fragments" % FLOODERS, FLOODERS * (OUT_HARD + MESSAGE + UNKNOWN)):
        many = []
        for t in tokens:
            c = Ws(server, t)
            c.send(frame(1, b"{", fin=False) + frame(0, b" " * 250, fin=False) * 254)  # as many as may be
            many.append(c)
        for c in many:
            c.send(frame(0, b" ", fin=False) * 2000)
        check("too many fragments close the connection with 1009", all(c.closed() == 1009 for c in many))
    with Scene("%d floods of pings" % FLOODERS, FLOODERS * (OUT_HARD + MESSAGE + UNKNOWN)):
        pings, ended = frame(9, b"p" * 125) * 500, 0
        for t in tokens:
            c = Ws(server, t)
            try:
                for _ in range(20):  # 1.3 MB, and none of the answers is read
                    c.sock.sendall(pings)
                ended += c.closed() == 1008
            except (ConnectionError, EOFError):
                ended += 1  # it had closed long ago
            c.close()
        check("a flood of pings ends the connection", ended == FLOODERS, "%d of %d" % (ended, FLOODERS))


# ── those who come and go ──
def drop(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def those_who_come_and_go():
    before = server_metrics()["linnet_connections"]
    with Scene("%d open and drop" % DROPS, 200 * UNKNOWN):
        for i in range(DROPS):
            s = socket.create_connection(("127.0.0.1", tls_port if i % 8 == 7 else server.port), 20)
            if i % 4 == 1:
                s.send(head(UPGRADE.items()))
            elif i % 4 == 2:
                s.send(b"GET / HTTP/1.1\r\nHo")
            drop(s)
        for i in range(300):
            c = Ws(server)
            c.text({"op": "hello", "id": 1, "token": server.people["r%d" % (i % READERS)]["token"]})
            if i % 2:
                c.json()
            drop(c.sock)
        gone = until(lambda: server_metrics()["linnet_connections"] <= before, 10)
        check("none of them is left", gone, "%d, %d before" % (server_metrics()["linnet_connections"], before))


def server_metrics():
    c = Conn.__new__(Conn)
    c.sock, c.buf = socket.socket(socket.AF_UNIX), b""
    c.sock.connect(os.path.join(server.dir, "admin.sock"))
    c.send(head([("Host", "admin"), ("Connection", "close")], "GET /metrics HTTP/1.1"))
    body = c.response()[2].decode()
    c.close()
    return {k: float(v) for k, v in re.findall(r"^(\w+) (\S+)$", body, re.M)}


def main():
    global server, healthy, watch, calm_ms, tls_port
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as top:
        cert, key = os.path.join(top, "cert.pem"), os.path.join(top, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-keyout", key, "-out", cert, "-subj", "/CN=localhost"], check=True, capture_output=True)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            tls_port = s.getsockname()[1]
        people = [{"name": n} for n in ["ana", "bea", "carl"] + ["r%d" % i for i in range(READERS)]]
        server = Server({"LINNET_TLS_CERT": cert, "LINNET_TLS_KEY": key, "LINNET_SERVER_SHARDS": "2"}, ["tls:127.0.0.1:%d" % tls_port], people)
        try:
            healthy, watch = Healthy(server), Watch(server)
            until(lambda: len(healthy.times) >= 300 or healthy.error, 20)
            calm_ms, _, n = healthy.p99_ms()
            check("a healthy client before", healthy.error is None and n >= 300, "%d times, p99 %.1f ms" % (n, calm_ms))
            for scene in (those_who_do_not_finish, large_bodies, those_who_flood, those_who_come_and_go, those_who_never_read):
                scene()
            watch.over = healthy.over = True
            healthy.join(10)
            watch.join(10)
            server.stop()
            check("a good end", True)
        finally:
            server.proc.kill()
    print("%d passed, %d failed" % tuple(results))
    return results[1] > 0


sys.exit(main())
