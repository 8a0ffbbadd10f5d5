"""What a client is told of its session."""

from __future__ import annotations

from ..protocol.enums import Action
from ..protocol.fields import encode_time
from ..protocol.server_events import SESSION_UPDATE, SessionUpdate
from ..protocol.views import LimitsView, Person, PublicIds, SessionView
from ..settings import Settings
from . import running
from .roster import Participant
from .session import Session


def public_id(session: Session, person: Participant) -> str:
    """The session's ID that this person may know."""
    return session.row.session_id if person.may(Action.INVITE) else session.row.view_id


def public_ids(session: Session, person: Participant) -> PublicIds:
    """All of the session's IDs that this person may know."""
    ids: PublicIds = {"session_id": public_id(session, person)}
    if person.may(Action.INVITE):
        ids["view_id"] = session.row.view_id
    return ids


def session_view(session: Session, person: Participant) -> SessionView:
    """The `session` object of the answer to `join_session`."""
    pen_since = session.roles.pen_since
    row, settings, runner = session.row, session.context.settings, session.context.runner
    view: SessionView = {
        "session_id": public_id(session, person),
        "may": person.permissions.view,
        "title": row.title,
        "language": row.language,
        "write_mode": session.roles.write_mode,
        "run_policy": row.run_policy,
        "join_policy": row.join_policy,
        "passcode_set": row.passcode_hash is not None,
        "acting": session.roles.acting,
        "created_at": encode_time(row.created_at),
        "chat_cap": settings.chat_cap,
        "run_timeout": settings.run_timeout,
        "limits": _limits_view(settings),
        "languages": runner.languages_view(row.language),
        "sandbox": runner.sandbox_view(),
        "saving": session.context.store.saving,
        "run": running.current_view(session) if session.run else None,
        "rotation": session.rotation_view(),
        "pen_since": None if pen_since is None else encode_time(pen_since),
    }
    if person.may(Action.INVITE):
        view["view_id"] = row.view_id
    if person.may(Action.ADMIT):
        view["waiting"] = join_requests_view(session)
    return view


def _limits_view(settings: Settings) -> LimitsView:
    limits = settings.limits
    return {
        "document": limits.document,
        "state": limits.state,
        "update": limits.update,
        "frame": limits.frame,
        "message": limits.message,
        "run_output": limits.run_output,
        "run_code": limits.run_code,
        "stdin": limits.stdin,
        "participants": settings.max_participants,
    }


def join_requests_view(session: Session) -> list[Person]:
    return [
        {"participant_id": each.id, "name": each.name} for each in session.join_requests.values()
    ]


def emit_join_requests(session: Session) -> None:
    """Tell the host of all join requests."""
    news = SessionUpdate(waiting=join_requests_view(session))
    session.emit(SESSION_UPDATE, news, to=session.roster.sids_that_may(Action.ADMIT))
