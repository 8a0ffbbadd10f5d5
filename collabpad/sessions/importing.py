"""A new session from an export of this or another server.

Nothing in it is trusted. `read` takes seconds for a long history, so it is called off the event
loop. The result has the form of a session that was just compacted.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar, get_args

from ..errors import BadRequest, ClientError, TooLarge
from ..protocol.enums import Stream, Verdict
from ..protocol.fields import MAX_CLOCK, run_code, stdin
from ..protocol.fields import message as checked_message
from ..protocol.fields import past_name as checked_name
from ..protocol.http_bodies import CreateSession
from ..protocol.parsing import parse
from ..settings import Limits, Settings
from ..storage.packing import compress, pack, pack_updates
from ..storage.records import MessageRow, OldUpdates, ParticipantRow, RunRow, Snapshot, UpdateRow
from ..storage.store import RUNS_KEPT
from . import credentials
from .document import Document
from .exporting import FORMAT, RUNS_BYTES, VERSION
from .registry import ImportedData
from .roster import COLORS
from .running import first_line_of

Json = dict[str, Any]
T = TypeVar("T")
Authors = Mapping[str, ParticipantRow]

_LATEST: Final = 253_370_764_800.0  # the start of the year 9999
_NAME_OF_THING: Final = 40  # characters of a language, a signal or a sandbox
_DAMAGED: Final = "The exported session is damaged"


@dataclass(frozen=True)
class Imported:
    """What to make a session of."""

    wanted: CreateSession
    data: ImportedData


def read(exported: object, settings: Settings, knows: Callable[[str], bool]) -> Imported:
    """Raise `BadRequest` or `TooLarge` for anything that is no valid export; `knows` tells known
    languages."""
    if not isinstance(exported, dict) or exported.get("format") != FORMAT:
        raise BadRequest("This is not a session that collabpad exported.")
    if exported.get("version") != VERSION:
        raise BadRequest("This session was exported by another version of collabpad.")
    limits = settings.limits
    wanted = parse(CreateSession, _plain_facts(exported), limits)
    if wanted.language is not None and not knows(wanted.language):
        wanted = replace(wanted, language="text")
    authors = _read("authors", lambda: _authors(exported, limits))
    base = _read("base", lambda: _base(exported))
    updates = _read("updates", lambda: _updates(exported, authors, base))
    last = updates[-1].seq if updates else base.seq if base else 0
    data = ImportedData(
        authors=tuple(authors.values()),
        messages=_read("chat", lambda: _messages(exported, settings)),
        runs=_read("runs", lambda: _runs(exported, authors, limits, last, knows)),
    )
    if last:
        parts = _replayed(wanted.content or "", base, updates, limits)
        data = replace(
            data,
            snapshot=Snapshot(seq=last, parts=parts),
            history=_packed(base, updates),
        )
    return Imported(wanted, data)


def _read(part: str, reading: Callable[[], T]) -> T:
    try:
        return reading()
    except ClientError as error:
        raise type(error)(f"{_DAMAGED}: something in `{part}` {error.message}.") from None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadRequest(f"{_DAMAGED}: its `{part}` cannot be read.") from None


def _plain_facts(exported: Json) -> Json:
    """The fields that create a session. The old one's join policy and passcode are not carried
    over."""
    return {each: exported.get(each) for each in ("title", "language", "content", "write_mode")}


# --- people, chat ---------------------------------------------------------------------------------


def _authors(exported: Json, limits: Limits) -> dict[str, ParticipantRow]:
    """Participants that nobody can resume; the history needs their names."""
    return {
        number: ParticipantRow(
            id=credentials.new_id(),
            resume_hash=credentials.digest(credentials.new_secret()),
            name=checked_name(author["name"], limits),
            color=author["color"] if author["color"] in COLORS else COLORS[0],
            viewer=False,
            holds_key=False,
            joined_at=_seconds(exported["created_at"]),
        )
        for number, author in exported["authors"].items()
    }


def _messages(exported: Json, settings: Settings) -> tuple[MessageRow, ...]:
    lines = _list(exported["chat"])[-settings.chat_cap :]
    return tuple(
        MessageRow(
            id=number,
            participant_id=None,
            name=checked_name(each["name"], settings.limits) if each["name"] else "",
            message=checked_message(each["message"], settings.limits),
            at=_seconds(each["timestamp"]),
            system=each["kind"] == "system",
        )
        for number, each in enumerate(lines, 1)
    )


# --- the document ---------------------------------------------------------------------------------


def _base(exported: Json) -> Snapshot | None:
    base = exported["base"]
    if base is None:
        return None
    parts = tuple(_bytes(part) for part in _list(base["updates"]))
    seq = _number(base["seq"], 1, MAX_CLOCK)
    return Snapshot(seq=seq, parts=parts)


def _updates(exported: Json, authors: Authors, base: Snapshot | None) -> list[UpdateRow]:
    first = base.seq + 1 if base is not None else 1
    return [
        UpdateRow(
            seq=seq,
            participant_id=_author_id(each["author"], authors),
            at=_seconds(each["at"]),
            data=_bytes(each["update"]),
        )
        for seq, each in enumerate(_list(exported["updates"]), first)
    ]


def _author_id(number: object, authors: Authors) -> str | None:
    author = authors.get(str(number))
    return author.id if author else None


def _replayed(
    content: str, base: Snapshot | None, updates: Sequence[UpdateRow], limits: Limits
) -> list[bytes]:
    """The document in few updates. Raises `BadRequest` if the history does not result in the
    text."""
    before = base.parts if base is not None else ()
    try:
        document = Document(limits, [*before, *(each.data for each in updates)])
    except BadRequest as error:
        raise BadRequest(f"{_DAMAGED}. {error.message}") from None
    if document.text != content:
        raise BadRequest(f"{_DAMAGED}: its history does not make its text.")
    return document.snapshot()


def _packed(base: Snapshot | None, updates: Sequence[UpdateRow]) -> tuple[OldUpdates, ...]:
    """The history as one chunk."""
    if not updates:
        return ()
    return (
        OldUpdates(
            first_seq=updates[0].seq,
            last_seq=updates[-1].seq,
            data=pack_updates(updates),
            base=None if base is None else compress(pack(base.parts)),
        ),
    )


# --- runs -----------------------------------------------------------------------------------------


def _runs(
    exported: Json, authors: Authors, limits: Limits, last: int, knows: Callable[[str], bool]
) -> tuple[RunRow, ...]:
    """None in exports of earlier versions."""
    found = _list(exported.get("runs", []))[-RUNS_KEPT:]
    runs = tuple(_run(each, authors, limits, last, knows) for each in found)
    if sum(len(data) for run in runs for _, data in run.output) > RUNS_BYTES:
        raise TooLarge(f"is larger than {RUNS_BYTES} bytes")
    return runs


def _run(
    run: Json, authors: Authors, limits: Limits, last: int, knows: Callable[[str], bool]
) -> RunRow:
    language = _word(run["language"])
    return RunRow(
        id=credentials.new_id(),
        participant_id=_author_id(run["author"], authors) or credentials.new_id(),
        name=checked_name(run["name"], limits),
        at=_seconds(run["started_at"]),
        seq=_number(run["seq"], 0, last),
        language=language if knows(language) else "text",
        code=None if run["code"] is None else str(run_code(run["code"], limits)),
        stdin=str(stdin(run["stdin"], limits)),
        output=_output(run["output"], 2 * (limits.run_output + limits.stdin)),
        verdict=_one_of(run["verdict"], get_args(Verdict)),
        exit_code=None if run["exit_code"] is None else _number(run["exit_code"], -(2**31), 2**32),
        signal=None if run["signal"] is None else _word(run["signal"]),
        duration_ms=_number(run["duration_ms"], 0, MAX_CLOCK),
        truncated=run["truncated"] is True,
        sandbox=_word(run["sandbox"]),
        first_line=first_line_of(_text(run.get("first_line") or "")),
    )


def _output(given: object, most: int) -> tuple[tuple[Stream, str], ...]:
    output = tuple(
        (_one_of(each["stream"], get_args(Stream)), _text(each["data"])) for each in _list(given)
    )
    if sum(len(data.encode()) for _, data in output) > most:
        raise TooLarge(f"is larger than {most} bytes")
    return output


# --- single values --------------------------------------------------------------------------------


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # raises ValueError for half a surrogate pair
    return value


def _word(value: object) -> str:
    text = _text(value)
    if len(text) > _NAME_OF_THING or not text.isprintable():
        raise ValueError(text)
    return text


def _one_of(value: object, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise ValueError(value)
    return value


def _number(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(value)
    return value


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 0 <= moment.timestamp() < _LATEST:
        raise ValueError(text)
    return moment.timestamp()
