"""What one address may do: connections, sessions, running; and whom no limit is meant for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio

from tests.harness import Server, eventually


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {
        "COLLABPAD_JOIN_WITHIN": "0.5",
        "COLLABPAD_CONNECTIONS_PER_ADDRESS": "6",
        "COLLABPAD_SESSIONS_PER_HOUR": "3",
        "COLLABPAD_RUN_SECONDS_PER_MINUTE": "1",
    }
    folder = tmp_path_factory.mktemp("strict")
    with Server(folder, "--trust-proxy", "1", "--no-token", environment=environment) as running:
        yield running


# --- connections ---------------------------------------------------------------------------------


def test_who_never_tries_to_join_is_disconnected(strict: Server) -> None:
    idle = strict.person("Idle").connect()
    idle.hears("disconnect")


def test_who_is_asked_for_a_passcode_or_knocks_may_take_their_time(strict: Server) -> None:
    closed = strict.create_session(passcode="open sesame")
    knocked = strict.create_session(join_policy="approve")
    idle = strict.person("Idle").connect()
    asked, knocking = strict.person("Asked"), strict.person("Knocking")
    assert asked.tries_to_join(closed)["error"]["code"] == "passcode_required"
    assert knocking.tries_to_join(knocked)["error"]["code"] == "waiting"
    later = strict.person("Later").connect()
    idle.hears("disconnect")
    later.hears("disconnect")  # by then the time of the other two is over too
    asked.join(closed, passcode="open sesame")
    host = strict.person("Host").join(knocked, as_host=True)
    (waiting,) = host.joined["session"]["waiting"]
    host.does("admit", participant_id=waiting["participant_id"], allow=True)
    assert knocking.hears("admitted")["resume"]
    for person in (asked, knocking, host):
        person.goes()


def test_an_address_has_so_many_connections(strict: Server) -> None:
    session = strict.create_session()

    def comes(name: str) -> bool:
        try:
            strict.person(name).join(session)
        except socketio.exceptions.ConnectionError:
            return False
        return True

    # Those of earlier stories may still be leaving.
    eventually(lambda: not comes("Another"), "an address that has enough connections")


def test_a_refused_connection_is_told_why(tmp_path: Path) -> None:
    with Server(tmp_path, environment={"COLLABPAD_CONNECTIONS_PER_ADDRESS": "1"}) as server:
        ann = server.person("Ann").join(server.create_session())
        told: list[object] = []
        client = socketio.Client(reconnection=False)
        heard = threading.Event()

        def refused(data: object) -> None:
            told.append(data)
            heard.set()

        client.on("connect_error", refused)
        with pytest.raises(socketio.exceptions.ConnectionError):
            client.connect(server.url, transports=["websocket"])
        assert heard.wait(10)
        assert told == [
            {
                "message": "Too many connections from your address: close some.",
                "data": {"code": "rate_limited"},
            }
        ]
        client.disconnect()
        ann.does("send_message", message="undisturbed")


# --- sessions and runs ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/create_session", "/api/sessions/import"])
def test_an_address_makes_so_many_sessions_an_hour(
    strict: Server, stranger: dict[str, str], path: str
) -> None:
    session = strict.create_session()
    exported = strict.get(f"/api/sessions/{session['session_id']}/export?format=json").json()
    body = exported if path.endswith("import") else {}
    for _ in range(3):
        assert strict.post(path, body, headers=stranger).status_code == 200
    refused = strict.post(path, body, headers=stranger)
    assert refused.status_code == 429
    assert 1100 < int(refused.headers["Retry-After"]) <= 1200
    assert refused.json()["error"] == {
        "code": "rate_limited",
        "message": "Your address has made 3 sessions within the hour: use one of them, "
        "or wait 20 minutes.",
    }
    operator = {**stranger, **strict.as_operator}
    assert strict.post(path, body, headers=operator).status_code == 200


def test_what_is_refused_is_not_counted(strict: Server, stranger: dict[str, str]) -> None:
    for _ in range(5):
        assert strict.post("/create_session", {"title": 7}, headers=stranger).status_code == 400
    assert strict.post("/create_session", headers=stranger).status_code == 200


def test_an_address_runs_programs_for_so_many_seconds_a_minute(
    strict: Server, stranger: dict[str, str]
) -> None:
    sleepy = {"code": "import time; time.sleep(0.6)", "language": "python"}
    assert strict.post("/run_code", sleepy, headers=stranger).json()["verdict"] == "ok"
    refused = strict.post("/run_code", sleepy, headers=stranger)
    assert refused.status_code == 429
    assert 30 <= int(refused.headers["Retry-After"]) <= 60
    told = refused.json()["error"]
    assert told["code"] == "rate_limited"
    assert "or run them in a session" in told["message"]
    operator = {**stranger, **strict.as_operator}
    assert strict.post("/run_code", sleepy, headers=operator).json()["verdict"] == "ok"


def test_this_machine_and_its_operator_have_no_such_limits(tmp_path: Path) -> None:
    environment = {
        "COLLABPAD_SESSIONS_PER_HOUR": "1",
        "COLLABPAD_RUN_SECONDS_PER_MINUTE": "0.1",
    }
    with Server(tmp_path, environment=environment) as server:
        for _ in range(3):
            assert server.post("/create_session").status_code == 200
            assert server.post("/run_code", {"code": "print(1)"}).status_code == 200
