"""Engine.IO: python-engineio's server, mended, for clients of our own (web/clients.py).

The library keeps the rules of protocol 4 for handshakes and polling requests.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIEnvironment

import gevent

from ..errors import BadRequest, ClientError, MethodNotAllowed, RateLimited, TooLarge, Unavailable
from ..units import MIB
from .client_addresses import ConnectionCounter, client_network
from .engine_socket import EngineSocket
from .error_responses import error_body, refuse
from .frames import CloseCode, accept_token
from .libraries import engineio
from .memory_quota import MemoryQuota
from .outgoing import Outgoing
from .send_buffers import SendBuffers
from .websocket import TAKEOVER_KEY

PING_INTERVAL = 10.0
PING_TIMEOUT = 10.0
TICK = 0.5
UNFINISHED_BYTES = 32 * MIB  # of messages whose end has not come, of all WebSockets together
UNREAD_BYTES = 32 * MIB  # that clients have not read yet, of all together
MOST_OPENING = 1500  # connections of an address that Socket.IO has not let in yet
MAX_QUERY_FIELDS = 20
MAX_PACKETS_IN_BODY = 1000
RECORD_SEPARATOR = "\x1e"

ACCEPT_KEY = "collabpad.websocket_accept"
ADDRESS_KEY = "collabpad.address"
_WEBSOCKET_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")


def websocket_accept(environ: WSGIEnvironment) -> str | None:
    """The accept token for a WebSocket handshake, or None where the request is none.

    Raises BadRequest for a malformed one (RFC 6455, 4.2.1).
    """
    if environ.get("HTTP_UPGRADE", "").lower() != "websocket":
        return None
    connection = environ.get("HTTP_CONNECTION", "").lower()
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if "upgrade" not in [token.strip() for token in connection.split(",")]:
        raise BadRequest("A WebSocket handshake needs the header Connection: Upgrade.")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        raise BadRequest("This server speaks WebSocket version 13 only.")
    if not _WEBSOCKET_KEY.fullmatch(key):
        raise BadRequest("The WebSocket key is malformed.")
    return accept_token(key)


class EngineServer(engineio.Server):  # type: ignore[misc]
    """Hands out `Client`s, and keeps the time for all of them."""

    event_names = (*engineio.Server.event_names, "malformed")
    sockets: dict[str, EngineSocket]

    def __init__(self, **options: Any) -> None:
        options |= {
            "async_mode": "gevent",  # or engineio picks eventlet wherever that is installed
            "ping_interval": PING_INTERVAL,
            "ping_timeout": PING_TIMEOUT,
            "cors_allowed_origins": [],  # no CORS at all; the guard compares the Origin
            "http_compression": False,
            "monitor_clients": False,
        }
        super().__init__(**options)
        self.quota = MemoryQuota(UNFINISHED_BYTES)
        self.send_buffers = SendBuffers(UNREAD_BYTES)
        self.opening = ConnectionCounter()
        self._timekeeper: gevent.Greenlet[[], None] | None = None
        self._shut = False

    def handle_request(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            return self._answer(environ, start_response)
        except ClientError as refusal:
            return refuse(environ, start_response, refusal)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        try:
            query = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=MAX_QUERY_FIELDS)
        except ValueError:
            raise BadRequest("The query is malformed.") from None
        if self._shut and "sid" not in query:  # who is here polls once more, to hear the last of it
            raise Unavailable("The server is shutting down.")
        if "j" in query:
            raise BadRequest("JSONP is not offered: it would let any page read what is said here.")
        if method == "POST":
            self._receive(environ, query.get("sid", [""])[0])
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
            return [b"OK"]
        if method != "GET":
            raise MethodNotAllowed("Socket.IO uses GET and POST only.")
        environ[ACCEPT_KEY] = websocket_accept(environ)
        if environ[ACCEPT_KEY] is not None and TAKEOVER_KEY not in environ:
            raise Unavailable("This server offers no WebSockets: use polling.")
        answer: Iterable[bytes] = super().handle_request(environ, start_response)
        return answer

    def _receive(self, environ: WSGIEnvironment, sid: str) -> None:
        client = self.sockets.get(sid)
        if client is None or client.closed:
            raise BadRequest("There is no such Socket.IO connection.")
        with client.turn():
            packets = self._read_packets(environ)
            if client.upgraded:
                raise BadRequest("This connection has moved to its WebSocket.")
            client.receive_all(packets)

    def _read_packets(self, environ: WSGIEnvironment) -> list[str]:
        limit = self.max_http_buffer_size
        data = environ["wsgi.input"].read(limit + 1)
        if len(data) > limit:
            raise TooLarge(f"A body may have {limit} bytes at most.")
        try:
            body = data.decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest("The body is not UTF-8.") from None
        if not body or body.count(RECORD_SEPARATOR) >= MAX_PACKETS_IN_BODY:
            raise BadRequest(f"A body holds 1 to {MAX_PACKETS_IN_BODY} packets.")
        packets: list[str] = body.split(RECORD_SEPARATOR)
        return packets

    def _handle_connect(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        transport: str,
        jsonp_index: None = None,
    ) -> Any:
        """Open a session: the library's own, but for the client's class."""
        if self._timekeeper is None:
            self._timekeeper = gevent.spawn(self._keep_time)
        place = client_network(str(environ.get(ADDRESS_KEY, "")))
        if self.opening.of(place) >= MOST_OPENING:
            raise RateLimited("Too many connections from your address begin: wait a moment.", 10.0)
        sid = self.generate_id()
        self.opening.add_to(place)
        client = self.sockets[sid] = EngineSocket(self, sid, place)
        client.send(Outgoing(engineio.packet.OPEN, self._opening(sid, transport)))
        self._trigger_event("connect", sid, environ, run_async=False)
        if transport == "websocket":
            return client.upgrade(environ, start_response)
        client.connected = True
        return self._ok(client.take())

    def _opening(self, sid: str, transport: str) -> dict[str, object]:
        return {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.max_http_buffer_size,
        }

    def _keep_time(self) -> None:
        """Ping all clients and hold their deadlines, where the library has a greenlet for each."""
        while True:
            gevent.sleep(TICK)
            now = time.monotonic()
            for client in list(self.sockets.values()):
                client.tick(now)

    def close_all(self, code: CloseCode, seconds: float) -> None:
        """Take no more clients, flush all that was sent to the present ones, and end them."""
        self._shut = True
        clients = list(self.sockets.values())
        for client in clients:
            client.end_soon(code)
        gevent.wait([client.ended for client in clients], timeout=seconds)
        for client in clients:
            client.abort()
        if self._timekeeper is not None:
            self._timekeeper.kill()

    def _ok(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer: dict[str, Any] = super()._ok(*args, **kwargs)
        answer["headers"].append(("Cache-Control", "no-store"))
        return answer

    def _bad_request(self, message: str | None = None) -> dict[str, Any]:
        # The library's messages repeat what the client sent.
        body = error_body("bad_request", "This is not a request of Engine.IO protocol 4.")
        headers = [("Content-Type", "application/json")]
        return {"status": "400 Bad Request", "headers": headers, "response": body}

    def _log_error_once(self, message: str, message_key: str) -> None:
        """A client's mistake is told to the client; the library would log it, unescaped."""
