"""The people of one session, in the order in which they joined: names, colours, presence."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from ..errors import UnknownParticipant
from ..protocol.enums import Action, Activity, ParticipantRole, RunPolicy, WriteMode
from ..protocol.fields import NAME_LENGTH, encode_time
from ..protocol.server_events import ParticipantsUpdate
from ..protocol.views import Cursor, ParticipantView
from ..storage.records import ParticipantRow, Roles
from . import credentials
from .confusables import skeletons
from .permissions import NOTHING, Permissions, permissions

# The light theme's participant colours, 4.5:1 on the page's ground; the page maps each to the theme
# in use.
COLORS = (
    "#1f5fbf",
    "#a55400",
    "#004300",
    "#961bff",
    "#c90189",
    "#8b003a",
    "#0000b4",
    "#520676",
)


@dataclass(eq=False)
class Participant:
    """One person, with as many connections as they have tabs; none while they are away."""

    row: ParticipantRow
    connections: dict[str, Connection] = field(default_factory=dict)  # by sid, the oldest first
    fresh: bool = False  # has never been here
    listed: bool = True  # shown in the roster
    here_since: float = 0.0  # monotonic
    activity: Activity = Activity.ACTIVE  # of their most active connection, as it was told
    absences: int = 0  # counts absences, so that a grace timer knows its own
    permissions: Permissions = NOTHING  # kept up to date by the session
    id: str = field(init=False)
    viewer: bool = field(init=False)

    def __post_init__(self) -> None:
        self.id, self.viewer = self.row.id, self.row.viewer

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def online(self) -> bool:
        return bool(self.connections)

    @property
    def sids(self) -> tuple[str, ...]:
        return tuple(self.connections)

    def may(self, action: Action) -> bool:
        return action in self.permissions.granted

    def require(self, action: Action) -> None:
        """Raise the table's refusal if the person may not."""
        if action not in self.permissions.granted:
            raise self.permissions.refusal(action)


@dataclass(eq=False)
class Connection:
    """One connection of a participant: a browser tab, or a client without tabs."""

    sid: str
    person: Participant
    resume: str = ""  # the person's token; the roster has only its hash
    tab: str | None = None  # the client's name for it
    number: int | None = None  # the tab's number among the person's tabs, for other people
    crdt: bool = False
    behind: bool = False  # a plain client that was not sent the newest text yet
    cursor: Cursor | None = None
    activity: Activity = Activity.ACTIVE
    told_may: tuple[Action, ...] = ()  # the permissions that its client was told
    sids: tuple[str, ...] = field(init=False)  # as a participant has them

    def __post_init__(self) -> None:
        self.sids = (self.sid,)


@dataclass(frozen=True)
class JoinRequest:
    """A request to join a session that the host admits people to."""

    id: str
    name: str
    sid: str
    viewer: bool


class Roster:
    """All participants and their connections."""

    def __init__(self, rows: Iterable[ParticipantRow] = ()) -> None:
        self._by_id = {row.id: Participant(row) for row in rows}
        self._by_resume = {row.resume_hash: row.id for row in rows}
        self._connections: dict[str, Connection] = {}

    def __iter__(self) -> Iterator[Participant]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, participant_id: str | None) -> Participant | None:
        return None if participant_id is None else self._by_id.get(participant_id)

    def find(self, participant_id: str) -> Participant:
        """Raise `UnknownParticipant` if nobody here has this ID."""
        found = self._by_id.get(participant_id)
        if found is None:
            raise UnknownParticipant("Nobody in this session has this participant ID.")
        return found

    def online(self) -> list[Participant]:
        return [each for each in self if each.online]

    def connection(self, sid: str) -> Connection | None:
        return self._connections.get(sid)

    @property
    def connections(self) -> list[Connection]:
        return list(self._connections.values())

    def connect(self, person: Participant, sid: str, tab: str | bool | None) -> Connection:
        """Add a connection of `person`; `tab` is that of `join_session`."""
        connection = Connection(sid, person, tab=tab if isinstance(tab, str) else None)
        if tab:
            taken = {each.number for each in person.connections.values()}
            connection.number = next(number for number in count(1) if number not in taken)
        self._connections[sid] = person.connections[sid] = connection
        return connection

    def disconnect(self, connection: Connection) -> None:
        del self._connections[connection.sid], connection.person.connections[connection.sid]

    def is_online(self, participant_id: str | None) -> bool:
        person = self.get(participant_id)
        return person is not None and person.online

    def by_resume_token(self, token: str) -> Participant | None:
        kept = credentials.digest(token)
        found = self.get(self._by_resume.get(kept))
        if found is None or not hmac.compare_digest(found.row.resume_hash, kept):
            return None
        return found

    def first_online(self) -> Participant | None:
        """The first to have joined of those who are here and may become host."""
        return next((each for each in self if each.online and each.may(Action.TAKE_OVER)), None)

    def first_requesting(self) -> Participant | None:
        """The person here who has waited longest for the pen."""
        asking = [each for each in self if each.online and each.row.wants_write is not None]
        return min(asking, key=lambda each: each.row.wants_write or 0.0, default=None)

    def in_rotation_order(self, first: Sequence[str]) -> list[Participant]:
        """Everybody who may have the pen: those named in `first`, then the others as they
        joined."""
        place = {participant_id: number for number, participant_id in enumerate(first)}
        able = [each for each in self if each.may(Action.TAKE_OVER)]
        return sorted(able, key=lambda each: place.get(each.id, len(place)))

    def next_in_rotation(self, holder_id: str | None, first: Sequence[str]) -> tuple[str, ...]:
        """The people here who may get the pen after its holder, in the order of their turns."""
        everybody = self.in_rotation_order(first)
        at = next((i for i, each in enumerate(everybody) if each.id == holder_id), -1)
        others = [*everybody[at + 1 :], *everybody[: max(at, 0)]]
        return tuple(each.id for each in others if each.online)

    def absent(self, *, viewers: bool) -> list[Participant]:
        return [each for each in self if not each.online and each.viewer is viewers]

    def add(self, person: Participant) -> None:
        self._by_id[person.id] = person
        self._by_resume[person.row.resume_hash] = person.id

    def remove(self, person: Participant) -> None:
        del self._by_id[person.id]
        del self._by_resume[person.row.resume_hash]

    # --- what people may do and are told ----------------------------------------------------------

    def update_permissions(self, roles: Roles, run_policy: RunPolicy) -> None:
        for person in self._by_id.values():
            person.permissions = permissions(person.row, roles, run_policy)

    def take_news_of_permissions(self) -> dict[tuple[Action, ...], list[str]]:
        """Permissions that some clients were not told of yet, with the connections of these
        clients."""
        news: dict[tuple[Action, ...], list[str]] = {}
        for connection in self._connections.values():
            may = connection.person.permissions.view
            if connection.told_may != may:
                connection.told_may = may
                news.setdefault(may, []).append(connection.sid)
        return news

    def sids_that_may(self, action: Action, *, but: Participant | None = None) -> list[str]:
        """The connections of everybody here who may do this."""
        able = [each for each in self if each.may(action) and each is not but]
        return [sid for each in able for sid in each.connections]

    def listed(self, roles: Roles) -> list[Participant]:
        """The people in the roster. Those who were away for long are left out, except the host and
        the pen holder."""
        needed = (roles.host_id, roles.pen_id)
        return [each for each in self._by_id.values() if each.listed or each.id in needed]

    def view(self, roles: Roles) -> ParticipantsUpdate:
        """The payload of `participants_update`."""
        views = {each.id: _view(each, roles) for each in self.listed(roles)}
        has_pen = roles.write_mode is WriteMode.HANDOFF and roles.pen_id in self._by_id
        return {
            "participants": views,
            "host_id": roles.host_id,
            "writer_id": roles.pen_id if has_pen else None,
            "writer_ids": [each["id"] for each in views.values() if each["can_write"]],
        }

    def available_name(self, wanted: str, *, but: Participant | None = None) -> str:
        """`wanted`, or `wanted 2`, `wanted 3` … cut to fit, until nobody's looks the same."""
        taken = {form for each in self if each is not but for form in skeletons(each.name)}
        name, number = wanted, 1
        while not taken.isdisjoint(skeletons(name)):
            number += 1
            suffix = f" {number}"
            name = wanted[: NAME_LENGTH - len(suffix)].rstrip() + suffix
        return name

    def available_color(self) -> str:
        """The colour with the fewest people; absent people only count among equals."""
        used = Counter(each.row.color for each in self)
        here = Counter(each.row.color for each in self if each.online)
        return min(COLORS, key=lambda color: (here[color], used[color], COLORS.index(color)))


def _view(person: Participant, roles: Roles) -> ParticipantView:
    row, granted = person.row, person.permissions.granted
    role: ParticipantRole = "viewer"
    if not row.viewer:
        role = "host" if roles.host_id == row.id else "participant"
    return {
        "id": row.id,
        "name": row.name,
        "color": row.color,
        "role": role,
        "can_write": Action.WRITE in granted,
        "can_take_over": Action.TAKE_OVER in granted,
        "online": bool(person.connections),
        "joined_at": encode_time(row.joined_at),
        "wants_write": None if row.wants_write is None else encode_time(row.wants_write),
        "holds_key": row.holds_key,
    }
