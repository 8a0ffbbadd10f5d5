"""The server's wire with nothing behind it but an echo, as the conformance suites expect it.

    python echo_server.py engine     Engine.IO messages come back
    python echo_server.py socket     Socket.IO events come back

WebSocket messages to /echo come back in either mode. Prints its port.
"""

from __future__ import annotations

# ruff: noqa: E402  everything below has to see the patched modules
from gevent import monkey

monkey.patch_all()

import logging
import sys
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import flask
import gevent

from collabpad.errors import BadRequest, ClientError
from collabpad.settings import Limits, Settings
from collabpad.units import MIB
from collabpad.web.guard import Guard
from collabpad.wire import engine_server, flask_extension
from collabpad.wire.environ import TAKEOVER_KEY
from collabpad.wire.frames import Opcode, Outgoing, encode, outgoing
from collabpad.wire.handshake import accept_handshake
from collabpad.wire.http_handler import HttpHandler
from collabpad.wire.http_server import HttpServer
from collabpad.wire.memory_quota import MemoryQuota
from collabpad.wire.send_buffers import SendBuffers
from collabpad.wire.socketio_server import Ack, SocketIOServer
from collabpad.wire.websocket import WebSocket

# What the suites of Engine.IO and Socket.IO ask for, in seconds and bytes.
PING_INTERVAL, PING_TIMEOUT, MAX_PAYLOAD = 0.3, 0.2, 1_000_000
GREETING_DELAY = 0.05  # so that the suite, which drops what comes at once, is listening
LARGEST_MESSAGE = 17 * MIB  # Autobahn sends up to 16 MiB


class SocketEcho:
    """Sends every event back as `<name>-back`, and greets whoever comes in with `auth`."""

    wire: SocketIOServer

    def connected(self, sid: str, address: str) -> None:
        gevent.spawn_later(GREETING_DELAY, self.wire.emit, "auth", {}, to=sid)

    def event(self, sid: str, name: str, args: list[Any], ack: Ack | None) -> None:
        if ack is not None:
            ack(args)  # type: ignore[arg-type]
        else:
            self.wire.emit(f"{name}-back", tuple(args), to=sid)

    def malformed(self, sid: str, ack: Ack | None, error: ClientError) -> None:
        self.wire.emit("session_error", {"code": error.code}, to=sid)

    def disconnected(self, sid: str) -> None:
        """Nothing is kept of it."""


def echo_websocket(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A WebSocket whose messages come back: our handshake, frames and closing, and no more."""
    try:
        headers = accept_handshake(environ)
    except BadRequest:
        start_response("400 Bad Request", [("Content-Length", "0")])
        return []
    environ[TAKEOVER_KEY](serve_websocket)
    start_response("101 Switching Protocols", headers)
    return iter(())


def serve_websocket(sock: Any, early: bytes) -> None:
    websocket = WebSocket(
        sock,
        early,
        limit=LARGEST_MESSAGE,
        quota=MemoryQuota(2 * LARGEST_MESSAGE),
        send_buffers=SendBuffers(2 * LARGEST_MESSAGE),
    )
    try:
        for message in websocket.messages():
            if isinstance(message, str):
                websocket.send(outgoing(message))
            else:
                websocket.send(Outgoing("", encode(Opcode.BINARY, message)))
    finally:
        websocket.finish()


def main(mode: str) -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    engine_server.TICK = 0.002  # the suites end their patience in the very moment when we do
    settings = Settings(limits=Limits(frame=MAX_PAYLOAD))
    handlers, app = SocketEcho(), flask.Flask(__name__)
    handlers.wire = SocketIOServer(handlers, settings.limits.frame)
    flask_extension.mount(handlers.wire, app)
    engine = handlers.wire.eio
    engine.ping_interval, engine.ping_timeout = PING_INTERVAL, PING_TIMEOUT
    if mode == "engine":
        engine.on_message = lambda socket, packet: socket.send(outgoing(packet))
    guard = Guard(app, settings)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/echo":
            return echo_websocket(environ, start_response)
        return guard(environ, start_response)

    server = HttpServer(("127.0.0.1", 0), application, handler_class=HttpHandler, log=None)
    server.start()
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
