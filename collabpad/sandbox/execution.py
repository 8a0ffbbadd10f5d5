"""One run of a process, from its start to the death of everything that it started.

Nothing here blocks gevent's loop, and no thread is made: bubblewrap's `--die-with-parent` follows
the thread that started it. The end of a run is the end of its status pipe, which the outermost
process alone holds; the ends of stdout and stderr say nothing, for a program may close them and go
on.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from time import monotonic, thread_time

from . import input_wait
from .memory_watch import WatchedRun
from .output_pipes import OutputPipes
from .poll import READ, WakeupPipe, new_poll
from .process import ChildPipes, reap, remove_folder, spawn
from .process_spec import ProcessSpec
from .program_input import ProgramInput
from .run_clock import RunClock
from .run_status import RunStatus
from .spec import NOT_STARTED, Cause, Event, Exit, Output, RunSpec, Started, Waiting
from .termination import Termination
from .unpatched import close

CHECK_INTERVAL = 0.1  # seconds between two checks whether the program waits for input
# Times as long as a check took, and that for each run: a tenth of the loop's time.
_CHECKS_APART = 10

_checked: set[ProcessExecution] = set()


class ProcessExecution:
    """See `spec.Execution`."""

    def __init__(self, process_spec: ProcessSpec, spec: RunSpec) -> None:
        self._process_spec = process_spec
        self._spec = spec
        self._run_status = RunStatus()
        self._termination = Termination(process_spec, self._run_status)
        self._cause: Cause | None = None
        self._stop_requested = False
        self._announced = False
        self._unanswered = False
        self._ended = False
        self._written = 0
        self._before_start = b""
        self._input = ProgramInput(spec.stdin, ended=not spec.interactive)
        self._wakeup = WakeupPipe()
        self._memory_exceeded = False

    def write_stdin(self, data: bytes, eof: bool = False) -> None:
        if self._input.add(data, eof=eof):
            self._wakeup.wake()

    def stop(self) -> None:
        self._stop_requested = True
        self._wakeup.wake()

    def __iter__(self) -> Iterator[Event]:
        self._began = monotonic()
        self._poll = new_poll()
        try:
            self._pipes = OutputPipes(self._poll)
            try:
                self._start()
                yield from self._follow()
                self._watched.end()
                yield from self._end()
            finally:
                self._clean_up()
        finally:
            self._poll.close()

    def _start(self) -> None:
        self._watched = WatchedRun(
            self._termination.root,
            self._on_memory_exceeded,
            self._spec.caps.memory,
            namespaced=self._process_spec.reports_init,
        )
        stdin = self._input.open(self._poll)
        self._status, status = os.pipe()
        self._phase, phase = os.pipe()
        control, self._termination.control = os.pipe()
        stdout, stderr = self._pipes.writers
        try:
            pipes = ChildPipes(stdin, stdout, stderr, status, phase, control)
            self._termination.pid = spawn(self._process_spec, pipes)
        except OSError as error:
            self._before_start = str(error).encode()
            self._ended = True
        finally:
            for fd in (stdin, status, phase, control):
                close(fd)
        for fd in (self._status, self._phase):
            os.set_blocking(fd, False)
            self._poll.add(fd, READ)
        self._poll.add(self._wakeup.fd, READ)
        first_clock = self._spec.compile_timeout if self._spec.compile else self._spec.timeout
        self._set_clock(self._began, self._process_spec.preparation + first_clock)
        self._write_input()
        self._watched.begin()
        self._next_check = math.inf
        if self._spec.interactive:
            self._next_check = self._began + CHECK_INTERVAL
            _checked.add(self)

    def _set_clock(self, now: float, seconds: float) -> None:
        self._clock = RunClock(now, seconds, self._spec.input_wait)

    def _follow(self) -> Iterator[Event]:
        told_waiting = False
        while not self._ended:
            now = monotonic()
            self._check_deadlines(now)
            if self._clock.waiting != told_waiting:
                told_waiting = self._clock.waiting
                yield Waiting(told_waiting)
            for fd, _ in self._poll.wait(self._next_deadline() - now):
                if fd in self._pipes:
                    yield from self._forward(self._pipes.read(fd, monotonic()))
                elif fd == self._phase:
                    yield from self._read_phase()
                elif fd == self._status:
                    self._read_status()
                elif fd == self._wakeup.fd:
                    self._wakeup.drain()
                    self._write_input()
                else:
                    self._write_input()

    def _next_deadline(self) -> float:
        if self._termination.begun:
            return min(self._termination.next_step, self._pipes.next_tick)
        if self._stop_requested or self._memory_exceeded:
            return 0.0
        return min(self._clock.deadline, self._next_check, self._pipes.next_tick)

    def _check_deadlines(self, now: float) -> None:
        self._pipes.tick(now)
        if self._termination.begun:
            self._ended = self._ended or not self._termination.insist(now)
        elif self._stop_requested:
            self._kill("stopped", now)
        elif now >= self._clock.deadline:
            self._unanswered = self._clock.unanswered
            self._kill("timeout", now)
        elif self._memory_exceeded:
            self._kill("memory_limit", now)
        elif now >= self._next_check:
            start = thread_time()
            if self._announced:
                self._check_input_wait(now)
            pause = _CHECKS_APART * len(_checked) * (thread_time() - start)
            self._next_check = now + max(CHECK_INTERVAL, pause)

    def _check_input_wait(self, now: float) -> None:
        root = self._termination.root()
        waiting = self._input.is_awaited and input_wait.waits_for(root, self._input.fd)
        at_work = waiting and input_wait.is_at_work(root)
        used = input_wait.processor_seconds(root)
        self._clock.update(now, used, waiting=waiting, at_work=at_work)

    def _on_memory_exceeded(self) -> None:
        """Called in the watch's thread: kill the program before the loop gets to it."""
        self._cause = self._cause or "memory_limit"
        self._memory_exceeded = True
        self._termination.kill_program()
        self._wakeup.wake()

    def _read_status(self) -> None:
        data = os.read(self._status, 4096)
        if not data:
            self._ended = True
        self._run_status.parse_status(data)
        self._termination.hold_init()

    def _read_phase(self) -> Iterator[Event]:
        """Read the phase pipe: its first word starts the run, the second the program's clock."""
        if self._phase < 0:
            return
        was_running = self._run_status.running
        try:
            data = os.read(self._phase, 4096)
        except BlockingIOError:
            return
        if not data or not self._run_status.parse_phase(data):
            self._close_phase()
        if self._run_status.running and not was_running:
            self._set_clock(monotonic(), self._spec.timeout)
        if self._run_status.started and not self._announced:
            self._announced = True
            yield Started()

    def _forward(self, outputs: list[Output]) -> Iterator[Event]:
        """Yield output up to the cap, at which the run ends."""
        if not self._announced:
            yield from self._read_phase()
        for output in outputs:
            if not self._announced:
                self._before_start += output.data[:4096]
                continue
            room = self._spec.caps.output - self._written
            if len(output.data) > room:
                self._kill("output_limit", monotonic())
            if room > 0:
                self._written += min(room, len(output.data))
                yield Output(output.stream, output.data[:room])

    def _write_input(self) -> None:
        if self._input.has_news:
            self._clock.answered(monotonic())
        self._input.write()

    def _kill(self, cause: Cause, now: float) -> None:
        if not self._termination.begun:
            self._cause = self._cause or ("output_limit" if self._run_status.disk_full else cause)
            self._termination.kill(now)

    def _end(self) -> Iterator[Event]:
        duration = monotonic() - self._began
        yield from self._read_phase()
        outputs = self._pipes.drain()
        while self._cause != "output_limit" and (output := next(outputs, None)):
            yield from self._forward([output])
        if not self._announced and self._cause is None:
            detail = self._before_start.decode("utf-8", "replace").strip()
            yield Output("stderr", NOT_STARTED)
            yield Exit("failed", None, None, duration, detail=detail)
            return
        code, name = self._run_status.outcome()
        if self._cause is None and self._run_status.disk_full:
            self._cause = "output_limit"
        elif self._cause is None and name == "SIGXCPU":
            self._cause = "timeout"
        if self._cause is None:
            yield Exit("exit", code, name, duration)
        else:  # what a program said of its end before we made one is of no interest
            truncated = self._cause == "output_limit"
            yield Exit(self._cause, None, "SIGKILL", duration, truncated, self._unanswered)

    def _close_phase(self) -> None:
        self._poll.remove(self._phase)
        close(self._phase)
        self._phase = -1

    def _clean_up(self) -> None:
        """Leave nothing behind, even if the iteration was left early."""
        if not self._ended:
            self._kill("stopped", monotonic())
            for _ in self._follow():
                pass
        self._watched.end()
        _checked.discard(self)
        if self._termination.pid:
            reap(self._termination.pid)
        if self._process_spec.folder is not None:
            remove_folder(self._process_spec.folder)
        self._pipes.close()
        self._input.close()
        self._termination.close()
        for fd in (self._status, self._phase):
            if fd >= 0:
                close(fd)
