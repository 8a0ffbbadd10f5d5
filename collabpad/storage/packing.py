"""How many byte strings become one, and how updates become a chunk of history.

A pack is the number of its parts and the size of each, as 32-bit little-endian integers, then the
parts. A chunk is a compressed pack: a JSON object that says who wrote what when, then the updates.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from .base import UpdateRow

NOT_COMPRESSED: Final = 0
WELL_COMPRESSED: Final = 6  # zlib's own default: twice as fast as 9 for 2 % more bytes


class Unreadable(ValueError):
    """What is kept is not what was written."""


def pack(parts: Sequence[bytes]) -> bytes:
    return struct.pack(f"<{len(parts) + 1}I", len(parts), *map(len, parts)) + b"".join(parts)


def unpack(packed: bytes) -> list[bytes]:
    """The parts again; raises `Unreadable`."""
    try:
        (count,) = struct.unpack_from("<I", packed)
        start = 4 * (count + 1)
        sizes = struct.unpack_from(f"<{count}I", packed, 4)
    except struct.error as error:
        raise Unreadable("a pack is cut off") from error
    ends = list(accumulate(sizes, initial=start))
    if ends[-1] != len(packed):
        raise Unreadable("a pack has not the size that it should")
    return [packed[start:end] for start, end in pairwise(ends)]


def compress(packed: bytes, level: int = WELL_COMPRESSED) -> bytes:
    return zlib.compress(packed, level)


def decompress(data: bytes) -> bytes:
    """Raises `Unreadable`."""
    try:
        return zlib.decompress(data)
    except zlib.error as error:
        raise Unreadable("compressed data is broken") from error


def pack_updates(updates: Sequence[UpdateRow], level: int = WELL_COMPRESSED) -> bytes:
    """A chunk of updates that follow each other; times are kept to the millisecond."""
    authors = list(dict.fromkeys(each.participant_id for each in updates))
    places = {author: place for place, author in enumerate(authors)}
    times = [round(each.at * 1000) for each in updates]
    about = {
        "authors": authors,
        "by": [places[each.participant_id] for each in updates],
        "at": [now - before for before, now in pairwise([0, *times])],
    }
    header = json.dumps(about, separators=(",", ":")).encode()
    return compress(pack([header, *(each.data for each in updates)]), level)


def unpack_updates(chunk: bytes, first_seq: int) -> list[UpdateRow]:
    """The updates of a chunk; raises `Unreadable`."""
    try:
        header, *data = unpack(decompress(chunk))
        about = json.loads(header)
        authors = [about["authors"][place] for place in about["by"]]
        times = [at / 1000 for at in accumulate(about["at"])]
        return [
            UpdateRow(seq=seq, participant_id=author, at=at, data=each)
            for seq, (author, at, each) in enumerate(
                zip(authors, times, data, strict=True), start=first_seq
            )
        ]
    except (LookupError, TypeError, ValueError) as error:
        raise Unreadable("a chunk of history is broken") from error
