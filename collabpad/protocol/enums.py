"""The choices that the wire knows by name."""

from __future__ import annotations

from enum import StrEnum


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
