"""Error answers: JSON in the shape of the protocol, or a page that also says what to do."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, render_template, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from ..errors import (
    BadRequest,
    ClientError,
    CollabpadError,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    TooLarge,
)
from ..sessions.registry import Registry
from ..wire.environ import ADDRESS_KEY
from ..wire.error_responses import error_body, error_headers
from . import strings
from .address_limits import AddressLimits
from .auth import OperatorToken
from .bodies import SOCKET_PATH


def wants_page(environ: WSGIEnvironment) -> bool:
    """Whether the client prefers a page to JSON."""
    if environ.get("PATH_INFO", "").startswith(SOCKET_PATH):
        return False
    accepted = parse_accept_header(environ.get("HTTP_ACCEPT", ""), MIMEAccept)
    return accepted.best_match(["application/json", "text/html"]) == "text/html"


def renderer(app: Flask) -> Callable[[CollabpadError, WSGIEnvironment], bytes]:
    """Renders pages for requests that the guard refuses before Flask sees them."""

    def render(error: CollabpadError, environ: WSGIEnvironment) -> bytes:
        with app.request_context({**environ, "REQUEST_METHOD": "GET", "wsgi.input": None}):
            return _render(error).encode()

    return render


def add_to(
    app: Flask, registry: Registry, operator: OperatorToken, addresses: AddressLimits
) -> None:
    """Answer every error in a view. Wrong guesses are counted here, where all errors pass."""

    @app.errorhandler(CollabpadError)
    def refused(error: CollabpadError) -> Response:
        if operator.is_guess(request, error):
            address = str(request.environ.get(ADDRESS_KEY, ""))
            try:
                addresses.miss_by_request(address, registry.context.scheduler.monotonic())
            except RateLimited as too_many:
                return _answer(too_many)
        return _answer(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return _answer(_translated(error))

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        app.logger.error("%s failed", request.endpoint, exc_info=error)
        return _answer(CollabpadError(strings.BROKEN))


def _translated(error: HTTPException) -> ClientError:
    if error.code == HTTPStatus.NOT_FOUND:
        return NotFound(strings.NOTHING_HERE)
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed(strings.WRONG_METHOD, getattr(error, "valid_methods", None) or ())
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge(strings.TOO_LARGE)
    return BadRequest(strings.MALFORMED)


def _answer(error: CollabpadError) -> Response:
    content_type = "application/json"
    body = error_body(error.code, error.message)
    if wants_page(request.environ):
        content_type = "text/html; charset=utf-8"
        body = _render(error).encode()
    headers = error_headers(error, body, content_type)
    return Response(body, status=error.status, headers=headers)


def _render(error: CollabpadError) -> str:
    return render_template(
        "error.html",
        status=error.status,
        code=error.code,
        message=strings.ERROR_TITLES.get(error.code, error.message),
        hint=strings.ERROR_HINTS.get(error.code),
    )
