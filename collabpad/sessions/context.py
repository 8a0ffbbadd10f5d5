"""What a session needs from its surroundings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..runs.runner import Runner
from ..settings import Settings
from ..storage.store import Store


class Transport(Protocol):
    """The connections. `to` is a connection, a room, or several of them that are sent the same."""

    def emit(
        self,
        event: str,
        data: Mapping[str, object],
        *,
        to: str | Iterable[str],
        skip_sid: tuple[str, ...] = (),
    ) -> None: ...

    def enter_room(self, sid: str, room: str) -> None: ...

    def leave_room(self, sid: str, room: str) -> None: ...

    def disconnect(self, sid: str) -> None: ...


class Scheduler(Protocol):
    """`now` is the time of day in seconds since the epoch, for times that are shown or stored. It
    may jump, so `monotonic` measures durations. `call_later` calls once after `delay` seconds."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...

    def call_later(self, delay: float, call: Callable[[], None]) -> None: ...


@dataclass(frozen=True)
class Context:
    """Everything outside of a session."""

    settings: Settings
    transport: Transport
    scheduler: Scheduler
    store: Store
    runner: Runner
