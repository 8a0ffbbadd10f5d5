"""What an acknowledgement holds beside `ok`, for the events that are answered with more."""

# Annotations are evaluated: TypedDict would compile each one that is a string, at every start.

from typing import NotRequired, TypedDict

from .views import PastRun, PastRunDetails, PastRunOutput, SessionView


class Done(TypedDict):
    """Nothing: `{ok: true}` says it all."""


class Welcome(TypedDict):
    participant_id: str
    session: SessionView
    update: NotRequired[str]  # what a CRDT client lacks; base64
    state_vector: NotRequired[str]  # what the server has; base64


class JoinAnswer(Welcome):
    resume: str


class EditAnswer(TypedDict):
    seq: int


class CheckAnswer(TypedDict):
    same: bool
    astray: bool
    update: NotRequired[str]  # what this client lacks; base64
    state_vector: NotRequired[str]  # what the server has; base64


class RenameAnswer(TypedDict):
    name: str  # the one that was free


class LinksAnswer(TypedDict):
    session_id: str
    view_id: str


class RunAnswer(TypedDict):
    run_id: str


class RunsAnswer(TypedDict):
    runs: list[PastRun]  # the newest first


class PastRunAnswer(TypedDict):
    run: PastRunDetails


class LastRunAnswer(TypedDict):
    run: PastRunOutput | None
