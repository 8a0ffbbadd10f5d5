"""A session to which people come and go, by a clock that the test sets forward."""

from __future__ import annotations

from typing import Any, cast

import pytest

from collabpad.errors import Waiting as MustWait
from collabpad.protocol.client_events import Admit, JoinSession, UpdateSession
from collabpad.protocol.enums import JoinPolicy, WriteMode
from collabpad.sessions import administration, joining, membership
from collabpad.sessions.admission import JoinLink
from collabpad.sessions.registry import Registry
from collabpad.sessions.roster import Participant
from tests.sessions.context import Clock, Connections, new_context, new_session


class House:
    """A session to which people come and go."""

    def __init__(self, **settings: object) -> None:
        self.context = new_context(**settings)
        self.clock = cast(Clock, self.context.scheduler)
        self.transport = cast(Connections, self.context.transport)
        self.session, self.key = new_session(self.context)
        self.tokens: dict[str, str] = {}
        self._count = 0

    def comes(
        self,
        name: str,
        *,
        viewer: bool = False,
        resume: str | None = None,
        with_key: bool = False,
        tab: bool = False,
        sid: str | None = None,
    ) -> Participant:
        self._count += 1
        sid = sid or f"sid{self._count}"
        public = self.session.row.view_id if viewer else self.session.row.session_id
        event = JoinSession(
            session_id=public,
            name=name,
            resume=resume,
            host_key=self.key if with_key else None,
            tab=tab or None,
        )
        with self.session.perform():
            person, reply = joining.join(self.session, sid, event, JoinLink(public, viewer=viewer))
        self.tokens[person.id] = str(reply["resume"])
        return person

    def back(self, person: Participant, *, tab: bool = False) -> Participant:
        return self.comes("", viewer=person.viewer, resume=self.tokens[person.id], tab=tab)

    def knocks(self, name: str, *, viewer: bool = False, sid: str | None = None) -> str:
        """Try to join a session that admits by hand; returns the waiting connection."""
        with pytest.raises(MustWait):
            self.comes(name, viewer=viewer, sid=sid)
        return sid or f"sid{self._count}"

    def admits(self, person: Participant, participant_id: str, *, allow: bool = True) -> None:
        event = Admit(session_id="", participant_id=participant_id, allow=allow)
        with self.session.perform():
            administration.admit(self.session, person, event)

    def admits_by(self, person: Participant, policy: JoinPolicy) -> None:
        self._update(person, UpdateSession(session_id="", join_policy=policy))

    def sets_mode(self, person: Participant, mode: WriteMode) -> None:
        self._update(person, UpdateSession(session_id="", write_mode=mode))

    def _update(self, person: Participant, event: UpdateSession) -> None:
        with self.session.perform():
            administration.update_session(self.session, person, event)

    def goes(self, person: Participant) -> None:
        with self.session.perform():
            for sid in person.sids:
                membership.disconnected(self.session, sid)

    def visits(self, count: int, *, viewer: bool = False, seconds: float = 0.01) -> None:
        for number in range(count):
            visitor = self.comes(f"V{number}", viewer=viewer)
            self.clock.pass_time(seconds)
            self.goes(visitor)

    def restarts(self) -> None:
        self.session.closed = True  # a server that is no more does nothing
        self.session = Registry(self.context).find(self.session.row.session_id)[0]

    def told(self, person: Participant, event: str) -> list[dict[str, Any]]:
        """What the newest connection of `person` was told in such events."""
        self.clock.pass_time(0)
        return [payload for name, payload in self.transport.told[person.sids[-1]] if name == event]

    def has_pen(self, person: Participant) -> bool:
        return self.session.pen_holder is person

    def is_host(self, person: Participant) -> bool:
        return self.session.roles.host_id == person.id

    @property
    def names(self) -> list[str]:
        return [
            each["name"]
            for each in self.session.roster.view(self.session.roles)["participants"].values()
        ]
