"""Our Socket.IO server in Flask-SocketIO's place for one, by the extension's public attributes.

`app.extensions["socketio"]` is then what users of Flask-SocketIO expect: `emit` and `send`, from a
view, too; `server` with its rooms; background tasks. Handlers are not registered there: each event
would cost a request context of Flask's.
"""

from __future__ import annotations

import flask

from .libraries import flask_socketio, socketio
from .socketio_server import SocketIOServer


def mount(server: SocketIOServer, app: flask.Flask) -> None:
    """Let the server answer below /socket.io/ of `app`."""
    extension = flask_socketio.SocketIO()
    extension.server = server
    extension.async_mode = server.async_mode
    extension.sockio_mw = socketio.WSGIApp(server, app.wsgi_app)
    app.extensions["socketio"] = extension
    app.wsgi_app = extension.sockio_mw  # type: ignore[method-assign]
