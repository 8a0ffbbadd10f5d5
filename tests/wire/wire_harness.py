"""A real server in a process of its own, and clients that speak to it byte by byte."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
PATIENCE = 10.0
"""Seconds until something that should happen counts as missing."""


class WireServer:
    """tests/wire/wire_server.py, running."""

    def __init__(self, log: Path, python_path: str = "", **options: Any) -> None:
        self._log = log
        given = (python_path, str(ROOT), os.environ.get("PYTHONPATH", ""))
        paths = os.pathsep.join(part for part in given if part)
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    str(Path(__file__).with_name("wire_server.py")),
                    json.dumps(options),
                ],
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"},
            )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline() or 0)
        assert self.port, log.read_text()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def state(self) -> dict[str, Any]:
        with urlopen(f"{self.url}/state", timeout=PATIENCE) as answer:
            state: dict[str, Any] = json.load(answer)
            return state

    def log(self, kind: str) -> list[list[Any]]:
        """What the handlers were told, of one kind."""
        return [entry[1:] for entry in self.state()["log"] if entry[0] == kind]

    def stderr(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextlib.contextmanager
def wire_server(log: Path, **options: Any) -> Iterator[WireServer]:
    server = WireServer(log, **options)
    try:
        yield server
    finally:
        server.stop()


def eventually(seen: Callable[[], Any], what: str) -> Any:
    """The first true value of `seen`, asked again until it is there."""
    deadline = time.monotonic() + PATIENCE
    while not (value := seen()):
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
    return value


@dataclass
class Answer:
    """An HTTP answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """The code of the error that it tells."""
        code: str = json.loads(self.body)["error"]["code"]
        return code


def connect(server: WireServer) -> socket.socket:
    sock = socket.create_connection(server.address, timeout=PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read_answer(sock: socket.socket, *, bodiless: bool = False) -> Answer:
    """One answer; `bodiless` where it was asked for by HEAD."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            raise EOFError(data)
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)
    }
    length = 0 if bodiless else int(headers.get("content-length", "0"))
    while len(body) < length:
        part = sock.recv(65536)
        if not part:
            raise EOFError(body)
        body += part
    return Answer(int(first.split()[1]), headers, body)


def exchange(server: WireServer, request: bytes, *, bodiless: bool = False) -> Answer:
    """What the server answers to exactly these bytes."""
    with connect(server) as sock:
        with contextlib.suppress(ConnectionError):  # it may refuse before it has read everything
            sock.sendall(request)
        return read_answer(sock, bodiless=bodiless)


def request(
    server: WireServer,
    target: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    **headers: str,
) -> Answer:
    """A request with a proper Host and, for a body, Content-Length; `a_b` is the header a-b."""
    fields = {"host": f"127.0.0.1:{server.port}"}
    if body is not None:
        fields |= {"content-length": str(len(body)), "content-type": "application/json"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return exchange(server, head + (body or b""), bodiless=method == "HEAD")


TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def masked(
    opcode: int, payload: bytes, *, final: bool = True, length: int | None = None, bits: int = 0
) -> bytes:
    """A client's frame; `length` declares another length than the payload has."""
    size = len(payload) if length is None else length
    first = bytes([(0x80 if final else 0) | bits | opcode])
    if size < 126:
        head = first + bytes([0x80 | size])
    elif size < 65536:
        head = first + bytes([0x80 | 126]) + struct.pack("!H", size)
    else:
        head = first + bytes([0x80 | 127]) + struct.pack("!Q", size)
    mask = b"\x11\x22\x33\x44"
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return head + mask + mixed.to_bytes(len(payload), "big")


class Closed(Exception):
    """The server closed the WebSocket, with `code`; None where the connection just ended."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class RawClient:
    """A WebSocket client of Socket.IO which can also do what none should."""

    def __init__(
        self,
        server: WireServer,
        *,
        join: bool = True,
        query: str = "EIO=4&transport=websocket",
        receive_buffer: int | None = None,
        **headers: str,
    ) -> None:
        self.sock = socket.socket()
        self.sock.settimeout(PATIENCE)
        if receive_buffer is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.connect(server.address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()
        self._next_ack = 0
        self.sock.sendall(handshake(server, query, **headers))
        self.answer = self._read_handshake()
        if join and self.answer.status == 101:
            assert self.receive().startswith("0{")
            self.send("40")
            opened = json.loads(self.receive().removeprefix("40"))
            self.sid = opened["sid"]

    def _read_handshake(self) -> Answer:
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        end = self._buffer.index(b"\r\n\r\n")
        first, *lines = self._take(end + 4)[:-4].decode("latin-1").split("\r\n")
        fields = (each.partition(":") for each in lines)
        return Answer(int(first.split()[1]), {n.lower(): v.strip() for n, _, v in fields}, b"")

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, text: str) -> None:
        self.send_bytes(masked(TEXT, text.encode("utf-8", "surrogatepass")))

    def send_bytes(self, data: bytes) -> None:
        self.sock.sendall(data)

    def _fill(self) -> None:
        try:
            data = self.sock.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            raise Closed(None)
        self._buffer += data

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def receive_frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame, which must be whole and unmasked."""
        first, second = self._take(2)
        assert first & 0xF0 == 0x80, "a fragment or a reserved bit"
        assert not second & 0x80, "a masked frame"
        length = second
        if second == 126:
            length = int.from_bytes(self._take(2), "big")
        elif second == 127:
            length = int.from_bytes(self._take(8), "big")
        return first & 0x0F, self._take(length)

    def receive(self) -> str:
        """The next text; pings of Engine.IO are answered on the way."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == CLOSE:
                raise Closed(int.from_bytes(payload[:2], "big") or None)
            assert opcode == TEXT, opcode
            if payload != b"2":
                return payload.decode()
            self.send("3")

    def receive_event(self) -> list[Any]:
        text = self.receive()
        assert text.startswith("42"), text
        event: list[Any] = json.loads(text[2:])
        return event

    def close_code(self) -> int | None:
        """Read on until the server closes; the code it gives."""
        try:
            while True:
                self.receive()
        except Closed as closed:
            return closed.code

    def emit(self, name: str, *args: object) -> None:
        self.send("42" + json.dumps([name, *args]))

    def call(self, name: str, *args: object) -> Any:
        """The acknowledgement of an event; what comes before it is dropped."""
        self._next_ack += 1
        self.send(f"42{self._next_ack}" + json.dumps([name, *args]))
        return self.acknowledged(self._next_ack)

    def acknowledged(self, number: int) -> Any:
        prefix = f"43{number}["
        while not (text := self.receive()).startswith(prefix):
            pass
        return json.loads(text[len(prefix) - 1 :])[0]

    def is_well(self) -> bool:
        """Whether the connection still answers."""
        return bool(self.call("hello")["ok"])


def handshake(server: WireServer, query: str, **headers: str) -> bytes:
    fields = {
        "host": f"127.0.0.1:{server.port}",
        "upgrade": "websocket",
        "connection": "Upgrade",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"GET /socket.io/?{query} HTTP/1.1", *(f"{n}: {v}" for n, v in fields.items() if v)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class PollingClient:
    """A client of the polling transport, one request at a time."""

    def __init__(self, server: WireServer, *, join: bool = True) -> None:
        self.server = server
        opening = self._get("")
        self.sid: str = json.loads(opening.body[1:])["sid"]
        if join:
            self.post("40")
            assert self.poll()[0].startswith("40{")

    def _get(self, sid: str) -> Answer:
        return request(self.server, f"/socket.io/?EIO=4&transport=polling{sid}")

    def get(self) -> Answer:
        return self._get(f"&sid={self.sid}")

    def poll(self) -> list[str]:
        """The next packets but for pings, which are answered."""
        while True:
            answer = self.get()
            assert answer.status == 200, answer
            packets = answer.body.decode().split("\x1e")
            if "2" in packets:
                self.post("3")
            told = [packet for packet in packets if packet not in ("2", "6")]
            if told:
                return told

    def post(self, body: str | bytes, **headers: str) -> Answer:
        data = body.encode() if isinstance(body, str) else body
        target = f"/socket.io/?EIO=4&transport=polling&sid={self.sid}"
        return request(self.server, target, method="POST", body=data, **headers)
