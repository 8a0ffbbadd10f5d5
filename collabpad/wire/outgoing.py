"""What is sent to clients: an Engine.IO packet, encoded once for all that get it."""

from __future__ import annotations

from .frames import TEXT, encode


class Outgoing:
    """A packet of text, as polling answers carry it and as a WebSocket's frame."""

    __slots__ = ("frame", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.frame = encode(TEXT, text.encode("utf-8"))
