"""Flask-SocketIO and what it stands on, without what they would load because it is installed.

python-socketio imports aiohttp and Redis clients where there are any, 180 ms before the first page,
and for its own client, which a server has no use for, requests and websocket-client, 80 ms more;
engineio's gevent driver changes its nature where gevent-websocket is. None of them is used here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

UNUSED = (
    "aiohttp",
    "aio_pika",
    "eventlet",
    "geventwebsocket",
    "kafka",
    "kombu",
    "redis",
    "requests",
    "tornado",
    "valkey",
    "websocket",
    "zmq",
)


@contextmanager
def hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Let these modules be missing for a while, but those that are loaded already."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # the import system's "not found"
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with hidden(UNUSED):
    import flask_socketio
    import socketio

__all__ = ["flask_socketio", "socketio"]
