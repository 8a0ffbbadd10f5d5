"""The sessions of this server: creating, finding and ending them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import NotSaved, UnknownSession
from ..protocol.enums import ClosingReason
from ..protocol.http_bodies import CreateSession
from ..protocol.server_events import SESSION_UPDATE, SessionUpdate
from ..settings import Settings
from ..storage.records import (
    MessageRow,
    OldUpdates,
    ParticipantRow,
    Roles,
    RunRow,
    SessionRow,
    Snapshot,
    StoredSession,
    UpdateRow,
)
from . import absence, administration, credentials
from .admission import JoinLink
from .context import Context
from .document import Document
from .expiry import Expiry, log_deletion
from .overview import Overview, overview
from .session import Session

log = logging.getLogger(__name__)

_HOUSEKEEPING = 60.0  # seconds
_UNTITLED = "Untitled"
_NO_SUCH_SESSION = "There is no such session: check the link, or ask for a new one."


class Created(NamedTuple):
    row: SessionRow
    host_key: str


@dataclass(frozen=True)
class ImportedData:
    """The history of an imported session. `authors` are not its participants: the history needs
    their names."""

    authors: Sequence[ParticipantRow] = ()
    messages: Sequence[MessageRow] = ()
    runs: Sequence[RunRow] = ()
    snapshot: Snapshot | None = None
    history: Sequence[OldUpdates] = ()


class _KeyLocks:
    """One lock a key, kept only while somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        with self._guard:
            lock, users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = lock, users + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._locks.pop(key)
                if users > 1:
                    self._locks[key] = lock, users - 1


class Registry:
    """Loads sessions when they are asked for."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._live: dict[str, Session] = {}
        self._loading = _KeyLocks()  # no session is loaded twice, or deleted while it is loaded
        self._lifetimes = Expiry(context.scheduler, context.store, context.settings.session_ttl)
        self._counting = threading.Lock()  # two lists do not count the same texts at once
        # Later: the store calls from the event loop itself, which must not wait for a session.
        context.store.on_saving_changed = lambda saving: context.scheduler.call_later(
            0, lambda: self._tell_saving(saving)
        )

    @property
    def settings(self) -> Settings:
        return self.context.settings

    def create(self, wanted: CreateSession, imported: ImportedData | None = None) -> Created:
        """Create a session and store it.

        Raises `BadRequest` for an unknown language, `NotSaved` where nothing can be kept.
        """
        imported = imported or ImportedData()
        language = self.context.runner.language(wanted.language)
        content = wanted.content
        if content is None:
            content = language.example if wanted.example else ""
        now, host_key = self.context.scheduler.now(), credentials.new_secret()
        row = SessionRow(
            key=credentials.new_id(),
            session_id=credentials.new_id(),
            view_id=credentials.new_id(),
            host_key_hash=credentials.digest(host_key),
            title=wanted.title or _UNTITLED,
            language=language.id,
            run_policy=wanted.run_policy,
            join_policy=wanted.join_policy,
            passcode_hash=credentials.hash_passcode(wanted.passcode) if wanted.passcode else None,
            created_at=now,
            active_at=now,
        )
        stored = StoredSession(
            session=row,
            roles=Roles(write_mode=wanted.write_mode),
            authors=imported.authors,
            messages=imported.messages[-self.settings.chat_cap :],
            runs=imported.runs,
            snapshot=imported.snapshot,
            history=imported.history,
            updates=self._written(content, now) if imported.snapshot is None else (),
        )
        self.context.store.create(stored).wait()
        self.context.store.save_text_size(row.key, stored.seq, len(content.encode()))
        return Created(row, host_key)

    def _written(self, content: str, now: float) -> list[UpdateRow]:
        accepted = Document(self.settings.limits).replace(content)
        return [
            UpdateRow(seq=seq, participant_id=None, at=now, data=data) for seq, data, _ in accepted
        ]

    def find(self, public_id: str, *, retired: bool = False) -> tuple[Session, JoinLink]:
        """The session and the link that names it.

        Raises `UnknownSession`; also for a link that was changed, unless `retired` asks for those
        too.
        """
        row = self.context.store.find(public_id)
        if row is None:
            raise UnknownSession(_NO_SUCH_SESSION)
        link = JoinLink(
            public_id,
            viewer=public_id == row.view_id,
            retired=public_id not in (row.session_id, row.view_id),
        )
        if link.retired and not retired:
            raise UnknownSession(_NO_SUCH_SESSION)
        return self._get(row.key), link

    def _get(self, key: str) -> Session:
        session = self._live.get(key)
        if session is None or session.closed:
            with self._loading.lock(key):
                session = self._live.get(key)
                if session is None or session.closed:  # nobody else has loaded it meanwhile
                    session = self._live[key] = self._load(key)
        session.used_at = self.context.scheduler.monotonic()
        return session

    def _load(self, key: str) -> Session:
        stored = self.context.store.load(key)
        if stored is None:
            raise UnknownSession(_NO_SUCH_SESSION)
        session = Session(self.context, stored)
        absence.start_all_grace_timers(session)
        return session

    def overview(self) -> list[Overview]:
        """Every readable session, the most recently used first. This loads none and does not count
        as use. Raises `NotSaved`.
        """
        with self._counting:
            return overview(self.context.store, self._live, self.settings.limits)

    def end(self, session: Session, reason: ClosingReason = "closed") -> None:
        with session.perform():
            deleted = administration.end_session(session, reason)
        self._live.pop(session.key, None)
        deleted.wait()

    def close(self) -> None:
        """Tell everybody that the server stops, and keep what there is."""
        for session in list(self._live.values()):
            if not session.closed:
                self._save_text_size(session)
                with session.perform():
                    administration.end_session(session, "shutdown")
        self._live.clear()

    def _tell_saving(self, saving: bool) -> None:
        for session in list(self._live.values()):
            if not session.closed:
                with session.perform():
                    session.emit(SESSION_UPDATE, SessionUpdate(saving=saving), to=session.room)

    # --- house-keeping ----------------------------------------------------------------------------

    def run_housekeeping(self) -> None:
        """Evict idle sessions from memory, and delete those that were unused for too long."""
        self._note_who_is_here()
        self._evict(self.context.scheduler.monotonic() - self.settings.evict_after)
        with suppress(NotSaved):  # the disk is full; try again next time
            self._expire()
        self.context.scheduler.call_later(
            min(_HOUSEKEEPING, self.settings.evict_after), self.run_housekeeping
        )

    def _note_who_is_here(self) -> None:
        """Being present counts as use, even for people who only read."""
        for session in list(self._live.values()):
            if session.roster.online() and not session.closed:
                session.touch()

    def _evict(self, before: float) -> None:
        for key, session in list(self._live.items()):
            if session.closed:
                del self._live[key]
            elif session.used_at < before and session.idle:
                session.closed = True  # callers that still hold it ask for it anew
                del self._live[key]
                self._save_text_size(session)
                log.debug("An idle session left memory")

    def _save_text_size(self, session: Session) -> None:
        document = session.document
        self.context.store.save_text_size(session.key, document.seq, document.text_bytes)

    def _expire(self) -> None:
        for row in self._lifetimes.idle():
            with self._loading.lock(row.key):
                session = self._live.get(row.key)
                if session is None or session.closed:
                    log_deletion(row, "nobody used it for too long", self.context.scheduler.now())
                    self.context.store.delete(row.key)
                elif session.idle:
                    self.end(session, "expired")
