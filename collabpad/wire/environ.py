"""Keys of the WSGI environment that the layers of a request share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gevent import socket as gsocket

ADDRESS_KEY: Final = "collabpad.address"
"""The client's address, set by the guard."""
TAKEOVER_KEY: Final = "collabpad.takeover"
"""A `Takeover`, if the HTTP handler offers one."""

Takeover = Callable[[Callable[[gsocket.socket, bytes], None]], None]
"""Called with a function that gets the bare connection, and the bytes that came early, once the 101
was sent and the request was forgotten."""
