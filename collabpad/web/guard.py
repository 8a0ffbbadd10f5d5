"""The guard checks every request before anything else sees it, outermost around the WSGI app.

Flask's hooks never see /socket.io, so this is none of them. Asked in this order: a path below the
base path; a Host that nobody else can own (else a page that rebinds its name to this machine's
address could talk to us); an Origin equal to it where a request may change something or opens a
socket; a body that is JSON and not too large. Later layers find in the environment:

    collabpad.address  the client's address
    collabpad.local    whether the request is *local*, and so needs no token
    collabpad.nonce    the nonce of style elements under the Content-Security-Policy
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from ..addresses import is_loopback
from ..errors import BadRequest, ClientError, CollabpadError, Forbidden, NotFound, UnknownHost
from ..settings import Settings
from ..wire.client_addresses import plain_address
from ..wire.environ import ADDRESS_KEY
from ..wire.error_responses import error_body, error_headers, status_line
from ..wire.memory_quota import MemoryQuota
from .bodies import IN_FLIGHT_BYTES, SOCKET_PATH, Body, expect_body
from .error_answers import wants_page
from .origins import (
    Origin,
    is_address,
    origin_of_url,
    parse_host,
    parse_origin,
    trust_forwarded,
    was_forwarded,
)

log = logging.getLogger(__name__)

RenderError = Callable[[CollabpadError, WSGIEnvironment], bytes]
"""An error as a page of HTML."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NONCE_KEY = "collabpad.nonce"
LOCAL_KEY = "collabpad.local"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; "
    "connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# Browsers use it only in secure contexts, and warn about it on every other page.
OPENER_POLICY = ("Cross-Origin-Opener-Policy", "same-origin")
ACTIVE_TYPES = ("text/html", "image/svg+xml", "application/xhtml+xml")

_BAD_PATH = re.compile(r"[\x00-\x1f\x7f\\]|(?:^|/)\.\.?(?:/|$)")


class Guard:
    """WSGI middleware around everything."""

    def __init__(
        self, app: WSGIApplication, settings: Settings, render_error: RenderError | None = None
    ) -> None:
        self._app = app
        self._settings = settings
        self._render_error = render_error
        public = origin_of_url(settings.public_url) if settings.public_url else None
        self._public = public
        self._bodies = MemoryQuota(IN_FLIGHT_BYTES)
        self._trusts_local = settings.trusts_local
        self._names = {"localhost", *settings.allow_hosts, *([public.host] if public else [])}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[NONCE_KEY] = secrets.token_urlsafe(16)
        respond = _Responder(environ, start_response)
        body: Body | None = None
        try:
            self._check(environ)
            if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
                body = expect_body(environ, self._settings.limits, self._bodies)
            return self._app(environ, respond)
        except ClientError as error:
            return self._refuse(environ, respond, error)
        except Exception:
            if respond.started:
                raise
            log.exception("A request could not be answered.")
            return self._refuse(environ, respond, _Failure())
        finally:
            if body is not None:
                body.release()

    def _check(self, environ: WSGIEnvironment) -> None:
        forwarded = was_forwarded(environ)
        trust_forwarded(environ, self._settings.trust_proxy)
        environ[ADDRESS_KEY] = plain_address(environ.get("REMOTE_ADDR", ""))
        self._strip_base_path(environ)
        host = self._check_host(environ)
        environ[LOCAL_KEY] = self._trusts_local and not forwarded and is_loopback(host.host)
        socket = environ["PATH_INFO"].startswith(SOCKET_PATH) or "HTTP_UPGRADE" in environ
        if environ["REQUEST_METHOD"] not in SAFE_METHODS or socket:
            self._check_origin(environ, host)

    def _strip_base_path(self, environ: WSGIEnvironment) -> None:
        path = environ.get("PATH_INFO", "")
        try:
            path.encode("latin-1").decode("utf-8")
        except UnicodeError:
            raise BadRequest("The path is not UTF-8.") from None
        if not path.startswith("/") or _BAD_PATH.search(path):
            raise BadRequest("The path is malformed.")
        base = self._settings.base_path
        if not base:
            return
        if path != base and not path.startswith(f"{base}/"):
            raise NotFound(f"Everything here is below {base}/.")
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + base
        environ["PATH_INFO"] = path[len(base) :] or "/"

    def _check_host(self, environ: WSGIEnvironment) -> Origin:
        host = parse_host(environ.get("HTTP_HOST", ""), environ["wsgi.url_scheme"])
        if host.host in self._names or is_address(host.host):
            return host
        raise UnknownHost(
            "This server does not go by that name: "
            "open it by its address, or start it with --allow-host and the name."
        )

    def _check_origin(self, environ: WSGIEnvironment, host: Origin) -> None:
        if environ.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
            raise Forbidden("Pages of other sites may not do this.")
        if "HTTP_ORIGIN" in environ:
            origin = parse_origin(environ["HTTP_ORIGIN"])
            if origin is None or origin not in (host, self._public):
                raise Forbidden("Pages of other sites may not do this.")
        elif _browsers_send_origin(environ) and _is_browser(environ):
            raise Forbidden("A browser's request needs an Origin.")

    def _refuse(
        self, environ: WSGIEnvironment, start_response: StartResponse, error: CollabpadError
    ) -> Iterable[bytes]:
        content_type = "application/json"
        body = error_body(error.code, error.message)
        if self._render_error is not None and wants_page(environ):
            content_type = "text/html; charset=utf-8"
            body = self._render_error(error, environ)
        start_response(status_line(error.status), error_headers(error, body, content_type))
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


class _Failure(CollabpadError):
    """An unexpected error."""

    def __init__(self) -> None:
        super().__init__("The server failed to answer this request.")


class _Responder:
    """A start_response that adds the security headers which the application did not set."""

    def __init__(self, environ: WSGIEnvironment, start_response: StartResponse) -> None:
        self._nonce = environ[NONCE_KEY]
        self._environ = environ
        self._start_response = start_response
        self.started = False

    def __call__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: tuple[type[BaseException], BaseException, TracebackType]
        | tuple[None, None, None]
        | None = None,
        /,
    ) -> Callable[[bytes], object]:
        self.started = True
        if not status.startswith("101"):
            headers = [*headers, *self._missing(headers)]
        return self._start_response(status, headers, exc_info)

    def _missing(self, headers: list[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        present = {name.lower(): value for name, value in headers}
        wanted = list(HEADERS)
        if _is_secure_context(self._environ):
            wanted.append(OPENER_POLICY)
        if present.get("content-type", "").partition(";")[0].strip().lower() in ACTIVE_TYPES:
            wanted.append(("Content-Security-Policy", POLICY.format(nonce=self._nonce)))
        return [(name, value) for name, value in wanted if name.lower() not in present]


def _is_secure_context(environ: WSGIEnvironment) -> bool:
    """Whether a browser trusts the page's address (W3C Secure Contexts)."""
    if environ["wsgi.url_scheme"] == "https":
        return True
    try:
        host = parse_host(environ.get("HTTP_HOST", ""), "http")
    except ClientError:
        return False
    return is_loopback(host.host)


def _browsers_send_origin(environ: WSGIEnvironment) -> bool:
    """Not with a GET to the page's own origin, which polling begins with."""
    return environ["REQUEST_METHOD"] not in SAFE_METHODS or "HTTP_UPGRADE" in environ


def _is_browser(environ: WSGIEnvironment) -> bool:
    """Whether a browser may have added credentials without its user's knowledge."""
    return "HTTP_COOKIE" in environ and "HTTP_AUTHORIZATION" not in environ
