"""Who is away: who of them is remembered, and who still stands in the roster."""

from __future__ import annotations

import pytest

from collabpad.errors import Forbidden, SessionFull
from collabpad.protocol.client_events import GrantWrite, TransferHost
from collabpad.protocol.enums import JoinPolicy
from collabpad.sessions import absence, joining, write_permission
from collabpad.sessions.roster import Participant
from collabpad.sessions.session import Session
from tests.sessions.house import House


def known(session: Session, person: Participant) -> bool:
    return session.roster.get(person.id) is not None


def test_viewers_push_no_writer_out() -> None:
    house = House()
    host = house.comes("Host")
    writer = house.comes("Wil")
    house.clock.pass_time(60)
    house.goes(writer)
    house.visits(206, viewer=True)
    assert known(house.session, writer)
    assert len(house.session.roster) == 2 + 200
    assert house.back(writer) is writer
    assert house.session.roles.host_id == host.id


def test_who_stayed_longest_is_kept_longest_whoever_joined_first() -> None:
    house = House()
    house.comes("Host")
    house.visits(199)
    late = house.comes("Late")
    house.clock.pass_time(60)
    house.goes(late)
    house.visits(60, seconds=0.02)
    assert len(house.session.roster.absent(viewers=False)) == 200
    assert house.back(late) is late


def test_the_stays_of_one_person_add_up_over_a_restart() -> None:
    house = House()
    house.comes("Host")
    regular = house.comes("Reg")
    for _ in range(5):
        house.clock.pass_time(2)
        house.goes(regular)
        house.restarts()
        assert house.session.roster.get(regular.id)
        regular = house.back(regular)
    house.goes(regular)
    house.visits(205, seconds=9)
    assert known(house.session, regular)


def test_who_was_here_when_the_server_stopped_is_not_the_first_to_be_forgotten() -> None:
    house = House()
    house.comes("Host")
    here = house.comes("Here")
    house.clock.pass_time(600)
    house.session.touch()
    house.session.save()
    house.restarts()
    house.comes("Host again")
    house.visits(205, seconds=1)
    assert known(house.session, here)


def test_who_has_just_gone_can_come_back_however_short_the_stay_was() -> None:
    house = House()
    house.comes("Host")
    house.visits(200, seconds=5)
    newcomer = house.comes("New")
    house.goes(newcomer)
    assert house.back(newcomer) is newcomer
    house.goes(newcomer)
    house.visits(1, seconds=5)
    with pytest.raises(Forbidden):
        house.back(newcomer)


def test_crowds_that_leave_together_leave_no_more_than_the_most() -> None:
    house = House()
    house.comes("Host")
    for crowd in range(3):
        people = [house.comes(f"C{crowd} {number}") for number in range(120)]
        for person in people:
            house.goes(person)
    assert len(house.session.roster.absent(viewers=False)) == 200


def test_ghosts_leave_the_roster_and_keep_their_place() -> None:
    house = House()
    house.comes("Host")
    bob = house.comes("Bob")
    house.goes(bob)
    house.clock.pass_time(299)
    assert house.names == ["Host", "Bob"]
    house.clock.pass_time(2)
    assert house.names == ["Host"]
    assert house.comes("Bob").name == "Bob 2"  # the name is still taken
    assert house.back(bob) is bob
    assert house.names == ["Host", "Bob", "Bob 2"]
    house.goes(bob)
    house.clock.pass_time(200)
    house.goes(house.back(bob))
    house.clock.pass_time(200)  # a new absence has its own time
    assert "Bob" in house.names


def test_who_has_seat_or_pen_stays_in_the_roster_for_as_long() -> None:
    house = House(roster_grace=5.0, host_grace=60.0, pen_grace=60.0)
    host = house.comes("Host")
    house.comes("Bob")
    house.goes(host)
    house.clock.pass_time(59)
    roster = house.session.roster.view(house.session.roles)
    assert roster["participants"][host.id]["role"] == "host"
    house.clock.pass_time(2)
    roster = house.session.roster.view(house.session.roles)
    assert host.id not in roster["participants"]
    assert roster["host_id"] in roster["participants"]


def test_a_restart_brings_no_ghosts_back() -> None:
    house = House()
    house.comes("Host")
    bob, cleo = house.comes("Bob"), house.comes("Cleo")
    house.goes(bob)
    house.clock.pass_time(1000)
    house.restarts()
    assert house.names == ["Host", "Cleo"]  # who was here may well come back
    house.clock.pass_time(301)
    house.comes("Dora")
    assert house.names == ["Dora"]
    assert known(house.session, cleo)


@pytest.mark.parametrize(("places", "viewers"), [(200, 150), (8, 6), (3, 2), (2, 1), (1, 1)])
def test_viewers_do_not_take_the_last_places(places: int, viewers: int) -> None:
    house = House(max_participants=places)
    for number in range(viewers):
        house.comes(f"V{number}", viewer=True)
    with pytest.raises(SessionFull):
        house.comes("One more", viewer=True)
    for number in range(places - viewers):
        house.comes(f"P{number}")
    with pytest.raises(SessionFull):
        house.comes("One more")


def test_absence_is_timed_for_who_was_let_in_and_never_came() -> None:
    house = House()
    house.comes("Host")
    with house.session.perform():
        person, _, _ = joining.new_participant(house.session, "Eve", viewer=False)
        house.session.add_participant(person)
        absence.start_grace_timers(house.session, person)
    assert house.names == ["Host", "Eve"]
    house.clock.pass_time(301)
    assert house.names == ["Host"]


def test_a_return_starts_the_grace_times_anew() -> None:
    house = House(pen_grace=15.0, host_grace=60.0)
    host, bob = house.comes("Host", with_key=True), house.comes("Bob")
    house.goes(host)
    house.clock.pass_time(10)
    house.goes(house.back(host))
    house.clock.pass_time(14)  # past the end of the first grace of the pen
    assert house.has_pen(host)
    house.clock.pass_time(1)
    assert not house.has_pen(host)
    house.clock.pass_time(44)  # past the end of the first grace of the seat
    assert house.is_host(host)
    house.clock.pass_time(1)
    assert house.is_host(bob)
    assert house.has_pen(bob)


def test_someone_who_is_back_loses_nothing_to_the_grace_times_of_their_absence() -> None:
    house = House()
    founder, bob = house.comes("Ann"), house.comes("Bob")
    with house.session.perform():
        write_permission.grant_write(
            house.session, founder, GrantWrite(session_id="", participant_id=bob.id)
        )
        write_permission.transfer_host(
            house.session, founder, TransferHost(session_id="", participant_id=bob.id)
        )
    house.goes(bob)
    house.clock.pass_time(10)
    house.back(bob)
    house.clock.pass_time(1000)
    assert house.is_host(bob)
    assert house.has_pen(bob)
    assert house.names == ["Ann", "Bob"]


def test_a_session_remembers_200_absent_people_and_200_absent_viewers() -> None:
    house = House()
    house.comes("Host")
    house.visits(200)
    house.visits(200, viewer=True)
    assert len(house.session.roster) == 401
    house.visits(1)
    house.visits(1, viewer=True)
    assert len(house.session.roster) == 401


def test_someone_let_in_finds_a_place_among_200_absent_people() -> None:
    house = House()
    host = house.comes("Host", with_key=True)
    house.visits(200, seconds=5)
    house.admits_by(host, JoinPolicy.APPROVE)
    knocking = [house.knocks(f"K{number}") for number in range(50)]
    house.admits_by(host, JoinPolicy.OPEN)
    assert len(house.session.roster.absent(viewers=False)) == 200
    for sid in knocking:
        (admitted,) = [each for event, each in house.transport.told[sid] if event == "admitted"]
        house.comes("", resume=admitted["resume"])
    assert len(house.session.roster.online()) == 51
