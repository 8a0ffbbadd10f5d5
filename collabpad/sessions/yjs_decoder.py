"""Reads Yjs updates and state vectors without applying them, to know what they would do.

The binary format is Yjs's update format, version 1 (yjs `src/utils/encoding.js` and `src/structs`).
Only what makes up one plain text named `content` is let through: text, and what is left of deleted
text. Anything else (other shared types, formats, embedded objects) would be data hidden beside the
document.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Mapping
from typing import Final, NamedTuple

from ..errors import BadRequest, TooLarge
from ..protocol.fields import MAX_CLOCK
from .surrogate_pairs import Id, SurrogatePairs
from .yjs_structs import BROKEN, Reader, Struct

_CONTINUES: Final = 4
"""Extra places that a struct counts for if it continues the struct before it. Yjs would have joined
the two; yrs joins them now and copies the growing text each time."""

_LEADS_A_PAIR = re.compile(rb"[\xf0-\xf4]")  # in UTF-8; other bytes of an update may match too


class Section(NamedTuple):
    """Structs of one client that follow each other without a hole."""

    client: int
    clock: int
    end: int  # the clock after the last one
    structs: int
    start: int  # where they are in the update's bytes
    stop: int
    text_bytes: int


class UpdateFacts:
    """What an update brings and what it builds on. Clocks count UTF-16 units."""

    def __init__(self, most_places: float, step_back: int, *, look_for_cuts: bool) -> None:
        self.places = 0  # the number of structs and deleted ranges
        self.text_bytes = 0  # UTF-8 size of all inserted text
        self.sections: list[Section] = []
        self.deleted = array("Q")  # client, first clock and the clock after the last, of each range
        self.deleted_units = 0
        self.holes = False  # whether a client's structs do not follow each other
        self.ends: dict[int, int] = {}  # client to the clock after its last struct
        self.beyond: list[tuple[int, int, str]] = []  # text beyond U+FFFF, by client and clock
        self._most_places = most_places
        self._step_back = step_back  # extra places of a struct that lies before the last one
        self._beside: dict[
            int, int
        ] = {}  # other client to the clock beyond everything that structs name
        self._deletes: dict[int, int] = {}  # client to the clock beyond everything deleted
        self._last: Id = (0, 0)  # the place of the last insertion
        # The clocks before which the update cuts a client's text, if they may matter.
        self._cuts: list[Id] = []
        self._look_for_cuts = look_for_cuts

    def pairs(self) -> SurrogatePairs:
        """The pairs that the update itself brings."""
        pairs = SurrogatePairs()
        for client, clock, text in self.beyond:
            pairs.add(client, clock, text)
        return pairs

    def deletions(self) -> dict[int, list[Id]]:
        """The deleted ranges by client, in the order of the update."""
        found: dict[int, list[Id]] = {}
        for at in range(0, len(self.deleted), 3):
            client, start, end = self.deleted[at : at + 3]
            found.setdefault(client, []).append((start, end))
        return found

    def ready(self, state: Mapping[int, int]) -> bool:
        """Whether a document in `state` can apply the update as it is, from front to back."""
        get = state.get
        for section in self.sections:  # loops, because this runs for every keystroke
            if get(section.client, 0) < section.clock:
                return False
        for client, clock in self._beside.items():
            if get(client, 0) < clock:
                return False
        return not self.holes and (not self._deletes or self._can_delete(state))

    def complete(self, state: Mapping[int, int]) -> bool:
        """Whether everything that it builds on is in `state` or in the update itself."""
        ends = self.ends
        return (
            not self.holes
            and all(state.get(each.client, 0) >= each.clock for each in self.sections)
            and all(
                max(state.get(client, 0), ends.get(client, 0)) >= clock
                for client, clock in self._beside.items()
            )
            and self._can_delete(state)
        )

    def _can_delete(self, state: Mapping[int, int]) -> bool:
        return all(
            state.get(client, 0) >= clock or self.ends.get(client, 0) >= clock
            for client, clock in self._deletes.items()
        )

    def is_new(self, state: Mapping[int, int]) -> bool:
        """Whether none of its text is in `state`."""
        for section in self.sections:  # noqa: SIM110  a loop, as in `ready`
            if state.get(section.client, 0) != section.clock:
                return False
        return True

    def splits_pair(self, pairs: SurrogatePairs, state: Mapping[int, int]) -> bool:
        """Whether it splits a pair of its own, or one of `pairs`, those of a text in `state`."""
        if not pairs.halves and not self.beyond:
            return False
        own = self.pairs()
        for client, clock in self._cuts:
            if pairs.splits_at(client, clock) or own.splits_at(client, clock):
                return True
        return any(own.splits_at(each, state.get(each, 0)) for each in self.ends if own.halves)

    def brings(self, struct: Struct, client: int, clock: int) -> None:
        """Note a struct of the update."""
        self.touches()
        end = clock + struct.length
        if end > MAX_CLOCK:
            raise BadRequest(BROKEN)
        left, right = struct.left, struct.right
        if left is not None:
            self._names(left, client, clock, left[1] + 1)
            last, self._last = self._last, left
            if left[0] == last[0] and left[1] < last[1]:
                self.places += self._step_back
            if left[1] == clock - 1 and left[0] == client:
                self.places += _CONTINUES
        if right is not None:
            self._names(right, client, clock, right[1])
        self.text_bytes += struct.size
        if struct.length != len(struct.text) and struct.text:
            self.beyond.append((client, clock, struct.text))

    def _names(self, beside: Id, client: int, clock: int, cut: int) -> None:
        other, named = beside
        if other != client:
            self._beside[other] = max(self._beside.get(other, 0), named + 1)
        elif named >= clock:  # beside itself or something later
            raise BadRequest(BROKEN)
        if self._look_for_cuts:
            self._cuts.append((other, cut))

    def deletes(self, client: int, clock: int, length: int) -> None:
        self.touches()
        end = clock + length
        if end > MAX_CLOCK:
            raise BadRequest(BROKEN)
        self.deleted.extend((client, clock, end))
        self.deleted_units += length
        self._deletes[client] = max(self._deletes.get(client, 0), end)
        if self._look_for_cuts:
            self._cuts += ((client, clock), (client, end))

    def touches(self) -> None:
        """Count one more place. Raises `TooLarge` for one too many."""
        self.places += 1
        if self.places > self._most_places:
            raise TooLarge("The update changes too many places at once: change fewer at a time.")


def read_update(
    data: bytes, most_places: float = math.inf, step_back: int = 0, *, look_for_cuts: bool = False
) -> UpdateFacts:
    """The facts of an update; raises `BadRequest` for one that is broken or touches more than the
    text, `TooLarge` for one that touches it in more than `most_places`.

    A place before the last one counts for `step_back` more. Where it could cut a pair is noted if
    it brings one itself, or to `look_for_cuts` in pairs that are there.
    """
    look_for_cuts = look_for_cuts or _LEADS_A_PAIR.search(data) is not None
    reader, facts = Reader(data), UpdateFacts(most_places, step_back, look_for_cuts=look_for_cuts)
    for _ in range(reader.uint()):
        _read_client(reader, facts)
    for _ in range(reader.uint()):
        client = reader.uint()
        for _ in range(reader.uint()):
            facts.deletes(client, reader.uint(), reader.uint())
    reader.end()
    return facts


def _read_client(reader: Reader, facts: UpdateFacts) -> None:
    """Read the structs of one client, and note each part without a hole."""
    structs, client, clock = reader.uint(), reader.uint(), reader.uint()
    if not structs or client in facts.ends:  # yrs panics; Yjs forgets the first
        raise BadRequest(BROKEN)
    while structs:
        if reader.at_hole():
            facts.touches()
            facts.holes = True
            clock += reader.hole()
            structs -= 1
            continue
        left, begun, start, text_bytes = structs, clock, reader.at, facts.text_bytes
        while structs and not reader.at_hole():
            struct = reader.struct()
            facts.brings(struct, client, clock)
            clock += struct.length
            structs -= 1
        size = facts.text_bytes - text_bytes
        part = Section(client, begun, clock, left - structs, start, reader.at, size)
        facts.sections.append(part)
    facts.ends[client] = clock


def read_state_vector(data: bytes) -> dict[int, int]:
    """Client to clock. Raises `BadRequest` for bytes that are no state vector."""
    reader = Reader(data)
    state: dict[int, int] = {}
    for _ in range(reader.uint()):
        client = reader.uint()
        state[client] = reader.uint()
    reader.end()
    return state
