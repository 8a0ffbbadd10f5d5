"""What is sent to clients."""

from __future__ import annotations

from .frames import Opcode, encode
from .libraries import engineio


class Outgoing(engineio.packet.Packet):  # type: ignore[misc]
    """A packet of text, encoded once for all its recipients on either transport."""

    _frame: bytes | None = None
    _size: int | None = None

    @property
    def frame(self) -> bytes:
        if self._frame is None:
            self._frame = encode(Opcode.TEXT, self.text.encode("utf-8"))
        return self._frame

    @property
    def size(self) -> int:
        """Characters of its text; JSON escapes nearly all that has more bytes than one."""
        if self._size is None:
            self._size = len(self.text)
        return self._size

    @property
    def text(self) -> str:
        text: str = self.encode()
        return text
