"""A session's surroundings without network and without waiting: time goes when the test says so."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from typing import Any

from collabpad.protocol.client_events import JoinSession
from collabpad.protocol.http_bodies import CreateSession
from collabpad.runs.runner import Runner
from collabpad.sandbox import open_sandbox
from collabpad.sessions.context import Context
from collabpad.sessions.registry import Registry
from collabpad.sessions.session import Session
from collabpad.settings import Settings
from collabpad.storage.memory import MemoryStore
from tests.contract.conforming import check_event


class Clock:
    """A scheduler whose time stands still until `pass_time`; `jump` sets the time of day alone."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self._difference = 1_700_000_000.0 - self._now
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def now(self) -> float:
        return self._now + self._difference

    def monotonic(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._difference += seconds

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self._now + delay, next(self._order), call))

    def sleep(self, seconds: float) -> None:
        """Time goes on, and nothing that is due happens before its end."""
        self._now += seconds

    def pass_time(self, seconds: float) -> None:
        end = self._now + seconds
        while self._due and self._due[0][0] <= end:
            due, _, call = heapq.heappop(self._due)
            self._now = max(self._now, due)  # later after a sleep
            call()
        self._now = end


class Connections:
    """A transport that remembers what each connection was told."""

    def __init__(self) -> None:
        self.rooms: dict[str, set[str]] = {}
        self.told: dict[str, list[tuple[str, dict[str, Any]]]] = {}

    def emit(
        self,
        event: str,
        data: Any,
        *,
        to: str | Iterable[str],
        skip_sid: tuple[str, ...] = (),
    ) -> None:
        check_event(event, data)
        for target in [to] if isinstance(to, str) else to:
            for sid in self.rooms.get(target, {target}) - {*skip_sid}:
                self.told.setdefault(sid, []).append((event, data))

    def enter_room(self, sid: str, room: str) -> None:
        self.rooms.setdefault(room, set()).add(sid)

    def leave_room(self, sid: str, room: str) -> None:
        self.rooms.get(room, set()).discard(sid)

    def disconnect(self, sid: str) -> None:
        for room in self.rooms.values():
            room.discard(sid)


def join_event(session_id: str, name: str = "Ann") -> JoinSession:
    return JoinSession(session_id=session_id, name=name)


def new_context(**changes: Any) -> Context:
    settings = replace(Settings(), run_backend="off", **changes)
    runner = Runner(open_sandbox(settings), settings)
    return Context(settings, Connections(), Clock(), MemoryStore(), runner)


def new_session(context: Context, **wanted: Any) -> tuple[Session, str]:
    """A live session and its host key."""
    registry = Registry(context)
    row, host_key = registry.create(CreateSession(**wanted))
    return registry.find(row.session_id)[0], host_key
