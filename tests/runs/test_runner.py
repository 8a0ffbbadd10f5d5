"""Stories of programs that people run together."""

from __future__ import annotations

from collections import Counter
from time import monotonic

import gevent
import pytest

from collabpad.errors import BadRequest, Busy, RunDisabled, TooLarge, Unavailable, UnknownRun
from collabpad.protocol.enums import Stream
from collabpad.runs.events import Queued, RunFinished, RunOutput, RunStarted
from collabpad.runs.output_throttle import FRAMES_PER_SECOND, OutputThrottle
from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox, open_sandbox
from collabpad.settings import Limits, Settings
from tests.runs.conftest import Audience, MakeRunner
from tests.runs.here import runnable


def start(runner: Runner, key: object, code: str, *, stdin: str = "") -> tuple[str, Audience]:
    audience = Audience()
    run_id = runner.start(key, code=code, language="python", stdin=stdin, on_event=audience)
    return run_id, audience


def test_one_run_alone(runner: Runner, sandbox: Sandbox) -> None:
    result = runner.run_once("print('héllo', input())", "python", "you")
    assert result.stdout == result.output == "héllo you\n"
    assert result.stderr == ""
    assert (result.exit_code, result.signal, result.verdict) == (0, None, "ok")
    assert (result.truncated, result.timed_out) == (False, False)
    assert result.sandbox == sandbox.name
    assert result.duration_ms > 0


@pytest.mark.parametrize(
    ("code", "verdict", "exit_code", "signal"),
    [
        ("raise SystemExit(3)", "error", 3, None),
        ("1 / 0", "error", 1, None),
        ("import os; os.abort()", "killed", None, "SIGABRT"),
        ("while True: print('x' * 9999)", "output_limit", None, "SIGKILL"),
    ],
)
def test_verdicts(
    runner: Runner, code: str, verdict: str, exit_code: int | None, signal: str | None
) -> None:
    result = runner.run_once(code, "python")
    assert (result.verdict, result.exit_code, result.signal) == (verdict, exit_code, signal)
    assert result.truncated == (verdict == "output_limit")


def test_a_run_that_takes_too_long(make_runner: MakeRunner) -> None:
    result = make_runner(run_timeout=0.5).run_once("while True: pass", "python")
    assert (result.verdict, result.timed_out, result.exit_code) == ("timeout", True, None)


def test_the_output_is_capped_as_the_settings_say(make_runner: MakeRunner) -> None:
    runner = make_runner(limits=Limits(run_output=5000), run_timeout=20.0)
    result = runner.run_once("print('é' * 2499, end='x' * 10)", "python")
    assert len(result.output.encode()) <= 5000
    assert "\ufffd" not in result.output, "a character that the cap cuts is not the program's"
    assert result.truncated


def test_bytes_that_are_no_text_become_a_sign(runner: Runner) -> None:
    result = runner.run_once("import os; os.write(1, b'a\\xffb\\xc3')", "python")
    assert result.stdout == "a\ufffdb\ufffd"


def test_events_come_in_order_and_none_before_start_returns(runner: Runner) -> None:
    audience = Audience()
    runner.start("key", code="print('hi')", language="python", stdin="", on_event=audience)
    assert audience.events == []
    audience.wait_for_end()
    started, *outputs, finished = audience.events
    assert isinstance(started, RunStarted)
    assert started.timeout == 20.0
    assert all(isinstance(event, RunOutput) and event.stream == "stdout" for event in outputs)
    assert audience.text == "hi\n"
    assert isinstance(finished, RunFinished)
    assert runner.current("key") is None


def test_a_line_is_seen_while_the_program_goes_on(runner: Runner) -> None:
    run_id, audience = start(runner, "key", "print('first')\ninput()")
    audience.wait_for_text("first\n")
    record = runner.current("key")
    assert record is not None
    assert (record.run_id, record.language) == (run_id, "python")
    assert record.output == [("stdout", "first\n")]
    assert record.started_at is not None
    runner.stop("key", run_id)
    assert audience.wait_for_end().verdict == "stopped"


@pytest.mark.slow
def test_people_answer_a_program_and_all_see_it(runner: Runner) -> None:
    run_id, audience = start(runner, "key", "name = input('who? ')\nprint('hello', name)\ninput()")
    audience.wait_for_text("who? ")
    runner.write_stdin("key", run_id, "Ann\n")
    audience.wait_for_text("hello Ann\n")
    record = runner.current("key")
    assert record is not None
    assert record.output == [("stdout", "who? "), ("stdin", "Ann\n"), ("stdout", "hello Ann\n")]
    runner.write_stdin("key", run_id, "", True)
    result = audience.wait_for_end()
    assert "EOFError" in result.stderr
    assert "Ann" not in result.output.replace("hello Ann", ""), "an echo is no output"


@pytest.mark.slow
def test_input_given_at_the_start_leaves_room_for_more(runner: Runner) -> None:
    run_id, audience = start(runner, "key", "print(input() + input())", stdin="one\n")
    audience.wait_for_start()
    runner.write_stdin("key", run_id, "two\n")
    assert audience.wait_for_end().stdout == "onetwo\n"


def test_one_run_a_key(runner: Runner) -> None:
    run_id, audience = start(runner, "key", "input()")
    with pytest.raises(Busy):
        start(runner, "key", "print()")
    runner.stop("key", run_id)
    audience.wait_for_end()
    _, again = start(runner, "key", "print('again')")
    assert again.wait_for_end().stdout == "again\n"


def test_the_next_run_may_start_when_the_last_has_finished(runner: Runner) -> None:
    """The page starts the next one as soon as it hears of the end."""
    second = Audience()

    def on_event(event: object) -> None:
        if isinstance(event, RunFinished):
            runner.start("key", code="print(2)", language="python", stdin="", on_event=second)

    runner.start("key", code="print(1)", language="python", stdin="", on_event=on_event)
    assert second.wait_for_end().stdout == "2\n"


BUSY = "import time; time.sleep(600)"


def test_who_waits_for_input_lets_others_go_on(make_runner: MakeRunner) -> None:
    runner = make_runner(max_runs=1, run_queue=1, run_timeout=60.0)
    first_id, first = start(runner, 1, "print(input())")
    _, second = start(runner, 2, "print('two')")
    assert second.wait_for_end().stdout == "two\n"
    waiting = runner.current(1)
    assert waiting is not None
    assert waiting.waiting
    runner.write_stdin(1, first_id, "one\n")
    assert first.wait_for_end().stdout.endswith("one\n")


def test_a_line_forms_and_moves_on(make_runner: MakeRunner) -> None:
    runner = make_runner(max_runs=1, run_queue=2, run_timeout=60.0)
    first_id, first = start(runner, 1, BUSY)
    first.wait_for_start()
    second_id, second = start(runner, 2, f"print('two')\n{BUSY}")
    third_id, third = start(runner, 3, "print('three')")
    second.wait(lambda: second.queue == [0])
    third.wait(lambda: third.queue == [1])
    with pytest.raises(Busy):
        start(runner, 4, "print()")
    with pytest.raises(Busy):
        runner.run_once("print()", "python")
    assert runner.current(4) is None
    record = runner.current(3)
    assert record is not None
    assert record.started_at is None

    runner.stop(1, first_id)
    second.wait_for_text("two\n")
    third.wait(lambda: third.queue == [1, 0])
    runner.stop(2, second_id)
    assert third.wait_for_end().stdout == "three\n"
    assert [type(event) for event in third.events[:3]] == [Queued, Queued, RunStarted]
    assert third_id != second_id


def test_who_waits_may_give_up(make_runner: MakeRunner) -> None:
    runner = make_runner(max_runs=1, run_queue=2, run_timeout=60.0)
    first_id, first = start(runner, 1, BUSY)
    first.wait_for_start()
    second_id, second = start(runner, 2, "print('never')")
    _, third = start(runner, 3, "print('three')")
    third.wait(lambda: third.queue == [1])
    runner.stop(2, second_id)
    result = second.wait_for_end()
    assert (result.verdict, result.output, result.duration_ms) == ("stopped", "", 0)
    assert not any(isinstance(event, RunStarted) for event in second.events)
    third.wait(lambda: third.queue == [1, 0])
    runner.stop(1, first_id)
    assert third.wait_for_end().verdict == "ok"


def test_input_may_come_while_a_run_waits(make_runner: MakeRunner) -> None:
    runner = make_runner(max_runs=1, run_timeout=60.0)
    first_id, first = start(runner, 1, BUSY)
    first.wait_for_start()
    second_id, second = start(runner, 2, "print(input())")
    runner.write_stdin(2, second_id, "early\n")
    runner.stop(1, first_id)
    assert second.wait_for_end().stdout == "early\n"


def test_runs_go_on_side_by_side(runner: Runner) -> None:
    """Each waits for a word that it is given only when both have asked for it."""
    first_id, first = start(runner, 1, "print('ready'); input()")
    second_id, second = start(runner, 2, "print('ready'); input()")
    first.wait_for_text("ready")
    second.wait_for_text("ready")
    runner.write_stdin(1, first_id, "\n")
    runner.write_stdin(2, second_id, "\n")
    assert first.wait_for_end().verdict == second.wait_for_end().verdict == "ok"


def test_a_flood_reaches_people_as_a_few_frames(runner: Runner) -> None:
    begun = monotonic()
    _, audience = start(runner, "key", "for number in range(20_000): print(number)")
    result = audience.wait_for_end()
    frames = [event for event in audience.events if isinstance(event, RunOutput)]
    assert len(frames) <= FRAMES_PER_SECOND * (monotonic() - begun + 1) + 3
    assert audience.text == result.stdout == "".join(f"{number}\n" for number in range(20_000))


def test_streams_that_alternate_are_few_frames_too(runner: Runner) -> None:
    code = "import os\nfor _ in range(2000): os.write(1, b'o'); os.write(2, b'e')"
    begun = monotonic()
    _, audience = start(runner, "key", code)
    result = audience.wait_for_end()
    frames = [event for event in audience.events if isinstance(event, RunOutput)]
    assert len(frames) <= FRAMES_PER_SECOND * (monotonic() - begun + 1) + 3
    assert (result.stdout, result.stderr) == ("o" * 2000, "e" * 2000)
    assert audience.text.count("o") == audience.text.count("e") == 2000


def test_between_two_pieces_of_a_flood_others_have_their_turn(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, pieces = 0, Counter[int]()
    take = OutputThrottle.output

    def counted(self: OutputThrottle, stream: Stream, text: str) -> None:
        pieces[turns] += 1
        take(self, stream, text)

    def type_on() -> None:
        nonlocal turns
        while True:
            turns += 1
            gevent.sleep(0)

    monkeypatch.setattr(OutputThrottle, "output", counted)
    typing = gevent.spawn(type_on)
    code = "import time\nend = time.monotonic() + 1\nwhile time.monotonic() < end: print('x')"
    limits = Limits(run_output=64 << 20)
    flood = Runner(runner._sandbox, Settings(run_timeout=20.0, limits=limits))
    assert flood.run_once(code, "python").verdict == "ok"
    typing.kill()
    assert len(pieces) > 1
    assert max(pieces.values()) == 1


def test_an_error_of_a_listener_is_its_own(runner: Runner) -> None:
    def broken(event: object) -> None:
        raise ValueError("broken")

    runner.start("key", code="print()", language="python", stdin="", on_event=broken)
    with gevent.Timeout(30):
        while runner.current("key") is not None:
            gevent.sleep(0)
    assert runner.run_once("print('fine')", "python").stdout == "fine\n"


def test_what_is_not_running_cannot_be_fed_or_stopped(runner: Runner) -> None:
    run_id, audience = start(runner, "key", "input()")
    for key, wrong in (("key", "another"), ("nobody", run_id)):
        with pytest.raises(UnknownRun):
            runner.stop(key, wrong)
        with pytest.raises(UnknownRun):
            runner.write_stdin(key, wrong, "x")
    runner.stop("key", run_id)
    audience.wait_for_end()
    with pytest.raises(UnknownRun):
        runner.stop("key", run_id)


def test_sizes_are_limited(make_runner: MakeRunner) -> None:
    runner = make_runner(limits=Limits(run_code=1024, stdin=100))
    with pytest.raises(TooLarge):
        runner.run_once("#" * 1025, "python")
    with pytest.raises(TooLarge):
        runner.run_once("#" + "é" * 512, "python")
    with pytest.raises(TooLarge):
        runner.run_once("", "python", "x" * 101)
    run_id, audience = start(runner, "key", "input()", stdin="x" * 60)
    with pytest.raises(TooLarge):
        runner.write_stdin("key", run_id, "x" * 41)
    runner.write_stdin("key", run_id, "x" * 40)
    runner.stop("key", run_id)
    audience.wait_for_end()


@pytest.mark.parametrize("language", ["klingon", "text", "__class__", ""])
def test_what_is_no_language_here_is_refused(runner: Runner, language: str) -> None:
    with pytest.raises(BadRequest):
        runner.run_once("print()", language)


def test_half_a_character_is_refused(runner: Runner) -> None:
    with pytest.raises(BadRequest):
        runner.run_once("print('\ud800')", "python")
    with pytest.raises(BadRequest):
        runner.run_once("", "python", "\udfff")


def test_a_server_that_runs_nothing_says_so() -> None:
    settings = Settings(run_backend="off")
    runner = Runner(open_sandbox(settings), settings)
    assert runnable(runner) == []
    assert runner.sandbox_view() == {"name": "off", "isolated": False}
    view = {str(each["id"]): each.get("reason") for each in runner.languages_view()}
    assert (view["python"], view["text"]) == ("off", "no_program")
    assert not any(view["runnable"] for view in runner.languages_view())
    with pytest.raises(RunDisabled):
        runner.run_once("print()", "python")
    with pytest.raises(RunDisabled):
        start(runner, "key", "print()")


def test_closing_ends_everything(make_runner: MakeRunner) -> None:
    runner = make_runner(max_runs=1, run_timeout=60.0)
    _, first = start(runner, 1, "input()")
    first.wait_for_start()
    _, second = start(runner, 2, "print('never')")
    runner.close()
    assert first.wait_for_end().verdict == second.wait_for_end().verdict == "stopped"
    with pytest.raises(Unavailable):
        start(runner, 3, "print()")


def test_a_client_that_gives_up_frees_its_place(make_runner: MakeRunner) -> None:
    runner = make_runner(max_runs=1, run_queue=0, run_timeout=60.0)
    waiting = gevent.spawn(runner.run_once, "input('x')\nwhile True: pass", "python")
    gevent.sleep(0)
    waiting.kill()
    with gevent.Timeout(30):
        result = None
        while result is None:
            try:
                result = runner.run_once("print('mine')", "python")
            except Busy:
                gevent.sleep(0.01)
    assert result.stdout == "mine\n"
