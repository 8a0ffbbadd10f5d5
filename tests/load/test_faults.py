"""Long runs of faults; `scripts/soak` runs them, a short form of each is among the other tests."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.harness import Person, Server

ROUNDS = 25


@pytest.mark.soak
def test_a_server_that_is_killed_again_and_again_loses_nothing(tmp_path: Path) -> None:
    """Three people type without waiting while the server dies; each comes back and goes on."""
    chance = random.Random(7)
    with Server(tmp_path, "--no-rate-limits") as server:
        session = server.create_session(write_mode="open")
        people = [server.person(name, crdt=True).join(session) for name in ("Ann", "Bob", "Eve")]
        typed = 0
        for number in range(ROUNDS):
            for _ in range(chance.randrange(20, 200)):
                typed += 1
                type_on(chance.choice(people), f"{number} ")
            server.kill()
            server.start()
            for person in people:
                person.comes_back()
        for person in people:
            person.settles()
        late = server.person("Late").join(session)
        text: str = late.hears("code_update")["content"]
        assert len(text.split()) == typed
        for person in people:
            person.sees(text=text)


def type_on(person: Person, text: str) -> None:
    payload = {"session_id": person.session_id, "update": person.edit(text)}
    person.emit("doc_update", payload, lambda _: None)
