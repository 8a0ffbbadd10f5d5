"""Socket.IO as this server speaks it: Flask-SocketIO with its libraries' faults mended.

    Wire        what the rest of the web floor uses: one way in (Handlers), one way out (emit)
    SocketIO    Flask-SocketIO, mounted with our server
    socketio_server.py  python-socketio's server; packets.py what it accepts
    engine_server.py    python-engineio's server: polling, time; engine_socket.py one connection
    websocket.py, frames.py  WebSockets; http_handler.py the HTTP around them

Nothing outside these modules knows the libraries' insides, and tests/wire/ has a regression test
for each fault that is mended here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask

from ..settings import Settings
from .frames import CloseCode
from .http_handler import HttpHandler
from .libraries import flask_socketio, socketio
from .socketio_server import Ack, Handlers, SocketIOServer

__all__ = ["Ack", "Handlers", "HttpHandler", "SocketIO", "Wire"]

SHUTDOWN_SECONDS = 1.0


class SocketIO(flask_socketio.SocketIO):  # type: ignore[misc]
    """Flask-SocketIO with our server where it makes one of python-socketio's."""

    def __init__(self, app: flask.Flask, server: SocketIOServer) -> None:
        self._mended_server = server
        super().__init__(app)

    def init_app(self, app: flask.Flask, **kwargs: Any) -> None:
        app.extensions["socketio"] = self
        self.server = self._mended_server
        self.async_mode = self.server.async_mode
        self.sockio_mw = socketio.WSGIApp(self.server, app.wsgi_app)
        app.wsgi_app = self.sockio_mw  # type: ignore[method-assign]


class Wire:
    """The connections of all clients. Nothing that it offers waits for one of them, but `close`."""

    def __init__(self, flask_app: flask.Flask, settings: Settings, handlers: Handlers) -> None:
        self._server = SocketIOServer(handlers, settings.limits.frame)
        self.socketio = SocketIO(flask_app, self._server)

    def emit(
        self,
        event: str,
        payload: dict[str, Any],
        *,
        to: str | Iterable[str],
        skip: tuple[str, ...] = (),
    ) -> None:
        """Send to clients (`to` their sids) or rooms, but for the clients `skip`."""
        self._server.emit(event, payload, to=to, skip_sid=skip)

    def enter(self, sid: str, room: str) -> None:
        self._server.enter_room(sid, room)

    def leave(self, sid: str, room: str) -> None:
        self._server.leave_room(sid, room)

    def disconnect(self, sid: str) -> None:
        """End a client's connection once all that was sent to it is flushed, or after a second.

        It handles no more of what the client sends; `disconnected` follows, from another greenlet.
        """
        self._server.disconnect(sid)

    def close(self) -> None:
        """Flush and end all connections, within about a second, and take no more."""
        self._server.eio.close_all(CloseCode.GOING_AWAY, SHUTDOWN_SECONDS)
