"""Running code: alone over HTTP, and together in a session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import Payload, Person, Server

Session = dict[str, str]


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives programs little time, and yet enough to start on a busy machine."""
    folder = tmp_path_factory.mktemp("hasty")
    with Server(folder, "--no-rate-limits", "--run-timeout", "2") as server:
        yield server


def run(server: Server, code: str, **more: object) -> Payload:
    response = server.post("/run_code", {"code": code, **more}, headers=server.as_operator)
    assert response.status_code == 200, response.text
    result: Payload = response.json()
    return result


def test_a_program_that_ends_well(server: Server) -> None:
    result = run(server, "print('héllo')")
    assert result["stdout"] == result["output"] == "héllo\n"
    assert result["stderr"] == ""
    assert (result["exit_code"], result["signal"], result["verdict"]) == (0, None, "ok")
    assert not result["truncated"]
    assert not result["timed_out"]
    assert result["duration_ms"] >= 0
    assert result["sandbox"] in ("bubblewrap", "landlock", "limits")


def test_a_program_that_fails(server: Server) -> None:
    result = run(server, "import sys; print('out', flush=True); sys.exit('oh no')")
    assert (result["exit_code"], result["verdict"]) == (1, "error")
    assert (result["stdout"], result["stderr"]) == ("out\n", "oh no\n")
    assert result["output"] == "out\noh no\n"


def test_a_program_gets_its_input(server: Server) -> None:
    assert run(server, "print(input()[::-1])", stdin="abc\n")["stdout"] == "cba\n"


def test_a_program_that_does_not_end_is_ended(hasty: Server) -> None:
    result = run(hasty, "print('before', flush=True)\nwhile True: pass")
    assert (result["verdict"], result["timed_out"]) == ("timeout", True)
    assert result["stdout"] == "before\n"


def test_a_program_that_kills_itself(server: Server) -> None:
    result = run(server, "import os; os.kill(os.getpid(), 11)")
    assert (result["verdict"], result["exit_code"]) == ("killed", None)
    assert result["signal"] == "SIGSEGV"


def test_too_much_output_is_cut(server: Server) -> None:
    result = run(server, "while True: print('x' * 1000)")
    assert (result["verdict"], result["truncated"]) == ("output_limit", True)
    assert len(result["output"].encode()) <= 256 * 1024


def test_undecodable_output_is_replaced(server: Server) -> None:
    assert run(server, "import sys; sys.stdout.buffer.write(b'a\\xffb')")["stdout"] == "a\ufffdb"


@pytest.mark.parametrize("language", ["javascript", "shell"])
def test_other_languages_run_where_they_are_installed(server: Server, language: str) -> None:
    code = {"javascript": "console.log(6 * 7)", "shell": "echo $((6 * 7))"}[language]
    response = server.post("/run_code", {"code": code, "language": language})
    if response.status_code == 400:
        pytest.skip(f"platform: {language} is not installed")
    assert response.json()["stdout"] == "42\n"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "bad_request"),
        ({"code": 7}, 400, "bad_request"),
        ({"code": "x", "language": "klingon"}, 400, "bad_request"),
        ({"code": "x", "stdin": []}, 400, "bad_request"),
        ({"code": "\ud800"}, 400, "bad_request"),
        ({"code": "x" * (256 * 1024 + 1)}, 413, "too_large"),
        ({"code": "x", "stdin": "x" * (64 * 1024 + 1)}, 413, "too_large"),
    ],
)
def test_bad_requests_to_run(server: Server, body: Payload, status: int, code: str) -> None:
    response = server.post("/run_code", body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


# --- in a session ---------------------------------------------------------------------------------


def output_of(person: Person, stream: str = "stdout") -> str:
    pieces = person.all_heard("run_output")
    return "".join(each["data"] for each in pieces if each["stream"] == stream)


def test_everybody_sees_the_same_run(ann: Person, bob: Person, vic: Person) -> None:
    ann.writes("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)\n")
    run_id = ann.does("run_start")["run_id"]
    for each in (ann, bob, vic):
        started = each.hears("run_started", run_id=run_id)
        assert (started["participant_id"], started["language"]) == (ann.id, "python")
        assert started["timeout"] == 5
        finished = each.hears("run_finished", run_id=run_id)
        assert (finished["exit_code"], finished["verdict"]) == (3, "error")
        assert (output_of(each), output_of(each, "stderr")) == ("out\n", "err\n")
    bob.hears("chat_message", kind="system", message="Ann ran it: error, exit code 3")


def waits(person: Person, run_id: str) -> None:
    person.hears("run_waiting", run_id=run_id, waiting=True)


@pytest.mark.slow
def test_the_limit_does_not_count_while_a_program_waits(tmp_path: Path) -> None:
    """Two answers, each given later than the whole limit after it was asked for."""
    with Server(tmp_path, "--run-timeout", "2") as server:
        session = server.create_session()
        ann, bob = server.person("Ann").join(session), server.person("Bob").join(session)
        ann.writes("print(input('a? '))\nprint(input('b? '))\n")
        run_id = ann.does("run_start")["run_id"]
        for answer in ("one", "two"):
            waits(bob, run_id)
            # A program that works for the whole limit is a clock that no slow machine outruns.
            limit = run(server, "while True: pass")
            assert limit["verdict"] == "timeout"
            ann.does("run_input", run_id=run_id, data=f"{answer}\n")
            bob.hears("run_output", run_id=run_id, data=f"{answer}\n", stream="stdin")
        finished = bob.hears("run_finished", run_id=run_id)
        assert finished["verdict"] == "ok"
        assert output_of(bob) == "a? one\nb? two\n"
        assert "unanswered" not in finished


def test_a_question_that_nobody_answers_ends_the_program(tmp_path: Path) -> None:
    with Server(tmp_path, "--input-wait", "0.3") as server:
        session = server.create_session()
        ann, bob = server.person("Ann").join(session), server.person("Bob").join(session)
        ann.writes("input('who? ')")
        run_id = ann.does("run_start")["run_id"]
        finished = bob.hears("run_finished", run_id=run_id)
        assert (finished["verdict"], finished["unanswered"]) == ("timeout", True)
        bob.hears("chat_message", kind="system", message="Ann ran it: nobody answered it")


def test_who_joins_while_a_program_waits_is_told(
    server: Server, session: Session, ann: Person
) -> None:
    ann.writes("input()\nwhile True: pass")
    run_id = ann.does("run_start")["run_id"]
    waits(ann, run_id)
    assert server.person("Eve").join(session).joined["session"]["run"]["waiting"] is True
    ann.does("run_input", run_id=run_id, data="x\n")
    ann.hears("run_waiting", run_id=run_id, waiting=False)
    ann.does("run_stop", run_id=run_id)


def test_programs_that_wait_keep_no_places(tmp_path: Path) -> None:
    """On a server that runs one program at a time, ten open dialogues stop nobody."""
    with Server(tmp_path, "--max-runs", "1", "--no-rate-limits") as server:
        waiting = []
        for number in range(6):
            person = server.person(f"Ann {number}").join(server.create_session())
            person.writes("print(input())")
            run_id = person.does("run_start")["run_id"]
            waits(person, run_id)
            waiting.append((person, run_id))
        assert run(server, "print('in between')")["verdict"] == "ok"
        for person, run_id in waiting:
            person.does("run_input", run_id=run_id, data="done\n")
            assert person.hears("run_finished", run_id=run_id)["verdict"] == "ok"
        assert run(server, "print('after')")["verdict"] == "ok"


def test_a_selection_can_be_run(ann: Person) -> None:
    ann.writes("print('all of it')")
    ann.does("run_start", code="print('a part')", stdin="")
    ann.hears("run_finished")
    assert output_of(ann) == "a part\n"


def test_output_comes_while_the_program_runs_and_input_goes_in(ann: Person, bob: Person) -> None:
    ann.writes("name = input('name? ')\nprint('hello', name)")
    run_id = ann.does("run_start")["run_id"]
    bob.hears("run_output", stream="stdout", data="name? ")
    assert bob.refused("run_input", run_id=run_id, data="Eve\n") == "forbidden"
    ann.does("run_input", run_id=run_id, data="Ann\n")
    bob.hears("run_output", stream="stdin", data="Ann\n")
    bob.hears("run_finished", verdict="ok")
    assert output_of(bob) == "name? hello Ann\n"
    assert ann.refused("run_input", run_id=run_id, data="late") == "unknown_run"


def test_one_run_at_a_time_which_its_starter_or_the_host_stops(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    cleo = server.person("Cleo").join(session)
    ann.does("update_session", run_policy="everyone")
    ann.writes("import time\nprint('on', flush=True)\ntime.sleep(60)")
    run_id = bob.does("run_start")["run_id"]
    cleo.hears("run_output", data="on\n")
    assert cleo.refused("run_start") == "busy"
    assert cleo.refused("run_stop", run_id=run_id) == "forbidden"
    assert ann.refused("run_stop", run_id="other") == "unknown_run"
    late = server.person("Late").join(session)
    current = late.joined["session"]["run"]
    assert (current["run_id"], current["participant_id"]) == (run_id, bob.id)
    assert current["output"] == [{"stream": "stdout", "data": "on\n"}]
    ann.does("run_stop", run_id=run_id)
    finished = cleo.hears("run_finished")
    assert (finished["verdict"], finished["run_id"]) == ("stopped", run_id)


def test_who_may_run_is_the_hosts_choice(ann: Person, bob: Person, vic: Person) -> None:
    ann.writes("print(1)")
    assert bob.refused("run_start") == "forbidden"
    ann.does("update_session", run_policy="everyone")
    bob.does("run_start")
    bob.hears("run_finished")
    assert vic.refused("run_start") == "forbidden"
    ann.does("update_session", run_policy="off")
    assert ann.refused("run_start") == "run_disabled"


def test_runs_are_remembered_with_the_code_that_they_ran(ann: Person, bob: Person) -> None:
    ann.writes("print('first')")
    first = ann.does("run_start")["run_id"]
    ann.hears("run_finished", run_id=first)
    ann.writes("print('second')")
    second = ann.does("run_start", code="\n \nprint('a part')", stdin="in")["run_id"]
    ann.hears("run_finished", run_id=second)
    runs = bob.does("list_runs")["runs"]
    assert [each["run_id"] for each in runs] == [second, first]
    assert (runs[0]["selection"], runs[1]["selection"]) == (True, False)
    assert [each["first_line"] for each in runs] == ["print('a part')", "print('first')"]
    assert (runs[1]["name"], runs[1]["verdict"]) == ("Ann", "ok")
    whole = bob.does("get_run", run_id=first)["run"]
    assert whole["code"] == "print('first')"
    assert whole["output"] == [{"stream": "stdout", "data": "first\n"}]
    part = bob.does("get_run", run_id=second)["run"]
    assert (part["code"], part["stdin"]) == ("\n \nprint('a part')", "in")
    assert bob.refused("get_run", run_id="other") == "unknown_run"


def test_who_comes_later_asks_for_the_last_run(
    ann: Person, session: Session, server: Server
) -> None:
    assert ann.does("last_run")["run"] is None
    runs = []
    for text in ("print('first')", "print('second')\n1 / 0"):
        ann.writes(text)
        runs.append(ann.does("run_start")["run_id"])
        ann.hears("run_finished", run_id=runs[-1])
    viewer = server.person("Vic").view(session)
    last = viewer.does("last_run")["run"]
    listed, _ = viewer.does("list_runs")["runs"]
    assert {key: value for key, value in last.items() if key != "output"} == listed
    assert last["output"][0] == {"stream": "stdout", "data": "second\n"}
    assert viewer.does("last_run", known=runs[0])["run"] == last
    assert viewer.does("last_run", known=runs[1])["run"] is None
    assert viewer.refused("last_run", known=7) == "bad_request"


def test_a_session_that_ends_ends_its_run(ann: Person, bob: Person) -> None:
    ann.writes("import time\nprint('on', flush=True)\ntime.sleep(60)")
    ann.does("run_start")
    bob.hears("run_output")
    ann.does("close_session")
    bob.hears("session_closed")


def test_a_starter_who_goes_does_not_stop_the_run(ann: Person, bob: Person) -> None:
    ann.writes("import time\nprint('on', flush=True)\ntime.sleep(0.3)\nprint('done')")
    ann.does("run_start")
    bob.hears("run_output")
    ann.goes()
    bob.hears("run_finished", verdict="ok")
    assert output_of(bob) == "on\ndone\n"


def test_without_a_sandbox_nothing_runs(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Server(tmp_path_factory.mktemp("off"), "--run-backend", "off") as server:
        response = server.post("/run_code", {"code": "print(1)"})
        assert response.status_code == 503
        assert response.json()["error"]["code"] == "run_disabled"
        ann = server.person("Ann").join(server.create_session())
        assert ann.refused("run_start") == "run_disabled"


def test_a_shutdown_is_told_to_the_pages(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Server(tmp_path_factory.mktemp("stop")) as server:
        ann = server.person("Ann").join(server.create_session())
        assert server.stop() == 0
        assert ann.hears("session_closed") == {"reason": "shutdown"}


def test_a_flood_of_output_costs_the_others_nothing(server: Server, ann: Person) -> None:
    ann.writes("while True: print('x' * 200)")
    ann.does("run_start")
    other = server.create_session()
    eve = server.person("Eve", crdt=True).join(other, as_host=True)
    fay = server.person("Fay", crdt=True).join(other)
    for number in range(200):
        eve.types(f"{number} ")
    fay.sees(text=eve.text)
    finished = ann.hears("run_finished")
    assert (finished["verdict"], finished["truncated"]) == ("output_limit", True)
    assert len(ann.all_heard("run_output")) <= 20 * (finished["duration_ms"] / 1000 + 1)


def test_a_run_waits_for_its_turn(tmp_path_factory: pytest.TempPathFactory) -> None:
    environment = {"COLLABPAD_RUN_QUEUE": "1"}
    folder = tmp_path_factory.mktemp("queue")
    with Server(
        folder, "--max-runs", "1", "--run-timeout", "60", environment=environment
    ) as server:
        people = [
            server.person(name).join(server.create_session()) for name in ("Ann", "Bob", "Eve")
        ]
        ann, bob, eve = people
        ann.writes("import time; time.sleep(60)")
        first = ann.does("run_start")["run_id"]
        ann.hears("run_started")
        bob.writes("print('at last')")
        second = bob.does("run_start")["run_id"]
        assert bob.hears("run_queued")["before"] == 0
        assert eve.refused("run_start") == "busy"
        ann.does("run_stop", run_id=first)
        bob.hears("run_finished", run_id=second, verdict="ok")
