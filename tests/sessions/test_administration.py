"""What the host decides: links, and the end of the session."""

from __future__ import annotations

import pytest

from collabpad.errors import UnknownSession
from collabpad.protocol.client_events import CloseSession, RotateLinks
from collabpad.protocol.enums import JoinPolicy, Which
from collabpad.sessions import administration
from collabpad.sessions.registry import Registry
from collabpad.sessions.roster import Participant
from tests.sessions.house import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def host(house: House) -> Participant:
    return house.comes("Host", with_key=True)


def rotate(house: House, host: Participant, which: Which) -> None:
    with house.session.perform():
        event = RotateLinks(session_id="", which=which)
        administration.rotate_links(house.session, host, event)


@pytest.mark.parametrize(
    ("which", "left"),
    [(Which.JOIN, ["Vic"]), (Which.VIEW, ["Eve"]), (Which.BOTH, [])],
)
def test_changed_links_send_away_who_knocked_by_them(
    house: House, host: Participant, which: Which, left: list[str]
) -> None:
    house.admits_by(host, JoinPolicy.APPROVE)
    knocking = {"Eve": house.knocks("Eve"), "Vic": house.knocks("Vic", viewer=True)}
    rotate(house, host, which)
    assert [each.name for each in house.session.join_requests.values()] == left
    for name, sid in knocking.items():
        told = [news for event, news in house.transport.told.get(sid, []) if event == "removed"]
        assert told == ([] if name in left else [{"reason": "links_changed"}])
    (*_, news) = [each for each in house.told(host, "session_update") if "waiting" in each]
    assert [each["name"] for each in news["waiting"]] == left


@pytest.mark.parametrize("which", Which)
def test_each_person_learns_the_new_links_that_they_may_know(
    house: House, host: Participant, which: Which
) -> None:
    vic = house.comes("Vic", viewer=True)
    before = house.session.row
    rotate(house, host, which)
    row = house.session.row
    new = {"session_id": row.session_id, "view_id": row.view_id}
    kept = {"session_id": before.session_id, "view_id": before.view_id}
    changed = {name: value for name, value in new.items() if value != kept[name]}
    assert (
        set(changed)
        == {
            Which.JOIN: {"session_id"},
            Which.VIEW: {"view_id"},
            Which.BOTH: {"session_id", "view_id"},
        }[which]
    )
    assert row.retired_ids == {kept[name] for name in changed}
    of_links = [
        [each for each in house.told(person, "session_update") if each.keys() & new.keys()]
        for person in (host, vic)
    ]
    assert of_links[0] == [changed]
    assert of_links[1] == ([{"session_id": row.view_id}] if "view_id" in changed else [])


def test_retired_links_add_up(house: House, host: Participant) -> None:
    first = house.session.row
    rotate(house, host, Which.BOTH)
    rotate(house, host, Which.JOIN)
    assert first.session_id in house.session.row.retired_ids
    assert len(house.session.row.retired_ids) == 3


def test_the_end_is_told_to_all_and_deletes_the_session(house: House, host: Participant) -> None:
    house.admits_by(host, JoinPolicy.APPROVE)
    knocking = house.knocks("Eve")
    with house.session.perform():
        administration.close_session(house.session, host, CloseSession(session_id=""))
    for sid in (*host.sids, knocking):
        told = [news for event, news in house.transport.told[sid] if event == "session_closed"]
        assert told == [{"reason": "closed"}]
    with pytest.raises(UnknownSession):
        Registry(house.context).find(house.session.row.session_id)


def test_a_server_that_stops_keeps_its_sessions(house: House) -> None:
    registry = Registry(house.context)
    public_id = house.session.row.session_id
    session, _ = registry.find(public_id)
    registry.close()
    assert session.closed
    assert Registry(house.context).find(public_id)[0].key == session.key
