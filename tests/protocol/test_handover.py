"""The pen and the host's seat: asked for, given, taken back, and what happens when somebody is
gone."""

from __future__ import annotations

import pytest

from tests.harness import Person, Server

Session = dict[str, str]


def test_the_host_hands_the_pen_over_and_takes_it_back(ann: Person, bob: Person) -> None:
    ann.does("grant_write", participant_id=bob.id)
    bob.sees_pen_with(bob)
    ann.hears("chat_message", message="Bob has the pen", kind="system")
    assert ann.refused("code_change", content="mine") == "not_writer"
    bob.writes("Bob was here")
    ann.sees(text="Bob was here")
    ann.does("revoke_write", participant_id=bob.id)
    bob.sees_pen_with(ann)
    assert bob.refused("code_change", content="late") == "not_writer"
    bob.hears("session_error", event="code_change", code="not_writer")
    ann.sees(text="Bob was here")


def test_who_can_write_no_longer_learns_whose_doing_it_is(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    cleo = server.person("Cleo").join(session)
    by_ann = {"participant_id": ann.id, "name": "Ann"}
    ann.does("grant_write", participant_id=bob.id)
    ann.does("revoke_write", participant_id=bob.id)
    ann.does("grant_write", participant_id=bob.id)
    ann.does("grant_write", participant_id=cleo.id)
    ann.does("set_rotation", minutes=5)
    ann.does("rotation_next")  # Ann's own turn is after Cleo's
    ann.does("grant_write", participant_id=bob.id)
    bob.does("grant_write", participant_id=cleo.id)  # both by their own doing
    cleo.does("release_write")
    ann.does("update_session", write_mode="open")
    ann.does("revoke_write", participant_id=bob.id)
    ann.does("revoke_write", participant_id=bob.id)  # is muted already
    for each in (ann, bob, cleo):
        each.settles()
    assert bob.all_heard("write_revoked") == [by_ann, {**by_ann, "to": "Cleo"}, by_ann]
    assert cleo.all_heard("write_revoked") == [by_ann]
    assert not ann.all_heard("write_revoked")


def test_asking_for_the_pen_reaches_host_and_holder(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    cleo = server.person("Cleo").join(session)
    ann.does("grant_write", participant_id=bob.id)
    cleo.does("request_write")
    wanted = {"participant_id": cleo.id, "name": "Cleo"}
    assert ann.hears("write_requested") == wanted
    assert bob.hears("write_requested") == wanted
    roster = bob.sees_roster(lambda roster: roster["participants"][cleo.id]["wants_write"])
    assert roster["writer_id"] == bob.id
    bob.does("grant_write", participant_id=cleo.id)
    roster = bob.sees_roster(lambda roster: roster["writer_id"] == cleo.id)
    assert roster["participants"][cleo.id]["wants_write"] is None
    cleo.settles()
    assert not cleo.all_heard("write_requested")


def test_a_request_can_be_taken_back(ann: Person, bob: Person) -> None:
    bob.does("request_write")
    ann.sees_roster(lambda roster: roster["participants"][bob.id]["wants_write"])
    bob.does("cancel_request")
    ann.sees_roster(lambda roster: not roster["participants"][bob.id]["wants_write"])


def test_a_request_survives_a_reload(ann: Person, bob: Person) -> None:
    bob.does("request_write")
    bob.comes_back()
    ann.sees_roster(lambda roster: roster["participants"][bob.id]["online"])
    assert ann.sees_roster(lambda roster: roster["participants"][bob.id]["wants_write"])


def test_giving_the_pen_back(ann: Person, bob: Person) -> None:
    assert bob.refused("release_write") == "not_writer"
    ann.does("grant_write", participant_id=bob.id)
    bob.does("release_write")
    bob.sees_pen_with(ann)


def test_who_is_neither_host_nor_holder_hands_nothing_over(ann: Person, bob: Person) -> None:
    assert bob.refused("grant_write", participant_id=bob.id) == "not_host"
    assert bob.refused("revoke_write", participant_id=ann.id) == "not_host"
    assert bob.refused("transfer_host", participant_id=bob.id) == "not_host"


def test_the_pen_goes_to_nobody_who_is_away_unknown_or_a_viewer(
    ann: Person, bob: Person, vic: Person
) -> None:
    assert ann.refused("grant_write", participant_id=vic.id) == "forbidden"
    assert ann.refused("grant_write", participant_id="nobody") == "unknown_participant"
    bob.goes()
    ann.sees_roster(lambda roster: not roster["participants"][bob.id]["online"])
    assert ann.refused("grant_write", participant_id=bob.id) == "unknown_participant"


def test_taking_back_what_somebody_does_not_have_changes_nothing(ann: Person, bob: Person) -> None:
    ann.does("revoke_write", participant_id=bob.id)
    ann.does("grant_write", participant_id=ann.id)
    ann.sees_pen_with(ann)


def test_viewers_neither_write_nor_ask(ann: Person, vic: Person) -> None:
    assert vic.refused("code_change", content="x") == "not_writer"
    assert vic.refused("request_write") == "forbidden"
    assert vic.refused("run_start") == "forbidden"
    assert ann.refused("transfer_host", participant_id=vic.id) == "forbidden"
    vic.does("send_message", message="but I may talk")
    ann.hears("chat_message", message="but I may talk", name="Vic")


def test_the_host_makes_somebody_else_host(ann: Person, bob: Person) -> None:
    ann.does("transfer_host", participant_id=bob.id)
    ann.sees_host(bob)
    ann.sees_pen_with(ann)
    assert ann.refused("transfer_host", participant_id=ann.id) == "not_host"
    bob.does("update_session", join_policy="locked")


def test_in_open_mode_everybody_but_viewers_writes(ann: Person, bob: Person, vic: Person) -> None:
    ann.does("update_session", write_mode="open")
    bob.hears("session_update", write_mode="open")
    roster = bob.sees_roster(lambda roster: len(roster["writer_ids"]) == 2)
    assert roster["writer_id"] is None
    bob.writes("by Bob")
    ann.sees(text="by Bob")
    assert vic.refused("code_change", content="x") == "not_writer"


def test_in_open_mode_the_host_mutes_and_unmutes(ann: Person, bob: Person) -> None:
    ann.does("update_session", write_mode="open")
    assert bob.refused("grant_write", participant_id=bob.id) == "not_host"
    ann.does("revoke_write", participant_id=bob.id)
    bob.sees_roster(lambda roster: roster["writer_ids"] == [ann.id])
    assert bob.refused("code_change", content="x") == "not_writer"
    bob.does("request_write")
    ann.hears("write_requested", participant_id=bob.id)
    ann.does("grant_write", participant_id=bob.id)
    bob.sees_roster(lambda roster: len(roster["writer_ids"]) == 2)
    bob.writes("again")


def test_changing_to_handoff_gives_the_pen_to_the_host(ann: Person, bob: Person) -> None:
    ann.does("grant_write", participant_id=bob.id)
    ann.does("update_session", write_mode="open")
    ann.does("update_session", write_mode="handoff")
    bob.sees_pen_with(ann)


# --- grace times ----------------------------------------------------------------------------------


@pytest.fixture
def trio(hasty: Server) -> tuple[Person, Person, Person, Session]:
    session = hasty.create_session()
    ann = hasty.person("Ann").join(session, as_host=True)
    return ann, hasty.person("Bob").join(session), hasty.person("Cleo").join(session), session


def test_the_pen_of_one_who_stays_away_goes_to_the_host(
    trio: tuple[Person, Person, Person, Session],
) -> None:
    ann, bob, _, _ = trio
    ann.does("grant_write", participant_id=bob.id)
    ann.sees_pen_with(bob)
    bob.goes()
    ann.sees_pen_with(ann)


def test_who_is_back_in_time_keeps_the_pen(server: Server, session: Session, ann: Person) -> None:
    ann.goes()
    ann.comes_back()
    ann.sees_pen_with(ann)
    ann.writes("still mine")


def test_while_no_host_is_there_a_free_pen_goes_to_the_first_who_asks(
    trio: tuple[Person, Person, Person, Session],
) -> None:
    ann, bob, cleo, _ = trio
    ann.goes()
    cleo.sees_roster(lambda roster: roster["writer_id"] is None)
    cleo.does("request_write")
    cleo.sees_pen_with(cleo)
    bob.sees_host(bob)
    bob.sees_pen_with(cleo)


def test_who_asked_before_the_host_was_gone_gets_the_free_pen(
    trio: tuple[Person, Person, Person, Session],
) -> None:
    ann, _, cleo, _ = trio
    cleo.does("request_write")
    ann.goes()
    cleo.sees_pen_with(cleo)


def test_an_acting_host_may_do_all_but_a_few_things(
    trio: tuple[Person, Person, Person, Session],
) -> None:
    ann, bob, cleo, session = trio
    ann_id = ann.id
    ann.goes()
    bob.sees_host(bob)
    bob.sees_pen_with(bob)
    assert bob.refused("close_session") == "forbidden"
    assert bob.refused("rotate_links", which="both") == "forbidden"
    assert bob.refused("update_session", join_policy="locked") == "forbidden"
    assert bob.refused("update_session", passcode="hunter2") == "forbidden"
    assert bob.refused("remove_participant", participant_id=ann_id) == "forbidden"
    assert bob.refused("remove_participant", participant_id=cleo.id, rotate=True) == "forbidden"
    bob.does("update_session", title="Goes on", join_policy="approve")
    bob.does("transfer_host", participant_id=cleo.id)
    assert cleo.refused("close_session") == "forbidden"
    bob.does("leave_session")
    ann.join(session, as_host=True, name="Ann")
    cleo.sees_host(ann)
    cleo.does("leave_session")
    ann.does("close_session")


def test_with_nobody_there_the_next_to_join_acts_as_host(
    trio: tuple[Person, Person, Person, Session], hasty: Server
) -> None:
    ann, bob, cleo, session = trio
    vic = hasty.person("Vic").view(session)
    for each in (ann, bob, cleo):
        each.goes()
    vic.sees_host(None)
    dora = hasty.person("Dora").join(session)
    vic.sees_host(dora)
    vic.sees_pen_with(dora)
    assert dora.refused("close_session") == "forbidden"
