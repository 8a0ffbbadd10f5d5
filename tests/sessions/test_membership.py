"""Who gets in, who has to wait, and whom the host hears of."""

from __future__ import annotations

import pytest

from collabpad.errors import SessionFull, UnknownParticipant
from collabpad.protocol.client_events import GrantWrite, Rename, RevokeWrite
from collabpad.protocol.enums import Action, JoinPolicy, WriteMode
from collabpad.sessions import membership, write_permission
from collabpad.sessions.roster import Participant
from tests.sessions.house import House


def test_a_full_session_takes_back_only_those_who_are_still_here() -> None:
    house = House(max_participants=4)
    house.comes("Host")
    bob = house.comes("Bob")
    house.goes(bob)
    cleo, _dora, _eve = house.comes("Cleo"), house.comes("Dora"), house.comes("Eve")
    with pytest.raises(SessionFull):
        house.back(bob)
    house.back(cleo, tab=True)  # another tab takes no place
    assert len(cleo.connections) == 2
    house.goes(cleo)
    assert house.back(bob) is bob


def test_a_returning_viewer_finds_no_place_where_viewers_have_theirs() -> None:
    house = House(max_participants=8)  # of which viewers may take six
    house.comes("Host")
    vic = house.comes("Vic", viewer=True)
    house.goes(vic)
    for number in range(6):
        house.comes(f"V{number}", viewer=True)
    with pytest.raises(SessionFull):
        house.back(vic)


# --- knocking -------------------------------------------------------------------------------------


def names(news: dict[str, object]) -> list[str]:
    waiting = news["waiting"]
    assert isinstance(waiting, list)
    return [each["name"] for each in waiting]


def waiting_told(house: House, person: Participant) -> list[str]:
    """Who knocks, as the last news of it said."""
    return names([each for each in house.told(person, "session_update") if "waiting" in each][-1])


def test_fifty_may_knock_at_once() -> None:
    house = House()
    host = house.comes("Host", with_key=True)
    house.admits_by(host, JoinPolicy.APPROVE)
    knocking = [house.knocks(f"K{number}") for number in range(50)]
    with pytest.raises(SessionFull):
        house.comes("One more")
    assert len(waiting_told(house, host)) == 50
    with house.session.perform():
        membership.disconnected(house.session, knocking[0])
    house.knocks("One more")
    assert waiting_told(house, host)[-1] == "One more"


def test_a_connection_that_knocks_again_is_the_same_person_who_knocks() -> None:
    house = House()
    host = house.comes("Host", with_key=True)
    house.admits_by(host, JoinPolicy.APPROVE)
    sid = house.knocks("Eve")
    (first,) = house.session.join_requests.values()
    house.knocks("Evelyn", sid=sid)
    (again,) = house.session.join_requests.values()
    assert (again.id, again.name) == (first.id, "Evelyn")
    assert waiting_told(house, host) == ["Evelyn"]
    assert house.told(host, "join_requested") == [{"participant_id": first.id, "name": "Eve"}]


def test_whoever_is_refused_is_told_and_no_longer_knocks() -> None:
    house = House()
    host = house.comes("Host", with_key=True)
    house.admits_by(host, JoinPolicy.APPROVE)
    sid = house.knocks("Eve")
    (request,) = house.session.join_requests.values()
    house.admits(host, request.id, allow=False)
    assert [news for event, news in house.transport.told[sid] if event == "removed"] == [
        {"reason": "refused"}
    ]
    assert waiting_told(house, host) == []
    with pytest.raises(UnknownParticipant):
        house.admits(host, request.id)


def test_whoever_is_let_in_is_whom_the_host_was_told_of() -> None:
    house = House()
    host = house.comes("Host", with_key=True)
    house.admits_by(host, JoinPolicy.APPROVE)
    for viewer in (False, True):
        sid = house.knocks("Eve", viewer=viewer)
        (request,) = house.session.join_requests.values()
        house.admits(host, request.id)
        (admitted,) = [news for event, news in house.transport.told[sid] if event == "admitted"]
        person = house.comes("", viewer=viewer, resume=admitted["resume"])
        assert (person.id, person.viewer) == (request.id, viewer)
        assert house.session.join_requests == {}


@pytest.fixture
def knocked_at() -> tuple[House, Participant, Participant]:
    """A session at which Eve knocks, its host and Bob."""
    house = House(host_grace=60.0)
    host, bob = house.comes("Host", with_key=True), house.comes("Bob")
    house.admits_by(host, JoinPolicy.APPROVE)
    house.knocks("Eve")
    assert [each["name"] for each in house.told(host, "join_requested")] == ["Eve"]
    assert not [each for each in house.told(bob, "session_update") if "waiting" in each]
    return house, host, bob


def test_a_new_acting_host_learns_who_knocks(
    knocked_at: tuple[House, Participant, Participant],
) -> None:
    house, host, bob = knocked_at
    house.goes(host)
    house.clock.pass_time(60)
    assert house.is_host(bob)
    assert waiting_told(house, bob) == ["Eve"]


def test_the_successor_of_a_host_who_leaves_learns_who_knocks(
    knocked_at: tuple[House, Participant, Participant],
) -> None:
    house, host, bob = knocked_at
    (connection,) = host.connections.values()
    with house.session.perform():
        membership.leave(house.session, connection)
    assert house.is_host(bob)
    assert waiting_told(house, bob) == ["Eve"]


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "name"), [("Robert", "Robert"), ("bob", "bob"), ("Host", "Host 2"), ("Bob", "Bob")]
)
def test_a_new_name_is_free_and_told_only_if_it_is_new(wanted: str, name: str) -> None:
    house = House()
    host, bob = house.comes("Host"), house.comes("Bob")
    with house.session.perform():
        event = Rename(session_id="", name=wanted)
        assert membership.rename(house.session, bob, event) == {"name": name}
    assert bob.name == name
    stored = house.context.store.load(house.session.key)
    assert stored is not None
    assert [each.name for each in stored.participants] == ["Host", name]
    lines = [each for each in house.told(host, "chat_message") if "is now" in each["message"]]
    told = [(each["participant_id"], each["message"]) for each in lines]
    assert told == ([] if name == "Bob" else [(bob.id, f"Bob is now {name}")])


# --- muting ---------------------------------------------------------------------------------------


def test_the_host_cannot_be_muted() -> None:
    house = House()
    host, bob = house.comes("Host", with_key=True), house.comes("Bob")
    house.sets_mode(host, WriteMode.OPEN)
    session = house.session
    for target in (host, bob):
        event = RevokeWrite(session_id="", participant_id=target.id)
        with session.perform():
            write_permission.revoke_write(session, host, event)
    assert host.may(Action.WRITE)
    assert not bob.may(Action.WRITE)
    assert not house.told(host, "write_revoked")
    with session.perform():
        event_back = GrantWrite(session_id="", participant_id=bob.id)
        write_permission.grant_write(session, host, event_back)
    assert bob.may(Action.WRITE)
