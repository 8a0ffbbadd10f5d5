"""Runs on systems without POSIX, tried here with what they share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collabpad.sandbox import Caps, Event, Output, RunSpec
from collabpad.sandbox.windows import WindowsExecution
from tests.sandbox.shooting_range import survivors
from tests.sandbox.stories import Story

WaitFor = Callable[[Callable[[], Any]], Any]


def spec(code: str, **wishes: Any) -> RunSpec:
    plain = RunSpec(command=(sys.executable, "main.py"), files={"main.py": code.encode()})
    return replace(plain, **wishes)


def run(code: str, **wishes: Any) -> Story:
    return Story(WindowsExecution(spec(code, **wishes)))


def test_a_program_says_hello_and_its_exit_code(wait_for: WaitFor) -> None:
    code = "import sys; print('hello'); sys.stderr.write('oops'); sys.exit(3)"
    story = wait_for(lambda: run(code))
    assert story.started
    assert (story.said("stdout"), story.said("stderr")) == (b"hello\n", b"oops")
    assert (story.exit.cause, story.exit.exit_code) == ("exit", 3)


def test_a_long_tail_is_not_lost() -> None:
    assert run("print('x' * 200_000)").output == b"x" * 200_000 + b"\n"


def test_it_can_be_talked_to() -> None:
    execution = WindowsExecution(spec("print(input('? '))", interactive=True))

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if isinstance(event, Output) and event.data == b"? ":
                execution.write_stdin(b"yes\n", eof=True)

    assert Story(events()).output == b"? yes\n"


def test_the_clock_and_the_cap_end_it() -> None:
    assert run("while True: pass", timeout=0.3).exit.cause == "timeout"
    story = run("while True: print('x' * 99)", caps=replace(Caps(), output=1000))
    assert (story.exit.cause, story.exit.truncated) == ("output_limit", True)
    assert len(story.output) == 1000


def test_its_children_end_with_it() -> None:
    code = """
import subprocess, sys
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
print("ready", flush=True)
"""
    run(code, environment={"MARK": "portable-child"}, timeout=3)
    assert survivors("portable-child") == []


def test_compiling_comes_first_and_may_fail() -> None:
    compiling = (sys.executable, "-c", "open('made', 'w').write('it')")
    assert run("print(open('made').read())", compile=compiling).output == b"it\n"
    assert run("print('never')", compile=(sys.executable, "-c", "1 / 0")).exit.exit_code == 1


def test_what_was_compiled_is_run_from_its_folder() -> None:
    compiling = (sys.executable, "-c", "import shutil; shutil.copy('/bin/echo', 'main')")
    assert run("", compile=compiling, command=("./main", "hello")).output == b"hello\n"


def test_stop_ends_it() -> None:
    execution = WindowsExecution(spec("print('ready', flush=True)\nwhile True: pass", timeout=60))

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if isinstance(event, Output):
                execution.stop()

    assert Story(events()).exit.cause == "stopped"


def test_its_folder_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run("open('left', 'w')")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_started_says_so() -> None:
    story = Story(WindowsExecution(RunSpec(command=("/nowhere/at/all",))))
    assert story.exit.cause == "failed"
    assert b"nowhere" not in story.output


PATCHED = """
from gevent import monkey; monkey.patch_all()
import sys, gevent
from collabpad.sandbox import RunSpec, Exit
from collabpad.sandbox.windows import WindowsExecution
turns = 0
def count():
    global turns
    while True:
        turns += 1
        gevent.sleep(0.01)
gevent.spawn(count)
code = b"import time; print(input()); time.sleep(0.5)"
spec = RunSpec(command=(sys.executable, "main.py"), files={"main.py": code}, stdin=b"hello")
print(list(WindowsExecution(spec))[1:-1], turns > 10)
"""


def test_under_gevent_it_leaves_the_loop_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PATCHED],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert "b'hello" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("True")
