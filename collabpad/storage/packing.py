"""How many byte strings become one, and how updates become a chunk of history.

A pack is the number of its parts and the size of each, as 32-bit little-endian integers, then the
parts. A piece is a compressed pack: a JSON object that says who wrote what when, then the updates.
A chunk is pieces, one behind the other; older databases have chunks of one large piece.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from ..units import KIB
from .records import UpdateRow

NOT_COMPRESSED: Final = 0
WELL_COMPRESSED: Final = 6  # zlib's own default: twice as fast as 9 for 2 % more bytes
PIECE_UPDATES: Final = 1000
PIECE_BYTES: Final = 256 * KIB
_READ_BYTES: Final = 64 * KIB


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


def pieces(updates: Sequence[UpdateRow]) -> Iterator[Sequence[UpdateRow]]:
    """The same updates, few at a time, so that nobody has to wait or to hold all of them."""
    start, size = 0, 0
    for end, each in enumerate(updates, 1):
        size += len(each.data)
        if size >= PIECE_BYTES or end - start >= PIECE_UPDATES:
            yield updates[start:end]
            start, size = end, 0
    if start < len(updates):
        yield updates[start:]


def pack_updates(updates: Sequence[UpdateRow], level: int = WELL_COMPRESSED) -> bytes:
    """A chunk of updates that follow each other; times are kept to the millisecond."""
    return b"".join(_pack_piece(each, level) for each in pieces(updates))


def _pack_piece(updates: Sequence[UpdateRow], level: int) -> bytes:
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


def unpack_updates(chunk: bytes, first_seq: int) -> Iterator[Sequence[UpdateRow]]:
    """The updates of a chunk, piece by piece; raises `Unreadable`, also in the middle."""
    if not chunk:
        raise Unreadable("a chunk of history is empty")
    seq = first_seq
    for packed in _decompressed(memoryview(chunk)):
        piece = _unpack_piece(packed, seq)
        yield piece
        seq += len(piece)


def _decompressed(data: memoryview) -> Iterator[bytes]:
    """What was compressed, one stream after the other."""
    at = 0
    while at < len(data):
        stream = zlib.decompressobj()
        parts = []
        while not stream.eof:
            given = data[at : at + _READ_BYTES]
            if not given:
                raise Unreadable("compressed data is cut off")
            try:
                parts.append(stream.decompress(given))
            except zlib.error as error:
                raise Unreadable("compressed data is broken") from error
            at += len(given) - len(stream.unused_data)
        yield b"".join(parts)


def _unpack_piece(packed: bytes, first_seq: int) -> list[UpdateRow]:
    try:
        header, *data = unpack(packed)
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
