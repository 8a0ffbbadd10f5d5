"""A run from its start to its end, in every backend that works here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import pytest

from collabpad.sandbox import Caps, Event, Exit, Output, Sandbox, Started, execution, output_pipes
from collabpad.sandbox.poll import PlainPoll
from tests.sandbox.shooting_range import survivors
from tests.sandbox.stories import Story, need, program, run

WaitFor = Callable[[Callable[[], Any]], Any]


def test_a_program_says_hello(sandbox: Sandbox, wait_for: WaitFor) -> None:
    story = wait_for(lambda: run(sandbox, "print('hello')"))
    assert story.started
    assert story.said("stdout") == b"hello\n"
    assert story.exit == Exit("exit", 0, None, story.exit.duration)
    assert story.exit.duration > 0


def test_both_streams_keep_the_order_in_which_they_were_written(sandbox: Sandbox) -> None:
    code = """
import os
for number in range(60):
    os.write(1 if number % 3 else 2, b"%d " % number)
"""
    story = run(sandbox, code)
    assert story.output.split() == [b"%d" % number for number in range(60)]
    assert story.said("stderr").split() == [b"%d" % number for number in range(0, 60, 3)]


def test_the_order_is_kept_after_very_much_on_one_stream(sandbox: Sandbox) -> None:
    code = """
import os
for number in range(3000):
    os.write(1, b"%d " % number)
if os.read(0, 1):
    for number in range(3000, 3200):
        os.write(2 - number % 2, b"%d " % number)
for number in range(3200, 6200):
    os.write(1, b"%d " % number)
os.write(2, b"6200")
"""
    execution = sandbox.run(program(sandbox, code, interactive=True, timeout=30))

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if isinstance(event, Output) and b"2999 " in event.data:
                threading.Timer(0.3, lambda: execution.write_stdin(b"!", eof=True)).start()

    assert Story(events()).output.split() == [b"%d" % number for number in range(6201)]


def test_a_tail_that_comes_with_the_end_is_not_lost(sandbox: Sandbox) -> None:
    tail = "x" * 100_000
    story = run(sandbox, f"import os\nos.write(1, b'{tail}')\nos._exit(3)")
    assert story.said("stdout") == tail.encode()
    assert story.exit.exit_code == 3


def test_what_a_prompt_asks_for_can_be_typed(sandbox: Sandbox, wait_for: WaitFor) -> None:
    def conversation() -> Story:
        code = "name = input('who? ')\nprint('hello', name)\nprint(repr(input()))"
        execution = sandbox.run(program(sandbox, code, interactive=True))

        def events() -> Iterator[Event]:
            said = b""
            for event in execution:
                yield event
                if isinstance(event, Output):
                    said += event.data
                    if said == b"who? ":
                        execution.write_stdin("Zoë\n".encode())
                    elif said.endswith(b"Zo\xc3\xab\n"):
                        execution.write_stdin(b"no newline", eof=True)

        return Story(events())

    assert wait_for(conversation).output == "who? hello Zoë\n'no newline'\n".encode()


def test_input_given_at_the_start_ends_there(sandbox: Sandbox) -> None:
    story = run(sandbox, "import sys; print(len(sys.stdin.read()))", stdin=b"x" * 65536)
    assert story.output == b"65536\n"


def test_without_input_a_program_meets_its_end_at_once(sandbox: Sandbox) -> None:
    story = run(sandbox, "input()")
    assert b"EOFError" in story.said("stderr")
    assert story.exit.exit_code == 1


def test_input_that_nobody_reads_does_no_harm(sandbox: Sandbox) -> None:
    story = run(sandbox, "import os; os.close(0); print('fine')", stdin=b"x" * 300_000)
    assert story.output == b"fine\n"


@pytest.mark.parametrize("code", [0, 1, 127, 137, 143, 255])
def test_exit_codes_are_told_as_they_are(sandbox: Sandbox, code: int) -> None:
    story = run(sandbox, f"import os; os._exit({code})")
    assert (story.exit.exit_code, story.exit.signal) == (code, None)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGINT", "SIGPIPE"])
def test_signals_are_told_by_name(sandbox: Sandbox, name: str) -> None:
    code = f"""
import os, signal
if signal.{name} != signal.SIGKILL:
    signal.signal(signal.{name}, signal.SIG_DFL)
os.kill(os.getpid(), signal.{name})
"""
    story = run(sandbox, code)
    assert (story.exit.exit_code, story.exit.signal) == (None, name)
    assert story.output == b"", "no shell says anything about it to the user"


def test_the_clock_ends_a_program(sandbox: Sandbox, wait_for: WaitFor) -> None:
    story = wait_for(lambda: run(sandbox, "while True: pass", timeout=0.5))
    assert story.exit.cause == "timeout"
    assert (story.exit.exit_code, story.exit.signal) == (None, "SIGKILL")
    assert story.exit.duration >= 0.5


def test_the_output_is_capped(sandbox: Sandbox, wait_for: WaitFor) -> None:
    caps = replace(Caps(), output=10_000)
    story = wait_for(lambda: run(sandbox, "while True: print('x' * 99)", caps=caps))
    assert story.exit.cause == "output_limit"
    assert story.exit.truncated
    assert story.output == (b"x" * 99 + b"\n") * 100


def test_output_of_exactly_the_cap_is_fine(sandbox: Sandbox) -> None:
    story = run(sandbox, "print('x' * 9_999)", caps=replace(Caps(), output=10_000))
    assert story.exit.cause == "exit"
    assert not story.exit.truncated
    assert len(story.output) == 10_000


def test_memory_ends_a_program(sandbox: Sandbox) -> None:
    caps = replace(Caps(), memory=60 << 20)
    code = "block = bytearray(b'x') * (100 << 20)\nwhile True: pass"
    story = run(sandbox, code, caps=caps, timeout=20)
    assert story.exit.cause == "memory_limit"


def test_memory_that_a_family_shares_is_counted_once(sandbox: Sandbox) -> None:
    code = """
import os
block = bytearray(b"x") * (60 << 20)
children = []
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        os.read(0, 1)
        os._exit(0)
    children.append(pid)
print("all there", flush=True)
input()
for pid in children:
    os.waitpid(pid, 0)
"""
    caps = replace(Caps(), memory=200 << 20)
    execution = sandbox.run(program(sandbox, code, caps=caps, interactive=True, timeout=20))

    def events() -> Iterator[Event]:
        for event in execution:
            yield event
            if isinstance(event, Output):
                looks_later = threading.Timer(0.5, lambda: execution.write_stdin(b"\n", eof=True))
                looks_later.start()

    assert Story(events()).exit.cause == "exit"


def test_stop_kills_all_the_children(sandbox: Sandbox, wait_for: WaitFor) -> None:
    code = """
import os, time
for _ in range(40):
    if os.fork() == 0:
        time.sleep(600)
print("ready", flush=True)
time.sleep(600)
"""

    def stopped() -> Story:
        spec = program(sandbox, code, environment={"MARK": "stop-with-children"}, timeout=600)
        execution = sandbox.run(spec)

        def events() -> Iterator[Event]:
            for event in execution:
                yield event
                if isinstance(event, Output):
                    execution.stop()

        return Story(events())

    story = wait_for(stopped)  # comes long before the ten minutes for which they sleep are over
    assert story.exit.cause == "stopped"
    assert survivors("stop-with-children") == []


def test_stop_may_come_before_the_start(sandbox: Sandbox) -> None:
    execution = sandbox.run(program(sandbox, "print('never')\nimport time; time.sleep(60)"))
    execution.stop()
    story = Story(execution)
    assert story.exit.cause == "stopped"


def test_stop_may_come_from_another_thread(sandbox: Sandbox) -> None:
    execution = sandbox.run(program(sandbox, "import time; time.sleep(60)", timeout=60))
    events = iter(execution)
    assert next(events) == Started()
    stopper = threading.Thread(target=execution.stop)
    stopper.start()
    assert Story(events).exit.cause == "stopped"
    stopper.join()


def test_stop_after_the_end_changes_nothing(sandbox: Sandbox) -> None:
    execution = sandbox.run(program(sandbox, "pass"))
    assert Story(execution).exit.cause == "exit"
    execution.stop()
    execution.write_stdin(b"late", eof=True)


def test_leaving_the_iteration_kills_the_program(sandbox: Sandbox, wait_for: WaitFor) -> None:
    def leave() -> None:
        code = "print('ready', flush=True)\nwhile True: pass"
        spec = program(sandbox, code, environment={"MARK": "left-early"}, timeout=60)
        for event in sandbox.run(spec):
            if isinstance(event, Output):
                break

    wait_for(leave)
    assert survivors("left-early") == []


def test_a_program_that_cannot_be_executed_says_so(sandbox: Sandbox) -> None:
    spec = replace(program(sandbox, ""), command=("/nowhere/at/all",))
    story = Story(sandbox.run(spec))
    assert story.exit.exit_code in (126, 127)
    assert b"/nowhere/at/all" in story.said("stderr")


def test_compiling_has_a_clock_of_its_own(sandbox: Sandbox) -> None:
    python = sandbox.python.executable
    compiling = "import time; time.sleep(1.2); open('made', 'w').write('made it')"
    spec = program(
        sandbox,
        "print(open('made').read(), input())",
        compile=(python, "-c", compiling),
        compile_timeout=20.0,
        timeout=1.0,
        stdin=b"with input",
    )
    story = Story(sandbox.run(spec))
    assert story.output == b"made it with input\n"


def test_what_does_not_compile_is_not_run(sandbox: Sandbox) -> None:
    python = sandbox.python.executable
    spec = program(
        sandbox, "print('never')", compile=(python, "-c", "import sys; sys.exit('line 1: no')")
    )
    story = Story(sandbox.run(spec))
    assert story.said("stderr") == b"line 1: no\n"
    assert story.said("stdout") == b""
    assert (story.exit.cause, story.exit.exit_code) == ("exit", 1)


def test_compiling_does_not_take_for_ever(sandbox: Sandbox) -> None:
    python = sandbox.python.executable
    spec = program(
        sandbox, "", compile=(python, "-c", "while True: pass"), compile_timeout=0.5, timeout=60
    )
    assert Story(sandbox.run(spec)).exit.cause == "timeout"


def test_the_world_of_a_program(sandbox: Sandbox) -> None:
    code = """
import locale, os, sys, tempfile
assert os.environ["HOME"] == os.getcwd(), os.environ
assert os.path.samefile(os.path.dirname(os.path.abspath(__file__)), os.getcwd())
assert sys.stdout.encoding == "utf-8"
assert not set(os.environ) & {"COLLABPAD_TOKEN", "SSH_AUTH_SOCK", "LS_COLORS"}
with tempfile.NamedTemporaryFile("w+") as file:
    file.write("fine")
with open("notes.txt", "w") as file:
    file.write("fine")
print(sorted(os.listdir()), file=sys.stderr)
print("grüße")
"""
    story = run(sandbox, code)
    assert story.said("stdout") == "grüße\n".encode()
    assert b"main.py" in story.said("stderr")


def test_threads_of_a_program_have_room(sandbox: Sandbox) -> None:
    """MALLOC_ARENA_MAX: else an arena for each of them uses up the address space."""
    code = """
import threading
barrier = threading.Barrier(41)
def work():
    blocks = [bytearray(100) for _ in range(1000)]
    barrier.wait()
for _ in range(40):
    threading.Thread(target=work).start()
barrier.wait()
print("forty")
"""
    assert run(sandbox, code).output == b"forty\n"


def test_a_run_does_not_hold_up_the_loop(sandbox: Sandbox) -> None:
    turns = 0

    def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            gevent.sleep(0.01)

    counter = gevent.spawn(count)
    code = "import time\nend = time.monotonic() + 1\nwhile time.monotonic() < end: print('x')"
    gevent.spawn(run, sandbox, code, caps=replace(Caps(), output=100 << 20)).get()
    counter.kill()
    assert turns > 20


def test_without_epoll_and_packets_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS, where only the order of the two streams is less exact."""
    monkeypatch.setattr(execution, "new_poll", PlainPoll)
    monkeypatch.setattr(output_pipes, "packet_pipe", lambda: None)
    limits = need("limits")
    code = "import sys; print('x' * 200_000); sys.stderr.write(input())"
    story = run(limits, code, stdin=b"hello")
    assert story.said("stdout") == b"x" * 200_000 + b"\n"
    assert story.said("stderr") == b"hello"
    assert run(limits, "while True: print('x' * 999)").exit.cause == "output_limit"
    assert run(limits, "while True: pass", timeout=0.3).exit.cause == "timeout"


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_descriptor_is_lost(sandbox: Sandbox, wait_for: WaitFor) -> None:
    def many() -> None:
        for _ in range(5):
            run(sandbox, "print('x')")

    wait_for(many)
    before = open_descriptors()
    wait_for(many)
    assert open_descriptors() <= before
