"""Reads the parts of a Yjs update, version 1: lib0's numbers and strings, and structs of text."""

from __future__ import annotations

from typing import Final, NamedTuple

from ..errors import BadRequest
from ..protocol.fields import MAX_CLOCK
from .surrogate_pairs import Id

ROOT: Final = "content"

GC, DELETED, STRING = 0, 1, 4
HOLE = b"\x0a"
_HAS_LEFT, _HAS_RIGHT, _HAS_PARENT_SUB, _KIND = 0x80, 0x40, 0x20, 0x1F

BROKEN: Final = "This is not an update that Yjs makes."
_FOREIGN = f"Only plain text in the Y.Text `{ROOT}` may be changed."


class Struct(NamedTuple):
    """Text of one client, or the remains of deleted text."""

    kind: int
    length: int  # in UTF-16 units, as clocks count
    left: Id | None  # the letters beside which it was inserted
    right: Id | None
    text: str
    size: int  # of the text in UTF-8


class Reader:
    """A cursor over lib0's variable-length encoding."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def uint(self) -> int:
        data, at, shift = self.data, self.at + 1, 7
        try:
            value = data[at - 1]
            if value < 0x80:
                self.at = at
                return value
            value &= 0x7F
            while (byte := data[at]) >= 0x80:
                value |= (byte & 0x7F) << shift
                shift += 7
                at += 1
                if shift > 56:
                    raise BadRequest(BROKEN)
        except IndexError:
            raise BadRequest(BROKEN) from None
        value |= byte << shift
        self.at = at + 1
        if value > MAX_CLOCK:
            raise BadRequest(BROKEN)
        return value

    def string(self) -> tuple[str, int]:
        """The text and its size in UTF-8."""
        size = self.uint()
        raw = self.data[self.at : self.at + size]
        if len(raw) != size:
            raise BadRequest(BROKEN)
        self.at += size
        try:
            return raw.decode(), size
        except UnicodeDecodeError:
            raise BadRequest(BROKEN) from None

    def at_hole(self) -> bool:
        return self.data[self.at : self.at + 1] == HOLE

    def hole(self) -> int:
        """Read a hole; returns its length."""
        self.at += 1
        return self._length()

    def struct(self) -> Struct:
        try:
            info = self.data[self.at]
        except IndexError:
            raise BadRequest(BROKEN) from None
        self.at += 1
        if info == GC:
            return Struct(GC, self._length(), None, None, "", 0)
        left = (self.uint(), self.uint()) if info & _HAS_LEFT else None
        right = (self.uint(), self.uint()) if info & _HAS_RIGHT else None
        if left is None and right is None:
            is_root = self.uint() == 1
            if not is_root or self.string()[0] != ROOT or info & _HAS_PARENT_SUB:
                raise BadRequest(_FOREIGN)
        kind = info & _KIND
        if kind == DELETED:
            return Struct(DELETED, self._length(), left, right, "", 0)
        if kind != STRING:
            raise BadRequest(_FOREIGN)
        text, size = self.string()
        if not text:
            raise BadRequest(BROKEN)
        length = len(text) if size == len(text) else len(text.encode("utf-16-le")) // 2
        return Struct(STRING, length, left, right, text, size)

    def _length(self) -> int:
        length = self.uint()
        if length == 0:
            raise BadRequest(BROKEN)
        return length

    def end(self) -> None:
        if self.at != len(self.data):
            raise BadRequest(BROKEN)
