"""Writes Yjs updates, version 1, from parts of updates that were read. None has a hole.

Yjs 13 loses text on an update that begins with a hole (yjs 785).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from .surrogate_pairs import Id, SurrogatePairs
from .yjs_decoder import read_update
from .yjs_structs import DELETED, GC, HOLE, ROOT, STRING, Struct

_ROOT = b"\x01" + bytes([len(ROOT)]) + ROOT.encode()


class ClockRanges:
    """Ranges of one client's clocks, in order and not touching each other."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __len__(self) -> int:
        return len(self._starts)

    def copy(self) -> ClockRanges:
        other = ClockRanges()
        other._starts, other._ends = self._starts[:], self._ends[:]
        return other

    def ranges(self) -> list[Id]:
        return list(zip(self._starts, self._ends, strict=True))

    def add(self, start: int, end: int) -> bool:
        """Add a range. Returns whether any of it is new."""
        if start >= end:
            return False
        first = bisect_left(self._ends, start)
        after = bisect_right(self._starts, end)
        if after - first == 1 and self._starts[first] <= start and end <= self._ends[first]:
            return False
        if after > first:
            start = min(start, self._starts[first])
            end = max(end, self._ends[after - 1])
        self._starts[first:after] = [start]
        self._ends[first:after] = [end]
        return True

    def take_below(self, clock: int) -> list[Id]:
        """Take out everything before `clock`."""
        after = bisect_left(self._starts, clock)
        taken = list(zip(self._starts[:after], self._ends[:after], strict=True))
        del self._starts[:after], self._ends[:after]
        if taken and taken[-1][1] > clock:
            start, end = taken[-1]
            taken[-1] = (start, clock)
            self._starts.insert(0, clock)
            self._ends.insert(0, end)
        return taken


class Part(NamedTuple):
    """Structs of one client that follow each other, as they are written."""

    client: int
    clock: int
    structs: int
    body: bytes


def uint(number: int) -> bytes:
    """lib0's variable-length encoding."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode(parts: Sequence[Part], deleted: Mapping[int, Sequence[Id]]) -> bytes:
    """An update from at most one part of each client."""
    out = [uint(len(parts))]
    for part in parts:
        out += [uint(part.structs), uint(part.client), uint(part.clock), part.body]
    out.append(uint(len(deleted)))
    for client, ranges in deleted.items():
        out += [uint(client), uint(len(ranges))]
        for start, end in ranges:
            out += [uint(start), uint(end - start)]
    return b"".join(out)


def encode_all(parts: Iterable[Part], deleted: Mapping[int, Sequence[Id]]) -> list[bytes]:
    """Updates from any parts; several of one client go into several updates, in order."""
    by_client: dict[int, list[Part]] = {}
    for part in sorted(parts):
        by_client.setdefault(part.client, []).append(part)
    layers = [list(filter(None, layer)) for layer in zip_longest(*by_client.values())]
    if not layers:
        return [encode([], deleted)] if deleted else []
    return [*(encode(layer, {}) for layer in layers[:-1]), encode(layers[-1], deleted)]


def without_holes(update: bytes) -> list[bytes]:
    """The update, or if it has holes several without any that bring the same."""
    if HOLE not in update or not (facts := read_update(update)).holes:
        return [update]
    parts = (
        Part(each.client, each.clock, each.structs, update[each.start : each.stop])
        for each in facts.sections
    )
    return encode_all(parts, facts.deletions())


def encode_struct(struct: Struct) -> bytes:
    """For deleted text its length is written in place of the text."""
    if struct.kind == GC:
        return bytes([GC]) + uint(struct.length)
    info, beside = struct.kind, b""
    for flag, each in ((0x80, struct.left), (0x40, struct.right)):
        if each is not None:
            info |= flag
            beside += uint(each[0]) + uint(each[1])
    content = uint(struct.length)
    if struct.kind == STRING:
        text = struct.text.encode()
        content = uint(len(text)) + text
    return bytes([info]) + (beside or _ROOT) + content


def rest_of(struct: Struct, client: int, clock: int, offset: int) -> Struct:
    """The rest of a struct that begins at `clock`, without its first `offset` units. A pair that is
    split there leaves U+FFFD, as in Yjs.
    """
    if offset == 0:
        return struct
    length = struct.length - offset
    if struct.kind == GC:
        return struct._replace(length=length)
    left = (client, clock + offset - 1)
    if struct.kind == DELETED:
        return struct._replace(length=length, left=left)
    text = struct.text.encode("utf-16-le")[2 * offset :].decode("utf-16-le", "replace")
    return struct._replace(length=length, left=left, text=text, size=len(text.encode()))


def beside_pairs(struct: Struct, pairs: SurrogatePairs) -> Struct:
    """The struct, moved out of a pair that it would split: behind it, else before it."""
    left, right = struct.left, struct.right
    if left is not None and pairs.splits_at(left[0], left[1] + 1):
        left = (left[0], left[1] + 1)
    if right is not None and pairs.splits_at(*right):
        right = None if right == left else (right[0], right[1] - 1)
    return (
        struct
        if (left, right) == (struct.left, struct.right)
        else struct._replace(left=left, right=right)
    )


def whole_pairs(client: int, ranges: Iterable[Id], pairs: SurrogatePairs) -> list[Id]:
    """The ranges without halves of pairs that they would leave split."""
    found = []
    for start, end in ranges:
        whole = start + pairs.splits_at(client, start), end - pairs.splits_at(client, end)
        if whole[0] < whole[1]:
            found.append(whole)
    return found
