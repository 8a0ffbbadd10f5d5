"""Whose seat the host's is: who comes first acts as host, who has the host key is host in full."""

from __future__ import annotations

from tests.harness import Person, Server

Session = dict[str, str]

KEYS_ALONE: list[tuple[str, dict[str, str | None]]] = [
    ("close_session", {}),
    ("rotate_links", {"which": "both"}),
    ("update_session", {"join_policy": "locked"}),
    ("update_session", {"passcode": "hunter2"}),
    ("update_session", {"passcode": None}),
]
"""What belongs to the host key."""


def test_the_first_guest_of_a_prepared_session_cannot_take_it_over(
    server: Server, session: Session
) -> None:
    guest = server.person("Guest").join(session)
    assert guest.joined["session"]["acting"] is True
    roster = guest.sees_roster(lambda roster: roster["host_id"] == guest.id)
    assert roster["writer_id"] == guest.id
    assert roster["participants"][guest.id]["role"] == "host"
    guest.writes("print(1)")
    guest.does("update_session", title="Mine for now", run_policy="everyone")
    for event, payload in KEYS_ALONE:
        assert guest.refused(event, **payload) == "forbidden", (event, payload)
    owner = server.person("Owner").join(session, as_host=True)
    assert owner.joined["session"]["acting"] is False
    guest.sees_host(owner)
    guest.hears("session_update", acting=False)
    owner.does("close_session")


def test_the_key_makes_an_acting_host_one_in_full(server: Server, session: Session) -> None:
    ann = server.person("Ann").join(session)
    vic = server.person("Vic").view(session)
    vic.sees_host(ann)
    ann.join(session, as_host=True)
    assert ann.joined["session"]["acting"] is False
    assert vic.hears("session_update", acting=False) == {"acting": False}
    vic.sees_roster(lambda roster: roster["participants"][ann.id]["holds_key"])
    for event, payload in reversed(KEYS_ALONE):
        ann.does(event, **payload)


def test_a_seat_by_right_is_passed_on_as_one(
    server: Server, session: Session, ann: Person, bob: Person
) -> None:
    ann.does("transfer_host", participant_id=bob.id)
    bob.sees_host(bob)
    assert not [news for news in bob.all_heard("session_update") if "acting" in news]
    bob.does("update_session", join_policy="locked")


def test_who_follows_a_founder_without_a_key_acts_as_well(server: Server, session: Session) -> None:
    ann, bob = server.person("Ann").join(session), server.person("Bob").join(session)
    ann.does("leave_session")
    bob.sees_host(bob)
    assert bob.refused("close_session") == "forbidden"
