"""A program that waits for its input is not at work: its time limit does not count meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import thread_time
from typing import Any

import pytest

from collabpad.runs.builtin_languages import BUILTIN_LANGUAGES
from collabpad.sandbox import (
    Event,
    Execution,
    Exit,
    Output,
    Sandbox,
    Started,
    Waiting,
    execution,
    input_wait,
)
from collabpad.settings import Settings
from tests.runs.here import installed
from tests.sandbox.stories import Story, program

WaitFor = Callable[[Callable[[], Any]], Any]
LIMIT = 0.5  # seconds
CHILD_READS = """
import subprocess, sys
child = [sys.executable, "-S", "-c", "print(input())"]
line = subprocess.check_output(child, text=True, stdin=0).strip()
"""
THREAD_READS = """
import threading
thread = threading.Thread(target=lambda: globals().update(line=input()))
thread.start()
thread.join()
"""


def answered(execution: Execution, *answers: bytes) -> Story:
    """Each time that the program is seen waiting, give it the next answer; the last ends it."""
    left = list(answers)

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if event == Waiting(True) and left:
                execution.write_stdin(left.pop(0), eof=not left)

    return Story(events())


@pytest.mark.parametrize(
    "reading",
    [
        "line = input()",
        "import os; line = os.read(0, 99).decode().strip()",
        "import os; line = os.readv(0, [buffer := bytearray(2)]) and buffer.decode().strip()",
        "import select; select.select([0], [], []); line = input()",
        "import select; p = select.poll(); p.register(0, 1); p.poll(); line = input()",
        "import select; p = select.epoll(); p.register(0, 1); p.poll(); line = input()",
        "import os; line = os.fdopen(os.dup(0)).readline().strip()",
        CHILD_READS,
        THREAD_READS,
    ],
)
def test_whoever_waits_for_input_is_given_time(sandbox: Sandbox, reading: str) -> None:
    code = f"{reading}\nprint('got', line)"
    execution = sandbox.run(program(sandbox, code, interactive=True, timeout=30, input_wait=60))
    story = answered(execution, b"x\n")
    assert Waiting(True) in story.events
    assert story.output == b"got x\n"
    assert story.exit.cause == "exit"


@pytest.mark.slow
def test_the_limit_stands_still_while_a_program_waits(sandbox: Sandbox, wait_for: WaitFor) -> None:
    """It waits for longer than it may work, and is not ended by that."""

    def dialogue() -> Story:
        code = "print('who? ', end='')\nprint('hello', input())"
        wishes = {"interactive": True, "timeout": 2.0, "input_wait": 2.5}
        return Story(sandbox.run(program(sandbox, code, **wishes)))

    story = wait_for(dialogue)
    assert Waiting(True) in story.events
    assert (story.exit.cause, story.exit.unanswered) == ("timeout", True)
    assert story.exit.duration > 2.5


@pytest.mark.parametrize(
    "working",
    [
        "import time; time.sleep(60)",
        "import select; select.select([0], [], [], 60)",
        "import select; select.select([], [], [], 60)",
        "import os; r, w = os.pipe(); os.read(r, 1)",
        "import threading; threading.Event().wait()",
        "while True: pass",
        "import threading; threading.Thread(target=input).start()\nwhile True: pass",
    ],
)
def test_whoever_does_anything_else_is_not(sandbox: Sandbox, working: str) -> None:
    spec = program(sandbox, working, interactive=True, timeout=LIMIT, input_wait=60)
    story = Story(sandbox.run(spec))
    assert (story.exit.cause, story.exit.unanswered) == ("timeout", False)


@pytest.mark.parametrize("length", [0.005, 0.05])
def test_children_that_nobody_waits_for_compute_at_its_cost(
    sandbox: Sandbox, length: float
) -> None:
    """The kernel adds their time to nobody's."""
    code = f"""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork():
    os.read(0, 1)
while True:
    if not os.fork():
        while time.process_time() < {length}:
            pass
        os._exit(0)
    try:
        os.wait()
    except ChildProcessError:
        pass
"""
    spec = program(sandbox, code, interactive=True, timeout=LIMIT, input_wait=60)
    story = Story(sandbox.run(spec))
    assert Waiting(True) in story.events
    assert (story.exit.cause, story.exit.unanswered) == ("timeout", False)


@pytest.mark.parametrize(("seconds", "others"), [(0.1, 0), (0.02, 9)])
def test_dear_looks_come_seldom(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, seconds: float, others: int
) -> None:
    """Many processes make a look dear, and nobody else on the server has a turn meanwhile."""
    looks = []

    def waits_for(_root: int, _pipe: int) -> bool:
        looks.append(thread_time())
        while thread_time() - looks[-1] < seconds:
            pass
        return False

    monkeypatch.setattr(input_wait, "waits_for", waits_for)
    monkeypatch.setattr(execution, "_checked", set(range(others)))
    code = "import time; time.sleep(60)"
    story = Story(sandbox.run(program(sandbox, code, interactive=True, timeout=LIMIT)))
    assert 1 <= len(looks) <= 1 + story.exit.duration


def test_who_asks_again_and_again_comes_to_an_end(sandbox: Sandbox) -> None:
    code = "import sys\nwhile True: sys.stdin.read(1)"
    execution = sandbox.run(
        program(sandbox, code, interactive=True, timeout=LIMIT, input_wait=LIMIT / 4)
    )

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if event == Waiting(True):
                execution.write_stdin(b"y")

    story = Story(events())
    assert story.exit.cause == "timeout"


def test_what_comes_before_it_is_asked_for_is_no_wait(sandbox: Sandbox) -> None:
    code = "print([input() for _ in range(3)])"
    execution = sandbox.run(program(sandbox, code, interactive=True, timeout=30))
    execution.write_stdin(b"1\n2\n3\n", eof=True)
    story = Story(execution)
    assert story.events[0] == Started()
    assert not any(isinstance(event, Waiting) for event in story.events)
    assert story.output == b"['1', '2', '3']\n"


DIALOGUES = {
    "python": "print('hi', input())",
    "javascript": "require('readline').createInterface({input: process.stdin})"
    ".once('line', (l) => { console.log('hi', l); process.exit() });",
    "typescript": "process.stdin.once('data', (d) => { "
    "console.log('hi', String(d).trim()); process.exit() });",
    "shell": "read name; echo hi $name",
    "c": '#include <stdio.h>\nint main(){char s[9]; scanf("%8s", s); printf("hi %s\\n", s);}',
    "cpp": "#include <iostream>\n#include <string>\n"
    'int main(){std::string s; std::cin >> s; std::cout << "hi " << s << std::endl;}',
    "java": "import java.util.Scanner;\nclass Main { public static void main(String[] a) { "
    'System.out.println("hi " + new Scanner(System.in).nextLine()); } }',
    "perl": 'my $name = <STDIN>; print "hi $name";',
    "ruby": "puts 'hi ' + gets",
    "php": "<?php echo 'hi ', fgets(STDIN);",
    "lua": "print('hi ' .. io.read())",
    "go": 'package main\nimport "fmt"\nfunc main() { var s string; fmt.Scan(&s); '
    'fmt.Println("hi", s) }',
    "rust": "fn main() { let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap(); "
    'print!("hi {s}"); }',
}


@pytest.mark.slow
@pytest.mark.parametrize("language", DIALOGUES)
def test_every_language_is_seen_waiting(sandbox: Sandbox, language: str) -> None:
    found = installed(Settings(), sandbox).get(language)
    if found is None:
        pytest.skip(f"platform: {language} is not installed")
    spec = found.spec(
        DIALOGUES[language].encode(), stdin=b"", interactive=True, timeout=60, output=9999
    )
    story = answered(sandbox.run(replace(spec, input_wait=60)), b"Zoe\n")
    assert Waiting(True) in story.events
    assert story.output == b"hi Zoe\n"


def test_every_runnable_language_has_a_dialogue() -> None:
    assert shutil.which("sh")
    runnable = {each.id for each in BUILTIN_LANGUAGES if each.run}
    assert runnable == set(DIALOGUES)


def test_a_wait_is_told_when_it_begins_and_when_it_ends(sandbox: Sandbox) -> None:
    code = "input(); input()\nimport time\nwhile True: time.sleep(0.01)"
    execution = sandbox.run(program(sandbox, code, interactive=True, timeout=LIMIT, input_wait=60))
    left = [b"1\n", b"2\n"]

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if event == Waiting(True):
                execution.write_stdin(left.pop(0))

    story = Story(events())
    waits = [event.waiting for event in story.events if isinstance(event, Waiting)]
    assert waits in ([True, False] * 2, [True, False])
    assert isinstance(story.events[-1], Exit)
    assert not any(isinstance(event, Output) for event in story.events)
