"""Working as one: turns with the pen, gathering, pointing, and who is busy elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import Person, Server

Session = dict[str, str]
START = {"tname": "content", "assoc": 0}
RANGE = {"anchor": START, "head": START}


@pytest.mark.slow
def test_turns_are_told_to_everybody_and_outlive_the_server(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        session = server.create_session()
        ann = server.person("Ann").join(session, as_host=True)
        bob = server.person("Bob").join(session)
        ann.does("set_rotation", minutes=5, order=[bob.id])
        for each in (ann, bob):
            told = each.hears("session_update", lambda news: news.get("rotation"))["rotation"]
            assert (told["minutes"], told["next_id"], told["paused"]) == (5, bob.id, False)
            assert 0 < told["remaining"] <= 300
        ann.hears("chat_message", message="The pen now goes around every 5 minutes")
        server.kill()
        server.start()
        for each in (ann, bob):
            each.comes_back()
        assert bob.joined["session"]["rotation"]["minutes"] == 5
        assert bob.joined["session"]["rotation"]["order"] == [bob.id]
        ann.does("set_rotation", minutes=1)
        ann.hears("chat_message", message="The pen now goes around every minute")
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


def rotation(person: Person, **wanted: object) -> dict[str, object]:
    """The next news of the turns in which all that is wanted is so."""

    def fits(news: dict[str, object]) -> bool:
        told = news.get("rotation")
        return isinstance(told, dict) and all(told[each] == wanted[each] for each in wanted)

    found: dict[str, object] = person.hears("session_update", fits)["rotation"]
    return found


def test_the_host_leads_the_turns(ann: Person, bob: Person, vic: Person) -> None:
    ann.does("set_rotation", minutes=5, order=[bob.id, ann.id])
    rotation(bob, order=[bob.id, ann.id], held=False, next_id=bob.id)
    ann.does("set_rotation", minutes=5, paused=True)
    rotation(bob, held=True, paused=True, order=[bob.id, ann.id])
    ann.does("rotation_skip", participant_id=bob.id)
    rotation(bob, next_id=ann.id)
    ann.does("rotation_next")
    rotation(bob, next_id=bob.id)
    ann.does("rotation_next")
    bob.hears("participants_update", writer_id=bob.id)
    bob.does("rotation_next")
    ann.hears("participants_update", writer_id=ann.id)
    ann.does("set_rotation", minutes=None)
    for each in (ann, bob):
        assert each.refused("rotation_skip", participant_id=bob.id) == "bad_request"
    assert ann.refused("rotation_next") == "bad_request"


def test_the_turns_obey_the_host_alone(ann: Person, bob: Person, vic: Person) -> None:
    ann.does("set_rotation", minutes=5)
    for each in (bob, vic):
        assert each.refused("set_rotation", minutes=5, paused=True) == "not_host"
        assert each.refused("rotation_next") == "not_host"
        assert each.refused("rotation_skip", participant_id=ann.id) == "not_host"
    bob.does("rotation_skip", participant_id=bob.id)
    assert vic.refused("rotation_skip", participant_id=vic.id) == "forbidden"
    assert ann.refused("rotation_skip", participant_id="nobody") == "unknown_participant"
    assert ann.refused("rotation_skip") == "bad_request"


@pytest.mark.parametrize("order", ["x", [1], [""], ["a", "a"], ["a"] * 1001, {}, [["a"]]])
def test_an_order_names_people_once(ann: Person, order: object) -> None:
    assert ann.refused("set_rotation", minutes=5, order=order) == "bad_request"


@pytest.mark.parametrize("paused", ["yes", 1, [], {}])
def test_paused_is_true_or_false(ann: Person, paused: object) -> None:
    assert ann.refused("set_rotation", minutes=5, paused=paused) == "bad_request"


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
