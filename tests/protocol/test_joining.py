"""Coming in: who becomes host, what the acknowledgement holds, coming back, leaving."""

from __future__ import annotations

import pytest

from tests.harness import Person, Server

Session = dict[str, str]


@pytest.mark.parametrize("polling", [False, True])
def test_the_first_joiner_is_host_and_writer(
    server: Server, session: Session, polling: bool
) -> None:
    ann = server.person("Ann", polling=polling).join(session)
    roster = ann.hears("participants_update")
    me = roster["participants"][ann.id]
    assert roster["host_id"] == roster["writer_id"] == ann.id
    assert roster["writer_ids"] == [ann.id]
    assert (me["name"], me["role"], me["can_write"], me["online"]) == ("Ann", "host", True, True)
    assert me["wants_write"] is None
    assert me["joined_at"].endswith("Z")


def test_a_viewer_who_comes_first_does_not_become_host(server: Server, session: Session) -> None:
    vic = server.person("Vic").view(session)
    roster = vic.hears("participants_update")
    assert roster["host_id"] is None
    assert roster["participants"][vic.id]["role"] == "viewer"
    ann = server.person("Ann").join(session)
    vic.sees_host(ann)


def test_the_acknowledgement_describes_the_session(server: Server) -> None:
    session = server.create_session(title="Kata", language="python", content="print(1)\r\n")
    ann = server.person("Ann", crdt=True).join(session)
    described = ann.joined["session"]
    assert described["session_id"] == session["session_id"]
    assert described["view_id"] == session["view_id"]
    assert (described["title"], described["language"]) == ("Kata", "python")
    assert described["write_mode"] == "handoff"
    assert described["run_policy"] == "writers"
    assert described["join_policy"] == "open"
    assert described["chat_cap"] == 200
    assert described["run_timeout"] == 5
    assert described["limits"]["document"] == 1024 * 1024
    assert "python" in [language["id"] for language in described["languages"]]
    assert described["run"] is None
    assert described["waiting"] == []
    assert ann.text == "print(1)\n"


def test_the_acknowledgement_comes_before_what_the_join_causes(
    server: Server, session: Session
) -> None:
    ann = server.person("Ann").connect()
    ann.session_id = session["session_id"]
    ann.send("join_session", name="Ann")
    joined = ann.hears("joined")
    assert joined["ok"]
    assert joined["participant_id"]
    ann.hears("code_update")
    told = ["joined", "participants_update", "chat_history", "code_update"]
    assert [event for event, _ in ann.heard][:4] == told


def test_a_plain_client_gets_the_text_at_once(server: Server) -> None:
    session = server.create_session(content="hello")
    bob = server.person("Bob").join(session)
    assert bob.hears("code_update") == {"content": "hello"}


def test_the_newcomer_alone_gets_the_history(server: Server, session: Session, ann: Person) -> None:
    ann.does("send_message", message="early")
    ann.forgets()
    bob = server.person("Bob").join(session)
    messages = bob.hears("chat_history")["messages"]
    assert [each["message"] for each in messages] == ["Ann joined", "early", "Bob joined"]
    ann.hears("chat_message", message="Bob joined", kind="system")
    ann.settles()
    assert not ann.all_heard("chat_history")
    bob.settles()
    assert not bob.all_heard("chat_message")


def test_a_second_ann_is_told_apart(server: Server, session: Session, ann: Person) -> None:
    other = server.person("Ann").join(session)
    third = server.person("ann").join(session)
    roster = ann.sees_roster(lambda roster: len(roster["participants"]) == 3)
    names = [roster["participants"][each.id]["name"] for each in (ann, other, third)]
    assert names == ["Ann", "Ann 2", "ann 3"]


def test_a_long_name_is_cut_to_make_room_for_its_number(
    server: Server, session: Session, ann: Person
) -> None:
    long = "x" * 40
    server.person(long).join(session)
    second = server.person(long).join(session)
    roster = second.hears("participants_update")
    assert roster["participants"][second.id]["name"] == "x" * 38 + " 2"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "x" * 41,
        "a\nb",
        "a\n",
        "\u2028a",
        "a\u2028b",
        "a\u202eb",
        "a\x00",
        "\ud800",
        7,
        None,
        ["x"],
    ],
)
def test_bad_names_are_refused(server: Server, session: Session, name: object) -> None:
    nobody = server.person("Nobody")
    answer = nobody.tries_to_join(session, name=name)
    assert answer["error"]["code"] == "bad_request"
    nobody.hears("session_error", event="join_session", code="bad_request")
    assert nobody.tries_to_join(session, name="Somebody")["ok"]


def test_names_are_trimmed_normalised_and_may_hold_joined_emoji(
    server: Server, session: Session
) -> None:
    ann = server.person("  Anne\u0301 👩\u200d💻 ").join(session)
    roster = ann.hears("participants_update")
    assert roster["participants"][ann.id]["name"] == "Ann\u00e9 👩\u200d💻"


def test_an_unknown_session_is_said_to_be_unknown(server: Server) -> None:
    nobody = server.person("Nobody")
    assert nobody.tries_to_join("nosuchsession")["error"]["code"] == "unknown_session"
    assert nobody.refused("send_message", message="x") == "not_joined"


def test_a_wrong_host_key_is_forbidden(server: Server, session: Session) -> None:
    eve = server.person("Eve")
    assert eve.tries_to_join(session, host_key="wrong")["error"]["code"] == "forbidden"


def test_a_viewer_cannot_use_the_host_key(server: Server, session: Session) -> None:
    vic = server.person("Vic")
    answer = vic.tries_to_join(session["view_id"], host_key=session["host_key"])
    assert answer["error"]["code"] == "forbidden"


def test_a_viewer_who_comes_back_cannot_use_it_either(server: Server, session: Session) -> None:
    vic = server.person("Vic").view(session)
    again = server.person("Vic")
    for link in (session["view_id"], session["session_id"]):
        keys = {"resume": vic.joined["resume"], "host_key": session["host_key"]}
        assert again.tries_to_join(link, **keys)["error"]["code"] == "forbidden"


def test_the_host_key_takes_the_seat_and_leaves_the_pen(server: Server, session: Session) -> None:
    bob = server.person("Bob").join(session)
    bob.sees_host(bob)
    ann = server.person("Ann").join(session, as_host=True)
    bob.sees_host(ann)
    bob.sees_pen_with(bob)
    assert bob.sees_roster(lambda roster: True)["participants"][bob.id]["role"] == "participant"


def test_joining_again_on_one_connection_is_the_same_participant(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    before = bob.joined
    bob.join(session, name="Robert")
    assert bob.joined["participant_id"] == before["participant_id"]
    assert bob.joined["resume"] == before["resume"]
    assert len(bob.hears("participants_update")["participants"]) == 2


def test_joining_again_with_the_host_key_makes_the_participant_host(
    server: Server, session: Session
) -> None:
    bob, ann = server.person("Bob").join(session), server.person("Ann").join(session)
    ann.join(session, as_host=True)
    bob.sees_host(ann)


def test_who_comes_back_is_the_same_participant(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    bob_id = bob.id
    bob.goes()
    ann.sees_roster(lambda roster: not roster["participants"][bob_id]["online"])
    bob.comes_back()
    assert bob.id == bob_id
    roster = ann.sees_roster(lambda roster: roster["participants"][bob_id]["online"])
    assert len(roster["participants"]) == 2
    joins = [each for each in ann.all_heard("chat_message") if each["message"] == "Bob joined"]
    assert len(joins) == 1


def test_a_connection_may_become_somebody_else_by_their_resume(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    cleo = server.person("Cleo").join(session)
    bob_id, bob_resume = bob.id, bob.joined["resume"]
    cleo_id, cleo_resume = cleo.id, cleo.joined["resume"]
    assert cleo.tries_to_join(session, resume="guess")["error"]["code"] == "forbidden"
    cleo.does("send_message", message="I am still Cleo")
    cleo.join(session, resume=bob_resume)
    assert cleo.id == bob_id
    assert bob.hears("removed") == {"reason": "replaced"}
    cleo.does("send_message", message="I am Bob now")
    assert ann.hears("chat_message", message="I am Bob now")["participant_id"] == bob_id
    roster = ann.sees_roster(lambda roster: not roster["participants"][cleo_id]["online"])
    assert roster["participants"][bob_id]["online"]
    bob.forgets().join(session, resume=cleo_resume)
    assert bob.id == cleo_id
    ann.sees_roster(lambda roster: roster["participants"][cleo_id]["online"])
    cleo.goes()
    roster = ann.sees_roster(lambda roster: not roster["participants"][bob_id]["online"])
    assert roster["participants"][cleo_id]["online"]


def test_an_unknown_resume_is_forbidden(server: Server, session: Session, ann: Person) -> None:
    eve = server.person("Eve")
    assert eve.tries_to_join(session, resume="guess")["error"]["code"] == "forbidden"


def test_a_viewers_link_does_not_open_a_participants_place(
    server: Server, session: Session, ann: Person
) -> None:
    eve = server.person("Eve")
    answer = eve.tries_to_join(session["view_id"], resume=ann.joined["resume"])
    assert answer["error"]["code"] == "forbidden"


def test_a_second_connection_replaces_the_first(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    again = server.person("ignored").join(session, resume=bob.joined["resume"])
    assert again.id == bob.id
    assert bob.hears("removed") == {"reason": "replaced"}
    assert bob.refused("send_message", message="am I here?") == "not_joined"
    again.does("send_message", message="yes")
    roster = again.hears("participants_update")
    assert len(roster["participants"]) == 2
    bob.goes()
    again.does("send_message", message="still here")
    assert ann.sees_roster(lambda roster: True)["participants"][again.id]["online"]


def test_joining_another_session_is_a_disconnect_from_the_first(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    first, resume = bob.session_id, bob.joined["resume"]
    bob_id = bob.id
    other = server.create_session()
    bob.join(other)
    ann.sees_roster(lambda roster: not roster["participants"][bob_id]["online"])
    bob.session_id = first
    assert bob.refused("send_message", message="x") == "not_joined"
    bob.join(first, resume=resume)
    assert bob.id == bob_id


def test_leaving_is_for_good(server: Server, session: Session, ann: Person, bob: Person) -> None:
    bob.does("leave_session")
    ann.sees_roster(lambda roster: list(roster["participants"]) == [ann.id])
    ann.hears("chat_message", message="Bob left", kind="system")
    assert bob.refused("send_message", message="x") == "not_joined"
    answer = bob.tries_to_join(session, resume=bob.joined["resume"])
    assert answer["error"]["code"] == "forbidden"
    ann.settles()
    assert not ann.all_heard("removed"), "those who stay are not told to go"


def test_a_leaving_hosts_seat_and_pen_go_to_who_joined_first(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    cleo = server.person("Cleo").join(session)
    ann.does("leave_session")
    cleo.sees_host(bob)
    cleo.sees_pen_with(bob)


def test_a_full_session_takes_nobody_more(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("full")
    with Server(folder, "--max-participants", "2") as server:
        session = server.create_session()
        server.person("Ann").join(session)
        bob = server.person("Bob").join(session)
        cleo = server.person("Cleo")
        assert cleo.tries_to_join(session)["error"]["code"] == "session_full"
        bob.does("leave_session")
        cleo.join(session)


def test_a_new_name_is_told_to_everybody(ann: Person, bob: Person) -> None:
    assert bob.does("rename", name="Robert")["name"] == "Robert"
    ann.sees_roster(lambda roster: roster["participants"][bob.id]["name"] == "Robert")
    assert bob.does("rename", name="Ann")["name"] == "Ann 2"
    assert bob.refused("rename", name="") == "bad_request"


def test_viewers_learn_no_session_id(server: Server, session: Session, vic: Person) -> None:
    described = vic.joined["session"]
    assert described["session_id"] == session["view_id"]
    assert "view_id" not in described
    vic.settles()
    assert session["session_id"] not in repr(vic.heard) + repr(vic.joined)
