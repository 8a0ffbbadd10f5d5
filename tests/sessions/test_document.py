"""The shared text: edits by CRDT and plain clients, limits, and what comes too early."""

from __future__ import annotations

from contextlib import suppress

import pycrdt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabpad.errors import BadRequest, TooLarge
from collabpad.sessions.document import (
    MAX_PENDING,
    MAX_PLACES,
    Document,
)
from collabpad.sessions.smallest_edit import smallest_edit
from collabpad.sessions.yjs_decoder import read_state_vector, read_update
from collabpad.settings import Limits
from tests.sessions.bombs import (
    FIRST,
    every_other_letter_deleted,
    from_many_clients,
    renamed,
    typed_letter_by_letter,
    uint,
)

TEXT = st.text(alphabet="ab\n é€😀👩‍👩‍👧", max_size=12)


class Page:
    """A client's own copy of the document, and each of its edits as an update."""

    def __init__(self) -> None:
        self.doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
        self.text = self.doc.get("content", type=pycrdt.Text)
        self.updates: list[bytes] = []
        self._subscription = self.doc.observe(lambda event: self.updates.append(event.update))

    def edit(self, at: int, remove: int, insert: str) -> bytes:
        """Replace `remove` code points at code point `at`; returns the update."""
        before = str(self.text)
        start = len(before[:at].encode())
        end = len(before[: at + remove].encode())
        with self.doc.transaction():
            if end > start:
                del self.text[start:end]
            if insert:
                self.text.insert(start, insert)
        return self.updates[-1] if self.updates else b"\0\0"


@pytest.fixture
def document() -> Document:
    return Document(Limits())


def test_an_edit_is_counted_kept_and_told(document: Document) -> None:
    update = Page().edit(0, 0, "print('héllo 😀')")
    (accepted,) = document.apply(update)
    assert accepted == (1, update, update)
    assert document.text == "print('héllo 😀')"


def test_the_same_edit_twice_changes_nothing(document: Document) -> None:
    update = Page().edit(0, 0, "once")
    document.apply(update)
    assert document.apply(update) == []
    assert document.seq == 1


def test_an_edit_that_comes_early_is_kept_until_the_missing_one_comes(document: Document) -> None:
    page = Page()
    first, second = page.edit(0, 0, "one "), page.edit(4, 0, "two")
    (early,) = document.apply(second)
    assert (early.seq, early.delta, document.text) == (1, None, "")
    assert document.apply(second) == []
    (late,) = document.apply(first)
    assert late.stored == first
    assert document.text == "one two"
    watcher: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    assert late.delta is not None
    watcher.apply_update(late.delta)
    assert str(watcher.get("content", type=pycrdt.Text)) == "one two"


def test_a_snapshot_holds_what_still_waits(document: Document) -> None:
    page = Page()
    first, second = page.edit(0, 0, "one "), page.edit(4, 0, "two")
    document.apply(second)
    revived = Document(Limits(), document.snapshot(), document.seq)
    revived.apply(first)
    assert revived.text == "one two"


def test_carriage_returns_are_taken_out_by_an_edit_of_the_documents_own(document: Document) -> None:
    own, correction = document.apply(Page().edit(0, 0, "a\r\nb\rc"))
    assert document.text == "a\nbc"
    assert (own.seq, correction.seq) == (1, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [("", "a"), ("abc", "abc"), ("aaa", "aa"), ("añb", "añ😀b"), ("x😀y", "x😁y"), ("abab", "ab")],
)
def test_the_smallest_edit_gets_there(old: str, new: str) -> None:
    start, old_end, new_end = smallest_edit(old, new)
    assert old[:start] + new[start:new_end] + old[old_end:] == new
    assert start <= old_end
    assert start <= new_end


@given(st.lists(TEXT, min_size=1, max_size=8))
def test_a_plain_clients_texts_become_the_document(contents: list[str]) -> None:
    document, page = Document(Limits()), Page()
    for content in contents:
        for accepted in document.replace(content):
            page.doc.apply_update(accepted.stored)
        assert document.text == content
        assert str(page.text) == content


EDITS = st.tuples(st.integers(0, 30), st.integers(0, 5), TEXT)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 2), EDITS), max_size=20), st.randoms(use_true_random=False)
)
def test_pages_and_document_agree_in_whatever_order_edits_come(
    edits: list[tuple[int, tuple[int, int, str]]], chance: object
) -> None:
    pages = [Page() for _ in range(3)]
    for who, (at, remove, insert) in edits:
        page = pages[who]
        size = len(str(page.text))
        page.edit(min(at, size), min(remove, size - min(at, size)), insert)
    sent = [update for page in pages for update in page.updates]
    sent += sent[::3]  # some come twice
    chance.shuffle(sent)  # type: ignore[attr-defined]

    document, watcher = Document(Limits()), Page()
    for update in sent:
        for _, stored, news in document.apply(update):
            assert stored
            if news is not None:
                watcher.doc.apply_update(news)
    assert document._clocks == read_state_vector(document.state_vector())
    for page in pages:
        page.doc.apply_update(document.diff(page.doc.get_state()))
        assert str(page.text) == document.text
    assert str(watcher.text) == document.text
    assert Document(Limits(), document.snapshot()).text == document.text


# --- limits ---------------------------------------------------------------------------------------


def test_an_edit_past_the_limit_is_refused_and_changes_nothing() -> None:
    document, page = Document(Limits(document=1024)), Page()
    document.apply(page.edit(0, 0, "é" * 500))
    with pytest.raises(TooLarge):
        document.apply(page.edit(500, 0, "x" * 25))
    assert document.text == "é" * 500
    assert document.seq == 1


def test_room_that_was_deleted_can_be_used_again() -> None:
    document, page = Document(Limits(document=1024)), Page()
    for _ in range(20):
        document.apply(page.edit(0, 1000, "x" * 1000))
    assert document.text == "x" * 1000


def test_waiting_text_counts_against_the_limit() -> None:
    document = Document(Limits(document=1024))
    first, second = Page(), Page()
    for page in (first, second):
        page.edit(0, 0, "a")
        page.edit(1, 0, "y" * 600)
    document.apply(first.updates[1])
    with pytest.raises(TooLarge):
        document.apply(second.updates[1])


def test_history_has_a_limit_too() -> None:
    document, page = Document(Limits(state=2000)), Page()
    for _ in range(200):
        with suppress(TooLarge):
            document.apply(page.edit(0, 0, "a"))
    with pytest.raises(TooLarge):
        document.apply(page.edit(0, 0, "a"))
    assert sum(map(len, document.snapshot())) <= 2000


# --- updates that are none ------------------------------------------------------------------------


def hidden_map() -> bytes:
    doc: pycrdt.Doc[pycrdt.Map[str]] = pycrdt.Doc()
    doc.get("hidden", type=pycrdt.Map)["key"] = "x" * 100
    return doc.get_update()


def formatted() -> bytes:
    doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    text = doc.get("content", type=pycrdt.Text)
    text += "bold"
    text.format(0, 4, {"bold": True})
    return doc.get_update()


def embedded() -> bytes:
    doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc()
    doc.get("content", type=pycrdt.Text).insert_embed(0, {"image": "x"})
    return doc.get_update()


def attribute_of_the_root() -> bytes:
    doc: pycrdt.Doc[pycrdt.Map[str]] = pycrdt.Doc()
    doc.get("content", type=pycrdt.Map)["key"] = "value"
    return doc.get_update()


@pytest.mark.parametrize(
    "update",
    [hidden_map(), formatted(), embedded(), attribute_of_the_root()],
    ids=["map", "format", "embed", "attribute"],
)
def test_nothing_can_be_hidden_beside_the_text(document: Document, update: bytes) -> None:
    with pytest.raises(BadRequest, match="plain text"):
        document.apply(update)
    assert document.seq == 0


@given(st.binary(max_size=60))
def test_noise_is_refused_or_harmless(noise: bytes) -> None:
    document = Document(Limits())
    try:
        document.apply(noise)
    except BadRequest:
        assert document.seq == 0
    document.apply(Page().edit(0, 0, "fine"))
    assert "fine" in document.text


@settings(max_examples=300)
@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 200))
def test_mutated_updates_are_refused_or_harmless(at: int, byte: int, cut: int) -> None:
    page = Page()
    page.edit(0, 0, "héllo 😀 wörld")
    page.edit(3, 4, "x")
    update = bytearray(page.doc.get_update())
    update[at % len(update)] = byte
    document = Document(Limits())
    for mutated in (bytes(update), bytes(update[: cut % len(update)])):
        try:
            document.apply(mutated)
        except BadRequest:
            continue
    document.apply(Page().edit(0, 0, "fine"))
    assert "fine" in document.text
    assert document.diff(b"\0")


def test_trailing_garbage_is_refused(document: Document) -> None:
    with pytest.raises(BadRequest):
        document.apply(Page().edit(0, 0, "a") + b"garbage")


@pytest.mark.parametrize("vector", [b"", b"\x01", b"\xff" * 12, b"\0\0", b"\x01\x01\xff\xff"])
def test_a_broken_state_vector_is_refused(document: Document, vector: bytes) -> None:
    with pytest.raises(BadRequest):
        document.diff(vector)


@given(st.lists(EDITS, min_size=1, max_size=10))
def test_what_an_update_would_do_is_read_right(edits: list[tuple[int, int, str]]) -> None:
    page = Page()
    for at, remove, insert in edits:
        size = len(str(page.text))
        page.edit(min(at, size), min(remove, size - min(at, size)), insert)
    facts = read_update(page.doc.get_update())
    assert facts.complete({})
    assert facts.text_bytes == len(str(page.text).encode())


# --- updates that no page makes, and that would hold everybody up --------------------------------


def test_an_update_changes_so_many_places_at_most(document: Document) -> None:
    document.replace("a" * 200_000)
    (client,) = read_state_vector(document.state_vector())
    for make in (
        typed_letter_by_letter,
        from_many_clients,
        lambda many: every_other_letter_deleted(client, many),
    ):
        with pytest.raises(TooLarge, match="too many places"):
            document.apply(make(MAX_PLACES + 1))
        assert document.text == "a" * 200_000
        assert Document(Limits()).apply(make(100))
    assert document.apply(every_other_letter_deleted(client, 100))


def test_what_continues_the_struct_before_it_counts_for_more(document: Document) -> None:
    with pytest.raises(TooLarge, match="too many places"):
        document.apply(typed_letter_by_letter(MAX_PLACES // 4))
    assert document.apply(typed_letter_by_letter(MAX_PLACES // 6))


def test_a_letter_in_each_of_20_000_lines_is_changed_at_once(document: Document) -> None:
    line = "let x = 1\n"
    document.replace(line * 20_000)
    (client,) = read_state_vector(document.state_vector())
    document.apply(renamed(client, [number * len(line) + 4 for number in range(20_000)]))
    assert document.text == "let xy = 1\n" * 20_000


def test_going_back_in_a_long_text_counts_for_more(document: Document) -> None:
    document.replace("x" * 500_000)
    (client,) = read_state_vector(document.state_vector())
    with pytest.raises(TooLarge, match="too many places"):
        document.apply(renamed(client, [*range(499_999, 0, -100)]))


def test_a_history_may_have_more_of_them() -> None:
    """Else a session could not be loaded again."""
    history = from_many_clients(MAX_PLACES + 1)
    assert len(Document(Limits(), [history]).text) == MAX_PLACES + 1


def test_so_many_updates_may_wait_at_most(document: Document) -> None:
    early = [b"\x01\x01" + uint(9 + number) + b"\x05" + FIRST + b"\0" for number in range(1000)]
    for update in early[:MAX_PENDING]:
        document.apply(update)
    with pytest.raises(BadRequest, match="wait"):
        document.apply(early[MAX_PENDING])
    document.replace("and life goes on")
    document.apply(Page().edit(0, 0, "!"))
    assert len(document.text) == len("and life goes on!")


NO_STRUCTS = bytes.fromhex("0100b9010100")  # of client 185, from clock 1


def a_page_of_client_185() -> bytes:
    doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc(client_id=185)
    doc.get("content", type=pycrdt.Text).insert(0, "hello")
    return doc.get_update()


def test_a_client_without_structs_is_refused(document: Document) -> None:
    document.apply(a_page_of_client_185())
    with pytest.raises(BadRequest):
        document.apply(NO_STRUCTS)


def test_a_panic_below_is_a_refusal(document: Document) -> None:
    document.apply(a_page_of_client_185())
    with pytest.raises(BadRequest):
        document._apply_to_doc(NO_STRUCTS)
    document.replace("and life goes on")
    assert document.text == "and life goes on"
