"""Parses the two status pipes of a run: when it started, and how it ended."""

from __future__ import annotations

import json
import signal

from .process_spec import (
    PHASE_DISK_FULL,
    PHASE_EXIT,
    PHASE_RUNNING,
    PHASE_SIGNAL,
    PHASE_STARTED,
    PHASE_STATUS,
)

_BELIEVED = 4096  # bytes; beyond it a program must have found the pipe and plays with it
_SHELL_IS_SILENT_ABOUT = (signal.SIGINT, signal.SIGPIPE)


class RunStatus:
    """The state of a run, as far as its pipes have reported it."""

    def __init__(self) -> None:
        self.started = False
        self.running = False
        self.disk_full = False
        self.init: int | None = None
        self._outer_code: int | None = None
        self._status: int | None = None
        self._exit: int | None = None
        self._signal: int | None = None
        self._shell_named_a_signal = False
        self._unread = {"status": b"", "phase": b""}
        self._phase_bytes = 0

    def parse_status(self, data: bytes) -> None:
        """Parse bubblewrap's JSON documents, one per line."""
        for line in self._lines("status", data):
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if not isinstance(said, dict):
                continue
            init, code = said.get("child-pid"), said.get("exit-code")
            if isinstance(init, int) and self.init is None:
                self.init = init
            if isinstance(code, int):
                self._outer_code = code

    def parse_phase(self, data: bytes) -> bool:
        """Parse the phases from inside the run; False once it has sent too much to be trusted."""
        for line in self._lines("phase", data):
            self._parse_phase_line(line.decode("ascii", "replace"))
        self._phase_bytes += len(data)
        return self._phase_bytes <= _BELIEVED

    def outcome(self) -> tuple[int | None, str | None]:
        """Return the exit code, or None and the name of the signal that ended the program."""
        if self._signal is not None:
            return None, signal_name(self._signal)
        if self._exit is not None:
            return self._exit, None
        if self._status is not None:
            return self._from_shell(self._status)
        if self._outer_code is not None and signal_name(self._outer_code - 128):
            return None, signal_name(self._outer_code - 128)
        if self._outer_code is not None:
            return self._outer_code, None
        return None, "SIGKILL"

    def _from_shell(self, status: int) -> tuple[int | None, str | None]:
        """A shell says 128 + N for signal N, but so may the program's own exit code.

        It also names the signal on its stderr, but for those two of which shells are silent.
        """
        name = signal_name(status - 128)
        if name and (self._shell_named_a_signal or status - 128 in _SHELL_IS_SILENT_ABOUT):
            return None, name
        return status, None

    def _parse_phase_line(self, line: str) -> None:
        word, _, number = line.partition(" ")
        if word == PHASE_STARTED:
            self.started = True
        elif word == PHASE_RUNNING:
            self.running = True
        elif word == PHASE_DISK_FULL:
            self.disk_full = True
        elif word == PHASE_STATUS and number.isdecimal():
            self._status = int(number)
        elif word == PHASE_EXIT and number.isdecimal():
            self._exit = int(number)
        elif word == PHASE_SIGNAL and number.isdecimal():
            self._signal = int(number)
        elif word:
            self._shell_named_a_signal = True

    def _lines(self, pipe: str, data: bytes) -> list[bytes]:
        *lines, self._unread[pipe] = (self._unread[pipe] + data).split(b"\n")
        return lines


def signal_name(number: int) -> str | None:
    """Return the name of a signal, or None if there is none of that number."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return None
