"""How a backend says what to start; the numbers of the descriptors that the started one finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STATUS_FD = 3  # held by what stands outside the isolation: its end is the end of the run
PHASE_FD = 4  # held beside the program, so what it says is believed about the run alone
CONTROL_FD = 5  # its end tells a supervisor to end the run, whether the server closed it or died
FIRST_CONTENT_FD = 6

MAX_OOM_SCORE = 1000  # of oom_score_adj: proc_pid_oom_score_adj(5)

PHASE_STARTED = "started"
PHASE_RUNNING = "running"  # compiled; the program's own clock starts
PHASE_DISK_FULL = "disk"
PHASE_STATUS = "status"  # `status N`: exited with N, or 128 + N after a shell's word on a signal
PHASE_EXIT = "exit"  # `exit N`: exited with N, as the supervisor saw it
PHASE_SIGNAL = "signal"  # `signal N`


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """One process to start: `contents[i]` is a file open at `FIRST_CONTENT_FD + i`.

    `reports_init`: bubblewrap tells the pid of its namespace's first process on the status pipe,
    and killing that one ends everything inside. Other processes end their run at the end of their
    control pipe; `kill_command` is run as well where something else holds it.
    """

    argv: tuple[str, ...]
    contents: tuple[bytes, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    inherits_environment: bool = False
    preparation: float = 0.0  # seconds until the program's clock starts at the latest
    reports_init: bool = False
    folder: str | None = None  # the run's own, to be removed if the supervisor could not
    kill_command: tuple[str, ...] | None = None
