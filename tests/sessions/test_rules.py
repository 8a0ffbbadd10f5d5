"""The rules of pen and seat hold whatever people do, in whatever order."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from collabpad.errors import ClientError
from collabpad.protocol.client_events import (
    GrantWrite,
    JoinSession,
    RemoveParticipant,
    RevokeWrite,
    TransferHost,
    UpdateSession,
)
from collabpad.protocol.enums import Action, RunPolicy, WriteMode
from collabpad.sessions import administration, joining, membership, write_permission
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.confusables import skeletons
from collabpad.sessions.permissions import permissions
from collabpad.sessions.roster import Participant
from tests.sessions.context import Clock, Connections, new_context, new_session

WHO = st.integers(0, 9)
NAMES = st.sampled_from(["Ann", "ann", "Аnn", "A\u200dnn", "Ann 2"])


class Roster(RuleBasedStateMachine):
    """Everybody comes, goes, asks, gives and takes; time passes."""

    @initialize(mode=st.sampled_from(WriteMode))
    def start(self, mode: WriteMode) -> None:
        self.context = new_context()
        self.clock = cast(Clock, self.context.scheduler)
        self.session, self.host_key = new_session(self.context, write_mode=mode)
        self.id = self.session.row.session_id
        self.tokens: dict[str, str] = {}
        self.may_at_join: dict[str, tuple[Action, ...]] = {}
        self.connections = 0

    def _join(self, event: JoinSession, *, viewer: bool = False) -> None:
        self.connections += 1
        public = self.session.row.view_id if viewer else self.id
        with suppress(ClientError), self.session.perform():
            person, reply = joining.join(
                self.session, f"sid{self.connections}", event, JoinLink(public, viewer)
            )
            self.tokens[person.id] = str(reply["resume"])
            self.may_at_join[f"sid{self.connections}"] = cast(Any, reply["session"])["may"]

    def _pick(self, number: int) -> Participant | None:
        people = list(self.session.roster)
        return people[number % len(people)] if people else None

    @rule(viewer=st.booleans(), with_key=st.booleans(), name=NAMES)
    def joins(self, viewer: bool, with_key: bool, name: str) -> None:
        key = self.host_key if with_key else None
        self._join(JoinSession(session_id=self.id, name=name, host_key=key), viewer=viewer)

    @rule(who=WHO, tab=st.booleans())
    def comes_back(self, who: int, tab: bool) -> None:
        person = self._pick(who)
        if person is not None:
            self._join(JoinSession(session_id=self.id, resume=self.tokens[person.id], tab=tab))

    @rule(who=WHO, which=st.integers(0, 3))
    def goes(self, who: int, which: int) -> None:
        person = self._pick(who)
        if person is not None and person.online:
            with self.session.perform():
                sids = person.sids
                membership.disconnected(self.session, sids[which % len(sids)])

    @rule(seconds=st.sampled_from([1, 14, 16, 61, 301]))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_time(seconds)

    @rule(who=WHO, whom=WHO, what=st.integers(0, 9))
    def acts(self, who: int, whom: int, what: int) -> None:
        person, target = self._pick(who), self._pick(whom)
        if person is None or target is None or not person.online:
            return
        session, ids = self.session, {"session_id": self.id, "participant_id": target.id}
        mode = list(WriteMode)[what % 2]
        with suppress(ClientError), session.perform():
            match what:
                case 0:
                    write_permission.request_write(session, person)
                case 1:
                    write_permission.cancel_request(session, person)
                case 2:
                    write_permission.release_write(session, person)
                case 3:
                    write_permission.grant_write(session, person, GrantWrite(**ids))
                case 4:
                    write_permission.revoke_write(session, person, RevokeWrite(**ids))
                case 5:
                    write_permission.transfer_host(session, person, TransferHost(**ids))
                case 6:
                    gone = RemoveParticipant(session_id=self.id, participant_id=target.id)
                    administration.remove_participant(session, person, gone)
                case 7:
                    membership.leave(session, next(iter(person.connections.values())))
                case _:
                    change = UpdateSession(session_id=self.id, write_mode=mode)
                    administration.update_session(session, person, change)

    @rule(who=WHO, policy=st.sampled_from(RunPolicy))
    def sets_run_policy(self, who: int, policy: RunPolicy) -> None:
        person = self._pick(who)
        if person is not None:
            change = UpdateSession(session_id=self.id, run_policy=policy)
            with suppress(ClientError), self.session.perform():
                administration.update_session(self.session, person, change)

    @invariant()
    def permissions_are_up_to_date(self) -> None:
        if hasattr(self, "session"):
            session = self.session
            for person in session.roster:
                fresh = permissions(person.row, session.roles, session.row.run_policy)
                assert person.permissions is fresh

    @rule()
    def everybody_has_been_told(self) -> None:
        """What each page was told last is what its person may do."""
        self.clock.pass_time(0.05)
        for connection in self.session.roster.connections:
            told = cast(Connections, self.context.transport).told.get(connection.sid, [])
            news = [payload["may"] for _, payload in told if "may" in payload]
            may = (news or [self.may_at_join[connection.sid]])[-1]
            assert may == connection.person.permissions.view

    @invariant()
    def rules_hold(self) -> None:
        if not hasattr(self, "session"):
            return
        session, roster = self.session, self.session.roster.view(self.session.roles)
        people, host = roster["participants"], session.roster.get(session.roles.host_id)
        writers = roster["writer_ids"]
        assert all(people[each]["role"] != "viewer" for each in writers)
        looks = [skeletons(each.name) for each in session.roster]
        assert all(one.isdisjoint(other) for one, other in combinations(looks, 2))
        if host is not None:
            assert not host.viewer
            assert not (session.roles.acting and host.row.holds_key)
        if session.roles.write_mode is WriteMode.HANDOFF:
            assert writers == ([roster["writer_id"]] if roster["writer_id"] else [])
            if host is not None and host.online:
                assert roster["writer_id"], "a host who is here never leaves the pen to nobody"
            if session.roster.first_requesting() is not None:
                assert roster["writer_id"], "a pen that is asked for is never with nobody"
        else:
            assert roster["writer_id"] is None
            if host is not None:
                assert host.id in writers, "a host is never muted"
        here = [each for each in session.roster.online() if not each.viewer]
        assert host is not None or not here, "somebody here, and nobody host"
        kept = self.context.store.load(session.key)
        assert kept is not None
        assert kept.roles == session.roles
        assert {row.id for row in kept.participants} == {each.id for each in session.roster}
        assert {each.id for each in session.roster.online()} <= set(people)
        assert {host_id for host_id in (roster["host_id"], roster["writer_id"]) if host_id} <= set(
            people
        )

    @invariant()
    def nobody_stays_away_with_the_pen(self) -> None:
        if hasattr(self, "session"):
            holder = self.session.pen_holder
            before = holder.absences if holder else 0
            if holder is not None and not holder.online and self.session.roster.online():
                self.clock.pass_time(16)
                assert self.session.pen_holder is not holder or holder.absences != before


TestPeople = pytest.mark.slow(Roster.TestCase)
TestPeople.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_large_session_learns_of_everybody_within_the_window() -> None:
    context = new_context()
    session, _ = new_session(context)
    public_id = session.row.session_id
    for number in range(20):
        event = JoinSession(session_id=public_id, name=f"P{number}")
        with session.perform():
            joining.join(session, f"sid{number}", event, JoinLink(public_id, viewer=False))
    cast(Clock, context.scheduler).pass_time(0.05)
    for number in range(20):
        told = cast(Connections, context.transport).told[f"sid{number}"]
        rosters = [payload for event, payload in told if event == "participants_update"]
        assert len(rosters[-1]["participants"]) == 20
