"""One browser is one participant, with as many tabs as it likes."""

from __future__ import annotations

import pytest

from tests.harness import Person, Server

Session = dict[str, str]
CURSOR = {"anchor": {"tname": "content", "assoc": 0}, "head": {"tname": "content", "assoc": 0}}


def open_tab(person: Person, tab: str | bool = True, *, crdt: bool = True) -> Person:
    """One tab more of the same person's."""
    more = person.server.person(person.name, crdt=crdt)
    return more.join(person.session_id, resume=person.joined["resume"], tab=tab)


def test_a_tab_comes_in_beside_the_others(ann: Person, bob: Person) -> None:
    second = open_tab(ann)
    assert second.id == ann.id
    assert second.joined["resume"] == ann.joined["resume"]
    roster = bob.sees_roster(lambda roster: len(roster["participants"]) == 2)
    assert {each["name"] for each in roster["participants"].values()} == {"Ann", "Bob"}
    ann.settles()
    assert not ann.all_heard("removed")
    ann.does("send_message", message="from the first")
    second.does("send_message", message="from the second")
    bob.hears("chat_message", message="from the second", name="Ann")


def test_what_one_tab_writes_is_in_the_other(ann: Person, bob: Person) -> None:
    second, plain = open_tab(ann), open_tab(ann, crdt=False)
    ann.writes("print(1)")
    for each in (second, plain, bob):
        each.sees(text="print(1)")
    plain.writes("print(2)")
    for each in (ann, second, bob):
        each.sees(text="print(2)")
    second.writes("print(3)")
    for each in (ann, plain, bob):
        each.sees(text="print(3)")


def test_each_tab_has_a_caret(ann: Person, bob: Person) -> None:
    second = open_tab(ann)
    third = open_tab(ann)
    ann.does("presence", cursor=CURSOR)
    assert bob.hears("presence") == {"participant_id": ann.id, "cursor": CURSOR}
    bob.forgets()
    second.does("presence", cursor=CURSOR)
    third.does("presence", cursor=CURSOR)
    bob.hears("presence", participant_id=ann.id, cursor=CURSOR, tab=2)
    dora = ann.server.person("Dora").join(ann.session_id)
    dora.settles()
    assert [each.get("tab") for each in dora.all_heard("presence")] == [None, 1, 2]
    bob.forgets()
    third.goes()
    bob.hears("presence", participant_id=ann.id, cursor=None, tab=2)
    # Who has one caret a person, and has just taken it away, gets one that is left.
    bob.hears("presence", participant_id=ann.id, cursor=CURSOR)


def test_who_closes_one_tab_is_still_there(hasty: Server) -> None:
    session = hasty.create_session()
    ann = hasty.person("Ann", crdt=True).join(session, as_host=True, tab=True)
    second = open_tab(ann)
    bob = hasty.person("Bob").join(session)
    ann.goes()
    third = open_tab(second)
    second.goes()
    bob.settles()
    eve = hasty.person("Eve").join(session)
    eve.goes()
    # Graces of the same length began after Ann's tabs had gone: hers never did.
    bob.sees_roster(lambda roster: not roster["participants"][eve.id]["online"])
    third.does("grant_write", participant_id=bob.id)
    third.does("revoke_write", participant_id=bob.id)
    bob.sees_roster(lambda roster: roster["host_id"] == ann.id == roster["writer_id"])
    assert all(
        each["participants"][ann.id]["online"] for each in bob.all_heard("participants_update")
    )
    third.goes()
    bob.sees_host(bob)


def test_a_client_that_knows_no_tabs_replaces_them_all(ann: Person) -> None:
    second = open_tab(ann)
    again = ann.server.person("Ann").join(ann.session_id, resume=ann.joined["resume"])
    for each in (ann, second):
        assert each.hears("removed") == {"reason": "replaced"}
        assert each.refused("send_message", message="x") == "not_joined"
    again.does("send_message", message="here")


def test_a_tab_that_comes_back_replaces_only_itself(ann: Person) -> None:
    second, third = open_tab(ann, "second"), open_tab(ann, "third")
    again = open_tab(ann, "second")
    assert second.hears("removed") == {"reason": "replaced"}
    for each in (ann, third, again):
        each.does("send_message", message="here")


def test_the_oldest_of_too_many_tabs_is_replaced(ann: Person) -> None:
    tabs = [open_tab(ann, crdt=False) for _ in range(8)]
    assert ann.hears("removed") == {"reason": "replaced"}
    for each in tabs:
        each.does("send_message", message="here")


def test_what_is_said_to_a_person_reaches_every_tab(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    second, other = open_tab(ann), open_tab(bob)
    bob.does("request_write")
    for each in (ann, second):
        each.hears("write_requested", participant_id=bob.id)
    assert not [*bob.all_heard("write_requested"), *other.all_heard("write_requested")]
    ann.does("update_session", join_policy="approve")
    server.person("Eve").tries_to_join(session)
    for each in (ann, second):
        each.hears("join_requested", name="Eve")
        each.hears("session_update", lambda news: bool(news.get("waiting")))
    ann.does("gather")
    second.does("point", range=CURSOR)
    other.hears("gathering", participant_id=ann.id)
    other.hears("pointed", participant_id=ann.id)
    for each in (ann, second):
        each.settles()
        assert not [*each.all_heard("gathering"), *each.all_heard("pointed")]
    changed = ann.does("rotate_links", which="join")
    for each in (ann, second, bob, other):
        each.hears("session_update", session_id=changed["session_id"])
    ann.does("remove_participant", participant_id=bob.id)
    for each in (bob, other):
        assert each.hears("removed") == {"reason": "removed"}
        each.hears("disconnect")


def test_a_person_is_as_active_as_their_most_active_tab(ann: Person, bob: Person) -> None:
    second = open_tab(ann)

    def told() -> list[str]:
        bob.settles()
        return [payload["state"] for payload in bob.all_heard("activity")]

    ann.does("activity", state="away")
    assert told() == []
    second.does("activity", state="idle")
    assert told() == ["idle"]
    second.goes()
    bob.hears("activity", participant_id=ann.id, state="away")
    third = open_tab(ann)
    assert told() == ["idle", "away", "active"]
    third.does("rename", name="Anna")
    for each in (ann, third, bob):
        each.sees_roster(lambda roster: roster["participants"][ann.id]["name"] == "Anna")


def test_who_leaves_leaves_with_every_tab(ann: Person, bob: Person) -> None:
    second = open_tab(ann)
    second.does("leave_session")
    assert ann.hears("removed") == {"reason": "left"}
    assert ann.refused("send_message", message="x") == "not_joined"
    bob.sees_host(bob)
    bob.settles()
    assert len([m for m in bob.all_heard("chat_message") if m["message"] == "Ann left"]) == 1
    second.settles()
    assert not second.all_heard("removed")


def test_places_count_people_and_not_their_tabs(server: Server, tmp_path: object) -> None:
    session = server.create_session()
    ann = server.person("Ann").join(session)
    for _ in range(3):
        open_tab(ann, crdt=False)
    state = server.get(f"/api/sessions/{session['session_id']}").json()
    assert (state["people"], state["online"]) == (1, 1)


@pytest.mark.parametrize("tab", [7, "", "x" * 257, ["a"], {}])
def test_a_bad_tab_is_refused(ann: Person, tab: object) -> None:
    answer = ann.tries_to_join(ann.session_id, tab=tab)
    assert answer["error"]["code"] == "bad_request"
