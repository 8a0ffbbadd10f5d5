"""One Engine.IO connection, on either transport."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Final, Protocol

import gevent
from gevent import socket as gsocket
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from ..errors import BadRequest, RateLimited
from .client_addresses import ConnectionCounter
from .frames import CloseCode, Outgoing, outgoing
from .memory_quota import MemoryQuota
from .send_buffers import SendBuffers
from .websocket import BACKLOG_BYTES, BACKLOG_FRAMES, CLOSING_SECONDS, WebSocket

CLOSE: Final = outgoing("1")
PING: Final = outgoing("2")
PROBE_ANSWER: Final = outgoing("3probe")
NOOP: Final = outgoing("6")

ESTABLISH_SECONDS = 10.0
MESSAGE_SECONDS = 60.0
MAX_WAITING_REQUESTS = 16
MAX_PACKETS_IN_POLL = 16  # python-engineio's client refuses more
PACKETS_WITHOUT_PAUSE = 16


class Server(Protocol):
    """What a connection needs of the server that it belongs to."""

    frame_limit: int
    ping_interval: float
    ping_timeout: float
    quota: MemoryQuota
    send_buffers: SendBuffers
    opening: ConnectionCounter
    sockets: dict[str, EngineSocket]
    on_message: Callable[[EngineSocket, str], None]
    on_malformed: Callable[[EngineSocket, BadRequest], None]
    on_close: Callable[[EngineSocket], None]


class EngineSocket:
    """A connection that begins on polling or a WebSocket, and may move to the latter."""

    send: Callable[[Outgoing], None]
    """Never waits. A client that falls too far behind is cut off."""

    def __init__(self, server: Server, sid: str, network: str) -> None:
        self.sid = sid
        self.network = network
        self.connected = self.upgraded = self.upgrading = self.closed = False
        self._established = False
        self.ended = Event()
        self._server = server
        self._websocket: WebSocket | None = None
        self._candidate: WebSocket | None = None
        self._queue: deque[str] = deque()  # for polling; a frame would be held beside the text
        self._queued_bytes = 0
        self._waker: Event | None = None
        self._turn: BoundedSemaphore | None = None
        self._waiting_requests = 0
        self._heard_at = time.monotonic()
        self._deadline: float | None = self._heard_at + ESTABLISH_SECONDS
        self._ping_at = self._heard_at + server.ping_interval
        self._leaving = False
        self.send = self._queue_packet

    # --- out -----------------------------------------------------------------------------------

    def establish(self) -> None:
        """The client has connected to Socket.IO. Otherwise it must go after ESTABLISH_SECONDS."""
        self._deadline = None
        self._leave_opening()

    def _leave_opening(self) -> None:
        if not self._established:
            self._established = True
            self._server.opening.remove(self.network)

    def _queue_packet(self, packet: Outgoing) -> None:
        if self._leaving:
            return
        if self._queued_bytes > BACKLOG_BYTES or len(self._queue) >= BACKLOG_FRAMES:
            self.abort()
            return
        self._queue.append(packet.text)
        self._queued_bytes += len(packet.text)
        self._server.send_buffers.add(self, packet.text, len(packet.text))
        if self._waker is not None:
            self._waker.set()

    def _unqueue(self) -> str:
        packet = self._queue.popleft()
        self._queued_bytes -= len(packet)
        self._server.send_buffers.remove(self, packet, len(packet))
        return packet

    def _forget_queue(self) -> None:
        while self._queue:
            self._unqueue()

    # --- polling -------------------------------------------------------------------------------

    def poll(self) -> list[str]:
        """The packets for a GET, as soon as there are any."""
        if self._waker is not None and not self.upgrading:
            self.end_soon(CloseCode.POLICY)
            raise BadRequest("Two polling requests at once: the connection is closed.")
        if not self._queue and not self.upgrading:
            self._waker = Event()
            try:
                self._waker.wait(self._server.ping_interval + self._server.ping_timeout)
            finally:
                self._waker = None
        # While it waited, the client may have moved to a WebSocket.
        if self.upgrading or self.upgraded or not self._queue:
            return [NOOP.text]
        return self.take()

    def take(self) -> list[str]:
        """The packets of the next polling answer.

        The close has an answer of its own: socket.io-client 4.5 to 4.8 passes the events of an
        answer on only after it has read all of it, and none once it has read a close.
        """
        count = min(len(self._queue), MAX_PACKETS_IN_POLL)
        if self._leaving and 1 < len(self._queue) == count:
            count -= 1
        packets = [self._unqueue() for _ in range(count)]
        if self._leaving:
            self._deadline = time.monotonic() + CLOSING_SECONDS
            if not self._queue:
                self._end_polling()
        return packets

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One polling request at a time, in the order of their arrival."""
        if self._turn is None:
            self._turn = BoundedSemaphore()
        if self._waiting_requests >= MAX_WAITING_REQUESTS:
            raise RateLimited("Too many requests of this connection are waiting.")
        self._waiting_requests += 1
        try:
            with self._turn:
                yield
        finally:
            self._waiting_requests -= 1

    # --- in ------------------------------------------------------------------------------------

    def receive_all(self, packets: Iterable[str | bytes]) -> None:
        """Handle packets one by one. A flood leaves time for other clients."""
        for number, packet in enumerate(packets, 1):
            if self._leaving:
                if packet == "1" and self._websocket is None:
                    self.abort()  # it knows that it must go
                return
            self._heard_at = time.monotonic()
            if isinstance(packet, str) and packet.startswith("4"):
                self._server.on_message(self, packet)
            else:
                self._receive_other(packet)
            if number % PACKETS_WITHOUT_PAUSE == 0:
                gevent.sleep(0)  # reading what has already arrived never yields

    def _receive_other(self, packet: str | bytes) -> None:
        """Handle any packet but a message."""
        kind = "b" if isinstance(packet, bytes) else packet[:1]
        if kind == "1":
            self.end_soon(CloseCode.NORMAL, goodbye=NOOP)
        elif kind == "b":
            self._server.on_malformed(self, BadRequest("Binary packets are not used here."))
        elif kind not in ("2", "3", "5", "6"):
            self._server.on_malformed(self, BadRequest("This is not an Engine.IO packet."))

    # --- WebSocket -----------------------------------------------------------------------------

    def begin_upgrade(self) -> None:
        """Expect `run`, once the handshake is answered."""
        if self.upgrading or self.upgraded:
            raise BadRequest("This connection has a WebSocket already.")
        self.upgrading = True
        if self._deadline is None:
            self._deadline = time.monotonic() + ESTABLISH_SECONDS

    def run(self, sock: gsocket.socket, early: bytes, opening: Outgoing | None = None) -> None:
        """Use this WebSocket until it ends. `opening` is for a connection that begins here."""
        websocket = WebSocket(
            sock,
            early,
            limit=self._server.frame_limit,
            quota=self._server.quota,
            send_buffers=self._server.send_buffers,
        )
        if opening is not None:
            websocket.send(opening)
        try:
            messages = websocket.messages()
            if self._adopt(websocket, messages):
                self.receive_all(messages)
        finally:
            try:
                self._lose(websocket)
            finally:
                websocket.finish()
            if self._websocket is websocket:
                self.ended.set()

    def _lose(self, websocket: WebSocket) -> None:
        if self._websocket is websocket:
            self._end()
        elif self._candidate is websocket:
            self._candidate = None
            self.upgrading = False

    def _adopt(self, websocket: WebSocket, messages: Iterator[str | bytes]) -> bool:
        if self.closed:
            return False
        if self.connected and not self._probe(websocket, messages):
            websocket.close(CloseCode.POLICY, "not an upgrade")
            return False
        self._websocket, self._candidate = websocket, None
        self.connected = self.upgraded = True
        self.upgrading = False
        while self._queue:
            websocket.send(outgoing(self._unqueue()))
        self.send = websocket.send
        if self._leaving:
            websocket.close(CloseCode.NORMAL)
        return True

    def _probe(self, websocket: WebSocket, messages: Iterator[str | bytes]) -> bool:
        """The client's `2probe`, our `3probe`, its `5`. Packets are queued meanwhile."""
        self._candidate = websocket
        if next(messages, None) != "2probe":
            return False
        websocket.send(PROBE_ANSWER)
        if self._waker is not None:
            self._waker.set()
        return next(messages, None) == "5" and not self.closed

    # --- time and end --------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Send a ping or end the connection if it is time. Called twice a second; never waits."""
        websocket = self._websocket
        heard_at, since = self._heard_at, None
        if websocket is not None:
            heard_at = max(heard_at, websocket.heard_at)
            since = websocket.unfinished_since
        patience = self._server.ping_interval + self._server.ping_timeout
        if self._deadline is not None and now > self._deadline:
            self._miss_deadline()
        elif now - heard_at > patience or (since is not None and now - since > MESSAGE_SECONDS):
            self.abort()
        elif now >= self._ping_at:
            self._ping_at = now + self._server.ping_interval
            self.send(PING)

    def _miss_deadline(self) -> None:
        self._deadline = None
        if self._leaving or not self._established:
            self.abort()
        elif self.upgrading:
            self.upgrading = False
            if self._candidate is not None:
                self._candidate.abort()

    def end_soon(self, code: CloseCode, goodbye: Outgoing = CLOSE) -> None:
        """Ignore what still comes, flush, and end. `goodbye` is the last packet over polling."""
        if self._leaving:
            return
        if self._websocket is not None:
            self._leaving = True
            self._websocket.close(code)
            return
        self._queue_packet(goodbye)
        self._leaving = True
        self._deadline = time.monotonic() + CLOSING_SECONDS

    def abort(self) -> None:
        """End at once. Never waits, so another greenlet reports the disconnection."""
        self._leaving = True
        if self._websocket is not None:
            self._websocket.abort()
        elif not self.closed:
            self._forget_queue()
            self._end_polling()

    def _end_polling(self) -> None:
        gevent.spawn(self._end_after_turn)

    def _end_after_turn(self) -> None:
        with self._turn or nullcontext():
            self._end()
        self.ended.set()

    def _end(self) -> None:
        if self.closed:
            return
        self.closed = self._leaving = True
        self.send = _forget
        self._leave_opening()
        self._server.sockets.pop(self.sid, None)
        self._forget_queue()
        if self._waker is not None:
            self._waker.set()
        if self._candidate is not None:
            self._candidate.abort()
        self._server.on_close(self)


def _forget(packet: Outgoing) -> None:
    """How a connection sends that is gone."""
