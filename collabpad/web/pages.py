"""What a browser opens: the home page, the editor, and pages that say what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Flask, Request, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from .. import __version__
from ..addresses import is_loopback
from ..errors import (
    BadRequest,
    ClientError,
    CollabpadError,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    NotSaved,
    RateLimited,
    TooLarge,
    Unauthorized,
)
from ..sessions.overview import Overview
from ..sessions.registry import Registry
from ..settings import Settings
from ..wire.error_responses import error_body, retry_after
from . import strings
from .address_limits import AddressLimits
from .assets import Assets
from .auth import OperatorToken
from .compression import compress_page

_MOST_LISTED = 50  # sessions on the operator's start page; `collabpad sessions` lists all


def blueprint(
    settings: Settings,
    registry: Registry,
    operator: OperatorToken,
    assets: Assets,
) -> Blueprint:
    pages = Blueprint("pages", __name__)
    pages.after_request(compress_page)
    runner = registry.context.runner

    @pages.get("/")
    def home() -> AnyResponse | str:
        token = request.args.get("token")
        if token is not None:
            if not operator.is_token(token):
                raise Forbidden(strings.BAD_OPERATOR_LINK)
            response = redirect(_after_token(request.args.get("session")), code=303)
            operator.give_cookie(request, response, settings.base_path)
            return response
        sessions: list[Overview] = []
        if operator.is_trusted(request):
            with suppress(NotSaved):  # the page opens while the disk is full, too
                sessions = registry.overview()
        now = registry.context.scheduler.now()
        return render_template(
            "home.html",
            may_create=operator.may_create(request),
            lan=settings.lan or not is_loopback(settings.host),
            sandbox=runner.sandbox_view(),
            sessions=[_listed(each, now) for each in sessions[:_MOST_LISTED]],
            more=max(0, len(sessions) - _MOST_LISTED),
        )

    def _after_token(session_id: str | None) -> str:
        """Where the operator's link leads; browsers carry its fragment, the host key, there."""
        known = session_id is not None and registry.context.store.find(session_id) is not None
        return f"{settings.base_path}/editor/{session_id}" if known else f"{settings.base_path}/"

    @pages.get("/editor/<session_id>")
    def editor(session_id: str) -> str:
        session, link = registry.find(session_id)
        sandbox = runner.sandbox_view()
        config = {
            "session_id": session_id,
            "is_view": link.viewer,
            "base_path": settings.base_path,
            "version": __version__,
            "title": session.row.title if session.row.passcode_hash is None else "",
            "passcode_set": session.row.passcode_hash is not None,
            "sandbox": sandbox,
        }
        return render_template("editor.html", config=config, sandbox=sandbox)

    @pages.get("/static/<version>/<path:path>")
    def static_file(version: str, path: str) -> Response:
        return assets.respond(version, path)

    @pages.get("/favicon.ico")
    def favicon() -> AnyResponse:
        return redirect(assets.url("icon.svg"))

    return pages


def _listed(session: Overview, now: float) -> dict[str, str]:
    age = strings.opened(now - session.row.created_at)
    return {
        "id": session.row.session_id,
        "title": session.row.title,
        "facts": f"{strings.people_here(session.online)} · {age}",
    }


def add_template_names(app: Flask, settings: Settings, assets: Assets) -> None:
    """What every template may use."""

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "base_path": settings.base_path,
            "version": __version__,
            "nonce": request.environ.get("collabpad.nonce", ""),
            "asset": assets.url,
            "preloads": assets.preloads,
            "t": strings.STRINGS,
        }


def wants_page(request: Request) -> bool:
    """Whether a person looks at the answer."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return best == "text/html"


def error_page(app: Flask) -> Callable[[int, str, str, WSGIEnvironment], bytes]:
    """The page for what the guard refuses before Flask has seen it."""

    def render(status: int, code: str, message: str, environ: WSGIEnvironment) -> bytes:
        with app.request_context({**environ, "REQUEST_METHOD": "GET", "wsgi.input": None}):
            return _render(status, code, message).encode()

    return render


def _render(status: int, code: str, message: str) -> str:
    return render_template(
        "error.html",
        status=status,
        code=code,
        message=strings.ERROR_TITLES.get(code, message),
        hint=strings.ERROR_HINTS.get(code),
    )


def add_error_answers(
    app: Flask, registry: Registry, operator: OperatorToken, addresses: AddressLimits
) -> None:
    """Every error in the one shape of the protocol, or as a page that says the same and what to
    do. Here, where all refusals pass, those of guesses are counted."""

    @app.errorhandler(CollabpadError)
    def refused(error: CollabpadError) -> Response:
        if operator.is_guess(request, error):
            address = str(request.environ.get("collabpad.address", ""))
            try:
                addresses.miss_by_request(address, registry.context.scheduler.monotonic())
            except RateLimited as too_many:
                return _answer(too_many)
        return _answer(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        response = _answer(_translated(error))
        allowed = getattr(error, "valid_methods", None)
        if allowed:
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        app.logger.error("%s failed", request.endpoint, exc_info=error)
        return _answer(CollabpadError(strings.BROKEN))


def _translated(error: HTTPException) -> CollabpadError:
    known: dict[int, ClientError] = {
        HTTPStatus.NOT_FOUND: NotFound(strings.NOTHING_HERE),
        HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed(strings.WRONG_METHOD),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge(strings.TOO_LARGE),
    }
    return known.get(error.code or 0) or BadRequest(strings.MALFORMED)


def _answer(error: CollabpadError) -> Response:
    if wants_page(request):
        body: str | bytes = _render(error.status, error.code, error.message)
        content_type = "text/html; charset=utf-8"
    else:
        body, content_type = error_body(error.code, error.message), "application/json"
    response = Response(body, status=error.status, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    wait = retry_after(error)
    if wait is not None:
        response.headers["Retry-After"] = wait
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
