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
            if not operator.is_token(token):
                raise Forbidden(strings.BAD_OPERATOR_LINK)
            response = redirect(_after_token(request.args.get("session")), code=303)
            operator.give_cookie(request, response, settings.base_path)
            return response
        sessions: list[Overview] = []
        if operator.is_trusted(request):
            with suppress(NotSaved):  # the page also opens while the disk is full
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
        """Where the operator's link leads. Browsers take its fragment, the host key, along."""
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
