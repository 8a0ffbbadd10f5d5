"""The choices that the wire knows by name."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class WriteMode(StrEnum):
    HANDOFF = "handoff"
    OPEN = "open"


class RunPolicy(StrEnum):
    HOST = "host"
    WRITERS = "writers"
    EVERYONE = "everyone"
    OFF = "off"


class JoinPolicy(StrEnum):
    OPEN = "open"
    APPROVE = "approve"
    LOCKED = "locked"


class Which(StrEnum):
    JOIN = "join"
    VIEW = "view"
    BOTH = "both"


class Activity(StrEnum):
    ACTIVE = "active"
    IDLE = "idle"
    AWAY = "away"


class Obstacle(StrEnum):
    """Why a language cannot be run here."""

    NO_PROGRAM = "no_program"  # it is for reading and writing alone
    OFF = "off"
    NOT_INSTALLED = "not_installed"
    TOO_OLD = "too_old"


ParticipantRole = Literal["host", "participant", "viewer"]
MessageKind = Literal["chat", "system"]
Stream = Literal["stdout", "stderr", "stdin"]
Verdict = Literal[
    "ok", "error", "timeout", "output_limit", "memory_limit", "killed", "stopped", "failed"
]
RemovalReason = Literal["removed", "refused", "replaced", "links_changed", "left"]
ClosingReason = Literal["closed", "expired", "shutdown"]
