#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""python_client.py - a client nobody here wrote: Debian's python3-websockets says hello, sends, resumes."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

import websockets

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.path.abspath(os.environ.get("LINNET", os.path.join(HERE, "../../build/release/linnet")))
passed = failed = 0


def check(ok, what):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(f"{'ok' if ok else 'not ok'} - {what}", flush=True)


async def ask(ws, frame):
    """Sends a frame with an id; answers its reply and the events that came before it."""
    await ws.send(json.dumps(frame))
    before = []
    while True:
        got = json.loads(await asyncio.wait_for(ws.recv(), 10))
        if got.get("re") == frame["id"]:
            return got, before
        before.append(got)


async def next_event(ws, held, match):
    for frame in held:
        if match(frame):
            return frame
    while True:
        frame = json.loads(await asyncio.wait_for(ws.recv(), 10))
        if match(frame):
            return frame


def connect(url):
    return websockets.connect(url, subprotocols=["linnet.v1"], compression="deflate")


async def talk(url, ana, bea):
    async with connect(url) as a, connect(url) as b:
        check(a.subprotocol == "linnet.v1", "the subprotocol is agreed")
        hello, _ = await ask(a, {"op": "hello", "id": 1, "token": ana["token"]})
        check(hello.get("self", {}).get("name") == "ana", "hello names me")
        await ask(b, {"op": "hello", "id": 1, "token": bea["token"]})
        made, _ = await ask(a, {"op": "chat.create", "id": 2, "kind": "direct", "cid": "py-chat", "members": [bea["id"]]})
        chat = made["chat"]
        sent, held = await ask(a, {"op": "send", "id": 3, "chat": chat, "cid": "py-1", "body": {"text": "från Python"}})
        check(sent.get("seq", 0) >= 1, "a send is acknowledged")
        is_it = lambda f: f.get("ev") == "event" and f.get("seq") == sent["seq"]
        echo = await next_event(a, [], is_it)
        check(echo["body"]["text"] == "från Python" and not any(map(is_it, held)), "the echo comes, after the ack")
        got = await next_event(b, [], is_it)
        check(got["cid"] == "py-1" and got["from"] == ana["id"], "the other gets it")
        await (await b.ping())
        check(True, "a ping is answered by a pong")
        dup, _ = await ask(a, {"op": "send", "id": 4, "chat": chat, "cid": "py-1", "body": {"text": "från Python"}})
        check(dup.get("dup") is True and dup["seq"] == sent["seq"], "a repeat is a dup")

        async def parts():
            yield '{"op":"send","id":5,"chat":%d,' % chat
            yield '"cid":"py-2","body":'
            yield '{"text":"in three fragments"}}'

        await a.send(parts())
        part = await next_event(b, [], lambda f: f.get("cid") == "py-2")
        check(part["body"]["text"] == "in three fragments", "a fragmented message is one")
        await b.close()
        check(b.close_code == 1000, "a close is answered")
        last, _ = await ask(a, {"op": "send", "id": 6, "chat": chat, "cid": "py-3", "body": {"text": "while away"}})
    async with connect(url) as b:
        again, _ = await ask(b, {"op": "hello", "id": 1, "token": bea["token"], "epoch": hello["epoch"], "cursors": {str(chat): part["seq"]}})
        mine = [c for c in again["chats"] if c["id"] == chat][0]
        check([e["seq"] for e in mine["events"]] == [last["seq"]] and mine["gap"] is False, "a resume brings what was missed")


def main():
    with tempfile.TemporaryDirectory(prefix="linnet-py-") as data:
        server = subprocess.Popen([BINARY, "-d", data, "serve", "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            port = None
            for line in server.stdout:
                found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
                if found:
                    port = found.group(1)
                    break
            if port is None:
                check(False, "the server starts")
                return
            people = subprocess.run([BINARY, "-d", data, "user", "import", "-", "--tokens"], text=True, check=True,
                                    input='{"name":"ana"}\n{"name":"bea"}\n', stdout=subprocess.PIPE)
            ana, bea = [json.loads(line) for line in people.stdout.split("\n") if line]
            asyncio.run(asyncio.wait_for(talk(f"ws://127.0.0.1:{port}/ws", ana, bea), 60))
        except Exception as err:  # a failure is counted, with its reason
            check(False, f"no exception: {err!r}")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


main()
print(f"# pass {passed}\n# fail {failed}")
sys.exit(1 if failed else 0)
