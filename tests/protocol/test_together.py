"""Working as one: turns with the pen, gathering, pointing, and who is busy elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import Person, Server

Session = dict[str, str]
START = {"tname": "content", "assoc": 0}
RANGE = {"anchor": START, "head": START}


def test_turns_are_told_to_everybody_and_outlive_the_server(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        session = server.create_session()
        ann = server.person("Ann").join(session, as_host=True)
        bob = server.person("Bob").join(session)
        ann.does("set_rotation", minutes=5)
        for each in (ann, bob):
            told = each.hears("session_update", lambda news: news.get("rotation"))["rotation"]
            assert (told["minutes"], told["next_id"], told["paused"]) == (5, bob.id, False)
            assert 295 < told["remaining"] <= 300
        ann.hears("chat_message", message="The pen goes round every 5 min now")
        server.kill()
        server.start()
        for each in (ann, bob):
            each.comes_back()
        assert bob.joined["session"]["rotation"]["minutes"] == 5
        ann.does("set_rotation", minutes=None)
        bob.hears("session_update", rotation=None)


@pytest.mark.parametrize("minutes", [0, 121, -5, 1.5, True, "5", [5], {}])
def test_a_turn_has_whole_minutes(ann: Person, minutes: object) -> None:
    assert ann.refused("set_rotation", minutes=minutes) == "bad_request"


def test_a_turn_must_be_named(ann: Person) -> None:
    assert ann.refused("set_rotation") == "bad_request"


def test_only_the_host_sets_turns(bob: Person, vic: Person) -> None:
    for each in (bob, vic):
        assert each.refused("set_rotation", minutes=5) == "not_host"


def test_the_time_since_when_somebody_has_the_pen(ann: Person, bob: Person) -> None:
    before = ann.joined["session"]["pen_since"]
    ann.does("grant_write", participant_id=bob.id)
    after = bob.hears("session_update", lambda news: news.get("pen_since", before) != before)
    assert after["pen_since"] > before
    ann.does("update_session", write_mode="open")
    bob.hears("session_update", pen_since=None)


def test_everybody_else_is_invited(ann: Person, bob: Person, vic: Person) -> None:
    ann.does("gather")
    for each in (bob, vic):
        each.hears("gathering", participant_id=ann.id, name="Ann")
    ann.does("activity", state="idle")
    assert "gathering" not in [event for event, _ in ann.heard]


def test_who_only_reads_calls_nobody_together(ann: Person, bob: Person, vic: Person) -> None:
    for each in (bob, vic):
        assert each.refused("gather") == "not_host"
    ann.does("grant_write", participant_id=bob.id)
    bob.does("gather")
    ann.hears("gathering", participant_id=bob.id, name="Bob")


def test_everybody_may_point(ann: Person, bob: Person, vic: Person) -> None:
    vic.does("point", range=RANGE, participant_id=ann.id)
    for each in (ann, bob):
        each.hears("pointed", participant_id=vic.id, range=RANGE)
    vic.does("activity", state="idle")
    assert "pointed" not in [event for event, _ in vic.heard]


@pytest.mark.parametrize(
    "where", [None, {}, {"anchor": START}, {"anchor": START, "head": 3}, {**RANGE, "more": 1}, "x"]
)
def test_a_range_has_two_ends(bob: Person, where: object) -> None:
    assert bob.refused("point", range=where) == "bad_request"


def test_who_is_idle_is_told_to_the_others_and_to_newcomers(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    bob.does("activity", state="away")
    ann.hears("activity", participant_id=bob.id, state="away")
    cleo = server.person("Cleo").join(session)
    cleo.hears("activity", participant_id=bob.id, state="away")
    bob.does("activity", state="active")
    cleo.hears("activity", participant_id=bob.id, state="active")
    bob.does("activity", state="idle")
    ann.hears("activity", participant_id=bob.id, state="idle")
    ann.forgets()
    bob.comes_back()
    ann.hears("activity", participant_id=bob.id, state="active")
    late = server.person("Late").join(session)
    late.does("activity", state="idle")
    assert "activity" not in [event for event, _ in late.heard]


@pytest.mark.parametrize("state", ["asleep", "", None, 1])
def test_there_are_three_kinds_of_activity(bob: Person, state: object) -> None:
    assert bob.refused("activity", state=state) == "bad_request"
