# SPDX-License-Identifier: MIT
"""raw.py - a real linnet process, and raw connections to it that may do what no client would."""
import json
import os
import re
import socket
import struct
import subprocess
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
LINNET = os.environ.get("LINNET", os.path.join(ROOT, "build/release/linnet"))
TIMEOUT = 20

# ── the server ──


class Server:
    def __init__(self, env=(), listen=(), people=({"name": "ana"}, {"name": "root", "role": "admin"})):
        self.dir = tempfile.mkdtemp(prefix="linnet-raw-")
        env = dict(os.environ, LINNET_LIMITS_SENDS_PER_10S="1000000", LINNET_LIMITS_LOGINS_PER_5M="1000000", **dict(env))
        args = [LINNET, "-d", self.dir, "serve", "--listen", "127.0.0.1:0"]
        for address in listen:
            args += ["--listen", address]
        self.proc = subprocess.Popen(args, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.proc.stdout:
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                break
        out = subprocess.run([LINNET, "-d", self.dir, "user", "import", "-", "--tokens"], text=True, check=True,
                             input="".join(json.dumps(p) + "\n" for p in people), capture_output=True).stdout
        self.people = {p["name"]: p for p in map(json.loads, out.strip().split("\n"))}

    def rss_kib(self):
        status = open("/proc/%d/status" % self.proc.pid, encoding="ascii").read()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def stop(self):
        self.proc.terminate()
        assert self.proc.wait(10) == 0, "the server ended with %s" % self.proc.returncode


class Conn:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf = b""

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered and closed already

    def more(self):
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self.buf += data
        return bool(data)

    def take(self, n):
        while len(self.buf) < n:
            if not self.more():
                raise EOFError("closed after %r" % self.buf[:80])
        data, self.buf = self.buf[:n], self.buf[n:]
        return data

    def response(self):
        """(status, headers, body) of the next response."""
        while b"\r\n\r\n" not in self.buf:
            if not self.more():
                raise EOFError("closed after %r" % self.buf[:80])
        head, self.buf = self.buf.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
        body = self.take(int(headers.get("content-length", 0))) if lines[0][9:12] != "101" else b""
        return int(lines[0][9:12]), headers, body

    def frame(self):
        a, b = self.take(2)
        n = b & 127
        if n == 126:
            n, = struct.unpack(">H", self.take(2))
        elif n == 127:
            n, = struct.unpack(">Q", self.take(8))
        return a & 15, self.take(n)

    def is_closed(self):
        while self.more():
            pass
        return True

    def close(self):
        self.sock.close()


UPGRADE = {"Host": "x", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "linnet.v1"}


def head(lines, first="GET /ws HTTP/1.1"):
    return (first + "\r\n" + "".join("%s: %s\r\n" % kv for kv in lines) + "\r\n").encode("latin-1")


def frame(op, data, fin=True, rsv=0, masked=True, length=None):
    mask = b"\x11\x22\x33\x44"
    n = len(data)
    bit = 0x80 if masked else 0
    out = bytes([(0x80 if fin else 0) | rsv << 4 | op])
    if length is not None:
        out += length
    elif n < 126:
        out += bytes([bit | n])
    elif n < 65536:
        out += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        out += bytes([bit | 127]) + struct.pack(">Q", n)
    if not masked:
        return out + data
    return out + mask + bytes(c ^ mask[i & 3] for i, c in enumerate(data))


class Ws(Conn):
    def __init__(self, server, token=None):
        super().__init__(server.port)
        self.send(head(UPGRADE.items()))
        status, _, _ = self.response()
        assert status == 101, status
        if token:
            self.text({"op": "hello", "id": 1, "token": token})
            assert "epoch" in self.json()

    def text(self, value):
        self.send(frame(1, value if isinstance(value, bytes) else json.dumps(value).encode()))

    def json(self):
        """The next answer; what is told unasked is passed over."""
        while True:
            op, data = self.frame()
            if op == 8:
                raise EOFError("closed with %s" % struct.unpack(">H", data[:2]))
            value = json.loads(data)
            if "re" in value:
                return value

    def closed(self):
        op, data = self.frame()
        while op != 8:
            op, data = self.frame()
        code = struct.unpack(">H", data[:2])[0] if data else None
        assert self.is_closed()
        return code
