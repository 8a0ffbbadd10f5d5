"""Everything that can go wrong, each error with its code on the wire, HTTP status and exit code.

    CollabpadError
    ├── ClientError            what a client asked cannot be done; told to that client alone
    │   ├── BadRequest         bad_request         400
    │   ├── Unauthorized       unauthorized        401
    │   ├── Forbidden          forbidden           403
    │   │   ├── NotWriter      not_writer          403
    │   │   ├── NotHost        not_host            403
    │   │   ├── PasscodeRequired  passcode_required  403
    │   │   └── Waiting        waiting             403
    │   ├── NotFound           not_found           404
    │   │   ├── UnknownEvent   unknown_event       404
    │   │   ├── UnknownSession unknown_session     404
    │   │   ├── UnknownParticipant unknown_participant 404
    │   │   └── UnknownRun     unknown_run         404
    │   ├── MethodNotAllowed   method_not_allowed  405
    │   ├── Conflict           conflict            409
    │   │   └── NotJoined      not_joined          409
    │   ├── TooLarge           too_large           413
    │   ├── NotJson            not_json            415
    │   ├── UnknownHost        unknown_host        421
    │   ├── RateLimited        rate_limited        429
    │   │   └── TooManyMisses  rate_limited        429
    │   ├── Damaged            internal            500
    │   └── Unavailable        unavailable         503
    │       ├── SessionFull    session_full        503
    │       ├── Busy           busy                503
    │       ├── RunDisabled    run_disabled        503
    │       └── NotSaved       not_saved           503
    └── StartError             the server or a command cannot start; told on stderr, exit code 1
        └── UsageProblem       what was typed cannot work, exit code 2

A message is one sentence for a person and says what to do; it never holds a path, a key or a token
(StartError alone may name paths: the operator reads it).
"""

from __future__ import annotations

from collections.abc import Iterable


class CollabpadError(Exception):
    """Base of all errors that collabpad raises on purpose."""

    code = "internal"
    status = 500
    exit_code = 1
    headers: tuple[tuple[str, str], ...] = ()
    """Of the HTTP answer, besides those that all errors have."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ClientError(CollabpadError):
    """A client's request that is refused; nothing has changed and nobody else is told."""


class BadRequest(ClientError):
    code, status = "bad_request", 400


class Unauthorized(ClientError):
    code, status = "unauthorized", 401
    headers = (("WWW-Authenticate", "Bearer"),)  # RFC 9110, 15.5.2


class Forbidden(ClientError):
    code, status = "forbidden", 403


class NotWriter(Forbidden):
    code = "not_writer"


class NotHost(Forbidden):
    code = "not_host"


class PasscodeRequired(Forbidden):
    code = "passcode_required"


class Waiting(Forbidden):
    code = "waiting"


class NotFound(ClientError):
    code, status = "not_found", 404


class UnknownEvent(NotFound):
    code = "unknown_event"


class UnknownSession(NotFound):
    code = "unknown_session"


class UnknownParticipant(NotFound):
    code = "unknown_participant"


class UnknownRun(NotFound):
    code = "unknown_run"


class MethodNotAllowed(ClientError):
    """`allowed` are the methods that there are (RFC 9110, 15.5.6)."""

    code, status = "method_not_allowed", 405

    def __init__(self, message: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.headers = (("Allow", ", ".join(sorted(allowed))),)


class Conflict(ClientError):
    code, status = "conflict", 409


class NotJoined(Conflict):
    code = "not_joined"


class TooLarge(ClientError):
    code, status = "too_large", 413


class NotJson(ClientError):
    code, status = "not_json", 415


class UnknownHost(ClientError):
    code, status = "unknown_host", 421


class RateLimited(ClientError):
    """Too fast; `retry_after` is in seconds."""

    code, status = "rate_limited", 429

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyMisses(RateLimited):
    """Too many wrong IDs, keys or passcodes: sending the same again after the wait is no help."""


class Damaged(ClientError):
    """What is kept of one session cannot be read; the others work."""


class Unavailable(ClientError):
    """Not now; where `retry_after` is known it is in seconds."""

    code, status = "unavailable", 503

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SessionFull(Unavailable):
    code = "session_full"


class Busy(Unavailable):
    code = "busy"


class RunDisabled(Unavailable):
    code = "run_disabled"


class NotSaved(Unavailable):
    code = "not_saved"


class StartError(CollabpadError):
    """The server or a command cannot do its work; one plain sentence for the operator."""


class UsageProblem(StartError):
    """What was typed or configured cannot work."""

    exit_code = 2
