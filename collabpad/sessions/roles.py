"""The rules for the host's seat and the pen, as pure transitions from one `Roles` to the next.

Each step ends in `_settled`: a pen that nobody holds goes to the host who is here, else to the
first who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..protocol.enums import Action, WriteMode
from ..storage.records import Roles
from .roster import Participant, Roster

Transition = Callable[[Roles], Roles]


def _assign_free_pen(roles: Roles, roster: Roster) -> Roles:
    if roles.pen_id is not None or roles.write_mode is WriteMode.OPEN:
        return roles
    if roster.is_online(roles.host_id):
        return replace(roles, pen_id=roles.host_id)
    asking = roster.first_requesting()
    return roles if asking is None else replace(roles, pen_id=asking.id)


def _with_host(roles: Roles, host: Participant, *, acting: bool) -> Roles:
    return replace(
        roles,
        host_id=host.id,
        acting=acting and not host.row.holds_key,
        muted=roles.muted - {host.id},
    )


def arrived(roster: Roster, person: Participant) -> Transition:
    """Somebody joined or returned. They take an empty host's seat, and the host takes a free pen.
    Without the host key they become an acting host, even as the very first.
    """

    def step(roles: Roles) -> Roles:
        if roles.host_id is None and person.may(Action.TAKE_OVER):
            roles = _with_host(roles, person, acting=True)
        return _assign_free_pen(roles, roster)

    return step


def host_claimed(roster: Roster, person: Participant) -> Transition:
    """Somebody joined with the host key. The pen stays where it is."""
    return lambda roles: _assign_free_pen(_with_host(roles, person, acting=False), roster)


def host_transferred(roster: Roster, person: Participant) -> Transition:
    """The host passed the seat on. An acting host can only make an acting host."""
    return lambda roles: _assign_free_pen(_with_host(roles, person, acting=roles.acting), roster)


def participant_removed(roster: Roster, person: Participant) -> Transition:
    """Somebody left or was removed. Call it when they are no longer in the roster."""

    def step(roles: Roles) -> Roles:
        if roles.pen_id == person.id:
            roles = replace(roles, pen_id=None)
        if roles.host_id == person.id:
            successor = roster.first_online()
            if successor is None:
                roles = replace(roles, host_id=None, acting=False)
            else:
                roles = _with_host(roles, successor, acting=roles.acting)
        return _assign_free_pen(replace(roles, muted=roles.muted - {person.id}), roster)

    return step


def host_expired(roster: Roster) -> Transition:
    """The host was away for too long. The person who joined first acts as host, or the next one to
    join."""

    def step(roles: Roles) -> Roles:
        successor = roster.first_online()
        if successor is None:
            return replace(roles, host_id=None, acting=False)
        return _assign_free_pen(_with_host(roles, successor, acting=True), roster)

    return step


def pen_released(roster: Roster) -> Transition:
    """The pen was given back, taken back, or its holder was away for too long."""
    return lambda roles: _assign_free_pen(replace(roles, pen_id=None), roster)


def pen_requested(roster: Roster) -> Transition:
    """Somebody asks for the pen. A free pen is theirs if no host is here to decide."""
    return lambda roles: _assign_free_pen(roles, roster)


def write_granted(person: Participant) -> Transition:
    """Somebody got the pen in `handoff` mode, or was unmuted in `open` mode."""

    def step(roles: Roles) -> Roles:
        if roles.write_mode is WriteMode.OPEN:
            return replace(roles, muted=roles.muted - {person.id})
        return replace(roles, pen_id=person.id)

    return step


def participant_muted(person: Participant) -> Transition:
    def step(roles: Roles) -> Roles:
        if not person.may(Action.TAKE_OVER) or person.id == roles.host_id:
            return roles
        return replace(roles, muted=roles.muted | {person.id})

    return step


def write_mode_changed(roster: Roster, mode: WriteMode) -> Transition:
    """`handoff` starts with the pen at the host, `open` with nobody muted. Turns end."""

    def step(roles: Roles) -> Roles:
        if mode is roles.write_mode:
            return roles
        changed = replace(
            roles,
            write_mode=mode,
            pen_id=None,
            muted=frozenset(),
            rotation=None,
            rotation_held=False,
        )
        return _assign_free_pen(changed, roster)

    return step


def rotation_set(
    minutes: int | None, *, held: bool | None, order: Sequence[str] | None
) -> Transition:
    """`held` and `order` are None if they stay as they are."""

    def step(roles: Roles) -> Roles:
        return replace(
            roles,
            rotation=minutes,
            rotation_order=roles.rotation_order if order is None else tuple(order),
            rotation_held=minutes is not None and (roles.rotation_held if held is None else held),
        )

    return step


def with_pen_since(old: Roles, new: Roles, now: float) -> Roles:
    """`new` with the time at which the pen came to its holder."""
    if new.write_mode is WriteMode.OPEN or new.pen_id is None:
        return replace(new, pen_since=None)
    return new if new.pen_id == old.pen_id else replace(new, pen_since=now)
