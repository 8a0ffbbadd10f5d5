"""Documents that nobody has any more are given up, with all that pycrdt keeps of them."""

from __future__ import annotations

import gc
import json
import sys
import threading
import weakref
from contextlib import suppress
from typing import Any, cast

import pycrdt
import pytest

from collabpad.errors import TooLarge
from collabpad.protocol.client_events import GetRun
from collabpad.protocol.http_bodies import CreateSession
from collabpad.sessions import exporting, importing, joining, membership, run_history
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.document import Document
from collabpad.sessions.registry import Registry
from collabpad.settings import Limits
from tests.sessions.context import Clock, join_event, new_context
from tests.sessions.test_document import Page
from tests.storage.makers import run

TIMES = 20
Doc = pycrdt.Doc[pycrdt.Text]


class Census:
    """The documents of pycrdt that were made since the beginning of a test."""

    def __init__(self) -> None:
        self.made = 0
        self._alive: weakref.WeakSet[Doc] = weakref.WeakSet()

    def note(self, doc: Doc) -> None:
        self.made += 1
        self._alive.add(doc)

    @property
    def alive(self) -> int:
        gc.collect()
        return len(self._alive)


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Census:
    census, begin = Census(), pycrdt.Doc.__init__

    def noted(self: Doc, *args: Any, **options: Any) -> None:
        begin(self, *args, **options)
        census.note(self)

    monkeypatch.setattr(pycrdt.Doc, "__init__", noted)
    return census


def test_a_document_is_given_up_whatever_was_done_with_it(documents: Census) -> None:
    page = Page()
    first, second = page.edit(0, 0, "one 😀\r\n"), page.edit(0, 1, "two")
    there = documents.alive
    for _ in range(TIMES):
        document = Document(Limits(document=100))
        document.apply(second)
        document.apply(first)
        document.replace("something else")
        with suppress(TooLarge):
            document.replace("x" * 101)
        document = Document(Limits(), document.snapshot())
        document.diff(b"\0")
        del document
    assert documents.alive == there


def test_refused_edits_at_a_full_document_leave_one_document(documents: Census) -> None:
    document, page = Document(Limits(document=1000)), Page()
    document.apply(page.edit(0, 0, "é" * 500))
    refused = []
    for remove, typed in ((0, "x"), (1, "xxx"), (5, "é" * 6)):
        other = Page()
        other.doc.apply_update(document.diff(b"\0"))
        refused.append(other.edit(3, remove, typed))
    there = documents.alive
    for update in refused * TIMES:
        with pytest.raises(TooLarge):
            document.apply(update)
    assert documents.alive == there
    assert document.text == "é" * 500


def test_who_only_adds_to_a_full_document_is_refused_without_a_copy_of_it(
    documents: Census,
) -> None:
    """Else who writes on and on at a full document holds up everybody."""
    document, page = Document(Limits(document=1000)), Page()
    document.apply(page.edit(0, 0, "x" * 1000))
    more = page.edit(5, 0, "y")
    made = documents.made
    for _ in range(TIMES):
        with pytest.raises(TooLarge):
            document.apply(more)
    assert documents.made == made


def test_a_document_may_be_given_up_in_another_thread(
    documents: Census, monkeypatch: pytest.MonkeyPatch
) -> None:
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    there = documents.alive
    kept = [Document(Limits())]
    kept[0].replace("typed here")
    thread = threading.Thread(target=kept.clear)
    thread.start()
    thread.join()
    assert documents.alive == there
    assert unraisable == []


def test_sessions_that_leave_memory_and_looks_at_them_leave_nothing(
    documents: Census,
) -> None:
    context = new_context(evict_after=1.0)
    registry, clock = Registry(context), cast(Clock, context.scheduler)
    wanted = CreateSession(content="print(1)")
    ids = [registry.create(wanted).row.session_id for _ in range(3)]
    there = documents.alive

    def everybody_looks_in(number: int) -> None:
        for session_id in ids:
            session, _ = registry.find(session_id)
            link = JoinLink(session_id, viewer=False)
            with session.perform():
                ann, _ = joining.join(session, "sid", join_event(session_id), link)
            context.store.save_run(session.key, run(number, seq=1))
            shown = run_history.get_run(
                session, ann, GetRun(session_id=session_id, run_id=f"run-{number}")
            )
            assert shown["run"]["code"] == "print(1)"
            exported = json.loads(b"".join(exporting.export(session)))
            imported = importing.read(exported, context.settings, context.runner.knows)
            assert imported.wanted.content == "print(1)"
            with session.perform():
                membership.disconnected(session, "sid")

    for number in range(TIMES):
        everybody_looks_in(number)
        clock.pass_time(120)
        registry.run_housekeeping()
    assert documents.alive == there
