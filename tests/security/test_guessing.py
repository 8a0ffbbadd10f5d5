"""Guessing is slow, on however many connections; who has what is right never waits for guessers."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio

from tests.harness import Person, Server


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.monotonic()
    answer = work()
    return time.monotonic() - start, answer


def use_up_misses(server: Server) -> None:
    """Ten wrong IDs, which cost nothing yet."""
    for number in range(10):
        assert server.get(f"/api/sessions/guess{number}").status_code == 404


@contextmanager
def requests_that_wait(server: Server, path: str, count: int) -> Iterator[Callable[[], int]]:
    """Ask so often at once; yields how many are still without an answer."""
    parts = urlsplit(server.url)
    asking = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    with ExitStack() as stack:
        waiting = []
        for _ in range(count):
            sock = stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
            sock.sendall(asking)
            waiting.append(sock)
        yield lambda: count - len(select.select(waiting, [], [], 0)[0])


def code(answer: dict[str, Any]) -> str:
    return str(answer["error"]["code"])


def test_after_ten_misses_the_next_are_answered_late_and_as_rate_limited(limited: Server) -> None:
    session = limited.create_session()
    use_up_misses(limited)
    for least in (0.5, 1.0):
        took, response = timed(lambda: limited.get("/api/sessions/again"))
        assert response.status_code == 429
        assert int(response.headers["Retry-After"]) >= 1
        assert "wait" in response.json()["error"]["message"]
        assert took >= least
    with requests_that_wait(limited, "/api/sessions/again", 3) as waiting:
        assert limited.get(f"/api/sessions/{session['session_id']}").status_code == 200
        assert waiting() > 0, "the last of them waits for eight seconds"


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("GET", "/editor/nosuchsession", 404),
        ("GET", "/api/sessions/nosuchsession/export", 404),
        ("GET", "/?token=wrong", 403),
        ("GET", "/api/sessions", 401),
        ("POST", "/create_session", 401),
        ("DELETE", "/api/sessions/{session_id}", 401),
    ],
)
def test_every_wrong_id_key_or_token_counts(
    proxied: Server, stranger: dict[str, str], method: str, path: str, refused: int
) -> None:
    path = path.format(**proxied.create_session())
    wrong = {**stranger, "Authorization": "Bearer wrong"}
    for _ in range(10):
        assert proxied.request(method, path, headers=wrong).status_code == refused
    assert proxied.request(method, path, headers=wrong).status_code == 429


def test_asking_without_any_secret_is_no_guess(proxied: Server, stranger: dict[str, str]) -> None:
    for _ in range(15):
        assert proxied.post("/create_session", headers=stranger).status_code == 401
        assert proxied.get("/api/sessions", headers=stranger).status_code == 401
        assert proxied.get("/nothing/here", headers=stranger).status_code == 404


def test_the_operator_may_ask_for_sessions_that_are_gone(
    proxied: Server, stranger: dict[str, str]
) -> None:
    operator = {**stranger, **proxied.as_operator}
    for _ in range(15):
        response = proxied.request("DELETE", "/api/sessions/nosuchsession", headers=operator)
        assert response.status_code == 404


def test_a_guesser_holds_up_nobody_behind_the_same_address(limited: Server) -> None:
    session = limited.create_session(passcode="open sesame")
    use_up_misses(limited)
    guessers = [limited.person(f"Eve {number}").connect() for number in range(5)]
    answers: list[str] = []
    came = threading.Event()

    def answered(answer: dict[str, Any]) -> None:
        answers.append(code(answer))
        came.set()

    for eve in guessers:
        eve.emit("join_session", {"session_id": "nosuchsession", "name": "Eve"}, answered)
    assert came.wait(10)
    bob = limited.person("Bob").join(session, passcode="open sesame")
    bob.does("send_message", message="in already")
    assert len(answers) < 5, "the last of them waits for eight seconds"
    guessers[0].hears("session_error", event="join_session", code="rate_limited")
    assert set(answers) == {"rate_limited"}


def test_who_missed_too_often_may_not_even_try_on_that_connection(limited: Server) -> None:
    session = limited.create_session()
    use_up_misses(limited)
    eve = limited.person("Eve")
    assert code(eve.tries_to_join("guess")) == "rate_limited"  # held for half a second
    assert code(eve.tries_to_join("guess")) == "rate_limited"  # for one
    guess: list[dict[str, Any]] = []
    eve.emit("join_session", {"session_id": "guess", "name": "Eve"}, guess.append)
    assert code(eve.tries_to_join(session)) == "rate_limited"
    limited.person("Eve, on a new connection").join(session)


def test_passcodes_are_guessed_no_faster_on_many_connections(limited: Server) -> None:
    session = limited.create_session(passcode="2468")
    people = [limited.person(f"Eve {number}").connect() for number in range(16)]
    answers: list[str] = []
    news = threading.Condition()

    def answered(answer: dict[str, Any]) -> None:
        with news:
            answers.append(code(answer))
            news.notify_all()

    for number, eve in enumerate(people):
        wanted = {"session_id": session["session_id"], "name": "Eve", "passcode": str(number)}
        eve.emit("join_session", wanted, answered)
    with news:
        assert news.wait_for(lambda: len(answers) >= 11, 10)
    assert answers[:10] == ["passcode_required"] * 10
    assert set(answers[10:]) == {"rate_limited"}
    limited.person("Ann").join(session, passcode="2468")
    assert len(answers) < 16, "the last of them waits for eight seconds"


def test_who_leaves_while_held_keeps_the_place_taken(tmp_path: Path) -> None:
    """Eight guesses take turns: the last one waits for longer than this test takes."""
    few = {"COLLABPAD_CONNECTIONS_PER_ADDRESS": "9", "COLLABPAD_GUESSES_PER_MINUTE": "1"}
    with Server(tmp_path, environment=few) as server:
        guessers = [server.person(f"Eve {number}").connect() for number in range(8)]
        for eve in guessers:
            eve.emit("join_session", {"session_id": "guess", "name": "Eve"}, lambda _: None)
            # Answered in order: the guess before it has its turn by now.
            assert code(eve.call_raw("leave_session", {"session_id": "guess"})) == "not_joined"
        server.person("Ann").join(server.create_session())
        guessers[-1].goes()
        with pytest.raises(socketio.exceptions.ConnectionError):
            server.person("Eve again").connect()


def test_a_wrong_passcode_stays_wrong_after_a_right_one(server: Server) -> None:
    session = server.create_session(passcode="right")
    ann: Person = server.person("Ann").join(session, passcode="right")
    for wrong in ("wrong", "Right", "right right", ""):
        assert not server.person("Eve").tries_to_join(session, passcode=wrong)["ok"]
    ann.join(session, as_host=True).does("update_session", passcode="another")
    assert code(server.person("Eve").tries_to_join(session, passcode="right")) == (
        "passcode_required"
    )
    server.person("Bob").join(session, passcode="another")


def test_passcodes_outlive_a_restart(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        session = server.create_session(passcode="open sesame")
        server.stop()
        server.start()
        people = [server.person(f"Eve {number}").connect() for number in range(5)]
        for eve in people:
            wanted = {"session_id": session["session_id"], "name": "Eve", "passcode": "guess"}
            eve.emit("join_session", wanted, lambda _: None)
        server.person("Ann").join(session, passcode="open sesame")
        for eve in people:
            eve.hears("session_error", event="join_session", code="passcode_required")
