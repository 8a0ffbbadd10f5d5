"""A WebSocket after its handshake, over gevent: messages in, frames out, both within limits.

Sending never waits. While the peer keeps up, a frame goes straight to the kernel, which costs a
third of a queue and a writer per client. Otherwise it goes into a limited backlog, which a greenlet
writes.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import gevent
from gevent import socket as gsocket

from ..units import MIB
from .frames import (
    BINARY,
    TEXT,
    CloseCode,
    Decoder,
    Fault,
    Opcode,
    Outgoing,
    check_close,
    encode,
    encode_close,
)
from .memory_quota import MemoryQuota
from .send_buffers import SendBuffers

RECEIVE_BYTES = 16 * 1024
WRITE_BYTES = 64 * 1024
BACKLOG_BYTES = 8 * MIB
BACKLOG_FRAMES = 10_000
CLOSING_SECONDS = 1.0


def linger(sock: gsocket.socket, seconds: float = CLOSING_SECONDS) -> None:
    """Stop sending, and discard input for a moment.

    Closing a socket with unread bytes resets the connection. A peer that is still sending would
    never read why.
    """
    with suppress(OSError):
        sock.shutdown(gsocket.SHUT_WR)
        with gevent.Timeout(seconds, False):  # type: ignore[arg-type]  # False: ends silently
            while sock.recv(RECEIVE_BYTES):
                gevent.sleep(0)  # reading what has already arrived never yields, nor times out


class WebSocket:
    """One client's WebSocket. `messages` belongs to one greenlet, `send` and `close` to any."""

    def __init__(
        self,
        sock: gsocket.socket,
        early: bytes,
        *,
        limit: int,
        quota: MemoryQuota,
        send_buffers: SendBuffers,
    ) -> None:
        sock.settimeout(None)
        self._sock = sock
        self._early = early
        self._decoder = Decoder(limit, quota)
        self._backlog: deque[bytes | memoryview] = deque()
        self._send_buffers = send_buffers
        self._behind_head = 0  # bytes of the backlog without its first frame
        self._writer: gevent.Greenlet[[], None] | None = None
        # TLS may have to read before it can write, so only the greenlet writes to it.
        self._direct = not hasattr(sock, "getpeercert")
        self._closing = False
        self._aborted = False
        self.heard_at = time.monotonic()
        self.unfinished_since: float | None = None

    def messages(self) -> Iterator[str | bytes]:
        """Yield text and binary messages until the connection ends for any reason."""
        data, self._early = self._early, b""
        try:
            while True:
                for opcode, payload in self._decoder.feed(data):
                    if opcode == TEXT:
                        yield payload.decode("utf-8")
                    elif opcode == BINARY:
                        yield payload
                    elif self._closed_by(opcode, payload):
                        return
                since = self.unfinished_since or self.heard_at
                self.unfinished_since = since if self._decoder.unfinished else None
                # Reading what has already arrived never yields: a client that sends without a
                # pause would have the server to itself.
                gevent.sleep(0)
                data = self._sock.recv(RECEIVE_BYTES)
                if not data:
                    return
                self.heard_at = time.monotonic()
        except Fault as fault:
            self.close(fault.code, fault.reason)
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_TEXT, "text that is not UTF-8")
        except OSError:
            return

    def _closed_by(self, opcode: int, payload: bytes) -> bool:
        """Handle a control frame. Returns whether it was a close."""
        if opcode == Opcode.CLOSE:
            self.close(check_close(payload))
            return True
        if opcode == Opcode.PING:
            self.send(Outgoing("", encode(Opcode.PONG, payload)))
        gevent.sleep(0)
        return False

    def send(self, packet: Outgoing) -> None:
        """Send, or append to the backlog. A peer that falls too far behind is cut off."""
        if self._closing:
            return
        frame = packet.frame
        if self._backlog or not self._direct:
            self._queue(frame)
            return
        try:
            sent = self._sock.send(frame, 0, 0.0)  # type: ignore[call-arg]  # 0.0: never waits
        except BlockingIOError:
            sent = 0
        except OSError:
            self.abort()
            return
        if sent < len(frame):
            self._queue(memoryview(frame)[sent:] if sent else frame)

    def _queue(self, frame: bytes | memoryview) -> None:
        if self._backlog:
            # The frame being written does not count: the state of a large document, sent to
            # somebody who joins over a slow link, may alone exceed the limit.
            self._behind_head += len(frame)
            if self._behind_head > BACKLOG_BYTES or len(self._backlog) >= BACKLOG_FRAMES:
                self.abort()
                return
        self._backlog.append(frame)
        self._send_buffers.add(self, *_held(frame))
        if self._aborted:
            return
        if self._writer is None:
            self._writer = gevent.spawn(self._write_backlog)

    def _write_backlog(self) -> None:
        try:
            while self._backlog and not self._aborted:
                self._write_some()
        except OSError:
            self.abort()
        finally:
            self._writer = None

    def _write_some(self) -> None:
        head = self._backlog[0]
        if len(head) < WRITE_BYTES and len(self._backlog) > 1:
            head = self._join_small()
        sent = self._sock.send(head if len(head) <= WRITE_BYTES else memoryview(head)[:WRITE_BYTES])
        if self._aborted:
            return
        self.heard_at = time.monotonic()  # the peer reads, however slowly
        if sent < len(head):
            self._backlog[0] = memoryview(head)[sent:]
            return
        self._send_buffers.remove(self, *_held(self._backlog.popleft()))
        if self._backlog:
            self._behind_head -= len(self._backlog[0])

    def _join_small(self) -> bytes:
        parts = [self._backlog.popleft()]
        self._send_buffers.remove(self, *_held(parts[0]))
        size = len(parts[0])
        while self._backlog and size + len(self._backlog[0]) <= WRITE_BYTES:
            part = self._backlog.popleft()
            self._send_buffers.remove(self, *_held(part))
            self._behind_head -= len(part)
            size += len(part)
            parts.append(part)
        joined = b"".join(parts)
        self._backlog.appendleft(joined)
        self._send_buffers.add(self, *_held(joined))
        return joined

    def close(self, code: CloseCode, reason: str = "") -> None:
        """Flush, send a close frame, and end, by force after a second."""
        if self._closing:
            return
        self.send(Outgoing("", encode_close(code, reason)))
        self._closing = True
        gevent.spawn_later(CLOSING_SECONDS, self.abort)

    def finish(self) -> None:
        """Let the close frame arrive. The receiving greenlet calls this last."""
        self._decoder.release()
        if self._writer is not None:
            self._writer.join(CLOSING_SECONDS)
        if not self._aborted and self._closing:
            linger(self._sock)
        self.abort()

    def abort(self) -> None:
        """End at once. Shuts the raw socket, because its writer may be stuck."""
        if self._aborted:
            return
        self._aborted = self._closing = True
        while self._backlog:
            self._send_buffers.remove(self, *_held(self._backlog.popleft()))
        self._behind_head = 0
        with suppress(OSError):  # the peer may have closed first
            self._sock._sock.shutdown(gsocket.SHUT_RDWR)  # type: ignore[attr-defined]


def _held(frame: bytes | memoryview) -> tuple[object, int]:
    """The object that a backlog entry keeps alive, and its size: a view keeps the whole frame."""
    whole: Any = frame.obj if isinstance(frame, memoryview) else frame
    return whole, len(whole)
