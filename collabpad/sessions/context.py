"""What a session needs of the world around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..runs.runner import Runner
from ..settings import Settings
from ..storage.store import Store


class Transport(Protocol):
    """The connections: `to` names one of them or a room, or several, who are told the same."""

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
    """Time: `now` is the time of day, in seconds since the epoch, for what is shown or kept; it may
    jump. What lasts is measured by `monotonic`. `later` calls once after `delay` seconds."""

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
