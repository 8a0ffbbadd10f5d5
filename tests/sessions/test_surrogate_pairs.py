"""No update cuts a character in half: the server and Yjs count differently, and would part."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabpad.errors import BadRequest
from collabpad.sessions.document import Document
from collabpad.sessions.surrogate_pairs import SurrogatePairs
from collabpad.sessions.yjs_decoder import read_state_vector
from collabpad.sessions.yjs_encoder import ClockRanges, uint
from collabpad.settings import Limits
from tests.sessions.yjs_pages import Yjs

ALPHABET = "ab😀😃𠮟𠮷👩\u200d👧🇩🇪e\u0301\n"


@pytest.fixture(scope="module")
def yjs() -> Iterator[Yjs]:
    with Yjs() as pages:
        yield pages


CUTS: dict[str, tuple[int, int, str]] = {  # of "a😀b": where, how many units go, what comes
    "first half deleted": (1, 1, ""),
    "second half deleted": (2, 1, ""),
    "a letter and half deleted": (0, 2, ""),
    "half and a letter deleted": (2, 2, ""),
    "typed between": (2, 0, "x"),
    "second half replaced": (2, 1, "x"),
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_half_a_character_is_not_taken_away_nor_parted(yjs: Yjs, cut: tuple[int, int, str]) -> None:
    document = Document(Limits())
    document.replace("a😀b")
    yjs.open(0, document.diff(b"\0"))
    update = yjs.edit(0, *cut, whole=False)
    assert update is not None
    with pytest.raises(BadRequest, match="in half"):
        document.apply(update)
    assert (document.text, document.seq) == ("a😀b", 1)
    yjs.open(0, document.diff(b"\0"))
    document.apply(yjs.edit(0, 3, 1, "c") or b"")
    assert document.text == yjs.text(0) == "a😀c"


def test_whole_characters_come_and_go_beside_each_other(yjs: Yjs) -> None:
    document = Document(Limits())
    yjs.open(0)
    for at, remove, insert in [
        (0, 0, "😀😃"),
        (2, 0, "𠮷"),
        (0, 2, "𠮟"),
        (2, 2, "x"),
        (2, 1, ""),
        (2, 2, "👩\u200d👧"),
        (4, 1, ""),
    ]:
        document.apply(yjs.edit(0, at, remove, insert, whole=False) or b"")
        assert document.text == yjs.text(0)


@settings(max_examples=50, deadline=None)
@given(chance=st.randoms(use_true_random=False), edits=st.integers(1, 30))
def test_two_pages_and_the_server_have_one_text_or_the_edit_is_refused(
    yjs: Yjs, chance: random.Random, edits: int
) -> None:
    one_text_or_refused(yjs, chance, edits)


def one_text_or_refused(yjs: Yjs, chance: random.Random, edits: int) -> None:
    document, clients = Document(Limits()), 2
    for page in range(2):
        yjs.open(page)
    unheard: list[list[bytes]] = [[], []]
    for _ in range(edits):
        page = chance.randrange(2)
        if chance.random() < 0.5:
            yjs.apply(page, *unheard[page])
            unheard[page].clear()
        typed = "".join(chance.choices(ALPHABET, k=chance.choice([0, 1, 2, 5])))
        update = yjs.edit(
            page, chance.randint(0, 15), chance.choice([0, 1, 2, 3]), typed, whole=False
        )
        if update is None:
            continue
        try:
            accepted = document.apply(update)
        except BadRequest:
            clients += 1
            yjs.open(page, document.diff(b"\0"), client=clients)
            unheard[page].clear()
        else:
            unheard[1 - page] += [each.delta for each in accepted if each.delta is not None]
        if chance.random() < 0.1:
            document = Document(Limits(), document.snapshot(), document.seq)
    for page in range(2):
        yjs.apply(page, *unheard[page])
        assert yjs.text(page) == document.text
    assert yjs.read(document.diff(b"\0")) == document.text


@pytest.mark.soak
def test_two_pages_and_the_server_have_one_text_always(yjs: Yjs) -> None:
    for seed in range(1500):
        chance = random.Random(seed)
        one_text_or_refused(yjs, chance, chance.randint(1, 120))


def test_a_state_between_two_halves_is_refused() -> None:
    document = Document(Limits())
    document.apply(typed(7, "a😀b"))
    with pytest.raises(BadRequest, match="middle of a character"):
        document.diff(b"\x01\x07\x02")
    for clock in (b"\0", b"\x01", b"\x03", b"\x04"):
        document.diff(b"\x01\x07" + clock)


@given(st.lists(st.text(alphabet=ALPHABET, max_size=12), min_size=1, max_size=8))
def test_a_plain_clients_text_never_cuts_a_character(contents: list[str]) -> None:
    """All that the server makes of it would be taken from a page too."""
    document, other = Document(Limits()), Document(Limits())
    for content in contents:
        for accepted in document.replace(content):
            other.apply(accepted.stored)
        assert other.text == document.text == content


# --- what was acknowledged while it waited, and what older servers kept ---------------------------


def half_an_emoji_deleted(yjs: Yjs) -> list[bytes]:
    yjs.open(0)
    return [
        yjs.edit(0, 0, 0, "a😀b") or b"",
        yjs.edit(0, 2, 1, "", whole=False) or b"",
        yjs.edit(0, 2, 0, "x") or b"",
    ]


def typed_into_an_emoji(yjs: Yjs) -> list[bytes]:
    yjs.open(0)
    return [
        yjs.edit(0, 0, 0, "a😀b") or b"",
        yjs.edit(0, 2, 0, "x", whole=False) or b"",
        yjs.edit(0, 3, 0, "y") or b"",
    ]


STORIES = [half_an_emoji_deleted, typed_into_an_emoji]


@pytest.mark.parametrize("story", STORIES)
def test_what_waited_and_cuts_a_character_is_made_whole(
    yjs: Yjs, story: Callable[[Yjs], list[bytes]]
) -> None:
    first, cut, more = story(yjs)
    document = Document(Limits())
    document.apply(cut)
    document.apply(more)
    told = [each.delta for each in document.apply(first) if each.delta is not None]
    assert "😀" in document.text
    assert sorted(document.text) == sorted("a😀b" + ("x" if story is STORIES[0] else "xy"))
    assert yjs.read(*told) == yjs.read(document.diff(b"\0")) == document.text
    assert read_state_vector(yjs.state(0)) == read_state_vector(document.state_vector()), (
        "its author finds itself astray"
    )
    assert Document(Limits(), [cut, more, first]).text == document.text
    assert Document(Limits(), document.snapshot()).text == document.text


@pytest.mark.parametrize("story", STORIES)
def test_a_session_that_an_older_server_let_cut_opens_with_one_text(
    yjs: Yjs, story: Callable[[Yjs], list[bytes]]
) -> None:
    document = Document(Limits(), story(yjs))
    assert "😀" in document.text
    assert yjs.read(document.diff(b"\0")) == document.text
    document.apply(yjs.edit(0, 0, 0, "1") or b"")
    assert document.text[0] == "1"


def test_letters_that_are_there_already_are_not_cut_either() -> None:
    """Of a client that says something else the second time."""
    document = Document(Limits())
    document.apply(typed(7, "ab"))
    with pytest.raises(BadRequest, match="in half"):
        document.apply(typed(7, "a😀c"))
    assert document.text == "ab"


def typed(client: int, text: str) -> bytes:
    body = text.encode()
    struct = b"\x04\x01\x07content" + uint(len(body)) + body
    return b"\x01\x01" + uint(client) + b"\0" + struct + b"\0"


# --- where the pairs are --------------------------------------------------------------------------


@given(
    st.text(alphabet="ab😀", max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=6),
)
def test_the_pairs_of_a_text_are_known_until_they_are_deleted(
    text: str, deleted: list[tuple[int, int]]
) -> None:
    pairs, units = SurrogatePairs(), text.encode("utf-16-le")
    pairs.add(1, 10, text)
    halves = {10 + at // 2 for at in range(0, len(units), 2) if units[at + 1] & 0xFC == 0xDC}
    assert {clock for clock in range(90) if pairs.splits_at(1, clock)} == halves
    spans = ClockRanges()
    for start, length in deleted:
        spans.add(start, start + length)
        halves -= set(range(start, start + length))
    pairs.remove(1, spans.ranges())
    assert {clock for clock in range(90) if pairs.splits_at(1, clock)} == halves
    assert bool(pairs.halves) == bool(halves)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=20), st.integers(0, 50))
def test_spans_are_what_was_added(added: list[tuple[int, int]], below: int) -> None:
    spans, there = ClockRanges(), set[int]()
    for start, length in added:
        new = set(range(start, start + length)) - there
        assert spans.add(start, start + length) == bool(new)
        there |= new
    ranges = spans.ranges()
    assert {each for start, end in ranges for each in range(start, end)} == there
    assert all(one[1] < other[0] for one, other in pairwise(ranges))
    taken = {each for start, end in spans.take_below(below) for each in range(start, end)}
    assert taken == {each for each in there if each < below}
    assert {each for start, end in spans.ranges() for each in range(start, end)} == there - taken
