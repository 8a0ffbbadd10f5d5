"""`collabpad serve` that can write down every call of a function of ours; used by walks.py.

    python scripts/traced_server.py CONTROL serve …

CONTROL is a named pipe. The line `start FILE` begins a record and makes FILE; `stop FILE` writes
the record to FILE as JSON: a list of [path below the package, function], in the calls' order.
"""

from __future__ import annotations

import _thread
import json
import os
import runpy
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PACKAGE = str(Path(__file__).resolve().parent.parent / "collabpad") + os.sep
GENERATORS = 0x20 | 0x80 | 0x200  # CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR


class Recorder:
    """Notes calls while it is on. Every thread has it as its profile function."""

    def __init__(self) -> None:
        self.on = False
        self._calls: list[CodeType] = []
        self._generators: list[FrameType] = []

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if not self.on or event != "call":
            return
        code = frame.f_code
        if not code.co_filename.startswith(PACKAGE) or code.co_name.startswith("<"):
            return  # comprehensions are frames of their own up to Python 3.11
        if code.co_flags & GENERATORS:
            if any(known is frame for known in self._generators):
                return  # resumed
            self._generators.append(frame)
        self._calls.append(code)

    def start(self) -> None:
        self._calls, self._generators = [], []
        self.on = True

    def stop(self) -> list[tuple[str, str]]:
        self.on = False
        return [
            (code.co_filename.removeprefix(PACKAGE).replace(os.sep, "/"), code.co_qualname)
            for code in self._calls
        ]


def follow_all_threads(recorder: Recorder) -> None:
    """Before anything keeps the original: gevent's native threads are started by it too."""
    start = _thread.start_new_thread

    def start_followed(function: Callable[..., Any], *arguments: Any) -> int:
        def followed(*args: Any, **kwargs: Any) -> None:
            sys.setprofile(recorder)
            function(*args, **kwargs)

        return start(followed, *arguments)

    _thread.start_new_thread = start_followed
    vars(threading)["_start_new_thread"] = start_followed
    sys.setprofile(recorder)


def obey(control: str, recorder: Recorder) -> None:
    """Runs in a native thread: these calls block nobody else."""
    read, start_new_thread = os.read, _thread.start_new_thread

    def run() -> None:
        descriptor = os.open(control, os.O_RDWR)
        left = b""
        while True:
            *lines, left = (left + read(descriptor, 4096)).split(b"\n")
            for line in lines:
                command, _, path = line.decode().partition(" ")
                calls = recorder.stop()
                if command == "start":
                    recorder.start()
                Path(path + ".new").write_text(json.dumps(calls), encoding="utf-8")
                Path(path + ".new").replace(path)

    start_new_thread(run, ())


def main() -> None:
    control, *arguments = sys.argv[1:]
    recorder = Recorder()
    obey(control, recorder)
    follow_all_threads(recorder)
    sys.path.insert(0, str(Path(PACKAGE).parent))
    sys.argv = ["collabpad", *arguments]
    runpy.run_module("collabpad", run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    main()
