"""Engine.IO protocol 4: its HTTP requests and its timers.

https://github.com/socketio/engine.io-protocol
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

import gevent

from ..errors import BadRequest, ClientError, MethodNotAllowed, RateLimited, TooLarge, Unavailable
from ..units import MIB
from .client_addresses import ConnectionCounter, client_network
from .engine_socket import EngineSocket
from .environ import ADDRESS_KEY, TAKEOVER_KEY
from .error_responses import refuse
from .frames import CloseCode, Outgoing, outgoing
from .handshake import accept_handshake
from .memory_quota import MemoryQuota
from .packets import dump_json
from .send_buffers import SendBuffers

PING_INTERVAL = 10.0
PING_TIMEOUT = 10.0
TICK = 0.5
UNFINISHED_BYTES = 32 * MIB  # of incomplete messages, of all WebSockets together
UNREAD_BYTES = 32 * MIB  # that clients have not read yet, for all of them together
MOST_OPENING = 1500  # connections of an address that have not sent CONNECT yet
MAX_QUERY_FIELDS = 20
MAX_PACKETS_IN_BODY = 1000
PROTOCOL: Final = "4"
METHODS: Final = ("GET", "POST")
RECORD_SEPARATOR: Final = "\x1e"


class EngineServer:
    """Makes an `EngineSocket` for each client, and keeps time for all of them.

    `on_message` gets each message packet, `on_malformed` an error for anything else, `on_close` a
    socket that is gone. Calls for one client never overlap.
    """

    async_mode: Final = "gevent"  # what Flask-SocketIO asks its server for

    def __init__(
        self,
        frame_limit: int,
        on_message: Callable[[EngineSocket, str], None],
        on_malformed: Callable[[EngineSocket, BadRequest], None],
        on_close: Callable[[EngineSocket], None],
    ) -> None:
        self.frame_limit = frame_limit
        self.on_message, self.on_malformed, self.on_close = on_message, on_malformed, on_close
        self.ping_interval, self.ping_timeout = PING_INTERVAL, PING_TIMEOUT
        self.sockets: dict[str, EngineSocket] = {}
        self.quota = MemoryQuota(UNFINISHED_BYTES)
        self.send_buffers = SendBuffers(UNREAD_BYTES)
        self.opening = ConnectionCounter()
        self._timekeeper: gevent.Greenlet[[], None] | None = None
        self._shut = False

    def handle_request(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The WSGI application."""
        try:
            return self._respond(environ, start_response)
        except ClientError as error:
            return refuse(environ, start_response, error)

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method not in METHODS:
            raise MethodNotAllowed("Socket.IO uses GET and POST only.", METHODS)
        sid, transport = _parse_query(environ)
        socket = self._socket(sid) if sid is not None else None
        if method == "POST":
            self._receive(environ, socket, transport)
            return _answer(start_response, "ok")
        if transport == "websocket":
            return self._upgrade(environ, start_response, socket)
        if socket is None:
            socket, opening = self._open(environ, ["websocket"])
            socket.connected = True
            packets = [opening.text]
        else:
            packets = socket.poll()
        return _answer(start_response, RECORD_SEPARATOR.join(packets))

    def _socket(self, sid: str) -> EngineSocket:
        socket = self.sockets.get(sid)
        if socket is None or socket.closed or not socket.connected:
            raise BadRequest("There is no such Socket.IO connection.")
        if socket.upgraded:
            raise BadRequest("This connection has moved to its WebSocket.")
        return socket

    # --- in ------------------------------------------------------------------------------------

    def _receive(
        self, environ: WSGIEnvironment, socket: EngineSocket | None, transport: str
    ) -> None:
        if socket is None or transport != "polling":
            raise BadRequest("A POST needs the `sid` of a polling connection.")
        with socket.turn():
            packets = self._read_packets(environ)
            if socket.upgraded:
                raise BadRequest("This connection has moved to its WebSocket.")
            socket.receive_all(packets)

    def _read_packets(self, environ: WSGIEnvironment) -> list[str]:
        data = environ["wsgi.input"].read(self.frame_limit + 1)
        if len(data) > self.frame_limit:
            raise TooLarge(f"A body may have {self.frame_limit} bytes at most.")
        try:
            body = data.decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest("The body is not UTF-8.") from None
        if not body or body.count(RECORD_SEPARATOR) >= MAX_PACKETS_IN_BODY:
            raise BadRequest(f"A body holds 1 to {MAX_PACKETS_IN_BODY} packets.")
        packets: list[str] = body.split(RECORD_SEPARATOR)
        return packets

    # --- coming ----------------------------------------------------------------------------------

    def _open(self, environ: WSGIEnvironment, upgrades: list[str]) -> tuple[EngineSocket, Outgoing]:
        """A new connection, and the packet that must come first on it."""
        if self._shut:
            raise Unavailable("The server is shutting down.")
        if self._timekeeper is None:
            self._timekeeper = gevent.spawn(self._keep_time)
        address = str(environ.get(ADDRESS_KEY, ""))
        network = client_network(address)
        if self.opening.count(network) >= MOST_OPENING:
            raise RateLimited("Too many new connections from your address: wait a moment.", 10.0)
        sid = secrets.token_urlsafe(15)
        self.opening.add(network)
        # Keep nothing else of the request: headers may be large, and thousands may be opening.
        socket = self.sockets[sid] = EngineSocket(self, sid, network)
        opening = {
            "sid": sid,
            "upgrades": upgrades,
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.frame_limit,
        }
        return socket, outgoing("0" + dump_json(opening))

    def _upgrade(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        socket: EngineSocket | None,
    ) -> Iterable[bytes]:
        """Answer a handshake. The handler passes the connection on once it has sent the answer."""
        headers = accept_handshake(environ)
        if TAKEOVER_KEY not in environ:
            raise Unavailable("This server offers no WebSockets: use polling.")
        if socket is None:
            socket, opening = self._open(environ, [])
            environ[TAKEOVER_KEY](partial(socket.run, opening=opening))
        else:
            socket.begin_upgrade()
            environ[TAKEOVER_KEY](socket.run)
        start_response("101 Switching Protocols", headers)
        return iter(())  # without a length, so that pywsgi adds no Content-Length

    # --- time and end ----------------------------------------------------------------------------

    def _keep_time(self) -> None:
        """Ping all clients, and enforce their deadlines."""
        while True:
            gevent.sleep(TICK)
            now = time.monotonic()
            for socket in list(self.sockets.values()):
                socket.tick(now)

    def close_all(self, code: CloseCode, seconds: float) -> None:
        """Accept no more clients, flush everything sent to the present ones, and end them."""
        self._shut = True
        sockets = list(self.sockets.values())
        for socket in sockets:
            socket.end_soon(code)
        gevent.wait([socket.ended for socket in sockets], timeout=seconds)
        for socket in sockets:
            socket.abort()
        if self._timekeeper is not None:
            self._timekeeper.kill()


def _parse_query(environ: WSGIEnvironment) -> tuple[str | None, str]:
    """`sid`, where there is one, and `transport`."""
    try:
        query = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        raise BadRequest("The query is malformed.") from None
    if "j" in query:
        raise BadRequest("JSONP is not offered: it would let any page read along.")
    if query.get("EIO") != [PROTOCOL]:
        raise BadRequest(f"`EIO` must be {PROTOCOL}: this server speaks Engine.IO protocol 4.")
    transport = query.get("transport")
    if transport not in (["polling"], ["websocket"]):
        raise BadRequest("`transport` must be polling or websocket.")
    return query.get("sid", [None])[0], transport[0]


def _answer(start_response: StartResponse, text: str) -> Iterable[bytes]:
    body = text.encode("utf-8")
    headers = [
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response("200 OK", headers)
    return [body]
