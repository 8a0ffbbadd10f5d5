"""A run where there is no POSIX: plain pipes, a clock, and the whole tree killed at the end.

Threads read the pipes, for Windows can wait for pipes in no other way; they are the system's own
also after gevent's monkey-patching, and hand what they read to the loop, which looks for it ten
times as often as people can see.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from time import monotonic, sleep

from .environment import variables
from .run_status import signal_name
from .spec import NOT_STARTED, Cause, Event, Exit, Output, RunSpec, Started, Stream
from .unpatched import close, unpatched

_LOOK = 0.01  # seconds
_CHUNK = 65536
_MOST_UNHEARD = 64  # chunks
_KEPT_FROM_SERVER = ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "PATH", "WINDIR")


class WindowsExecution:
    """See `spec.Execution`."""

    def __init__(self, spec: RunSpec) -> None:
        self._spec = spec
        self._cause: Cause | None = None
        self._written = 0
        self._heard: deque[tuple[Stream, bytes]] = deque()
        self._open_pipes: set[Stream] = set()
        self._input: queue.SimpleQueue[bytes | None] = unpatched("queue", "SimpleQueue")()
        self._input_ends = False
        self.write_stdin(spec.stdin, eof=not spec.interactive)

    def write_stdin(self, data: bytes, eof: bool = False) -> None:
        if not self._input_ends:
            self._input.put(data)
            self._input_ends = eof
            if eof:
                self._input.put(None)

    def stop(self) -> None:
        self._cause = self._cause or "stopped"

    def __iter__(self) -> Iterator[Event]:
        self._began = monotonic()
        folder = Path(tempfile.mkdtemp(prefix="collabpad-run-"))
        try:
            for name, data in self._spec.files.items():
                (folder / name).write_bytes(data)
            yield Started()
            code = 0
            if self._spec.compile is not None:
                code = yield from self._step(
                    self._spec.compile, folder, self._spec.compile_timeout, fed=False
                )
            if code == 0 and self._cause is None:
                code = yield from self._step(self._spec.command, folder, self._spec.timeout)
        except OSError as error:
            yield Output("stderr", NOT_STARTED)
            yield Exit("failed", None, None, monotonic() - self._began, detail=str(error))
        else:
            signalled = signal_name(-code) if code < 0 else None
            cause = self._cause or "exit"
            duration = monotonic() - self._began
            truncated = cause == "output_limit"
            yield Exit(cause, None if signalled else code, signalled, duration, truncated)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _step(
        self, command: tuple[str, ...], folder: Path, timeout: float, *, fed: bool = True
    ) -> Generator[Output, None, int]:
        """Run one command to its end and return its exit code, negative for a signal."""
        deadline = monotonic() + timeout
        stdin, stdin_writer = os.pipe()
        outputs: dict[Stream, tuple[int, int]] = {"stdout": os.pipe(), "stderr": os.pipe()}
        try:
            process = _popen(
                command, folder, self._spec, (stdin, outputs["stdout"][1], outputs["stderr"][1])
            )
        finally:
            for fd in (stdin, outputs["stdout"][1], outputs["stderr"][1]):
                close(fd)
        for stream, (reader, _) in outputs.items():
            self._open_pipes.add(stream)
            _in_thread(self._read, stream, reader)
        _in_thread(self._feed, stdin_writer, fed)
        try:
            while process.poll() is None and self._cause is None:
                yield from self._pass_on()
                if monotonic() >= deadline:
                    self._cause = "timeout"
                sleep(_LOOK)
        finally:
            _kill_tree(process)
            self._input.put(None)
        while self._open_pipes and monotonic() < deadline and self._cause != "output_limit":
            yield from self._pass_on()
            sleep(_LOOK)
        yield from self._pass_on()
        return int(process.wait())

    def _read(self, stream: Stream, reader: int) -> None:
        """In a thread: hand over what comes, with the pipe as the only buffer beyond a little."""
        while data := os.read(reader, _CHUNK):
            self._heard.append((stream, data))
            while len(self._heard) > _MOST_UNHEARD and self._cause is None:
                unpatched("time", "sleep")(_LOOK)
        close(reader)
        self._open_pipes.discard(stream)

    def _feed(self, writer: int, fed: bool) -> None:
        """In a thread: write the input, until its end or the program's."""
        with contextlib.suppress(OSError):
            while fed and (data := self._input.get()) is not None:
                view = memoryview(data)
                while view:
                    view = view[os.write(writer, view) :]
        close(writer)

    def _pass_on(self) -> Iterator[Output]:
        while self._heard and self._cause != "output_limit":
            stream, data = self._heard.popleft()
            room = self._spec.caps.output - self._written
            if len(data) > room:
                self._cause = self._cause or "output_limit"
            if room > 0:
                self._written += min(room, len(data))
                yield Output(stream, data[:room])


def _popen(
    command: tuple[str, ...], folder: Path, spec: RunSpec, ends: tuple[int, int, int]
) -> subprocess.Popen[bytes]:
    program = command[0]
    if program.startswith("./"):
        program = str(folder / (program[2:] + (".exe" if sys.platform == "win32" else "")))
    kept = {name: os.environ[name] for name in _KEPT_FROM_SERVER if name in os.environ}
    home = {"HOME": str(folder), "USERPROFILE": str(folder), "TEMP": str(folder)}
    return subprocess.Popen(
        (program, *command[1:]),
        cwd=folder,
        env={**kept, **variables(spec), **home, "PATH": kept.get("PATH", ""), **spec.environment},
        stdin=ends[0],
        stdout=ends[1],
        stderr=ends[2],
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started, without the help of a job object."""
    if sys.platform == "win32":
        taskkill = ("taskkill", "/PID", str(process.pid), "/T", "/F")
        subprocess.run(taskkill, capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _in_thread(call: Callable[..., None], *arguments: object) -> None:
    unpatched("_thread", "start_new_thread")(call, arguments)
