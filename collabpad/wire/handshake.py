"""The opening handshake of a WebSocket (RFC 6455, section 4.2)."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final
from wsgiref.types import WSGIEnvironment

from ..errors import BadRequest

VERSION: Final = "13"
GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""

_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")


class WrongVersion(BadRequest):
    """Tells the client which version to use (RFC 6455, 4.4; RFC 9110, 15.5.22)."""

    status = 426
    headers = (("Sec-WebSocket-Version", VERSION), ("Upgrade", "websocket"))


def accept_token(key: str) -> str:
    """The value of Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, 4.2.2)."""
    digest = hashlib.sha1(key.encode("ascii") + GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def accept_handshake(environ: WSGIEnvironment) -> list[tuple[str, str]]:
    """The headers of the 101. Raises BadRequest if the handshake is invalid (4.2.1)."""
    if "websocket" not in _tokens(environ, "HTTP_UPGRADE"):
        raise BadRequest("transport=websocket needs a WebSocket handshake.")
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0":  # RFC 9110, 7.8: Upgrade must be ignored
        raise BadRequest("A WebSocket handshake needs HTTP/1.1.")
    if "upgrade" not in _tokens(environ, "HTTP_CONNECTION"):
        raise BadRequest("A WebSocket handshake needs the header Connection: Upgrade.")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
        raise WrongVersion(f"This server speaks WebSocket version {VERSION} only.")
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if not _KEY.fullmatch(key):
        raise BadRequest("The WebSocket key is malformed.")
    return [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", accept_token(key)),
    ]


def _tokens(environ: WSGIEnvironment, name: str) -> list[str]:
    """The comma-separated values of a header (RFC 9110, 5.6.1)."""
    return [token.strip().lower() for token in environ.get(name, "").split(",")]
