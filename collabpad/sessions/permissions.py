"""Who may do what: one row of `RULES` for each action.

A person has one or more roles in a session; a rule names those of which one is enough, and what
everybody else is told. To add a right, add an `Action` and its row: `Participant.require` then
refuses everybody else, and each page is sent the action if its person may do it (`session.may`).

A person's roles follow from the participant, `Roles` and the run policy alone. `Session` gives
everybody their `Permissions` anew when one of these changes, so that asking is one look-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from typing import Final

from ..errors import ClientError, Forbidden, NotHost, NotWriter, RunDisabled
from ..protocol.enums import Action, RunPolicy, WriteMode
from ..storage.records import ParticipantRow, Roles


class Role(StrEnum):
    """What somebody is in a session; a host who has the pen has four of them."""

    VIEWER = auto()  # joined by the view link
    PARTICIPANT = auto()  # everybody else
    WRITER = auto()  # can change the text now
    PEN_HOLDER = auto()  # has the pen; in `handoff` mode only
    HOST = auto()  # has the host's seat
    FULL_HOST = auto()  # has it by key or by right: not an acting host


@dataclass(frozen=True)
class Rule:
    """Whoever has one of the roles in `who` may; others get the refusal, viewers and acting hosts
    one of their own where there is more to say."""

    who: frozenset[Role]
    otherwise: ClientError = Forbidden("You may not do this.")
    to_viewers: ClientError | None = None
    to_acting_hosts: ClientError | None = None

    def refusal(self, roles: frozenset[Role]) -> ClientError:
        found = self.otherwise
        if self.to_viewers is not None and Role.VIEWER in roles:
            found = self.to_viewers
        elif self.to_acting_hosts is not None and Role.HOST in roles:
            found = self.to_acting_hosts
        return type(found)(found.message)  # a new one: what is raised keeps its traceback


_EVERYBODY: Final = frozenset({Role.VIEWER, Role.PARTICIPANT})
_PARTICIPANTS: Final = frozenset({Role.PARTICIPANT})
_WRITER: Final = frozenset({Role.WRITER})
_PEN_HOLDER: Final = frozenset({Role.PEN_HOLDER})
_HOST: Final = frozenset({Role.HOST})
_FULL_HOST: Final = frozenset({Role.FULL_HOST})
_HOST_OR_WRITER: Final = frozenset({Role.HOST, Role.WRITER})
_HOST_OR_PEN_HOLDER: Final = frozenset({Role.HOST, Role.PEN_HOLDER})

_HOST_ONLY: Final = NotHost("Only the host may do this.")
_VIEWERS_READ: Final = "Viewers cannot write; ask the host for the join link."
_VIEWERS_DO_NOT_RUN: Final = Forbidden("Viewers cannot run code; ask the host for the join link.")
_CANNOT_FEED: Final = Forbidden(
    "Only the host, the pen holder and whoever started it may give a program input."
)
_CANNOT_STOP: Final = Forbidden("Only the host and whoever started a program may stop it.")


def _full_host_only(message: str) -> Rule:
    return Rule(_FULL_HOST, _HOST_ONLY, to_acting_hosts=Forbidden(message))


RULES: Final[Mapping[Action, Rule]] = {
    # The text, the pen and the host's seat
    Action.WRITE: Rule(
        _WRITER,
        NotWriter("You cannot write now: ask for the pen, or to be unmuted."),
        to_viewers=NotWriter(_VIEWERS_READ),
    ),
    Action.REQUEST_WRITE: Rule(_PARTICIPANTS, Forbidden(_VIEWERS_READ)),
    Action.RELEASE_WRITE: Rule(_PEN_HOLDER, NotWriter("You do not have the pen.")),
    Action.GRANT_WRITE: Rule(
        _HOST_OR_PEN_HOLDER, NotHost("Only the host and the pen holder may hand the pen over.")
    ),
    Action.REVOKE_WRITE: Rule(_HOST, _HOST_ONLY),
    Action.TAKE_OVER: Rule(
        _PARTICIPANTS, Forbidden("You joined by the view link, so you stay a viewer.")
    ),
    Action.TRANSFER_HOST: Rule(_HOST, _HOST_ONLY),
    # Turns with the pen
    Action.SET_ROTATION: Rule(_HOST, _HOST_ONLY),
    Action.ROTATION_NEXT: Rule(
        _HOST_OR_PEN_HOLDER, NotHost("Only the host and the pen holder may pass the pen on.")
    ),
    Action.SKIP_OWN_TURN: Rule(_PARTICIPANTS, Forbidden("Viewers cannot take a turn.")),
    Action.SKIP_ANY_TURN: Rule(_HOST, _HOST_ONLY),
    # Runs; RUN_RULES has who may start one
    Action.FEED_OWN_RUN: Rule(_PARTICIPANTS, _CANNOT_FEED),
    Action.FEED_ANY_RUN: Rule(_HOST_OR_PEN_HOLDER, _CANNOT_FEED),
    Action.STOP_OWN_RUN: Rule(_PARTICIPANTS, _CANNOT_STOP),
    Action.STOP_ANY_RUN: Rule(_HOST, _CANNOT_STOP),
    Action.READ_RUNS: Rule(_EVERYBODY),
    # Being together
    Action.CHAT: Rule(_EVERYBODY),
    Action.RENAME: Rule(_EVERYBODY),
    Action.SHOW_CURSOR: Rule(_EVERYBODY),
    Action.POINT: Rule(_EVERYBODY),
    Action.GATHER: Rule(
        _HOST_OR_WRITER, NotHost("Only the host and writers may bring everybody together.")
    ),
    # The session
    Action.INVITE: Rule(_PARTICIPANTS),
    Action.ADMIT: Rule(_HOST, _HOST_ONLY),
    Action.REMOVE: Rule(_HOST, _HOST_ONLY),
    Action.REMOVE_KEY_HOLDER: _full_host_only(
        "An acting host cannot remove a holder of the host link."
    ),
    Action.SET_LANGUAGE: Rule(_HOST_OR_WRITER, _HOST_ONLY),
    Action.SET_OPTIONS: Rule(_HOST, _HOST_ONLY),
    Action.SET_PASSCODE: _full_host_only(
        "An acting host cannot set a passcode; the host link is needed."
    ),
    Action.LOCK: _full_host_only(
        "An acting host cannot lock the session; the host link is needed."
    ),
    Action.ROTATE_LINKS: _full_host_only(
        "An acting host cannot change the links; the host link is needed."
    ),
    Action.CLOSE_SESSION: _full_host_only(
        "An acting host cannot end the session; the host link is needed."
    ),
}

RUN_RULES: Final[Mapping[RunPolicy, Rule]] = {
    RunPolicy.OFF: Rule(
        frozenset(), RunDisabled("The host has switched running off in this session.")
    ),
    RunPolicy.HOST: Rule(
        _HOST,
        Forbidden("In this session only the host may run code."),
        to_viewers=_VIEWERS_DO_NOT_RUN,
    ),
    RunPolicy.WRITERS: Rule(
        _HOST_OR_WRITER,
        Forbidden("In this session only the host and those who can write may run code."),
        to_viewers=_VIEWERS_DO_NOT_RUN,
    ),
    RunPolicy.EVERYONE: Rule(_PARTICIPANTS, _VIEWERS_DO_NOT_RUN),
}


@dataclass(frozen=True)
class Permissions:
    """What people with these roles may do under this run policy."""

    roles: frozenset[Role]
    run_policy: RunPolicy
    granted: frozenset[Action]
    view: tuple[Action, ...]  # as it travels: in the order of `Action`

    def refusal(self, action: Action) -> ClientError:
        """The error for somebody who may not."""
        return _rule(action, self.run_policy).refusal(self.roles)


NOTHING: Final = Permissions(frozenset(), RunPolicy.OFF, frozenset(), ())


def permissions(row: ParticipantRow, roles: Roles, run_policy: RunPolicy) -> Permissions:
    """What this participant may do; the same object as long as that stays the same."""
    if row.viewer:
        return _permissions(frozenset({Role.VIEWER}), run_policy)
    mine = [Role.PARTICIPANT]
    if roles.host_id == row.id:
        mine.append(Role.HOST)
        if not roles.acting:
            mine.append(Role.FULL_HOST)
    if roles.write_mode is WriteMode.OPEN:
        if row.id not in roles.muted:
            mine.append(Role.WRITER)
    elif roles.pen_id == row.id:
        mine += (Role.WRITER, Role.PEN_HOLDER)
    return _permissions(frozenset(mine), run_policy)


@cache
def _permissions(roles: frozenset[Role], run_policy: RunPolicy) -> Permissions:
    view = tuple(each for each in Action if not roles.isdisjoint(_rule(each, run_policy).who))
    return Permissions(roles, run_policy, frozenset(view), view)


def _rule(action: Action, run_policy: RunPolicy) -> Rule:
    return RUN_RULES[run_policy] if action is Action.RUN else RULES[action]
