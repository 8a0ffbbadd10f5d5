"""Reads Yjs updates and state vectors without applying them, to know what they would do.

The binary format is Yjs's update format, version 1 (yjs `src/utils/encoding.js` and `src/structs`).
Only what makes up one plain text named `content` is let through: text, and what is left of deleted
text. Anything else (other shared types, formats, embedded objects) would be data hidden beside the
document.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..errors import BadRequest, TooLarge
from ..protocol import MAX_CLOCK

ROOT = "content"

_CONTINUES: Final = 4
"""For how many places more one counts that continues the struct before it. Yjs would have joined
the two; yrs joins them now, and copies the longer and longer text each time."""

_GC, _DELETED, _STRING, _SKIP = 0, 1, 4, 10
_HAS_LEFT, _HAS_RIGHT, _HAS_PARENT_SUB, _KIND = 0x80, 0x40, 0x20, 0x1F

_BROKEN = "The update is not one that Yjs could have made."
_FOREIGN = f"Only plain text in the Y.Text `{ROOT}` may be changed."


@dataclass
class UpdateFacts:
    """What an update would bring, and what must be there first; clocks count UTF-16 units."""

    most_places: float = math.inf
    step_back: int = 0  # for how many places one counts that lies before the last one
    places: int = 0  # how many structs and deleted ranges there are
    text_bytes: int = 0  # UTF-8 size of all inserted text
    needs: dict[int, int] = field(default_factory=dict)  # client to the clock that must be reached
    ends: dict[int, int] = field(default_factory=dict)  # client to the clock after its last struct
    _refers: dict[int, int] = field(default_factory=dict)  # client to the clock beyond all it names
    _last: tuple[int, int] = (0, 0)  # client and clock beside which the last text was inserted

    def ready(self, state: Mapping[int, int]) -> bool:
        """Whether a document in `state` has all that the update builds on."""
        return all(state.get(client, 0) >= clock for client, clock in self.needs.items())

    def starts(self, client: int, clock: int) -> None:
        if clock:
            self.needs[client] = max(self.needs.get(client, 0), clock)

    def brings(self, client: int, end: int) -> None:
        if end > MAX_CLOCK:
            raise BadRequest(_BROKEN)
        self.ends[client] = max(self.ends.get(client, 0), end)

    def inserts_at(self, client: int, clock: int) -> None:
        last, self._last = self._last, (client, clock)
        if client == last[0] and clock < last[1]:
            self.places += self.step_back

    def touches(self) -> None:
        """One place more; raises `TooLarge` for one too many."""
        self.places += 1
        if self.places > self.most_places:
            raise TooLarge("The update changes too many places at once: change fewer at a time.")

    def refers(self, client: int, end: int) -> None:
        self._refers[client] = max(self._refers.get(client, 0), end)

    def conclude(self) -> None:
        """What the update names and does not bring itself must be there."""
        for client, end in self._refers.items():
            if end > self.ends.get(client, 0):
                self.starts(client, end)


class _Reader:
    """A cursor over lib0's variable-length encoding."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        try:
            value = self.data[self.at]
        except IndexError:
            raise BadRequest(_BROKEN) from None
        self.at += 1
        return value

    def uint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 56:
                raise BadRequest(_BROKEN)
        if value > MAX_CLOCK:
            raise BadRequest(_BROKEN)
        return value

    def count(self) -> Iterator[int]:
        """As many turns as the number that comes next; a number beyond the data ends with its
        error."""
        return iter(range(self.uint()))

    def string(self) -> tuple[str, int]:
        """The text and its size in UTF-8."""
        size = self.uint()
        raw = self.data[self.at : self.at + size]
        if len(raw) != size:
            raise BadRequest(_BROKEN)
        self.at += size
        try:
            return raw.decode(), size
        except UnicodeDecodeError:
            raise BadRequest(_BROKEN) from None

    def end(self) -> None:
        if self.at != len(self.data):
            raise BadRequest(_BROKEN)


def read_update(data: bytes, most_places: float = math.inf, step_back: int = 0) -> UpdateFacts:
    """The facts of an update; raises `BadRequest` for one that is broken or touches more than the
    text, `TooLarge` for one that touches it in more than `most_places`.

    A place before the last one counts for `step_back` more.
    """
    reader, facts = _Reader(data), UpdateFacts(most_places, step_back)
    for _ in reader.count():
        structs, client, clock = reader.uint(), reader.uint(), reader.uint()
        if not structs:  # yrs panics
            raise BadRequest(_BROKEN)
        facts.starts(client, clock)
        for _ in range(structs):
            facts.touches()
            clock += _read_struct(reader, facts, client, clock)
    for _ in reader.count():
        client = reader.uint()
        for _ in reader.count():
            facts.touches()
            clock, length = reader.uint(), reader.uint()
            facts.refers(client, clock + length)
    reader.end()
    facts.conclude()
    return facts


def _read_struct(reader: _Reader, facts: UpdateFacts, client: int, clock: int) -> int:
    """Read one struct and return its length in clock ticks."""
    info = reader.byte()
    kind = info & _KIND
    if kind == _SKIP:
        length = reader.uint()
        facts.starts(client, clock + length)
        return length
    if kind == _GC:
        length = reader.uint()
    else:
        _read_origin(reader, facts, info, (client, clock - 1))
        if kind == _STRING:
            text, size = reader.string()
            facts.text_bytes += size
            length = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
        elif kind == _DELETED:
            length = reader.uint()
        else:
            raise BadRequest(_FOREIGN)
    if length == 0:
        raise BadRequest(_BROKEN)
    facts.brings(client, clock + length)
    return length


def _read_origin(reader: _Reader, facts: UpdateFacts, info: int, before: tuple[int, int]) -> None:
    """Read what the struct stands beside; `before` is its own client's last letter until then."""
    for neighbour in (_HAS_LEFT, _HAS_RIGHT):
        if info & neighbour:
            client, clock = reader.uint(), reader.uint()
            facts.refers(client, clock + 1)
            if neighbour == _HAS_LEFT:
                facts.inserts_at(client, clock)
                facts.places += _CONTINUES if (client, clock) == before else 0
    if not info & (_HAS_LEFT | _HAS_RIGHT):
        is_root = reader.uint() == 1
        if not is_root or reader.string()[0] != ROOT or info & _HAS_PARENT_SUB:
            raise BadRequest(_FOREIGN)


def read_state_vector(data: bytes) -> dict[int, int]:
    """Client to clock; raises `BadRequest` where it is none."""
    reader = _Reader(data)
    state: dict[int, int] = {}
    for _ in reader.count():
        client = reader.uint()
        state[client] = reader.uint()
    reader.end()
    return state
