"""A live session: its state, and the few ways in which that state changes and is broadcast.

What people do to it is in the modules beside this one (membership, write_permission, editing, chat,
running), each operation a function of a session and a participant. All of them run inside
`perform`, one at a time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from math import inf
from typing import Any, NoReturn

from ..errors import UnknownSession
from ..protocol.enums import Action, Activity, WriteMode
from ..protocol.fields import encode_time
from ..protocol.server_events import (
    CHAT_MESSAGE,
    PARTICIPANTS_UPDATE,
    ROTATION_SOON,
    SESSION_UPDATE,
    RotationSoon,
    SessionUpdate,
)
from ..protocol.views import RotationView
from ..storage.commit import Commit
from ..storage.records import Roles, SessionRow, StoredSession
from . import roles as rules
from .chat_log import ChatLog, message_view
from .context import Context
from .document import Document
from .permissions import permissions
from .room import Room
from .roster import JoinRequest, Participant, Roster
from .rotation import Rotation, Turns

log = logging.getLogger(__name__)

_ROSTER_AT_ONCE = 8  # up to so many people every change of the roster is sent at once
_ROSTER_WINDOW = 0.05  # seconds; changes of a larger roster within it are sent as one


@dataclass(frozen=True)
class CurrentRun:
    """The program that runs now. Its starter stays the starter even after leaving. `seq` is that of
    the document at the start; `code` is None if the whole document runs.
    """

    run_id: str
    participant_id: str
    starter: str
    language: str
    at: float
    seq: int
    code: str | None
    stdin: str
    first_line: str


class Session(Room):
    """One shared document with its people, chat and runs."""

    def __init__(self, context: Context, stored: StoredSession) -> None:
        super().__init__(context, stored.session.key)
        self.row: SessionRow = stored.session
        self.roles: Roles = stored.roles
        self.roster = Roster(stored.participants)
        self._update_permissions()
        self.join_requests: dict[str, JoinRequest] = {}
        self.chat = ChatLog(context.settings.chat_cap, stored.messages)
        self.document = Document(context.settings.limits, stored.document, stored.seq)
        self.edits_from = 0.0  # monotonic: when the document takes edits again
        self.run: CurrentRun | None = None
        self.rotation = Rotation()
        self._rotation_due = inf  # monotonic: when to look at the turns again
        self.gathered_at = -inf
        self._roster_due = self._broadcast_due = False
        self._news: SessionUpdate = {}  # of `session`, sent after the roster

    @property
    def idle(self) -> bool:
        """Whether it may be evicted: nobody is here or asks to join, nothing runs, all is saved."""
        if self.roster.online() or self.join_requests or self.run is not None:
            return False
        settled = self.context.store.settled(self.key)
        return settled.done and settled.error is None

    # --- keeping ----------------------------------------------------------------------------------

    def save(self, **changes: Any) -> Commit:
        self.row = replace(self.row, active_at=self.touch(), **changes)
        if "run_policy" in changes:
            self._update_permissions()
        return self.context.store.save_session(self.row)

    def save_participant(self, person: Participant, **changes: Any) -> Commit:
        person.row = replace(person.row, **changes)
        return self.context.store.save_participant(self.key, person.row)

    def change_roles(self, step: rules.Transition) -> None:
        """Make one transition of the rules, and tell everybody."""
        old = self.roles
        new = step(old)
        if new == old:
            return
        new = rules.with_pen_since(old, new, self.context.scheduler.now())
        new = replace(new, version=old.version + 1)
        if not self.context.store.swap_roles(self.key, old, new):
            self._lose_ownership()
        self.roles = new
        self._update_permissions()
        self._roles_changed(old, new)

    def _lose_ownership(self) -> NoReturn:
        """Another process changed the stored roles, although one process owns a session: the state
        here is stale. Send nothing of it, and let everybody join the stored session."""
        log.error("Session %s… was changed by somebody else and is loaded anew", self.key[:6])
        self.give_up()
        for connection in self.roster.connections:
            self.disconnect(connection.sid)
        raise UnknownSession("This session is loaded anew: join it again.")

    def _roles_changed(self, old: Roles, new: Roles) -> None:
        self.roster_changed()
        for person in self.roster:
            if person.row.wants_write is not None and person.may(Action.WRITE):
                self.save_participant(person, wants_write=None)
        if old.acting != new.acting:
            self._news["acting"] = new.acting
        if old.pen_since != new.pen_since:
            self._news["pen_since"] = None if new.pen_since is None else encode_time(new.pen_since)
        if old.version == 0:
            return  # the founder's seat and pen are no news
        host, writer = self.roster.get(new.host_id), self.roster.get(new.pen_id)
        if host is not None and new.host_id != old.host_id:
            self.system_message(
                f"{host.name} is {'acting ' if new.acting else 'now the '}host", host
            )
        if writer is not None and new.pen_id != old.pen_id and new.write_mode is WriteMode.HANDOFF:
            self.system_message(f"{writer.name} has the pen", writer)

    # --- permissions ------------------------------------------------------------------------------

    def _update_permissions(self) -> None:
        """Call it whenever something changes that permissions depend on."""
        self.roster.update_permissions(self.roles, self.row.run_policy)
        self._permissions_due = True

    def add_participant(self, person: Participant) -> None:
        self.roster.add(person)
        person.permissions = permissions(person.row, self.roles, self.row.run_policy)

    def send_permissions(self) -> None:
        """Tell the people whose permissions changed what they may do now."""
        self._permissions_due = False
        for may, sids in self.roster.take_news_of_permissions().items():
            self.emit(SESSION_UPDATE, SessionUpdate(may=may), to=sids)

    # --- turns with the pen -----------------------------------------------------------------------

    @property
    def turns(self) -> Turns:
        roles = self.roles
        queue: tuple[str, ...] = ()
        if roles.rotation is not None:
            queue = self.roster.next_in_rotation(roles.pen_id, roles.rotation_order)
        return Turns(
            minutes=roles.rotation,
            held=roles.rotation_held,
            running=self.run is not None,
            pen_id=roles.pen_id,
            queue=queue,
            order=roles.rotation_order,
        )

    def rotation_view(self) -> RotationView | None:
        if self.roles.rotation is None:
            return None
        return self.rotation.view(self.turns, self.context.scheduler.monotonic())

    def refresh_rotation(self) -> None:
        """Advance the turns: people, roles or runs changed, or a timer is due."""
        if self.roles.rotation is None and self.rotation.minutes is None:
            return
        turns, now = self.turns, self.context.scheduler.monotonic()
        step = self.rotation.step(turns, now)
        self.rotation = step.state
        if step.changed:
            self._news["rotation"] = step.state.view(turns, now)
            self.broadcast_soon()
        if step.warn is not None:
            self._announce_turn(self.roster.find(step.warn), step.state.remaining(now))
        if step.is_over:
            self.advance_rotation()
        elif step.look_in is not None and now + step.look_in < self._rotation_due:
            self._rotation_due = due = now + step.look_in
            self.call_later(step.look_in, lambda: self._look_at_rotation(due))

    def _look_at_rotation(self, due: float) -> None:
        if due == self._rotation_due:  # not replaced by an earlier one
            self._rotation_due = inf
            self.refresh_rotation()

    def _announce_turn(self, person: Participant, remaining: float) -> None:
        news: RotationSoon = {
            "participant_id": person.id,
            "name": person.name,
            "seconds": max(1, round(remaining)),
        }
        if person.activity is not Activity.ACTIVE:
            news["idle"] = (
                True  # their page asks whether they are here; if not, they are passed over
            )
        self.emit(ROTATION_SOON, news, to=self.room)

    def advance_rotation(self) -> bool:
        """Pass the pen to the next person. Returns False if nobody else is here."""
        turns = self.turns
        if not turns.queue:
            return False
        inactive = {each.id for each in self.roster if each.activity is not Activity.ACTIVE}
        self.rotation, ready, passed_over = self.rotation.advanced(turns, inactive)
        for each in map(self.roster.find, passed_over):
            self.system_message(f"{each.name} was away and was passed over", each)
        if ready is None:
            self.refresh_rotation()
        else:
            self.change_roles(rules.write_granted(self.roster.find(ready)))
        return True

    @property
    def pen_holder(self) -> Participant | None:
        """The holder of the pen, in `handoff` mode."""
        if self.roles.write_mode is WriteMode.OPEN:
            return None
        return self.roster.get(self.roles.pen_id)

    # --- telling ----------------------------------------------------------------------------------

    def system_message(
        self, text: str, about: Participant | None = None, *, unless: Participant | None = None
    ) -> None:
        """Add a system line to the chat. `unless` learns of the matter in another way."""
        author = None if about is None else (about.id, about.name)
        self.add_message(text, author, system=True, skip=unless)

    def add_message(
        self,
        text: str,
        author: tuple[str, str] | None,
        *,
        system: bool = False,
        skip: Participant | None = None,
    ) -> Commit:
        row = self.chat.add(author=author, message=text, at=self.touch(), system=system)
        commit = self.context.store.append_message(self.key, row, self.chat.cap)
        self.emit(CHAT_MESSAGE, message_view(row), to=self.room, skip=skip)
        return commit

    def roster_changed(self) -> None:
        """Broadcast the roster soon; a large one within its window."""
        self.refresh_rotation()
        self._roster_due = True
        self.broadcast_soon()

    def broadcast_soon(self) -> None:
        """Broadcast the changes of the roster soon, then those of the session."""
        if self._broadcast_due:
            return
        self._broadcast_due = True
        delay = 0.0 if len(self.roster.listed(self.roles)) <= _ROSTER_AT_ONCE else _ROSTER_WINDOW
        self.call_later(delay, self._broadcast_changes)

    def send_roster(self, sid: str) -> None:
        """Send a newcomer the roster first, and the others soon."""
        self.refresh_rotation()
        if len(self.roster.listed(self.roles)) <= _ROSTER_AT_ONCE:
            self._roster_due = True
            self._broadcast_roster()
        else:
            self.emit(PARTICIPANTS_UPDATE, self.roster.view(self.roles), to=sid)
            self.roster_changed()

    def _broadcast_changes(self) -> None:
        self._broadcast_due = False
        self._broadcast_roster()
        news, self._news = self._news, {}
        if news:
            self.emit(SESSION_UPDATE, news, to=self.room)

    def _broadcast_roster(self) -> None:
        if self._permissions_due:
            self.send_permissions()
        if self._roster_due:
            self._roster_due = False
            self.emit(PARTICIPANTS_UPDATE, self.roster.view(self.roles), to=self.room)
