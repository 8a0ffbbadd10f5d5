"""What a browser opens: the home page, the editor, and their parts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from .. import __version__
from ..addresses import is_loopback
from ..errors import Forbidden, NotSaved
from ..sessions.overview import Overview
from ..sessions.registry import Registry
from ..settings import Settings
from . import strings
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
            return _operator_arrives(registry, operator, token)
        return render_template(
            "home.html",
            may_create=operator.may_create(request),
            lan=settings.lan or not is_loopback(settings.host),
            sandbox=runner.sandbox_view(),
            **_operators_sessions(registry, operator),
        )

    @pages.get("/editor/<session_id>")
    def editor(session_id: str) -> str:
        sandbox = runner.sandbox_view()
        config = {**_session_config(registry, session_id), "sandbox": sandbox}
        return render_template("editor.html", config=config, sandbox=sandbox)

    @pages.get("/static/<version>/<path:path>")
    def static_file(version: str, path: str) -> Response:
        return assets.respond(version, path)

    @pages.get("/favicon.ico")
    def favicon() -> AnyResponse:
        return redirect(assets.url("icon.svg"))

    return pages


def _operator_arrives(registry: Registry, operator: OperatorToken, token: str) -> AnyResponse:
    """The cookie for the token, and the way to the session that the link names. Browsers take the
    fragment of the link, the host key, along."""
    if not operator.is_token(token):
        raise Forbidden(strings.BAD_OPERATOR_LINK)
    base_path, session_id = registry.settings.base_path, request.args.get("session")
    known = session_id is not None and registry.context.store.find(session_id) is not None
    place = f"{base_path}/editor/{session_id}" if known else f"{base_path}/"
    response = redirect(place, code=303)
    operator.give_cookie(request, response, base_path)
    return response


def _operators_sessions(registry: Registry, operator: OperatorToken) -> dict[str, object]:
    """The sessions that the operator sees on the home page, and how many more there are."""
    sessions: list[Overview] = []
    if operator.is_trusted(request):
        with suppress(NotSaved):  # the page also opens while the disk is full
            sessions = registry.overview()
    now = registry.context.scheduler.now()
    return {
        "sessions": [_listed(each, now) for each in sessions[:_MOST_LISTED]],
        "more": max(0, len(sessions) - _MOST_LISTED),
    }


def _session_config(registry: Registry, session_id: str) -> dict[str, object]:
    """What the editor page knows before it joins."""
    session, link = registry.find(session_id)
    return {
        "session_id": session_id,
        "is_view": link.viewer,
        "base_path": registry.settings.base_path,
        "version": __version__,
        "title": session.row.title if session.row.passcode_hash is None else "",
        "passcode_set": session.row.passcode_hash is not None,
    }


def _listed(session: Overview, now: float) -> dict[str, str]:
    age = strings.opened(now - session.row.created_at)
    return {
        "id": session.row.session_id,
        "title": session.row.title,
        "facts": f"{strings.people_here(session.online)} · {age}",
    }


def add_template_names(app: Flask, settings: Settings, assets: Assets) -> None:
    """Names that every template may use."""

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
