"""What a run tells while it goes on, and what remains of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..protocol.enums import Stream, Verdict


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """A run when it is over. `output` is both streams, in the order they arrived; `exit_code` is
    null where a signal ended it."""

    stdout: str
    stderr: str
    output: str
    exit_code: int | None
    signal: str | None
    verdict: Verdict
    duration_ms: int
    truncated: bool
    sandbox: str
    timed_out: bool


@dataclass(frozen=True)
class Queued:
    """All places are taken; so many runs come before this one. Told again when that changes."""

    before: int


@dataclass(frozen=True)
class RunStarted:
    """`started_at` in seconds since the epoch; `timeout` in seconds."""

    started_at: float
    timeout: float


@dataclass(frozen=True)
class RunWaiting:
    """Whether the program waits for input; its time limit does not count meanwhile."""

    waiting: bool


@dataclass(frozen=True)
class RunOutput:
    """A piece of output, or of input that somebody gave.

    `pieces` are there when it holds many at once: streams and lengths (in UTF-16 units) of all that
    this event and those right after it hold, in the order in which they were printed.
    """

    stream: Stream
    data: str
    pieces: tuple[tuple[Stream, int], ...] = ()


@dataclass(frozen=True)
class RunFinished:
    """The last event of a run; `record` has all that it said.

    `unanswered` says of a timeout that the program waited too long for its input.
    """

    result: RunResult
    record: RunRecord
    unanswered: bool = False


RunEvent = Queued | RunStarted | RunWaiting | RunOutput | RunFinished


@dataclass
class RunRecord:
    """A run under way: what it has printed so far, in order, for people who join in the middle.

    `started_at` is None while it waits for its turn.
    """

    run_id: str
    language: str
    started_at: float | None = None
    waiting: bool = False
    output: list[tuple[Stream, str]] = field(default_factory=list)
