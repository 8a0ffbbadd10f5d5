"""Changing the text, by Yjs updates or as a whole."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..errors import Busy
from ..protocol.answers import CheckAnswer, EditAnswer
from ..protocol.client_events import CodeChange, DocCheck, DocUpdate
from ..protocol.enums import Action
from ..protocol.fields import encode_bytes
from ..protocol.server_events import (
    CODE_UPDATE,
    DOC_UPDATE,
    CodeUpdate,
    DocumentUpdate,
)
from ..storage.commit import COMMITTED, Commit
from ..storage.records import UpdateRow
from .document import Accepted
from .roster import Connection, Participant
from .session import Session
from .yjs_decoder import read_state_vector

log = logging.getLogger(__name__)

_PLAIN_WINDOW = 0.05  # seconds; docs/protocol.md allows plain clients to be 100 ms behind
_LONG = 0.25  # seconds of processor time that nobody else on the server gets
_REST = 9.0  # times as long as that, no further edit is taken


def doc_update(
    session: Session, connection: Connection, event: DocUpdate
) -> tuple[EditAnswer, Commit]:
    """Apply a Yjs update. The answer holds once the commit is done."""
    connection.person.require(Action.WRITE)
    with _within_cpu_share(session):
        accepted = session.document.apply(event.update)
    commit = _store_and_broadcast(session, connection, accepted)
    return {"seq": accepted[0].seq if accepted else session.document.seq}, commit


def code_change(
    session: Session, connection: Connection, event: CodeChange
) -> tuple[EditAnswer, Commit]:
    """Apply a plain client's whole text as the smallest edit."""
    connection.person.require(Action.WRITE)
    with _within_cpu_share(session):
        accepted = session.document.replace(event.content)
    commit = _store_and_broadcast(session, connection, accepted)
    return {"seq": session.document.seq}, commit


@contextmanager
def _within_cpu_share(session: Session) -> Iterator[None]:
    """Slow edits of one session get a tenth of the server's time at most."""
    now = session.context.scheduler.monotonic()
    if now < session.edits_from:
        raise Busy("A very large change was just made: try again in a moment.")
    start = time.thread_time()
    try:
        yield
    finally:
        took = time.thread_time() - start
        if took > _LONG:
            session.edits_from = now + took * (1 + _REST)


def _store_and_broadcast(
    session: Session, connection: Connection, accepted: Sequence[Accepted]
) -> Commit:
    """Store what was accepted and broadcast it without waiting for the commit."""
    store = session.context.store
    if not accepted:
        # Sent again, perhaps because it could not be saved: acknowledge it when it is saved.
        return store.settled(session.key)
    now = session.touch()
    commit = COMMITTED
    for index, (seq, stored, delta) in enumerate(accepted):
        # The first is the client's own; the others are the document's corrections.
        author = connection.person.id if index == 0 else None
        row = UpdateRow(seq=seq, participant_id=author, at=now, data=stored)
        commit = store.append_update(session.key, row)
        if delta is not None:
            # Its author has it already, without what waiting updates or corrections added.
            known = connection if connection.crdt and delta == stored and index == 0 else None
            payload: DocumentUpdate = {"update": encode_bytes(delta), "seq": seq}
            session.emit(DOC_UPDATE, payload, to=session.crdt_room, skip=known)
    if any(each.delta is not None for each in accepted):
        _mark_plain_clients(session, but=connection if len(accepted) == 1 else None)
    if store.compaction_due(session.key):
        store.compact(session.key, session.document.seq, session.document.snapshot())
    return commit


def _mark_plain_clients(session: Session, *, but: Connection | None) -> None:
    """Mark the plain clients as behind, and send all of them the text a moment later."""
    behind = [each for each in session.roster.connections if not each.crdt and each is not but]
    if not behind:
        return
    first = not any(each.behind for each in behind)
    for each in behind:
        each.behind = True
    if first:
        session.call_later(_PLAIN_WINDOW, lambda: _send_plain_text(session))


def _send_plain_text(session: Session) -> None:
    behind = [each for each in session.roster.connections if each.behind]
    sids = [each.sid for each in behind if not each.crdt]
    for each in behind:
        each.behind = False
    # All at once: the text is then held in memory once for all slow readers.
    session.emit(CODE_UPDATE, CodeUpdate(content=session.document.text), to=sids)


def doc_check(session: Session, _person: Participant, event: DocCheck) -> CheckAnswer:
    """Compare a client's document with the server's.

    Equal state vectors must mean equal texts; otherwise the client went astray and must start from
    the server's state. With a different state vector it gets what it lacks, as in a join.
    """
    ours, theirs = session.document.state_vector(), event.state_vector
    comparable = read_state_vector(theirs) == read_state_vector(ours)
    same = comparable and zlib.crc32(session.document.text.encode()) == event.hash
    if same:
        return {"same": True, "astray": False}
    if comparable:
        log.warning("A page's text differed from the document's and was sent anew.")
    return {
        "same": False,
        "astray": comparable,
        "update": encode_bytes(session.document.diff(theirs)),
        "state_vector": encode_bytes(ours),
    }
