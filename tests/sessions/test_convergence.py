"""Whatever is typed, by whom, over however bad a network: in the end everybody has one text."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pycrdt
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from collabpad.errors import ClientError
from collabpad.protocol.client_events import CodeChange, DocUpdate, JoinSession
from collabpad.protocol.enums import WriteMode
from collabpad.sessions import editing, joining, membership
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.registry import Registry
from tests.sessions.context import Clock, Connections, new_context, new_session

SNIPPETS = st.text(alphabet="ab\né€😀", max_size=6)
WHO = st.integers(0, 2)


@dataclass
class CrdtPage:
    """A page that keeps a CRDT, and a network between it and the server that loses and repeats."""

    sid: str = ""
    resume: str | None = None
    heard: int = 0
    doc: pycrdt.Doc[pycrdt.Text] = field(default_factory=pycrdt.Doc)
    on_the_way: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> pycrdt.Text:
        return self.doc.get("content", type=pycrdt.Text)

    def edit(self, at: int, remove: int, insert: str) -> None:
        before, text = self.doc.get_state(), str(self.text)
        at = min(at, len(text))
        start, end = len(text[:at].encode()), len(text[: at + remove].encode())
        with self.doc.transaction():
            if end > start:
                del self.text[start:end]
            if insert:
                self.text.insert(start, insert)
        if end > start or insert:
            self.on_the_way.append(self.doc.get_update(before))


class Network(RuleBasedStateMachine):
    """Two pages, of two people or tabs of one, and a plain client write at once."""

    @initialize(one_person=st.booleans())
    def start(self, one_person: bool) -> None:
        self.context = new_context(evict_after=1.0)
        self.registry = Registry(self.context)
        self.session, _ = new_session(self.context, write_mode=WriteMode.OPEN)
        self.id = self.session.row.session_id
        self.pages = [CrdtPage(), CrdtPage()]
        self.plain = ""
        self.connections = 0
        self._connect(self.pages[0])
        if one_person:
            self.pages[1].resume = self.pages[0].resume
        self._connect(self.pages[1])
        self._connect_plain()

    def _new_sid(self) -> str:
        self.connections += 1
        return f"sid{self.connections}"

    def _told(self, sid: str) -> list[tuple[str, dict[str, Any]]]:
        transport = self.context.transport
        assert isinstance(transport, Connections)
        return transport.told.get(sid, [])

    def _connect(self, page: CrdtPage) -> None:
        page.sid, page.heard, page.on_the_way = self._new_sid(), 0, []
        event = JoinSession(
            session_id=self.id,
            name="Ann",
            resume=page.resume,
            state_vector=page.doc.get_state(),
            tab=True,
        )
        session, link = self.registry.find(self.id)
        self.session = session
        with session.perform():
            _, reply = joining.join(session, page.sid, event, link)
        page.resume = str(reply["resume"])
        page.doc.apply_update(base64.b64decode(str(reply["update"])))
        missing = page.doc.get_update(base64.b64decode(str(reply["state_vector"])))
        if missing != b"\0\0":
            page.on_the_way.append(missing)

    def _connect_plain(self) -> None:
        self.plain, self.plain_wrote, self.plain_heard = self._new_sid(), "", 0
        event = JoinSession(session_id=self.id, name="Bob")
        with self.session.perform():
            joining.join(self.session, self.plain, event, JoinLink(self.id, viewer=False))

    def _send(self, page: CrdtPage, update: bytes) -> None:
        tab = self.session.roster.connection(page.sid)
        assert tab is not None
        with suppress(ClientError), self.session.perform():
            editing.doc_update(self.session, tab, DocUpdate(session_id=self.id, update=update))

    def _hear(self, page: CrdtPage) -> None:
        told = self._told(page.sid)
        for event, payload in told[page.heard :]:
            if event == "doc_update":
                page.doc.apply_update(base64.b64decode(payload["update"]))
        page.heard = len(told)

    @rule(who=WHO, at=st.integers(0, 20), remove=st.integers(0, 4), insert=SNIPPETS)
    def types(self, who: int, at: int, remove: int, insert: str) -> None:
        self.pages[who % 2].edit(at, remove, insert)

    @rule(who=WHO, which=st.integers(0, 5), twice=st.booleans())
    def something_arrives(self, who: int, which: int, twice: bool) -> None:
        page = self.pages[who % 2]
        if page.on_the_way:
            update = page.on_the_way.pop(which % len(page.on_the_way))
            self._send(page, update)
            if twice:
                self._send(page, update)

    @rule(who=WHO)
    def hears(self, who: int) -> None:
        self._hear(self.pages[who % 2])

    @rule(who=WHO)
    def loses_the_connection_and_all_that_was_on_the_way(self, who: int) -> None:
        page = self.pages[who % 2]
        with self.session.perform():
            membership.disconnected(self.session, page.sid)
        self._connect(page)

    @rule(insert=SNIPPETS, at=st.integers(0, 20), remove=st.integers(0, 4))
    def plain_client_writes(self, insert: str, at: int, remove: int) -> None:
        plain = self.session.roster.connection(self.plain)
        assert plain is not None
        text = self.session.document.text
        content = text[:at] + insert + text[at + remove :]
        with self.session.perform():
            change = CodeChange(session_id=self.id, content=content)
            editing.code_change(self.session, plain, change)
        assert self.session.document.text == content
        self.plain_wrote, self.plain_heard = content, len(self._told(self.plain))

    @rule()
    def everybody_leaves_and_the_session_leaves_memory(self) -> None:
        with self.session.perform():
            for sid in (*(page.sid for page in self.pages), self.plain):
                membership.disconnected(self.session, sid)
        assert isinstance(self.context.scheduler, Clock)
        self.context.scheduler.pass_time(120)
        self.registry.run_housekeeping()
        before = self.session
        for page in self.pages:
            self._connect(page)
        assert self.session is not before
        self._connect_plain()

    @invariant()
    def sequence_numbers_have_no_gap(self) -> None:
        if hasattr(self, "session"):
            history = self.context.store.history(self.session.key)
            first = history.base.seq if history.base else 0
            seqs = [each.seq for each in history.updates]
            assert seqs == list(range(first + 1, self.session.document.seq + 1))

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        for page in self.pages:
            for update in page.on_the_way:
                self._send(page, update)
        assert isinstance(self.context.scheduler, Clock)
        self.context.scheduler.pass_time(0.1)
        text = self.session.document.text
        for page in self.pages:
            self._hear(page)
            assert str(page.text) == text
        told = self._told(self.plain)[self.plain_heard :]
        shown = [payload["content"] for event, payload in told if event == "code_update"]
        assert (shown[-1] if shown else self.plain_wrote) == text
        stored = self.context.store.load(self.session.key)
        assert stored is not None
        revived, _ = Registry(self.context).find(self.id)
        assert revived.document.text == text


TestNetwork = pytest.mark.slow(Network.TestCase)
TestNetwork.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
