"""What does not fit into a document is refused, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabpad.errors import TooLarge
from collabpad.sessions.document import Document
from collabpad.sessions.yjs_decoder import read_state_vector
from collabpad.settings import Limits
from tests.sessions.test_document import Page

MOST = 40
EDITS = st.tuples(st.integers(0, 40), st.integers(0, 12), st.text(alphabet="ab\né€😀", max_size=12))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.booleans(), EDITS), max_size=25))
def test_an_edit_is_taken_exactly_where_its_text_fits(
    edits: list[tuple[int, bool, tuple[int, int, str]]],
) -> None:
    document = Document(Limits(document=MOST))
    pages = [Page(), Page()]
    for who, hears, (at, remove, insert) in edits:
        page = pages[who]
        if hears:
            page.doc.apply_update(document.diff(page.doc.get_state()))
        made = len(page.updates)
        update = page.edit(min(at, len(str(page.text))), remove, insert)
        if len(page.updates) == made:
            continue
        free = Document(Limits(), [*document.snapshot(), update])
        before = document.text, document.seq, dict(document._clocks)
        if free.text_bytes <= max(MOST, document.text_bytes):
            document.apply(update)
            assert document.text == free.text
        else:
            with pytest.raises(TooLarge):
                document.apply(update)
            assert (document.text, document.seq, dict(document._clocks)) == before
            pages[who] = Page()
            pages[who].doc.apply_update(document.diff(b"\0"))
        assert document._clocks == read_state_vector(document.state_vector())
        assert Document(Limits(), document.snapshot()).text == document.text


def test_a_document_over_a_limit_that_was_lowered_can_be_made_smaller() -> None:
    page = Page()
    document = Document(Limits(document=10), [page.edit(0, 0, "x" * 20)])
    document.apply(page.edit(0, 5, ""))
    document.apply(page.edit(0, 5, "y"))
    assert document.text == "y" + "x" * 10
    with pytest.raises(TooLarge):
        document.apply(page.edit(0, 0, "zz"))


def test_an_edit_refused_for_what_waits_leaves_that_waiting() -> None:
    document, page, other = Document(Limits(document=100)), Page(), Page()
    first, second = page.edit(0, 0, "a" * 20), page.edit(20, 0, "b" * 60)
    document.apply(second)
    with pytest.raises(TooLarge):
        document.apply(other.edit(0, 0, "c" * 50))
    document.apply(first)
    assert document.text == "a" * 20 + "b" * 60


def test_line_ends_are_mended_where_the_history_is_nearly_full() -> None:
    """What was taken in must be stored and told: the mending of it is never refused."""
    update = Page().edit(0, 0, "\r" + "x" * 100 + "\r")
    document = Document(Limits(state=len(update) + 20))
    own, mended = document.apply(update)
    assert document.text == "x" * 100
    assert Document(Limits(), [own.stored, mended.stored]).text == document.text
    with pytest.raises(TooLarge):
        document.replace("y" * 50)
    assert document.text == "x" * 100
