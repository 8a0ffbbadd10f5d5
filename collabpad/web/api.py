"""The HTTP API: sessions made, described, ended; code run without a session."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any, TypeVar

import segno
from flask import Blueprint, Response, jsonify, request

from .. import __version__
from ..errors import BadRequest, UnknownSession
from ..protocol import CreateSession, RunCode, parse
from ..sessions.clock import iso
from ..sessions.membership import Door
from ..sessions.registry import Registry
from ..sessions.session import Session
from ..settings import Settings
from .limits import Addresses
from .links import Links
from .operator import Operator

T = TypeVar("T")


def blueprint(
    settings: Settings, registry: Registry, operator: Operator, addresses: Addresses
) -> Blueprint:
    api = Blueprint("api", __name__)
    links = Links(settings)

    def find(session_id: str) -> tuple[Session, Door]:
        try:
            return registry.find(session_id)
        except UnknownSession:
            if settings.rate_limits:
                address = str(request.environ.get("collabpad.address", ""))
                addresses.miss(address, registry.world.scheduler.now())
            raise

    def body(kind: type[T]) -> T:
        return parse(kind, _json_body(), settings.limits)

    @api.post("/create_session")
    def create_session() -> Response:
        operator.require_may_create(request)
        row, host_key = registry.create(body(CreateSession))
        return jsonify(
            session_id=row.session_id,
            host_key=host_key,
            view_id=row.view_id,
            editor_url=links.join(request, row),
            view_url=links.view(request, row),
            host_url=links.host(request, row, host_key),
        )

    @api.post("/run_code")
    def run_code() -> Response:
        operator.require_may_create(request)
        wanted = body(RunCode)
        runner = registry.world.runner
        language = wanted.language or runner.default_language
        return jsonify(asdict(runner.run_once(wanted.code, language, wanted.stdin or "")))

    @api.get("/api/sessions")
    def sessions() -> Response:
        operator.require(request)
        found = registry.all()
        found.sort(key=lambda session: session.row.active_at, reverse=True)
        return jsonify(sessions=[_describe(session, viewer=False) for session in found])

    @api.get("/api/sessions/<session_id>")
    def session(session_id: str) -> Response:
        found, door = find(session_id)
        operator.require_may_read(request, found, door)
        view = _describe(found, viewer=door.viewer)
        view["view_url"] = links.view(request, found.row)
        if not door.viewer:
            view["join_url"] = links.join(request, found.row)
        return jsonify(view)

    @api.delete("/api/sessions/<session_id>")
    def end(session_id: str) -> Response:
        found, _ = find(session_id)
        operator.require_may_end(request, found)
        registry.end(found)
        return jsonify(ok=True)

    @api.get("/api/sessions/<session_id>/qr.svg")
    def qr(session_id: str) -> Response:
        found, door = find(session_id)
        url = links.view(request, found.row) if door.viewer else links.join(request, found.row)
        image = io.BytesIO()
        segno.make_qr(url).save(image, kind="svg", scale=4, border=2, light="#ffffff")
        response = Response(image.getvalue(), content_type="image/svg+xml")
        response.headers["Cache-Control"] = "no-store"
        return response

    @api.get("/healthz")
    def health() -> Response:
        return jsonify(status="ok", version=__version__)

    return api


def _json_body() -> object:
    """The request's JSON, an empty body being an empty object; raises `BadRequest`."""
    raw = request.get_data(cache=False)
    if not raw.strip():
        return {}
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadRequest("The body must be JSON, as UTF-8.") from None


def _describe(session: Session, *, viewer: bool) -> dict[str, Any]:
    row = session.row
    ids = {"session_id": row.view_id} if viewer else {"session_id": row.session_id}
    if not viewer:
        ids["view_id"] = row.view_id
    return {
        **ids,
        "title": row.title,
        "language": row.language,
        "write_mode": session.roles.write_mode,
        "run_policy": row.run_policy,
        "join_policy": row.join_policy,
        "people": len(session.people),
        "online": session.online_count,
        "size": session.document.text_bytes,
        "created_at": iso(row.created_at),
        "active_at": iso(row.active_at),
    }
