"""How rows become values of columns, and values rows again.

What reads raises `ValueError` or `TypeError` where values are none that were written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from ..protocol.enums import JoinPolicy, RunPolicy, WriteMode
from .packing import Unreadable
from .records import MessageRow, ParticipantRow, Roles, RunRow, SessionRow, UpdateRow

Values = tuple[Any, ...]

SESSION_COLUMNS: Final = (
    "key, session_id, view_id, host_key_hash, title, language, run_policy, join_policy,"
    " passcode_hash, created_at, active_at, retired_ids"
)
ROLES_COLUMNS: Final = (
    "version, write_mode, host_id, acting, pen_id, muted, pen_since,"
    " rotation, rotation_order, rotation_held"
)
PARTICIPANT_COLUMNS: Final = (
    "id, resume_hash, name, color, viewer, holds_key, joined_at, wants_write, stayed, seen_at"
)
MESSAGE_COLUMNS: Final = "id, participant, name, message, at, system"
UPDATE_COLUMNS: Final = "seq, participant, at, data"
RUN_FACTS: Final = (
    "id, participant, name, at, seq, language, verdict, exit_code, signal, duration_ms, truncated,"
    " sandbox, code, stdin, first_line"
)
RUN_COLUMNS: Final = f"{RUN_FACTS}, output"


def session_values(row: SessionRow) -> Values:
    return (
        row.key,
        row.session_id,
        row.view_id,
        row.host_key_hash,
        row.title,
        row.language,
        row.run_policy.value,
        row.join_policy.value,
        row.passcode_hash,
        row.created_at,
        row.active_at,
        json.dumps(sorted(row.retired_ids)),
    )


def session(values: Sequence[Any]) -> SessionRow:
    if not all(isinstance(each, str) for each in values[:6]):
        raise Unreadable("a text of a session is something else")
    return SessionRow(
        key=values[0],
        session_id=values[1],
        view_id=values[2],
        host_key_hash=values[3],
        title=values[4],
        language=values[5],
        run_policy=RunPolicy(values[6]),
        join_policy=JoinPolicy(values[7]),
        passcode_hash=values[8],
        created_at=float(values[9]),
        active_at=float(values[10]),
        retired_ids=_texts(values[11]),
    )


def roles_values(roles: Roles) -> Values:
    return (
        roles.version,
        roles.write_mode.value,
        roles.host_id,
        roles.acting,
        roles.pen_id,
        json.dumps(sorted(roles.muted)),
        roles.pen_since,
        roles.rotation,
        json.dumps(roles.rotation_order),
        roles.rotation_held,
    )


def roles(values: Sequence[Any]) -> Roles:
    return Roles(
        version=int(values[0]),
        write_mode=WriteMode(values[1]),
        host_id=values[2],
        acting=_flag(values[3]),
        pen_id=values[4],
        muted=_texts(values[5]),
        pen_since=None if values[6] is None else float(values[6]),
        rotation=None if values[7] is None else int(values[7]),
        rotation_order=_ordered_texts(values[8]),
        rotation_held=_flag(values[9]),
    )


def participant_values(row: ParticipantRow) -> Values:
    return (
        row.id,
        row.resume_hash,
        row.name,
        row.color,
        row.viewer,
        row.holds_key,
        row.joined_at,
        row.wants_write,
        row.stayed,
        row.seen_at,
    )


def participant(values: Sequence[Any]) -> ParticipantRow:
    return ParticipantRow(
        id=values[0],
        resume_hash=values[1],
        name=values[2],
        color=values[3],
        viewer=_flag(values[4]),
        holds_key=_flag(values[5]),
        joined_at=float(values[6]),
        wants_write=values[7],
        stayed=float(values[8]),
        seen_at=None if values[9] is None else float(values[9]),
    )


def message_values(row: MessageRow) -> Values:
    return (row.id, row.participant_id, row.name, row.message, row.at, row.system)


def message(values: Sequence[Any]) -> MessageRow:
    return MessageRow(
        id=int(values[0]),
        participant_id=values[1],
        name=values[2],
        message=values[3],
        at=float(values[4]),
        system=_flag(values[5]),
    )


def update(values: Sequence[Any]) -> UpdateRow:
    seq, participant_id, at, data = values
    if not isinstance(data, bytes):
        raise Unreadable(f"update {seq} of a document holds no bytes")
    return UpdateRow(seq=int(seq), participant_id=participant_id, at=float(at), data=data)


def run_values(row: RunRow) -> Values:
    return (
        row.id,
        row.participant_id,
        row.name,
        row.at,
        row.seq,
        row.language,
        row.verdict,
        row.exit_code,
        row.signal,
        row.duration_ms,
        row.truncated,
        row.sandbox,
        row.code,
        row.stdin,
        row.first_line,
        json.dumps(row.output, ensure_ascii=False),
    )


def run(values: Sequence[Any]) -> RunRow:
    return RunRow(
        id=values[0],
        participant_id=values[1],
        name=values[2],
        at=float(values[3]),
        seq=int(values[4]),
        language=values[5],
        verdict=values[6],
        exit_code=values[7],
        signal=values[8],
        duration_ms=int(values[9]),
        truncated=_flag(values[10]),
        sandbox=values[11],
        code=values[12],
        stdin=values[13],
        first_line=values[14],
        output=tuple((stream, data) for stream, data in json.loads(values[15])),
    )


def _flag(value: object) -> bool:
    if value not in (0, 1):
        raise Unreadable("a flag is neither 0 nor 1")
    return bool(value)


def _texts(value: str) -> frozenset[str]:
    return frozenset(_ordered_texts(value))


def _ordered_texts(value: str) -> tuple[str, ...]:
    found = json.loads(value)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise Unreadable("a list of texts is something else")
    return tuple(found)
