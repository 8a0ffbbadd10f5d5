"""Ending a run from outside: a kill, and harder ones for as long as it does not die."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal

from . import process_tree
from .process import run_quietly
from .process_spec import ProcessSpec
from .run_status import RunStatus
from .unpatched import close

log = logging.getLogger(__name__)

_GRACE = 2.0  # seconds from a kill to a harder one
_PATIENCE = 6.0  # seconds from a kill until a run that does not die is given up


class Termination:
    """The end of one run; `pid` is the outermost process, `control` the pipe to a supervisor."""

    def __init__(self, spec: ProcessSpec, status: RunStatus) -> None:
        self.pid = 0
        self.control = -1
        self.next_step = math.inf  # when a harder kill is due
        self._spec = spec
        self._status = status
        self._init = -1  # a pidfd of the namespace's first process
        self._killed_at = math.inf

    @property
    def begun(self) -> bool:
        return self._killed_at < math.inf

    def root(self) -> int:
        """The process above all of the run."""
        return (self._status.init if self._spec.reports_init else None) or self.pid

    def hold_init(self) -> None:
        """Hold on to the namespace's first process once it is known, whatever its pid becomes."""
        if self._init < 0 and self._status.init is not None and self._spec.reports_init:
            with contextlib.suppress(OSError):  # an old kernel, or gone already
                self._init = os.pidfd_open(self._status.init)

    def kill(self, now: float) -> None:
        """Kill everything, the innermost first, for nobody might reap what it left behind."""
        self._killed_at = now
        self.next_step = now + _GRACE
        with contextlib.suppress(ProcessLookupError):
            if not self._spec.reports_init:
                self._close_control()
            elif self._init >= 0:
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            else:
                os.kill(self.root(), signal.SIGKILL)

    def kill_program(self) -> None:
        """From any thread, at once: kill the program, and leave the supervisor to report it."""
        with contextlib.suppress(ProcessLookupError):
            if self._init >= 0:
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            else:
                process_tree.kill(self.root(), spare_root=not self._spec.reports_init)

    def insist(self, now: float) -> bool:
        """Kill harder where that is due; False when the run is given up."""
        if now >= self._killed_at + _PATIENCE:
            log.error("a run does not die: process %d is given up", self.pid)
            self.pid = 0
            return False
        if now >= self.next_step:
            self.next_step = now + _GRACE
            if self._spec.reports_init:
                process_tree.kill(self.pid)
            else:
                self._kill_supervised()
        return True

    def _close_control(self) -> None:
        """Tell the supervisor, and any engine that holds the run, to end it."""
        close(self.control)
        self.control = -1
        if self._spec.kill_command is not None:
            run_quietly(self._spec.kill_command)

    def _kill_supervised(self) -> None:
        """Kill what a supervisor has not got rid of, or the supervisor itself if that is nothing.

        If it went first, its orphans would be out of everybody's sight.
        """
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)  # the program may have stopped it
        if not process_tree.kill(self.pid, spare_root=True):
            process_tree.kill(self.pid)

    def close(self) -> None:
        for fd in (self.control, self._init):
            if fd >= 0:
                close(fd)
