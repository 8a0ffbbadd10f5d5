"""Mounts our Socket.IO server in Flask-SocketIO, by the public attributes of the extension.

`app.extensions["socketio"]` then works as users of Flask-SocketIO expect: `emit` and `send`, also
in views, rooms through `server`, and background tasks. Handlers cannot be registered there: every
event would cost a request context of Flask.
"""

from __future__ import annotations

import flask

from .libraries import flask_socketio, socketio
from .socketio_server import SocketIOServer


def mount(server: SocketIOServer, app: flask.Flask) -> None:
    """Serve Socket.IO below /socket.io/ of `app`."""
    extension = flask_socketio.SocketIO()
    extension.server = server
    extension.async_mode = server.async_mode
    extension.sockio_mw = socketio.WSGIApp(server, app.wsgi_app)
    app.extensions["socketio"] = extension
    app.wsgi_app = extension.sockio_mw  # type: ignore[method-assign]
