"""The list of all sessions, from what the store knows, without loading any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ClientError
from ..offload import offload
from ..protocol.enums import WriteMode
from ..settings import Limits
from ..storage.records import SessionRow, Summary
from ..storage.store import Store
from .document import Document
from .session import Session


@dataclass(frozen=True, kw_only=True)
class Overview:
    """One session in a list; `size` is its text in bytes of UTF-8."""

    row: SessionRow
    write_mode: WriteMode
    people: int
    online: int
    size: int


def overview(store: Store, live: Mapping[str, Session], limits: Limits) -> list[Overview]:
    """All readable sessions, the most recently used first. This does not count as use."""
    found = []
    for each in store.summaries():
        session = live.get(each.row.key)
        if session is not None and not session.closed:
            found.append(overview_of(session, each.row))
            continue
        size = _text_size(store, each, limits)
        if size is not None:
            found.append(
                Overview(
                    row=each.row,
                    write_mode=each.write_mode,
                    people=each.people,
                    online=0,
                    size=size,
                )
            )
    found.sort(key=lambda each: each.row.active_at, reverse=True)
    return found


def overview_of(session: Session, row: SessionRow | None = None) -> Overview:
    """The overview of a live session. The store's row may know of a later use."""
    return Overview(
        row=row or session.row,
        write_mode=session.roles.write_mode,
        people=len(session.roster),
        online=len(session.roster.online()),
        size=session.document.text_bytes,
    )


def _text_size(store: Store, summary: Summary, limits: Limits) -> int | None:
    """The size is counted once after a crash and then remembered. None for an unreadable
    session."""
    if summary.text_bytes is not None:
        return summary.text_bytes
    try:
        stored = store.load(summary.row.key)
    except ClientError:
        return None
    if stored is None:
        return None
    size = offload(_count, limits, stored.document)
    store.save_text_size(summary.row.key, stored.seq, size)
    return size


def _count(limits: Limits, updates: list[bytes]) -> int:
    return Document(limits, updates).text_bytes
