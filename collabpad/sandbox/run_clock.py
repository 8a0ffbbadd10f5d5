"""The clock of a run: its time limit counts only while the program works.

Pure: the times are the caller's, in seconds of a clock that does not jump.
"""

from __future__ import annotations

_WAITS_IN_A_LIFE = 10  # as long as so many unanswered waits: a dialogue has an end, too


class RunClock:
    """The clock of one run.

    While the program waits for its input, only the processor time that it uses meanwhile counts,
    and any time at which one of its threads is found at work. Each wait may take `input_wait`
    seconds, and the whole run ten times that beside its own time.
    """

    def __init__(self, now: float, seconds: float, input_wait: float) -> None:
        self._left = seconds  # as it was at `_updated_at`
        self._updated_at = now
        self._input_wait = input_wait
        self._ends = now + seconds + _WAITS_IN_A_LIFE * input_wait
        self._waiting_since: float | None = None
        self._used = 0.0

    @property
    def waiting(self) -> bool:
        return self._waiting_since is not None

    @property
    def deadline(self) -> float:
        """When the run has to end, as far as is known now."""
        own_end = self._updated_at + max(self._left, 0.0)
        if self._waiting_since is None or self._left <= 0:
            return min(own_end, self._ends)
        return min(self._waiting_since + self._input_wait, self._ends)

    @property
    def unanswered(self) -> bool:
        """Whether the run ends because nobody answered, and not because its time is used up."""
        return self.waiting and self._left > 0

    def update(self, now: float, used: float, *, waiting: bool, at_work: bool = False) -> None:
        """The program is seen waiting or working; `used` is its processor time so far, in seconds.

        Where it is found waiting, the moments since the last look were spent on waiting but for
        what it used: else each quick answer of a long dialogue would cost a whole look's time.
        Not so while another of its threads is `at_work`: `used` lacks the time of children that
        nobody waited for, and a program could compute in such children for as long as it waits.
        """
        elapsed, used_since = now - self._updated_at, max(used - self._used, 0.0)
        self._left -= min(used_since, elapsed) if waiting and not at_work else elapsed
        self._updated_at, self._used = now, used
        if not waiting:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = now

    def answered(self, now: float) -> None:
        """The program has been given input."""
        if self._waiting_since is not None:
            self._waiting_since = None
            self._updated_at = now
