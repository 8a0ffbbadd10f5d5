"""What of a history is kept within its cap, and how it is packed."""

from __future__ import annotations

import json
import random
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collabpad.storage.packing import (
    NOT_COMPRESSED,
    PIECE_BYTES,
    PIECE_UPDATES,
    Unreadable,
    compress,
    pack,
    pack_updates,
    unpack,
    unpack_updates,
)
from collabpad.storage.records import UpdateRow
from collabpad.storage.retention import Chunk, Plan, plan
from tests.storage.makers import update, updates

SIZES = st.integers(1, 300)
STEPS = st.lists(st.tuples(SIZES, SIZES), min_size=1, max_size=40)


def keep(old: list[Chunk], new: Chunk, cap: int) -> tuple[Plan, list[Chunk]]:
    """The chunks that are there when a plan is carried out."""
    to_do = plan(old, new, cap)
    if to_do.keep_from is None:
        return to_do, []
    added = new if to_do.with_base else new._replace(base=None)
    return to_do, [each for each in [*old, added] if each.first_seq >= to_do.keep_from]


@given(STEPS, st.integers(1, 2000), st.booleans())
def test_a_history_stays_within_its_cap_and_can_always_be_read(
    steps: list[tuple[int, int]], cap: int, imported: bool
) -> None:
    kept: list[Chunk] = []
    for number, (data, base) in enumerate(steps):
        first = number == 0 and not imported
        new = Chunk(number * 10 + 1, data, None if first else base)
        before = kept
        _, kept = keep(kept, new, cap)
        assert sum(each.size for each in kept) <= cap
        if kept:
            assert kept[-1].first_seq == new.first_seq, "the newest goes last"
            assert kept[0].base is not None or kept[0].first_seq == 1
            assert kept[:-1] == before[len(before) - len(kept) + 1 :], "the oldest goes first"
        elif before:
            assert new.size > cap


@given(STEPS)
def test_without_a_cap_nothing_is_forgotten_and_bases_take_half_at_most(
    steps: list[tuple[int, int]],
) -> None:
    kept: list[Chunk] = []
    for number, (data, base) in enumerate(steps):
        _, kept = keep(kept, Chunk(number * 10 + 1, data, base if number else None), 10**9)
    assert len(kept) == len(steps)
    assert sum(each.base or 0 for each in kept) <= sum(each.data for each in kept)


def test_no_more_is_forgotten_than_must_be() -> None:
    old = [Chunk(1, 100), Chunk(11, 50, 40), Chunk(21, 50), Chunk(31, 50, 40), Chunk(41, 50)]
    new = Chunk(51, 50, 200)
    assert plan(old, new, 430) == Plan(with_base=False, keep_from=1)
    assert plan(old, new, 429) == Plan(with_base=False, keep_from=11)
    assert plan(old, new, 329) == Plan(with_base=False, keep_from=31)
    assert plan(old, new, 190) == Plan(with_base=False, keep_from=31)
    assert plan(old, new, 189) == Plan(with_base=True, keep_from=None)
    small = new._replace(base=30)
    assert plan(old, small, 189) == Plan(with_base=True, keep_from=51)
    assert plan(old, small, 79) == Plan(with_base=True, keep_from=None)


# --- packing ----------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=40), max_size=20))
@example([])
@example([b""])
def test_parts_come_out_of_a_pack_as_they_went_in(parts: list[bytes]) -> None:
    assert unpack(pack(parts)) == parts


ROWS = st.lists(
    st.builds(
        lambda who, at, data: (who, at / 1000, data),
        st.sampled_from([None, "person-1", "persón-2"]),
        st.integers(0, 4 * 10**12),
        st.binary(max_size=60),
    ),
    min_size=1,
    max_size=30,
)


@given(ROWS, st.integers(1, 10**9), st.sampled_from([NOT_COMPRESSED, 6]))
def test_updates_come_out_of_a_chunk_as_they_went_in(
    facts: list[tuple[str | None, float, bytes]], first: int, level: int
) -> None:
    rows = [
        UpdateRow(seq=seq, participant_id=who, at=at, data=data)
        for seq, (who, at, data) in enumerate(facts, start=first)
    ]
    assert list(chain.from_iterable(unpack_updates(pack_updates(rows, level), first))) == rows


@pytest.mark.parametrize(("number", "size"), [(2500, 10), (6, 100 * 1024)])
def test_a_chunk_is_read_in_pieces_of_bounded_size(number: int, size: int) -> None:
    rows = [update(5 + each, random.Random(each).randbytes(size)) for each in range(number)]
    found = list(unpack_updates(pack_updates(rows), 5))
    assert [each for piece in found for each in piece] == rows
    assert len(found) > 1
    for piece in found:
        assert len(piece) <= PIECE_UPDATES
        assert sum(len(each.data) for each in piece[:-1]) < PIECE_BYTES


def test_a_chunk_of_an_older_version_is_one_large_piece() -> None:
    rows = updates(7, 5000)
    about = {
        "authors": [None, *(f"person-{number}" for number in (1, 2))],
        "by": [row.seq % 3 for row in rows],
        "at": [round(rows[0].at * 1000), *([125] * (len(rows) - 1))],
    }
    old = compress(pack([json.dumps(about).encode(), *(row.data for row in rows)]))
    assert list(unpack_updates(old, 7)) == [rows]


@given(st.data())
def test_what_is_broken_is_unreadable_or_something_else_but_nothing_worse(
    data: st.DataObject,
) -> None:
    packed = bytearray(pack([b"first", b"second"]))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    try:
        found = unpack(bytes(packed))
    except Unreadable:
        return
    assert sum(map(len, found)) == len(b"firstsecond")


@pytest.mark.parametrize(
    "chunk",
    [
        b"",
        b"not compressed",
        pack_updates(updates(1, 3))[:-1],
        compress(b""),
        compress(pack([])),
        compress(pack([b"{}"])),
        compress(pack([b"[1]", b"update"])),
        compress(pack([b'{"authors":[null],"by":[0],"at":[1]}'])),
        compress(pack([b'{"authors":[null],"by":[1],"at":[1]}', b"update"])),
        compress(pack([b'{"authors":[null],"by":[0],"at":["x"]}', b"update"])),
        compress(pack([b"\xff", b"update"])),
    ],
)
def test_a_broken_chunk_is_unreadable(chunk: bytes) -> None:
    with pytest.raises(Unreadable):
        list(unpack_updates(chunk, 1))


def test_a_chunk_of_typing_is_small() -> None:
    typed = updates(1, 500)
    raw = sum(len(each.data) + 8 + 8 + len(each.participant_id or "") for each in typed)
    assert len(pack_updates(typed)) < raw / 3
