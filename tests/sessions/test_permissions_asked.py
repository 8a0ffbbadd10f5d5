"""Every operation asks the table: it refuses exactly what is not granted there, in its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collabpad.errors import ClientError, Forbidden
from collabpad.protocol import client_events as events
from collabpad.protocol.enums import Action, JoinPolicy, RunPolicy, Which, WriteMode
from collabpad.sessions import (
    administration,
    awareness,
    chat,
    editing,
    joining,
    membership,
    run_history,
    running,
    write_permission,
)
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.permissions import NOTHING, RULES, RUN_RULES
from collabpad.sessions.roster import JoinRequest, Participant
from collabpad.sessions.serializers import session_view
from collabpad.sessions.session import CurrentRun
from tests.sessions.house import House
from tests.sessions.test_permissions import EXPECTED, State

SOMEWHERE = {"anchor": {"tname": "content"}, "head": {"tname": "content"}}
SAID = {
    refusal.message
    for rule in [*RULES.values(), *RUN_RULES.values()]
    for refusal in (rule.otherwise, rule.to_viewers, rule.to_acting_hosts)
    if refusal is not None
}


class Scene:
    """A session in which `me` is what a column of the table says, beside others."""

    def __init__(self, state: State, policy: RunPolicy) -> None:
        house = self.house = House()
        by_right = not state.name.startswith("acting")
        host = house.comes("Host", with_key=by_right)
        with house.session.perform():
            event = events.UpdateSession(session_id="", run_policy=policy, write_mode=state.mode)
            administration.update_session(house.session, host, event)
        self.other, self.key_holder = house.comes("Oda"), house.comes("Kay")
        house.session.save_participant(self.key_holder, holds_key=True)
        self.me = host if state.hosting else house.comes("Me", viewer=state.viewer)
        if state.mode is WriteMode.HANDOFF and state.name in ("host", "acting", "pen"):
            holder = self.me if state.name == "pen" else self.other
            self._by(host, write_permission.grant_write, events.GrantWrite, holder)
        elif state.name == "muted":
            self._by(host, write_permission.revoke_write, events.RevokeWrite, self.me)
        assert self.me.permissions == state.permissions(policy)

    def _by(self, host: Participant, operation: Any, kind: Any, whom: Participant) -> None:
        with self.session.perform():
            operation(self.session, host, kind(session_id="", participant_id=whom.id))

    @property
    def session(self) -> Any:
        return self.house.session

    def does(self, operation: Any, kind: Any = None, **fields: Any) -> None:
        operation(self.session, self.me, kind and kind(session_id="", **fields))

    def does_in_tab(self, operation: Any, kind: Any, **fields: Any) -> None:
        connection = next(iter(self.me.connections.values()))
        operation(self.session, connection, kind(session_id="", **fields))

    def updates(self, **fields: Any) -> None:
        event = events.UpdateSession(session_id="", **fields)
        administration.update_session(self.session, self.me, event, passcode_hash="kept")

    def removes(self, whom: Participant, *, rotate: bool = False) -> None:
        event = events.RemoveParticipant(session_id="", participant_id=whom.id, rotate=rotate)
        administration.remove_participant(self.session, self.me, event)

    def admits(self) -> None:
        self.session.join_requests["knock"] = JoinRequest("knock", "Kim", "sid", viewer=False)
        self.does(administration.admit, events.Admit, participant_id="knock", allow=True)

    def skips(self, whom: Participant) -> None:
        fields = {"participant_id": whom.id}
        self.does(write_permission.rotation_skip, events.RotationSkip, **fields)

    def _run_of(self, whom: Participant) -> None:
        self.session.run = CurrentRun("run", whom.id, whom.name, "python", 0, 0, None, "", "")

    def feeds(self, whom: Participant) -> None:
        self._run_of(whom)
        self.does(running.run_input, events.RunInput, run_id="run", data="x")

    def stops(self, whom: Participant) -> None:
        self._run_of(whom)
        self.does(running.run_stop, events.RunStop, run_id="run")

    def claims_seat(self) -> None:
        link = JoinLink(self.session.row.session_id, viewer=False)
        event = events.JoinSession(session_id=link.public_id, host_key=self.house.key)
        connection = next(iter(self.me.connections.values()))
        joining.join(self.session, connection.sid, event, link)

    def learns_join_link(self) -> None:
        known = session_view(self.session, self.me)
        if self.session.row.session_id not in repr(known):
            raise Forbidden("You may not do this.")


Try = Callable[[Scene], None]
TRIES: dict[Action, list[Try]] = {
    Action.WRITE: [
        lambda at: at.does_in_tab(editing.code_change, events.CodeChange, content="x"),
        lambda at: at.does_in_tab(editing.doc_update, events.DocUpdate, update=b"\0\0"),
    ],
    Action.REQUEST_WRITE: [lambda at: at.does(write_permission.request_write)],
    Action.RELEASE_WRITE: [lambda at: at.does(write_permission.release_write)],
    Action.GRANT_WRITE: [
        lambda at: at.does(
            write_permission.grant_write, events.GrantWrite, participant_id=at.other.id
        )
    ],
    Action.REVOKE_WRITE: [
        lambda at: at.does(
            write_permission.revoke_write, events.RevokeWrite, participant_id=at.other.id
        )
    ],
    Action.TAKE_OVER: [lambda at: at.claims_seat()],
    Action.TRANSFER_HOST: [
        lambda at: at.does(
            write_permission.transfer_host, events.TransferHost, participant_id=at.other.id
        )
    ],
    Action.SET_ROTATION: [
        lambda at: at.does(write_permission.set_rotation, events.SetRotation, minutes=None)
    ],
    Action.ROTATION_NEXT: [lambda at: at.does(write_permission.rotation_next)],
    Action.SKIP_OWN_TURN: [lambda at: at.skips(at.me)],
    Action.SKIP_ANY_TURN: [lambda at: at.skips(at.key_holder)],
    Action.RUN: [lambda at: at.does(running.run_start, events.RunStart)],
    Action.FEED_OWN_RUN: [lambda at: at.feeds(at.me)],
    Action.FEED_ANY_RUN: [lambda at: at.feeds(at.other)],
    Action.STOP_OWN_RUN: [lambda at: at.stops(at.me)],
    Action.STOP_ANY_RUN: [lambda at: at.stops(at.other)],
    Action.READ_RUNS: [
        lambda at: at.does(run_history.list_runs),
        lambda at: at.does(run_history.get_run, events.GetRun, run_id="run"),
        lambda at: at.does(run_history.last_run, events.LastRun),
    ],
    Action.CHAT: [lambda at: at.does(chat.send_message, events.SendMessage, message="Hi")],
    Action.RENAME: [lambda at: at.does(membership.rename, events.Rename, name="New")],
    Action.SHOW_CURSOR: [
        lambda at: at.does_in_tab(awareness.presence, events.Presence, cursor=SOMEWHERE)
    ],
    Action.POINT: [lambda at: at.does(awareness.point, events.Point, range=SOMEWHERE)],
    Action.GATHER: [lambda at: at.does(awareness.gather)],
    Action.INVITE: [lambda at: at.learns_join_link()],
    Action.ADMIT: [lambda at: at.admits()],
    Action.REMOVE: [lambda at: at.removes(at.other)],
    Action.REMOVE_KEY_HOLDER: [lambda at: at.removes(at.key_holder)],
    Action.SET_LANGUAGE: [lambda at: at.updates(language="javascript")],
    Action.SET_OPTIONS: [
        lambda at: at.updates(title="New"),
        lambda at: at.updates(language="javascript", title="New"),
        lambda at: at.updates(write_mode=WriteMode.OPEN),
        lambda at: at.updates(run_policy=RunPolicy.HOST),
        lambda at: at.updates(join_policy=JoinPolicy.APPROVE),
    ],
    Action.SET_PASSCODE: [
        lambda at: at.updates(passcode="secret"),
        lambda at: at.updates(passcode=None),
    ],
    Action.LOCK: [lambda at: at.updates(join_policy=JoinPolicy.LOCKED)],
    Action.ROTATE_LINKS: [
        lambda at: at.does(administration.rotate_links, events.RotateLinks, which=Which.BOTH),
        lambda at: at.removes(at.other, rotate=True),
    ],
    Action.CLOSE_SESSION: [lambda at: at.does(administration.close_session)],
}


def outcome(scene: Scene, attempt: Try) -> str:
    """What the attempt is refused with; "" where no right stands in its way."""
    try:
        with scene.session.perform():
            attempt(scene)
    except ClientError as error:
        return f"{error.code}: {error.message}" if error.message in SAID else ""
    return ""


def test_no_action_is_left_out() -> None:
    assert set(TRIES) == set(Action)


@pytest.mark.parametrize(
    ("state", "policy"),
    [
        pytest.param(state, policy, id=f"{state.mode}-{state.name}-{policy}")
        for state, policy in EXPECTED
    ],
)
def test_operations_refuse_exactly_what_is_not_granted(state: State, policy: RunPolicy) -> None:
    granted, refusal = EXPECTED[state, policy], state.permissions(policy).refusal
    found, expected = [], []
    for action, attempts in TRIES.items():
        if action is not Action.RUN and policy is not RunPolicy.WRITERS:
            continue  # it is the only one that depends on the policy: see the table
        told = "" if action in granted else f"{refusal(action).code}: {refusal(action).message}"
        expected += [(action, told)] * len(attempts)
        found += [(action, outcome(Scene(state, policy), attempt)) for attempt in attempts]
    assert found == expected


def test_operations_that_everybody_may_do_ask_too() -> None:
    for attempts in TRIES.values():
        for attempt in attempts:
            scene = Scene(State(WriteMode.HANDOFF, "host+"), RunPolicy.EVERYONE)
            scene.me.permissions = NOTHING
            assert outcome(scene, attempt)
