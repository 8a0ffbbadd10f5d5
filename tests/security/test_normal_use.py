"""What people do never meets a limit, with all limits on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness import Server

CLASS = 50


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as it comes, limits and all."""
    with Server(tmp_path_factory.mktemp("limited")) as server:
        yield server


def test_a_class_behind_one_address(limited: Server) -> None:
    session = limited.create_session(write_mode="open")
    people = [limited.person(f"P{number}", crdt=True).join(session) for number in range(CLASS)]
    for person in people:
        person.types(f"{person.name} ")
        person.does("send_message", message="here")
    for person in people:
        person.sees_roster(lambda roster: len(roster["participants"]) == CLASS)
        assert person.all_heard("session_error") == []
    for person in people[::10]:
        person.hears("doc_update", lambda update: update["seq"] == CLASS)
        assert len(person.text.split()) == CLASS


def test_a_held_key_and_a_large_paste(limited: Server) -> None:
    session = limited.create_session()
    ann = limited.person("Ann", crdt=True).join(session, as_host=True)
    bob = limited.person("Bob").join(session)
    for _ in range(250):  # sooner than any keyboard repeats
        ann.types("x")
    ann.types("y" * (1024 * 1024 - 250))
    bob.sees(text="x" * 250 + "y" * (1024 * 1024 - 250))
    assert ann.all_heard("session_error") == []
