"""One Engine.IO client, on either transport.

Stands where python-engineio has its `Socket`, which starts three greenlets for each client, queues
without bound, decodes packets outside any `try`, and lets concurrent requests overtake each other.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

import gevent
from gevent import socket as gsocket
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from ..errors import BadRequest, RateLimited
from .frames import CloseCode, Opcode, encode
from .libraries import engineio
from .outgoing import Outgoing
from .websocket import BACKLOG_BYTES, BACKLOG_FRAMES, CLOSING_SECONDS, TAKEOVER_KEY, WebSocket

if TYPE_CHECKING:
    from collabpad.wire.engine_server import EngineServer

CLOSE, PING, NOOP = engineio.packet.CLOSE, engineio.packet.PING, engineio.packet.NOOP

ESTABLISH_SECONDS = 10.0
MESSAGE_SECONDS = 60.0
MAX_WAITING_REQUESTS = 16
MAX_PACKETS_IN_POLL = 16  # python-engineio's client refuses more
PACKETS_WITHOUT_PAUSE = 16


class EngineSocket:
    """A session of Engine.IO: it begins on polling or a WebSocket, and may move to the latter.

    What engineio's server asks of its sockets keeps engineio's names.
    """

    def __init__(self, server: EngineServer, sid: str, place: str) -> None:
        self.sid = sid
        self._place = place
        self.session: dict[str, object] = {}
        self.connected = self.upgraded = self.upgrading = self.closed = False
        self._established = False
        self.ended = Event()
        self._server = server
        self._connection: WebSocket | None = None
        self._candidate: WebSocket | None = None
        self._queue: deque[Outgoing] = deque()
        self._queued_bytes = 0
        self._waker: Event | None = None
        self._turn: BoundedSemaphore | None = None
        self._waiting_requests = 0
        self._heard_at = time.monotonic()
        self._deadline: float | None = self._heard_at + ESTABLISH_SECONDS
        self._ping_at = self._heard_at + server.ping_interval
        self._leaving = False

    # --- out -----------------------------------------------------------------------------------

    def establish(self) -> None:
        """Socket.IO has let it in; who is not in after ESTABLISH_SECONDS must go."""
        self._deadline = None
        self._leave_opening()

    def _leave_opening(self) -> None:
        if not self._established:
            self._established = True
            self._server.opening.take_from(self._place)

    def send(self, packet: Outgoing) -> None:
        """Send without ever waiting; a client too far behind is cut off."""
        if self.closed or self._leaving:
            return
        if self._connection is not None:
            self._connection.send(packet.frame)
        else:
            self._queue_packet(packet)

    def _queue_packet(self, packet: Outgoing) -> None:
        if self._queued_bytes > BACKLOG_BYTES or len(self._queue) >= BACKLOG_FRAMES:
            self.abort()
            return
        self._queue.append(packet)
        self._queued_bytes += packet.size
        self._server.send_buffers.add(self, packet, packet.size)
        if self._waker is not None:
            self._waker.set()

    def _unqueue(self) -> Outgoing:
        packet = self._queue.popleft()
        self._queued_bytes -= packet.size
        self._server.send_buffers.remove(self, packet, packet.size)
        return packet

    def _forget_queue(self) -> None:
        while self._queue:
            self._unqueue()

    def take(self) -> list[Outgoing]:
        """What the next polling answer carries.

        The close has an answer of its own: socket.io-client 4.5 to 4.8 tells its listeners of the
        events in an answer only after it has read all of it, and after a close it tells nothing.
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

    def handle_get_request(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> list[Outgoing] | Iterable[bytes]:
        if environ.get("collabpad.websocket_accept") is not None:
            return self.upgrade(environ, start_response)
        if self.upgrading:
            return [Outgoing(NOOP)]
        if self._waker is not None:
            raise BadRequest("Another polling request of this connection is still waiting.")
        if not self._queue:
            self._waker = Event()
            try:
                self._waker.wait(self._server.ping_interval + self._server.ping_timeout)
            finally:
                self._waker = None
        return self._after_waiting()

    def _after_waiting(self) -> list[Outgoing]:
        """What to answer now: while it waited, the client may have moved to a WebSocket."""
        if self.upgrading or self.upgraded or not self._queue:
            return [Outgoing(NOOP)]
        return self.take()

    # --- in ------------------------------------------------------------------------------------

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One polling request after the other, in the order of their arrival."""
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

    def receive_all(self, packets: Iterable[str | bytes]) -> None:
        """Handle packets one by one; a flood of them leaves the other clients their time."""
        for number, packet in enumerate(packets, 1):
            self.receive(packet)
            if self._leaving:
                return
            if number % PACKETS_WITHOUT_PAUSE == 0:
                gevent.sleep(0)  # reading what has arrived already never yields

    def receive(self, packet: str | bytes) -> None:
        """Handle one packet; whatever it is, the connection goes on."""
        if self.closed or self._leaving:
            if packet == "1" and self._connection is None:
                self.abort()  # it has heard that it must go, and need not hear it again
            return
        self._heard_at = time.monotonic()
        kind = "b" if isinstance(packet, bytes) else packet[:1]
        if kind == "4":
            self._trigger("message", packet[1:])
        elif kind == "1":
            self.end_soon(CloseCode.NORMAL)
        elif kind == "b":
            self._trigger("malformed", BadRequest("Binary packets are not used here."))
        elif kind not in ("2", "3", "5", "6"):
            self._trigger("malformed", BadRequest("This is not an Engine.IO packet."))

    def _trigger(self, event: str, argument: object) -> None:
        self._server._trigger_event(event, self.sid, argument, run_async=False)

    # --- WebSocket -----------------------------------------------------------------------------

    def upgrade(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a handshake; the connection is ours once the handler has sent the answer."""
        if self.upgrading or self.upgraded:
            raise BadRequest("This connection has a WebSocket already.")
        if self.connected:
            self.upgrading = True
            if self._deadline is None:
                self._deadline = time.monotonic() + ESTABLISH_SECONDS
        environ[TAKEOVER_KEY](self._run)
        headers = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", environ["collabpad.websocket_accept"]),
        ]
        start_response("101 Switching Protocols", headers)
        return iter(())  # has no length, so that pywsgi adds no Content-Length

    def _run(self, sock: gsocket.socket, early: bytes) -> None:
        connection = WebSocket(
            sock,
            early,
            limit=self._server.max_http_buffer_size,
            quota=self._server.quota,
            send_buffers=self._server.send_buffers,
        )
        try:
            messages = connection.receive()
            if self._adopt(connection, messages):
                self.receive_all(messages)
        finally:
            try:
                self._lose(connection)
            finally:
                connection.finish()
            if self._connection is connection:
                self.ended.set()

    def _lose(self, connection: WebSocket) -> None:
        if self._connection is connection:
            self._end("transport close")
        elif self._candidate is connection:
            self._candidate = None
            self.upgrading = False

    def _adopt(self, connection: WebSocket, messages: Iterator[str | bytes]) -> bool:
        if self.closed:
            return False
        if self.connected and not self._probe(connection, messages):
            connection.close(CloseCode.POLICY, "not an upgrade")
            return False
        self._connection, self._candidate = connection, None
        self.connected = self.upgraded = True
        self.upgrading = False
        while self._queue:
            connection.send(self._unqueue().frame)
        if self._leaving:
            connection.close(CloseCode.NORMAL)
        return True

    def _probe(self, connection: WebSocket, messages: Iterator[str | bytes]) -> bool:
        """The client's `2probe`, our `3probe`, its `5`; meanwhile all that is sent is kept."""
        self._candidate = connection
        if next(messages, None) != "2probe":
            return False
        connection.send(encode(Opcode.TEXT, b"3probe"))
        if self._waker is not None:
            self._waker.set()
        return next(messages, None) == "5" and not self.closed

    # --- time and end --------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Called twice a second; never waits."""
        link = self._connection
        heard_at = max(self._heard_at, link.heard_at) if link is not None else self._heard_at
        patience = self._server.ping_interval + self._server.ping_timeout
        if self._deadline is not None and now > self._deadline:
            self._miss_deadline()
        elif now - heard_at > patience or _overdue(link, now):
            self.abort()
        elif now >= self._ping_at:
            self._ping_at = now + self._server.ping_interval
            self.send(Outgoing(PING))

    def _miss_deadline(self) -> None:
        self._deadline = None
        if self._leaving or not self._established:
            self.abort()
        elif self.upgrading:
            self.upgrading = False
            if self._candidate is not None:
                self._candidate.abort()

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """The library's name for the end that the server wants."""
        if abort:
            self.abort()
        else:
            self.end_soon(CloseCode.NORMAL)

    def end_soon(self, code: CloseCode) -> None:
        """Take nothing more, send all that was sent before, and end."""
        if self.closed or self._leaving:
            return
        if self._connection is not None:
            self._leaving = True
            self._connection.close(code)
            return
        self._queue_packet(Outgoing(CLOSE))
        self._leaving = True
        self._deadline = time.monotonic() + CLOSING_SECONDS

    def abort(self) -> None:
        """End at once; never waits, so the disconnection is told from another greenlet."""
        self._leaving = True
        if self._connection is not None:
            self._connection.abort()
        elif not self.closed:
            self._forget_queue()
            self._end_polling()

    def _end_polling(self) -> None:
        gevent.spawn(self._end_after_turn)

    def _end_after_turn(self) -> None:
        with self._turn or nullcontext():
            self._end("transport close")
        self.ended.set()

    def _end(self, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        self._leave_opening()
        self._server.sockets.pop(self.sid, None)
        self._forget_queue()
        if self._waker is not None:
            self._waker.set()
        if self._candidate is not None:
            self._candidate.abort()
        self._trigger("disconnect", reason)


def _overdue(link: WebSocket | None, now: float) -> bool:
    if link is None or link.unfinished_since is None:
        return False
    return now - link.unfinished_since > MESSAGE_SECONDS
