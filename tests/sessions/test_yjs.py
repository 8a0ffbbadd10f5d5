"""The server's document and Yjs itself have one text, however the edits come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabpad.sessions.document import Document
from collabpad.settings import Limits
from tests.sessions.yjs_pages import Yjs

PAGES = 3


@pytest.fixture(scope="module")
def yjs() -> Iterator[Yjs]:
    with Yjs() as pages:
        yield pages


class Told:
    """What a server tells, and keeps over restarts."""

    def __init__(self) -> None:
        self.document = Document(Limits())
        self.stored: list[bytes] = []
        self.news: list[bytes] = []

    def takes(self, update: bytes) -> None:
        for seq, stored, news in self.document.apply(update):
            self.stored.append(stored)
            assert seq == self.document.seq
            if news is not None:
                self.news.append(news)

    def restarts(self, *, compacted: bool) -> None:
        if compacted:
            self.stored = self.document.snapshot()
        text = self.document.text
        self.document = Document(Limits(), self.stored, self.document.seq)
        assert self.document.text == text


def test_of_an_update_that_comes_early_only_that_waits_which_must(yjs: Yjs) -> None:
    yjs.open(0)
    first, *others = [yjs.edit(0, at, 0, letter) or b"" for at, letter in enumerate("12345")]
    server = Told()
    server.takes(yjs.merge([first, others[1], others[2]]))
    assert server.document.text == "1"
    server.takes(others[0])
    assert server.document.text == "1234"
    server.takes(others[3])
    assert server.document.text == yjs.text(0) == "12345"
    assert yjs.read(*server.news) == "12345"
    assert server.document.seq == 3


def test_a_deletion_waits_only_for_what_has_not_come(yjs: Yjs) -> None:
    yjs.open(0)
    first, second = yjs.edit(0, 0, 0, "abc") or b"", yjs.edit(0, 3, 0, "def") or b""
    gone = yjs.edit(0, 1, 4, "") or b""
    server = Told()
    server.takes(first)
    server.takes(gone)
    assert server.document.text == "a"
    server.restarts(compacted=True)
    server.takes(second)
    assert server.document.text == yjs.text(0) == "af"
    assert yjs.read(*server.news) == "af"


def test_structs_that_wait_for_each_other_wait_for_ever_and_hold_up_nobody(yjs: Yjs) -> None:
    """Of two clients, each beside the other's letter: Yjs could not have made it."""
    circle = bytes.fromhex("02 0107 00 84 08 00 01 61 0108 00 84 07 00 01 62 00")
    server = Told()
    server.takes(circle)
    assert server.document.text == ""
    server.restarts(compacted=False)
    server.restarts(compacted=True)
    yjs.open(0)
    server.takes(yjs.edit(0, 0, 0, "life goes on") or b"")
    assert server.document.text == "life goes on"
    assert yjs.read(server.document.diff(b"\0")) == "life goes on"


# --- any way of cutting, merging, reordering and repeating ----------------------------------------


class History(NamedTuple):
    """What some pages wrote, each update once, and the text that they all come to."""

    updates: list[bytes]
    text: str


def written(yjs: Yjs, chance: random.Random, edits: int, alphabet: str) -> History:
    """Pages write, and hear of each other now and then."""
    for page in range(PAGES):
        yjs.open(page)
    updates: list[bytes] = []
    heard = [0] * PAGES
    for _ in range(edits):
        page = chance.randrange(PAGES)
        if chance.random() < 0.4:
            upto = chance.randint(heard[page], len(updates))
            yjs.apply(page, *updates[heard[page] : upto])
            heard[page] = upto
        typed = "".join(chance.choices(alphabet, k=chance.randint(0, 4)))
        at = chance.randint(0, 12)
        update = yjs.edit(page, at, chance.choice([0, 0, 1, 2, 5]), typed)
        if update is not None:
            updates.append(update)
    for page in range(PAGES):
        yjs.apply(page, *updates)
    (text,) = {yjs.text(page) for page in range(PAGES)}
    return History(updates, text)


def delivered(yjs: Yjs, chance: random.Random, history: History) -> list[bytes]:
    """All of a history as a bad network brings it: merged with gaps, out of order, repeated."""
    left, sent = history.updates[:], []
    if chance.random() < 0.8:
        chance.shuffle(left)
    while left:
        some = [left.pop() for _ in range(min(len(left), chance.choice([1, 1, 2, 3, 6])))]
        some += chance.sample(history.updates, chance.choice([0, 0, 0, 1]))
        if chance.random() < 0.7:
            sent.append(yjs.merge(some))
        else:
            sent += some
    sent += chance.choices(sent, k=chance.randint(0, 3)) if sent else []
    return sent


def one_text_however_it_comes(yjs: Yjs, chance: random.Random, edits: int) -> None:
    history = written(yjs, chance, edits, "ab\n é€😀𠮷")
    server = Told()
    for update in delivered(yjs, chance, history):
        server.takes(update)
        if chance.random() < 0.15:
            server.restarts(compacted=chance.random() < 0.5)
        if chance.random() < 0.2:
            assert yjs.read(server.document.diff(b"\0")) == server.document.text
    assert server.document.text == history.text
    assert yjs.read(*server.news) == history.text
    server.restarts(compacted=False)
    server.restarts(compacted=True)
    assert len(server.stored) == 1, "nothing waits"
    assert yjs.read(*server.stored) == history.text
    reader: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    for news in server.news:
        reader.apply_update(news)
    assert str(reader.get("content", type=pycrdt.Text)) == history.text


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(chance=st.randoms(use_true_random=False), edits=st.integers(1, 14))
def test_one_text_however_edits_come(yjs: Yjs, chance: random.Random, edits: int) -> None:
    one_text_however_it_comes(yjs, chance, edits)


@pytest.mark.soak
def test_one_text_however_many_edits_come(yjs: Yjs) -> None:
    for seed in range(3000):
        chance = random.Random(seed)
        one_text_however_it_comes(yjs, chance, chance.randint(1, 60))
