"""A session as one JSON object that can leave this server and become a new session elsewhere.

It holds the text, how it came to be, and the chat; people by name and colour alone. It holds no
session ID, key, token or network address. Times are ISO 8601.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ..errors import BadRequest
from ..protocol import CreateSession, encode_bytes, parse
from ..protocol import message as checked_message
from ..protocol import name as checked_name
from ..settings import Limits
from ..storage.base import MessageRow, ParticipantRow, UpdateRow
from . import access
from .clock import iso
from .document import Document
from .encoding import without_holes
from .people import COLORS
from .registry import Created, Registry
from .session import Session

FORMAT: Final = "collabpad-session"
VERSION: Final = 1

Json = dict[str, Any]


def export(session: Session) -> Json:
    """Everything of a session that others may have."""
    history = session.world.store.history(session.key)
    # Numbers in the place of participant IDs: those still mean something on this server.
    numbers = {author: number for number, author in enumerate(history.authors, 1)}
    base = history.base
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": iso(session.world.scheduler.now()),
        "title": session.row.title,
        "language": session.row.language,
        "write_mode": session.roles.write_mode,
        "created_at": iso(session.row.created_at),
        "content": session.document.text,
        "authors": {
            str(numbers[each]): {"name": author.name, "color": author.color}
            for each, author in history.authors.items()
        },
        "base": None
        if base is None
        else {
            "seq": base.seq,
            "updates": [
                encode_bytes(whole) for part in base.parts for whole in without_holes(part)
            ],
        },
        "updates": [
            {
                "at": iso(each.at),
                "author": numbers.get(each.participant_id or ""),
                "update": encode_bytes(part),
            }
            for each in history.updates
            for part in without_holes(each.data)
        ],
        "chat": [
            {each: line[each] for each in ("name", "message", "timestamp", "kind")}
            for line in session.chat.history()
        ],
    }


def import_(registry: Registry, exported: object) -> Created:
    """A new session from an export; raises `BadRequest` or `TooLarge` for what is none."""
    if not isinstance(exported, dict) or exported.get("format") != FORMAT:
        raise BadRequest("This is no session that collabpad exported.")
    if exported.get("version") != VERSION:
        raise BadRequest("This session was exported by another version of collabpad.")
    limits = registry.settings.limits
    wanted = parse(CreateSession, _plain_facts(exported), limits)
    if wanted.language is not None and not registry.world.runner.knows(wanted.language):
        wanted = replace(wanted, language="text")
    try:
        authors = _authors(exported, limits)
        updates = _updates(exported, authors)
        messages = _messages(exported, limits)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadRequest("The exported session is damaged.") from None
    if not updates:
        return registry.create(wanted, messages=messages)
    try:
        text = Document(limits, [each.data for each in updates]).text
    except BadRequest as error:
        raise BadRequest(f"The exported session is damaged. {error.message}") from None
    if text != (wanted.content or ""):
        raise BadRequest("The exported session is damaged: its history does not make its text.")
    return registry.create(
        wanted, authors=tuple(authors.values()), messages=messages, updates=updates
    )


def _plain_facts(exported: Json) -> Json:
    """What creates a session; how people joined the old one is not carried over."""
    return {each: exported.get(each) for each in ("title", "language", "content", "write_mode")}


def _authors(exported: Json, limits: Limits) -> dict[str, ParticipantRow]:
    """Rows that nobody can resume: they lend the history their names."""
    return {
        number: ParticipantRow(
            id=access.new_id(),
            resume_hash=access.digest(access.new_secret()),
            name=checked_name(author["name"], limits),
            color=author["color"] if author["color"] in COLORS else COLORS[0],
            viewer=False,
            holds_key=False,
            joined_at=_seconds(exported["created_at"]),
        )
        for number, author in exported["authors"].items()
    }


def _updates(exported: Json, authors: Mapping[str, ParticipantRow]) -> list[UpdateRow]:
    rows: list[UpdateRow] = []
    began = _seconds(exported["created_at"])
    for part in (exported["base"] or {"updates": ()})["updates"]:
        rows.append(UpdateRow(seq=len(rows) + 1, participant_id=None, at=began, data=_bytes(part)))
    for each in exported["updates"]:
        author = authors.get(str(each["author"]))
        rows.append(
            UpdateRow(
                seq=len(rows) + 1,
                participant_id=author.id if author else None,
                at=_seconds(each["at"]),
                data=_bytes(each["update"]),
            )
        )
    return rows


def _messages(exported: Json, limits: Limits) -> list[MessageRow]:
    return [
        MessageRow(
            id=number,
            participant_id=None,
            name=checked_name(each["name"], limits) if each["name"] else "",
            message=checked_message(each["message"], limits),
            at=_seconds(each["timestamp"]),
            system=each["kind"] == "system",
        )
        for number, each in enumerate(exported["chat"], 1)
    ]


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.timestamp()
