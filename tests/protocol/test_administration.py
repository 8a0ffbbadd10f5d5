"""What the host decides: settings, links, who stays, who comes in, the end."""

from __future__ import annotations

import pytest

from tests.harness import Person, Server

Session = dict[str, str]


def test_the_host_changes_the_session_and_everybody_learns_of_it(ann: Person, bob: Person) -> None:
    ann.does("update_session", title="Kata", run_policy="host")
    assert bob.hears("session_update") == {"title": "Kata", "run_policy": "host"}


def test_only_the_language_is_the_writers_too(ann: Person, bob: Person, vic: Person) -> None:
    assert bob.refused("update_session", language="text") == "not_host"
    ann.does("grant_write", participant_id=bob.id)
    bob.does("update_session", language="text")
    ann.hears("session_update", language="text")
    assert bob.refused("update_session", title="Mine") == "not_host"
    assert bob.refused("update_session", language="python", title="Mine") == "not_host"
    assert vic.refused("update_session", language="python") == "not_host"


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"title": "a\nb"},
        {"language": "klingon"},
        {"write_mode": "chaos"},
        {"run_policy": 7},
        {"join_policy": ["open"]},
        {"passcode": 7},
        {"passcode": "x" * 129},
    ],
)
def test_a_bad_setting_is_refused_and_changes_nothing(
    ann: Person, bob: Person, change: dict[str, object]
) -> None:
    assert ann.refused("update_session", **{"title": "New", **change}) == "bad_request"
    bob.settles()
    assert not bob.all_heard("session_update")


def test_changed_links_let_nobody_in_and_nobody_out(
    server: Server, session: Session, ann: Person, bob: Person, vic: Person
) -> None:
    changed = ann.does("rotate_links", which="both")
    assert changed["session_id"] != session["session_id"]
    assert bob.hears("session_update") == {
        "session_id": changed["session_id"],
        "view_id": changed["view_id"],
    }
    assert vic.hears("session_update") == {"session_id": changed["view_id"]}
    for old in (session["session_id"], session["view_id"]):
        late = server.person("Late").tries_to_join(old)
        assert late["error"]["code"] == "unknown_session"
        assert server.get(f"/editor/{old}").status_code == 404
        assert server.get(f"/api/sessions/{old}").status_code == 404
    bob.does("send_message", message="by the old name")
    bob.session_id = changed["session_id"]
    bob.does("send_message", message="by the new name")
    server.person("Dora").join(changed["session_id"])


def test_who_was_away_while_links_changed_comes_back(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    bob_id = bob.id
    bob.goes()
    changed = ann.does("rotate_links", which="join")
    bob.comes_back()
    assert bob.id == bob_id
    assert bob.joined["session"]["session_id"] == changed["session_id"]


def test_links_are_changed_one_by_one(server: Server, session: Session, ann: Person) -> None:
    changed = ann.does("rotate_links", which="view")
    assert changed["session_id"] == session["session_id"]
    assert changed["view_id"] != session["view_id"]
    assert ann.refused("rotate_links", which="all") == "bad_request"


def test_who_is_removed_is_out(server: Server, session: Session, ann: Person, bob: Person) -> None:
    assert bob.refused("remove_participant", participant_id=ann.id) == "not_host"
    assert ann.refused("remove_participant", participant_id=ann.id) == "bad_request"
    resume = bob.joined["resume"]
    ann.does("remove_participant", participant_id=bob.id, rotate=True)
    assert bob.hears("removed") == {"reason": "removed"}
    bob.hears("disconnect")
    ann.sees_roster(lambda roster: list(roster["participants"]) == [ann.id])
    again = server.person("Bob")
    assert again.tries_to_join(session, resume=resume)["error"]["code"] == "unknown_session"
    assert again.tries_to_join(session)["error"]["code"] == "unknown_session"
    new = ann.hears("session_update", lambda update: "session_id" in update)["session_id"]
    assert again.tries_to_join(new, resume=resume)["error"]["code"] == "forbidden"


def test_the_pen_of_who_is_removed_goes_back(ann: Person, bob: Person) -> None:
    ann.does("grant_write", participant_id=bob.id)
    ann.does("remove_participant", participant_id=bob.id)
    ann.sees_pen_with(ann)


def test_a_locked_session_takes_nobody_new(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    ann.does("update_session", join_policy="locked")
    late = server.person("Late").tries_to_join(session)
    assert late["error"]["code"] == "forbidden"
    assert server.person("Eye").tries_to_join(session["view_id"])["error"]["code"] == "forbidden"
    bob.comes_back()
    server.person("Ann too").join(session, as_host=True)


def test_a_passcode_is_asked_of_everybody_new(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    ann.does("update_session", passcode="hunter2")
    news = bob.hears("session_update")
    assert "hunter2" not in repr(news)
    late = server.person("Late")
    assert late.tries_to_join(session)["error"]["code"] == "passcode_required"
    answer = late.tries_to_join(session, passcode="guess")
    assert answer["error"]["code"] == "passcode_required"
    late.join(session, passcode="hunter2")
    eye = server.person("Eye").tries_to_join(session["view_id"])
    assert eye["error"]["code"] == "passcode_required"
    bob.comes_back()
    server.person("Ann too").join(session, as_host=True).does("update_session", passcode=None)
    server.person("Later").join(session)


def test_a_session_may_be_born_with_a_passcode(server: Server) -> None:
    session = server.create_session(passcode="hunter2")
    late = server.person("Late")
    assert late.tries_to_join(session)["error"]["code"] == "passcode_required"
    late.join(session, passcode="hunter2")


def test_who_knocks_is_let_in_by_the_host(server: Server, session: Session, ann: Person) -> None:
    ann.does("update_session", join_policy="approve")
    bob = server.person("Bob", crdt=True)
    assert bob.tries_to_join(session)["error"]["code"] == "waiting"
    knock = ann.hears("join_requested", name="Bob")
    assert ann.hears("session_update", waiting=[knock])
    assert bob.refused("send_message", message="x") == "not_joined"
    assert bob.refused("admit", participant_id=knock["participant_id"], allow=True) == "not_joined"
    ann.does("admit", participant_id=knock["participant_id"], allow=True)
    bob.join(session, resume=bob.hears("admitted")["resume"])
    assert bob.id == knock["participant_id"]
    ann.hears("chat_message", message="Bob joined")
    ann.hears("session_update", waiting=[])


def test_who_knocks_is_refused_by_the_host(server: Server, session: Session, ann: Person) -> None:
    ann.does("update_session", join_policy="approve")
    eve = server.person("Eve")
    eve.tries_to_join(session)
    knock = ann.hears("join_requested")
    ann.does("admit", participant_id=knock["participant_id"], allow=False)
    assert eve.hears("removed") == {"reason": "refused"}
    code = ann.refused("admit", participant_id=knock["participant_id"], allow=True)
    assert code == "unknown_participant"


def test_opening_the_session_lets_in_who_knocks(
    server: Server, session: Session, ann: Person
) -> None:
    ann.does("update_session", join_policy="approve")
    eve = server.person("Eve")
    eve.tries_to_join(session)
    ann.does("update_session", join_policy="open")
    eve.join(session, resume=eve.hears("admitted")["resume"])


def test_who_gives_up_knocking_is_forgotten(server: Server, session: Session, ann: Person) -> None:
    ann.does("update_session", join_policy="approve")
    eve = server.person("Eve")
    eve.tries_to_join(session)
    ann.hears("join_requested")
    eve.goes()
    ann.hears("session_update", waiting=[])


@pytest.mark.parametrize("elsewhere", ["approve", "open"])
def test_who_goes_on_to_another_session_no_longer_knocks(
    server: Server, session: Session, ann: Person, elsewhere: str
) -> None:
    ann.does("update_session", join_policy="approve")
    eve = server.person("Eve")
    eve.tries_to_join(session)
    ann.hears("join_requested")
    eve.tries_to_join(server.create_session(join_policy=elsewhere))
    ann.hears("session_update", waiting=[])


def test_changed_links_send_away_who_knocks(server: Server, session: Session, ann: Person) -> None:
    ann.does("update_session", join_policy="approve")
    eve = server.person("Eve")
    eve.tries_to_join(session)
    ann.does("rotate_links", which="join")
    assert eve.hears("removed") == {"reason": "links_changed"}


def test_a_new_host_learns_who_knocks(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    ann.does("update_session", join_policy="approve")
    server.person("Eve").tries_to_join(session)
    ann.does("transfer_host", participant_id=bob.id)
    bob.hears("session_update", lambda news: news.get("waiting", [{}])[0].get("name") == "Eve")


def test_the_host_ends_the_session_for_everybody(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    assert bob.refused("close_session") == "not_host"
    ann.does("close_session")
    assert bob.hears("session_closed") == {"reason": "closed"}
    assert ann.hears("session_closed") == {"reason": "closed"}
    assert bob.refused("send_message", message="x") == "not_joined"
    assert bob.tries_to_join(session)["error"]["code"] == "unknown_session"
    assert server.get(f"/editor/{session['session_id']}").status_code == 404
