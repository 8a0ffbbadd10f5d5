"""Who may do what over HTTP: the operator, local requests, holders of a session's key or token."""

from __future__ import annotations

import hashlib
import hmac

from flask import Request
from werkzeug.wrappers import Response

from ..errors import CollabpadError, Forbidden, PasscodeRequired, Unauthorized, UnknownSession
from ..protocol.enums import Action, JoinPolicy
from ..sessions import credentials
from ..sessions.admission import JoinLink
from ..sessions.session import Session
from ..settings import Settings

_LONGEST_BEARER = 512


class OperatorToken:
    """Recognizes the operator by the Bearer token, or by the cookie of the operator's link."""

    def __init__(self, settings: Settings, token: str | None) -> None:
        self._token = token
        self._no_token = settings.no_token

    def is_token(self, given: str) -> bool:
        return self._token is not None and hmac.compare_digest(
            credentials.digest(given), credentials.digest(self._token)
        )

    def asks(self, request: Request) -> bool:
        """Whether this request is the operator's own."""
        given = bearer(request)
        if given is not None and self.is_token(given):
            return True
        cookie = request.cookies.get(_cookie_name(request))
        return cookie is not None and hmac.compare_digest(cookie.encode(), self._cookie().encode())

    def give_cookie(self, request: Request, response: Response, path: str) -> None:
        response.set_cookie(
            _cookie_name(request),
            self._cookie(),
            httponly=True,
            samesite="Lax",
            secure=request.scheme == "https",
            path=path or "/",
        )

    def _cookie(self) -> str:
        """Derived from the token: it ends with the token, and does not reveal it."""
        if self._token is None:
            return credentials.new_secret()
        key = self._token.encode()
        return hmac.new(key, b"collabpad operator cookie", hashlib.sha256).hexdigest()

    def is_trusted(self, request: Request) -> bool:
        """Whether the request is exempt from limits: a local one, or the operator's own."""
        return bool(request.environ.get("collabpad.local")) or self.asks(request)

    def is_guess(self, request: Request, error: CollabpadError) -> bool:
        """Whether a request was refused because of a wrong ID, key or token."""
        if isinstance(error, UnknownSession):
            return not self.asks(request)
        secret = bearer(request) is not None or "token" in request.args
        return secret and isinstance(error, Unauthorized | Forbidden)

    def may_create(self, request: Request) -> bool:
        """PROTOCOL: create, import and /run_code need the token unless local or `--no-token`."""
        return self._no_token or self.is_trusted(request)

    def require_may_create(self, request: Request) -> None:
        if not self.may_create(request):
            raise Unauthorized(
                "This needs the operator token: open the link that `collabpad serve` printed "
                "under “For you”, or send it as Bearer."
            )

    def require(self, request: Request) -> None:
        if not self.asks(request):
            raise Unauthorized("This needs the operator token as Bearer.")

    def require_may_read(self, request: Request, session: Session, link: JoinLink) -> None:
        """A session's state and export are for all who know its ID, unless joining is limited."""
        row = session.row
        if row.passcode_hash is None and row.join_policy is JoinPolicy.OPEN:
            return
        if self.asks(request) or holds_host_key(request, session):
            return
        token = bearer(request)
        person = session.roster.by_resume_token(token) if token else None
        if person is not None and (person.may(Action.INVITE) or link.viewer):
            return
        if row.passcode_hash is not None:
            raise PasscodeRequired("This session has a passcode: join it first.")
        raise Forbidden("The host decides who joins this session: join it first.")

    def require_may_end(self, request: Request, session: Session) -> None:
        if not (self.asks(request) or holds_host_key(request, session)):
            raise Unauthorized(
                "Ending a session needs its host key or the operator token as Bearer."
            )


def bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= _LONGEST_BEARER:
        return None
    return token


def holds_host_key(request: Request, session: Session) -> bool:
    token = bearer(request)
    return token is not None and credentials.matches(token, session.row.host_key_hash)


def _cookie_name(request: Request) -> str:
    # Cookies ignore ports: two servers on one machine must not overwrite each other's.
    return f"collabpad_operator_{request.environ.get('SERVER_PORT', '')}"
