"""Each client is told what its person may do, when that changes, and nobody else is."""

from __future__ import annotations

import pytest

from tests.harness import Person, Server, eventually

Session = dict[str, str]

EVERYBODY = {"read_runs", "chat", "rename", "show_cursor", "point"}
READER = EVERYBODY | {
    "request_write",
    "take_over",
    "skip_own_turn",
    "feed_own_run",
    "stop_own_run",
    "invite",
}
WRITER = READER | {"write", "gather", "set_language", "run"}
PEN = {"release_write", "grant_write", "rotation_next", "feed_any_run"}
HOSTING = {
    "revoke_write",
    "grant_write",
    "transfer_host",
    "set_rotation",
    "rotation_next",
    "skip_any_turn",
    "feed_any_run",
    "stop_any_run",
    "admit",
    "remove",
    "set_options",
    "set_language",
    "gather",
    "run",
}
OWNING = {"set_passcode", "lock", "rotate_links", "close_session", "remove_key_holder"}


def becomes(person: Person, may: set[str]) -> None:
    eventually(lambda: person.may == may, f"{person.name} to be told {may ^ person.may}")


def news_of(person: Person) -> list[list[str]]:
    """The lists that came after the join's answer."""
    return [each["may"] for each in person.settles().all_heard("session_update") if "may" in each]


@pytest.fixture
def host(server: Server, session: Session) -> Person:
    return server.person("Hanna").join(session, as_host=True)


def test_whoever_joins_is_told_once(server: Server, session: Session) -> None:
    founder = server.person("Finn").join(session)
    bob, vic = server.person("Bob").join(session), server.person("Vic").view(session)
    for each in (founder, bob, vic):
        each.sees_roster(lambda roster: len(roster["participants"]) == 3)
    assert founder.may == WRITER | PEN | HOSTING  # without the host link: an acting host
    assert bob.may == READER
    assert vic.may == EVERYBODY
    assert [news_of(each) for each in (founder, bob, vic)] == [[], [], []]
    people = vic.all_heard("participants_update")[-1]["participants"]
    able = {each["name"]: each["can_take_over"] for each in people.values()}
    assert able == {"Finn": True, "Bob": True, "Vic": False}


def test_the_host_by_key_may_do_everything_and_takes_it_from_the_acting_one(
    server: Server, session: Session
) -> None:
    founder = server.person("Finn").join(session)
    hanna = server.person("Hanna").join(session, as_host=True)
    assert hanna.may == READER | HOSTING | OWNING
    becomes(founder, WRITER | PEN)


def test_the_pen_takes_its_rights_along_before_the_roster_says_so(
    server: Server, session: Session, host: Person
) -> None:
    bob, cleo = server.person("Bob").join(session), server.person("Cleo").join(session)
    bob.sees_pen_with(host)
    bob.settles().forgets()
    host.does("grant_write", participant_id=bob.id)
    becomes(bob, WRITER | PEN)
    becomes(host, READER | HOSTING | OWNING)
    bob.sees_pen_with(bob)
    told = [
        (event, "may" in payload)
        for event, payload in bob.heard
        if event in ("participants_update", "session_update")
    ]
    assert told.index(("session_update", True)) < told.index(("participants_update", False))
    bob.does("release_write")
    becomes(bob, READER)
    becomes(host, WRITER | PEN | HOSTING | OWNING)
    cleo.sees_pen_with(host)
    assert news_of(cleo) == []


def test_the_mode_and_muting_change_what_one_may_do(
    server: Server, session: Session, host: Person
) -> None:
    bob, vic = server.person("Bob").join(session), server.person("Vic").view(session)
    host.does("update_session", write_mode="open")
    becomes(bob, WRITER)
    becomes(host, WRITER | HOSTING | OWNING)
    host.does("revoke_write", participant_id=bob.id)
    becomes(bob, READER)
    host.does("update_session", write_mode="handoff")
    becomes(host, WRITER | PEN | HOSTING | OWNING)
    vic.sees_pen_with(host)
    assert news_of(vic) == []


def test_the_run_policy_changes_who_may_run(server: Server, session: Session, host: Person) -> None:
    bob, vic = server.person("Bob").join(session), server.person("Vic").view(session)
    may_run = {"everyone": (True, True), "off": (False, False), "host": (True, False)}
    for policy, (host_may, bob_may) in may_run.items():
        host.does("update_session", run_policy=policy)
        for each in (host, bob):
            each.settles()
        assert ("run" in host.may, "run" in bob.may) == (host_may, bob_may), policy
        if not bob_may:
            assert bob.refused("run_start") in ("forbidden", "run_disabled")
    assert news_of(vic) == []
    assert len(news_of(bob)) == 2  # one may run, then one may not, and then still not


def test_everybody_of_a_person_s_tabs_is_told(
    server: Server, session: Session, host: Person
) -> None:
    bob = server.person("Bob").join(session, tab="one")
    beside = server.person("Bob").join(session, tab="two", resume=bob.joined["resume"])
    host.does("grant_write", participant_id=bob.id)
    for tab in (bob, beside):
        becomes(tab, WRITER | PEN)


def test_while_the_host_is_away_another_acts_and_may_not_do_all(hasty: Server) -> None:
    session = hasty.create_session()
    hanna = hasty.person("Hanna").join(session, as_host=True)
    bob = hasty.person("Bob").join(session)
    hanna.goes()
    becomes(bob, WRITER | PEN | HOSTING)
    assert bob.refused("close_session") == "forbidden"
    hanna.join(session, as_host=True)
    becomes(bob, WRITER | PEN)
    assert hanna.may == READER | HOSTING | OWNING
