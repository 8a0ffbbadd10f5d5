"""The rules of who is host and who has the pen, as pure steps from one `Roles` to the next.

Each step ends in `_settled`: a pen that nobody holds goes to the host who is here, else to the
first who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..protocol import WriteMode
from ..storage.base import Roles
from .people import Participant, People

Step = Callable[[Roles], Roles]


def can_write(roles: Roles, person: Participant) -> bool:
    if person.viewer:
        return False
    if roles.write_mode is WriteMode.OPEN:
        return person.id not in roles.muted
    return roles.pen_id == person.id


def role(roles: Roles, person: Participant) -> str:
    if person.viewer:
        return "viewer"
    return "host" if roles.host_id == person.id else "participant"


def _settled(roles: Roles, people: People) -> Roles:
    if roles.pen_id is not None or roles.write_mode is WriteMode.OPEN:
        return roles
    if people.is_online(roles.host_id):
        return replace(roles, pen_id=roles.host_id)
    asking = people.first_asking()
    return roles if asking is None else replace(roles, pen_id=asking.id)


def _seated(roles: Roles, host: Participant, *, acting: bool) -> Roles:
    return replace(
        roles,
        host_id=host.id,
        acting=acting and not host.row.holds_key,
        muted=roles.muted - {host.id},
    )


def arrived(people: People, person: Participant) -> Step:
    """Somebody came in, or back: the empty host seat is theirs, and a free pen is the host's.

    Whoever takes an empty seat without the host key, the very first included, is an acting host.
    """

    def step(roles: Roles) -> Roles:
        if roles.host_id is None and not person.viewer:
            roles = _seated(roles, person, acting=True)
        return _settled(roles, people)

    return step


def took_seat(people: People, person: Participant) -> Step:
    """Came with the host key; the pen stays where it is."""
    return lambda roles: _settled(_seated(roles, person, acting=False), people)


def passed_seat(people: People, person: Participant) -> Step:
    """The host made somebody else host; an acting host can pass on no more than it has."""
    return lambda roles: _settled(_seated(roles, person, acting=roles.acting), people)


def gone_for_good(people: People, person: Participant) -> Step:
    """Left or removed; call it when `person` is no longer among `people`."""

    def step(roles: Roles) -> Roles:
        if roles.pen_id == person.id:
            roles = replace(roles, pen_id=None)
        if roles.host_id == person.id:
            successor = people.first_online()
            if successor is None:
                roles = replace(roles, host_id=None, acting=False)
            else:
                roles = _seated(roles, successor, acting=roles.acting)
        return _settled(replace(roles, muted=roles.muted - {person.id}), people)

    return step


def host_expired(people: People) -> Step:
    """The host was away for too long: who joined first acts as host, or the next who comes."""

    def step(roles: Roles) -> Roles:
        successor = people.first_online()
        if successor is None:
            return replace(roles, host_id=None, acting=False)
        return _settled(_seated(roles, successor, acting=True), people)

    return step


def pen_free(people: People) -> Step:
    """The pen was given back, taken back, or its holder was away for too long."""
    return lambda roles: _settled(replace(roles, pen_id=None), people)


def asked(people: People) -> Step:
    """Somebody asks: a pen that is free, with no host here to decide, is theirs."""
    return lambda roles: _settled(roles, people)


def granted(person: Participant) -> Step:
    """Given the pen in `handoff` mode, unmuted in `open` mode."""

    def step(roles: Roles) -> Roles:
        if roles.write_mode is WriteMode.OPEN:
            return replace(roles, muted=roles.muted - {person.id})
        return replace(roles, pen_id=person.id)

    return step


def muted(person: Participant) -> Step:
    def step(roles: Roles) -> Roles:
        if person.viewer or person.id == roles.host_id:
            return roles
        return replace(roles, muted=roles.muted | {person.id})

    return step


def mode_changed(people: People, mode: WriteMode) -> Step:
    """`handoff` starts with the pen at the host, `open` with nobody muted; turns end."""

    def step(roles: Roles) -> Roles:
        if mode is roles.write_mode:
            return roles
        pen = roles.host_id if mode is WriteMode.HANDOFF else None
        if not people.is_online(pen):
            pen = None
        changed = replace(
            roles,
            write_mode=mode,
            pen_id=pen,
            muted=frozenset(),
            rotation=None,
            rotation_held=False,
        )
        return _settled(changed, people)

    return step


def taking_turns(minutes: int | None, *, held: bool | None, order: Sequence[str] | None) -> Step:
    """`held` and `order` are None where they stay as they are."""

    def step(roles: Roles) -> Roles:
        return replace(
            roles,
            rotation=minutes,
            rotation_order=roles.rotation_order if order is None else tuple(order),
            rotation_held=minutes is not None and (roles.rotation_held if held is None else held),
        )

    return step


def dated(old: Roles, new: Roles, now: float) -> Roles:
    """`new` with the time since when the pen is where it is."""
    if new.write_mode is WriteMode.OPEN or new.pen_id is None:
        return replace(new, pen_since=None)
    return new if new.pen_id == old.pen_id else replace(new, pen_since=now)
