"""Imports Flask-SocketIO and python-socketio without their optional dependencies.

python-socketio imports aiohttp and Redis clients if they are installed, which delays the first page
by 180 ms, and requests and websocket-client for its own client, another 80 ms. None is used here.
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
    """Hide these modules from imports, except for those that are loaded already."""
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
