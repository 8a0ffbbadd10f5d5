"""Turns with the pen, as a pure state machine.

The situation and the time determine what is shown, who is warned, and when to look again. The
clock counts while somebody could take the pen and nothing runs. The length of a turn is stored with
the roles. The time left is in memory only, so a turn starts anew with the server.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from ..protocol.views import RotationView

WARNING: Final = 30.0
"""Seconds before the pen goes on."""
_SLACK: Final = 0.5  # seconds; a timer may be early by this much


@dataclass(frozen=True, kw_only=True)
class Turns:
    """The situation that turns depend on. `minutes` is None while turns are off. `queue` holds
    those who could take the pen, in the order of their turns; `order` is the host's choice."""

    minutes: int | None
    held: bool
    running: bool
    pen_id: str | None
    queue: tuple[str, ...]
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rotation:
    """The state: whose turn it is, how much of it is left, and who is to be passed over."""

    pen_id: str | None = None
    minutes: int | None = None
    left: float = 0.0  # seconds, when the clock was last started or stopped
    counting_since: float | None = None
    skipped: frozenset[str] = frozenset()
    warned: str | None = None  # who was announced as next, half a minute before
    shown: tuple[object, ...] | None = None  # what was last broadcast

    def remaining(self, now: float) -> float:
        if self.counting_since is None:
            return self.left
        return max(0.0, self.left - (now - self.counting_since))

    def next_id(self, turns: Turns) -> str | None:
        """Who gets the pen next. The holder keeps it for another turn if everybody else is passed
        over."""
        if not turns.queue:
            return None
        return next((each for each in turns.queue if each not in self.skipped), turns.pen_id)

    def view(self, turns: Turns, now: float) -> RotationView | None:
        """The `rotation` of the session as clients see it."""
        if turns.minutes is None:
            return None
        return {
            "minutes": turns.minutes,
            "next_id": self.next_id(turns),
            "remaining": round(self.remaining(now), 1),
            "paused": not self._may_count(turns),
            "held": turns.held,
            "order": list(turns.order),
        }

    def step(self, turns: Turns, now: float) -> Step:
        """Advance to `now` in a new situation."""
        state = self._following(turns)
        if not state._may_count(turns):
            state = replace(state, left=state.remaining(now), counting_since=None, warned=None)
        elif state.counting_since is None:
            state = replace(state, counting_since=now)
        shown = state._shown(turns)
        changed = shown != state.shown
        state = replace(state, shown=shown)
        if state.counting_since is None:
            return Step(state, changed=changed)
        left, next_id = state.remaining(now), state.next_id(turns)
        if left > WARNING + _SLACK:
            return Step(state, changed=changed, look_in=left - WARNING)
        warn = None if next_id == state.warned else next_id
        state = replace(state, warned=next_id)
        return Step(state, changed=changed, warn=warn, is_over=left <= 0, look_in=left)

    def skipping(self, participant_id: str) -> Rotation:
        """Pass over this person's next turn."""
        return replace(self, skipped=self.skipped | {participant_id})

    def advanced(self, turns: Turns, inactive: AbstractSet[str]) -> Advance:
        """End the turn. People who are skipped or inactive are passed over. If that leaves nobody,
        the holder keeps the pen for one more turn."""
        out = self.skipped | inactive
        ready = next((each for each in turns.queue if each not in out), None)
        passed = turns.queue if ready is None else turns.queue[: turns.queue.index(ready)]
        surprised = tuple(each for each in passed if each not in self.skipped)
        state = replace(self, skipped=self.skipped.difference(passed))
        if ready is None:
            state = state._started_over(turns)
        return Advance(state, ready, surprised)

    def _following(self, turns: Turns) -> Rotation:
        """A new holder has a whole turn, and so has everybody when the length of turns changes."""
        if (turns.pen_id, turns.minutes) == (self.pen_id, self.minutes):
            return self
        keeps = self.skipped - {turns.pen_id} if turns.minutes is not None else frozenset()
        return replace(self, skipped=keeps)._started_over(turns)

    def _started_over(self, turns: Turns) -> Rotation:
        return replace(
            self,
            pen_id=turns.pen_id,
            minutes=turns.minutes,
            left=(turns.minutes or 0) * 60.0,
            counting_since=None,
            warned=None,
        )

    def _may_count(self, turns: Turns) -> bool:
        if turns.minutes is None or turns.held or turns.running:
            return False
        return self.next_id(turns) is not None

    def _shown(self, turns: Turns) -> tuple[object, ...] | None:
        """Everything that a page shows, except the time that passes by itself."""
        if turns.minutes is None:
            return None
        clock = self.left, self.counting_since
        return turns.minutes, self.next_id(turns), turns.held, turns.running, turns.order, clock


class Step(NamedTuple):
    """The outcome: whether to broadcast the rotation, whom to announce as next, whether the turn is
    over, and in how many seconds to look again."""

    state: Rotation
    changed: bool
    warn: str | None = None
    is_over: bool = False
    look_in: float | None = None


class Advance(NamedTuple):
    """Who gets the pen, or None. `passed_over` leaves out those whose turn was skipped on
    request."""

    state: Rotation
    ready: str | None
    passed_over: tuple[str, ...]
