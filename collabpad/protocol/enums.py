"""The choices that the wire knows by name."""

from __future__ import annotations

from enum import StrEnum, auto
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


class Action(StrEnum):
    """What somebody may do or not; the values are those of `session.may`."""

    WRITE = auto()
    REQUEST_WRITE = auto()
    RELEASE_WRITE = auto()
    GRANT_WRITE = auto()
    REVOKE_WRITE = auto()
    TAKE_OVER = auto()  # be given the pen, a turn or the host's seat
    TRANSFER_HOST = auto()

    SET_ROTATION = auto()
    ROTATION_NEXT = auto()
    SKIP_OWN_TURN = auto()
    SKIP_ANY_TURN = auto()

    RUN = auto()
    FEED_OWN_RUN = auto()
    FEED_ANY_RUN = auto()
    STOP_OWN_RUN = auto()
    STOP_ANY_RUN = auto()
    READ_RUNS = auto()

    CHAT = auto()
    RENAME = auto()
    SHOW_CURSOR = auto()
    POINT = auto()
    GATHER = auto()

    INVITE = auto()
    ADMIT = auto()
    REMOVE = auto()
    REMOVE_KEY_HOLDER = auto()
    SET_LANGUAGE = auto()
    SET_OPTIONS = auto()
    SET_PASSCODE = auto()
    LOCK = auto()
    ROTATE_LINKS = auto()
    CLOSE_SESSION = auto()


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
