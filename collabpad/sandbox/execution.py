"""One run of a process, from its start to the death of everything that it started.

Nothing here blocks gevent's loop, and no thread is made: bubblewrap's `--die-with-parent` follows
the thread that started it. The end of a run is the end of its status pipe, which the outermost
process alone holds; the ends of stdout and stderr say nothing, for a program may close them and go
on.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal
from collections.abc import Iterator
from time import monotonic, thread_time

from . import input_wait, tree
from .launch import Launch
from .memory_watch import Watched
from .originals import close
from .process import Ends, reap, remove, run_quietly, spawn
from .report import Report
from .run_clock import RunClock
from .spec import NOT_STARTED, Cause, Event, Exit, Output, RunSpec, Started, Waiting
from .streams import OutputPipes
from .waiting import READ, WRITE, Bell, new_poll

log = logging.getLogger(__name__)

LOOK_INTERVAL = 0.1  # seconds between two looks at whether the program waits for input
_LOOKS_APART = 10  # times as long as a look took, and that for each run: a tenth of the loop's time
_GRACE = 2.0  # seconds from a kill to a harder one
_PATIENCE = 6.0  # seconds from a kill until a run that does not die is given up

_looked_at: set[ProcessExecution] = set()


class ProcessExecution:
    """See `spec.Execution`."""

    def __init__(self, launch: Launch, spec: RunSpec) -> None:
        self._launch = launch
        self._spec = spec
        self._report = Report()
        self._cause: Cause | None = None
        self._killed_at = math.inf
        self._told_to_stop = False
        self._announced = False
        self._unanswered = False
        self._ended = False
        self._written = 0
        self._before_start = b""
        self._pid = 0
        self._init = -1
        self._input = bytearray(spec.stdin)
        self._input_ends = not spec.interactive
        self._bell = Bell()
        self._struck = False

    def write_stdin(self, data: bytes, eof: bool = False) -> None:
        if not self._input_ends:
            self._input += data
            self._input_ends = eof
            self._bell.ring()

    def stop(self) -> None:
        self._told_to_stop = True
        self._bell.ring()

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
        self._watched = Watched(
            self._root, self._strike, self._spec.caps.memory, namespaced=self._launch.reports_init
        )
        stdin, self._stdin = os.pipe()
        self._status, status = os.pipe()
        self._phase, phase = os.pipe()
        control, self._control = os.pipe()
        stdout, stderr = self._pipes.writers
        try:
            self._pid = spawn(self._launch, Ends(stdin, stdout, stderr, status, phase, control))
        except OSError as error:
            self._before_start = str(error).encode()
            self._ended = True
        finally:
            for fd in (stdin, status, phase, control):
                close(fd)
        for fd in (self._status, self._phase):
            os.set_blocking(fd, False)
            self._poll.add(fd, READ)
        os.set_blocking(self._stdin, False)
        self._poll.add(self._bell.fd, READ)
        first_clock = self._spec.compile_timeout if self._spec.compile else self._spec.timeout
        self._set_clock(self._began, self._launch.preparation + first_clock)
        self._feed()
        self._watched.begin()
        self._next_look = math.inf
        if self._spec.interactive:
            self._next_look = self._began + LOOK_INTERVAL
            _looked_at.add(self)

    def _set_clock(self, now: float, seconds: float) -> None:
        self._clock = RunClock(now, seconds, self._spec.input_wait)

    def _follow(self) -> Iterator[Event]:
        told_waiting = False
        while not self._ended:
            now = monotonic()
            self._sound_alarms(now)
            if self._clock.waiting != told_waiting:
                told_waiting = self._clock.waiting
                yield Waiting(told_waiting)
            for fd, _ in self._poll.wait(self._next_alarm() - now):
                if fd in self._pipes:
                    yield from self._pass_on(self._pipes.read(fd, monotonic()))
                elif fd == self._phase:
                    yield from self._hear_phase()
                elif fd == self._status:
                    self._hear_status()
                elif fd == self._bell.fd:
                    self._bell.silence()
                    self._feed()
                else:
                    self._feed()

    def _next_alarm(self) -> float:
        if self._killed_at < math.inf:
            return min(self._next_grace, self._pipes.next_tick)
        if self._told_to_stop or self._struck:
            return 0.0
        return min(self._clock.deadline, self._next_look, self._pipes.next_tick)

    def _sound_alarms(self, now: float) -> None:
        self._pipes.tick(now)
        if self._killed_at < math.inf:
            self._insist(now)
        elif self._told_to_stop:
            self._kill("stopped", now)
        elif now >= self._clock.deadline:
            self._unanswered = self._clock.unanswered
            self._kill("timeout", now)
        elif self._struck:
            self._kill("memory_limit", now)
        elif now >= self._next_look:
            start = thread_time()
            if self._announced:
                self._look_for_waiting(now)
            pause = _LOOKS_APART * len(_looked_at) * (thread_time() - start)
            self._next_look = now + max(LOOK_INTERVAL, pause)

    def _look_for_waiting(self, now: float) -> None:
        root = self._root()
        waiting = self._may_be_fed and input_wait.waits_for(root, self._stdin)
        at_work = waiting and input_wait.is_at_work(root)
        used = input_wait.processor_seconds(root)
        self._clock.look(now, used, waiting=waiting, at_work=at_work)

    def _root(self) -> int:
        return (self._report.init if self._launch.reports_init else None) or self._pid

    def _strike(self) -> None:
        """In the watch's thread: end what takes too much memory, before the loop gets to it."""
        self._cause = self._cause or "memory_limit"
        self._struck = True
        with contextlib.suppress(ProcessLookupError):
            if self._init >= 0:
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            else:
                tree.kill(self._root(), spare_root=not self._launch.reports_init)
        self._bell.ring()

    @property
    def _may_be_fed(self) -> bool:
        """Whether more input may come, and none is on its way."""
        return self._stdin >= 0 and not self._input and not self._input_ends

    def _hear_status(self) -> None:
        data = os.read(self._status, 4096)
        if not data:
            self._ended = True
        self._report.hear_status(data)
        if self._init < 0 and self._report.init is not None and self._launch.reports_init:
            with contextlib.suppress(OSError):  # an old kernel, or gone already
                self._init = os.pidfd_open(self._report.init)

    def _hear_phase(self) -> Iterator[Event]:
        """Listen to the inside; the first word starts the run, the second the program's clock."""
        if self._phase < 0:
            return
        was_running = self._report.running
        try:
            data = os.read(self._phase, 4096)
        except BlockingIOError:
            return
        if not data or not self._report.hear_phase(data):
            self._close_phase()
        if self._report.running and not was_running:
            self._set_clock(monotonic(), self._spec.timeout)
        if self._report.started and not self._announced:
            self._announced = True
            yield Started()

    def _pass_on(self, outputs: list[Output]) -> Iterator[Event]:
        """Hand output on until the cap, at which the run ends."""
        if not self._announced:
            yield from self._hear_phase()
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

    def _feed(self) -> None:
        """Write what the pipe takes of the program's input; close it at the end of the input."""
        if self._stdin < 0:
            return
        if self._input or self._input_ends:
            self._clock.answered(monotonic())
        try:
            while self._input:
                del self._input[: os.write(self._stdin, self._input)]
        except BlockingIOError:
            with contextlib.suppress(FileExistsError):
                self._poll.add(self._stdin, WRITE)
            return
        except OSError:  # the program has closed it
            self._input.clear()
            self._input_ends = True
        self._poll.remove(self._stdin)
        if self._input_ends:
            close(self._stdin)
            self._stdin = -1

    def _kill(self, cause: Cause, now: float) -> None:
        """Kill everything, the innermost first, for nobody might reap what it left behind."""
        if self._killed_at < math.inf:
            return
        self._cause = self._cause or ("output_limit" if self._report.disk_full else cause)
        self._killed_at = now
        self._next_grace = now + _GRACE
        with contextlib.suppress(ProcessLookupError):
            if not self._launch.reports_init:
                self._let_go()
            elif self._init >= 0:
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            else:
                os.kill(self._report.init or self._pid, signal.SIGKILL)

    def _let_go(self) -> None:
        """Tell whoever supervises the run, and any engine that holds it, to end it."""
        close(self._control)
        self._control = -1
        command = self._launch.kill_command
        if command is not None:
            run_quietly(command)

    def _insist(self, now: float) -> None:
        if now >= self._killed_at + _PATIENCE:
            log.error("a run does not die: process %d is given up", self._pid)
            self._ended = True
            self._pid = 0
        elif now >= self._next_grace:
            self._next_grace = now + _GRACE
            if self._launch.reports_init:
                tree.kill(self._pid)
            else:
                self._rouse_supervisor()

    def _rouse_supervisor(self) -> None:
        """Take from a supervisor what it has not got rid of, or it itself if that is nothing.

        If it went first, its orphans would be out of everybody's sight.
        """
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGCONT)  # the program may have stopped it
        if not tree.kill(self._pid, spare_root=True):
            tree.kill(self._pid)

    def _end(self) -> Iterator[Event]:
        duration = monotonic() - self._began
        yield from self._hear_phase()
        outputs = self._pipes.drain()
        while self._cause != "output_limit" and (output := next(outputs, None)):
            yield from self._pass_on([output])
        if not self._announced and self._cause is None:
            detail = self._before_start.decode("utf-8", "replace").strip()
            yield Output("stderr", NOT_STARTED)
            yield Exit("failed", None, None, duration, detail=detail)
            return
        code, name = self._report.outcome()
        if self._cause is None and self._report.disk_full:
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
        """Leave nothing behind, also when the iteration was left early."""
        if not self._ended:
            self._kill("stopped", monotonic())
            for _ in self._follow():
                pass
        self._watched.end()
        _looked_at.discard(self)
        if self._pid:
            reap(self._pid)
        if self._launch.folder is not None:
            remove(self._launch.folder)
        self._pipes.close()
        for fd in (self._stdin, self._status, self._phase, self._control, self._init):
            if fd >= 0:
                close(fd)
