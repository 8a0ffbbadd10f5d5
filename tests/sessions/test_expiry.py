"""Sessions live for days of use, whatever happens to the clock meanwhile."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from collabpad.errors import Busy, RateLimited, UnknownSession
from collabpad.protocol.client_events import CodeChange
from collabpad.protocol.http_bodies import CreateSession
from collabpad.sessions import awareness, editing, write_permission
from collabpad.sessions.context import Context
from collabpad.sessions.expiry import DAY, QUIET_SECONDS, human_duration
from collabpad.sessions.joining import join
from collabpad.sessions.membership import disconnected
from collabpad.sessions.registry import Registry
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from tests.sessions.context import Clock, Connections, join_event, new_context

HOUR = QUIET_SECONDS


class House:
    """A registry that keeps house, with sessions by name."""

    def __init__(self, context: Context | None = None) -> None:
        self.context = context or new_context(session_ttl=30.0)
        self.clock = cast(Clock, self.context.scheduler)
        self.registry = Registry(self.context)
        self.ids: dict[str, str] = {}
        self.registry.run_housekeeping()

    def make(self, *names: str) -> None:
        for name in names:
            row, _ = self.registry.create(CreateSession(title=name))
            self.ids[name] = row.session_id

    def enter(self, name: str) -> None:
        """Somebody comes, and stays without doing anything."""
        session, link = self.registry.find(self.ids[name])
        with session.perform():
            join(session, f"at {name}", join_event(self.ids[name]), link)

    def leave(self, name: str) -> None:
        session, _ = self.registry.find(self.ids[name])
        with session.perform():
            disconnected(session, f"at {name}")

    @property
    def sessions(self) -> set[str]:
        return {each.row.title for each in self.registry.overview()}

    def told(self, name: str) -> list[str]:
        transport = cast(Connections, self.context.transport)
        return [event for event, _ in transport.told.get(f"at {name}", [])]


@pytest.fixture
def house() -> House:
    house = House()
    house.make("used", "forgotten")
    house.clock.pass_time(2 * HOUR)
    return house


def test_a_session_that_is_asked_for_stays_in_memory() -> None:
    house = House(new_context(evict_after=100.0))
    house.make("used")
    session, _ = house.registry.find(house.ids["used"])
    house.clock.pass_time(99)
    house.registry.find(house.ids["used"])
    house.clock.pass_time(99)
    assert house.registry.find(house.ids["used"])[0] is session
    house.clock.pass_time(300)
    assert session.closed
    assert house.registry.find(house.ids["used"])[0] is not session


def test_looking_at_a_session_does_not_extend_its_life(house: House) -> None:
    for _ in range(30):
        house.clock.pass_time(DAY)
        if "used" in house.sessions:
            house.registry.find(house.ids["used"])
    assert house.sessions == set()


@pytest.mark.parametrize("jump", [40 * DAY, 400 * DAY, -40 * DAY])
def test_a_jump_of_the_clock_deletes_nothing(house: House, jump: float) -> None:
    house.enter("used")
    house.clock.jump(jump)
    for _ in range(50):
        house.clock.pass_time(HOUR)
        assert house.sessions == {"used", "forgotten"}
    assert "session_closed" not in house.told("used")


def test_days_that_really_pass_count_after_a_jump(house: House) -> None:
    house.clock.jump(40 * DAY)
    house.clock.pass_time(29 * DAY)
    house.make("new")
    assert house.sessions == {"used", "forgotten", "new"}
    house.clock.pass_time(DAY)
    assert house.sessions == {"new"}


def test_a_clock_that_comes_back_is_two_jumps(house: House) -> None:
    house.clock.jump(40 * DAY)
    house.clock.pass_time(DAY)
    house.make("made ahead")
    house.clock.jump(-40 * DAY)
    house.clock.pass_time(28 * DAY)
    assert house.sessions == {"used", "forgotten", "made ahead"}
    house.clock.pass_time(42 * DAY)
    assert house.sessions <= {"made ahead"}


def test_nothing_is_deleted_within_an_hour_of_a_start_or_a_jump(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.clock.pass_time(30 * DAY - 2 * HOUR - 30)
    house.clock.jump(-120)
    house.clock.pass_time(HOUR - 90)
    assert house.sessions == {"used", "forgotten"}, "they are too old by now"
    house.clock.pass_time(HOUR)
    assert house.sessions == set()
    assert "jumped backwards by 2 minutes" in caplog.text


def test_a_server_deletes_nothing_within_an_hour_of_its_start(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    context = new_context(session_ttl=30.0)
    with closing(SqliteStore(path)) as store:
        House(replace(context, store=store)).make("old")
    later = Clock()
    later.jump(31 * DAY)
    with closing(SqliteStore(path)) as store:
        house = House(replace(context, store=store, scheduler=later))
        house.make("new")
        later.pass_time(HOUR - 120)
        assert house.sessions == {"old", "new"}
        later.pass_time(240)
        assert house.sessions == {"new"}
    with closing(SqliteStore(path)) as store:
        assert [each.title for each in store.sessions()] == ["new"]


def test_time_that_the_machine_slept_is_no_age(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Some clocks that never jump go on while a machine sleeps."""
    house.clock.sleep(40 * DAY)
    house.clock.pass_time(25 * DAY)
    assert "This machine slept, or its clock jumped, for 40 days" in caplog.text
    assert house.sessions == {"used", "forgotten"}
    house.clock.pass_time(6 * DAY)
    assert house.sessions == set()


@pytest.mark.slow
def test_who_only_reads_keeps_a_session(house: House) -> None:
    house.enter("used")
    house.clock.pass_time(100 * DAY)
    assert house.sessions == {"used"}
    assert "session_closed" not in house.told("used")
    house.leave("used")
    house.clock.pass_time(29 * DAY)
    assert house.sessions == {"used"}
    house.clock.pass_time(2 * DAY)
    assert house.sessions == set()


def test_a_session_that_is_asked_for_is_not_used_by_that(house: House) -> None:
    house.clock.pass_time(29 * DAY)
    session, _ = house.registry.find(house.ids["used"])
    house.clock.pass_time(2 * DAY)
    with pytest.raises(UnknownSession):
        house.registry.find(house.ids["used"])
    assert session.closed


def test_every_deletion_leaves_a_line(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    session, _ = house.registry.find(house.ids["used"])
    house.registry.end(session)
    used = house.ids["used"]
    assert f"Deleted session {used[:6]}… (made 2 hours ago, last used 2 hours ago)" in caplog.text
    assert "it was ended on request" in caplog.text
    house.clock.pass_time(31 * DAY)
    forgotten = house.ids["forgotten"]
    assert f"Deleted session {forgotten[:6]}… (made 30 days ago" in caplog.text
    assert "nobody used it for too long" in caplog.text
    assert caplog.text.count("Deleted session") == 2
    assert used not in caplog.text
    assert forgotten not in caplog.text


def test_rests_and_turns_do_not_follow_the_clock_of_the_day(house: House) -> None:

    house.enter("used")
    session, _ = house.registry.find(house.ids["used"])
    (person,) = session.roster
    awareness.gather(session, person)
    house.clock.jump(40 * DAY)
    with pytest.raises(RateLimited):
        awareness.gather(session, person)
    (connection,) = person.connections.values()
    session.edits_from = house.clock.monotonic() + 2.0
    house.clock.jump(40 * DAY)
    with pytest.raises(Busy):
        editing.code_change(session, connection, CodeChange(session_id="", content="x"))
    house.clock.jump(-100 * DAY)
    house.clock.pass_time(5.1)
    awareness.gather(session, person)
    editing.code_change(session, connection, CodeChange(session_id="", content="x"))


def test_who_asked_first_stays_first_when_the_clock_is_set_back(house: House) -> None:
    session, link = house.registry.find(house.ids["used"])
    people = []
    for name in ("Host", "Ann", "Bob"):
        with session.perform():
            person, _ = join(session, f"of {name}", join_event(link.public_id, name), link)
            write_permission.request_write(session, person)
        people.append(person)
        house.clock.jump(-DAY)
    assert session.roster.first_requesting() is people[1]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-5, "0 seconds"),
        (1.9, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (7199, "2 hours"),
        (40 * DAY, "40 days"),
    ],
)
def test_a_span_is_told_in_words(seconds: float, told: str) -> None:
    assert human_duration(seconds) == told
