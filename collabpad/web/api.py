"""The HTTP API: create, describe and end sessions; run code without one."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TypeVar
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from .. import __version__
from ..errors import BadRequest, NotSaved
from ..offload import offload
from ..protocol import http_bodies as bodies
from ..protocol.fields import encode_time
from ..protocol.parsing import parse
from ..sessions import exporting, importing
from ..sessions.admission import JoinLink
from ..sessions.overview import Overview, overview_of
from ..sessions.registry import Created, Registry
from ..sessions.session import Session
from ..settings import Settings
from ..wire.packets import MAX_VALUES, parse_json
from .address_limits import AddressLimits
from .auth import OperatorToken
from .downloads import Downloads, TransferSlots
from .large_json import parse_large_json
from .links import Links
from .openapi import describe

T = TypeVar("T")
MOST_IMPORTED_VALUES = 1_500_000  # a body of the largest size that is all single keystrokes
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')  # for any system's files


def blueprint(
    settings: Settings, registry: Registry, operator: OperatorToken, addresses: AddressLimits
) -> Blueprint:
    api = Blueprint("api", __name__)
    views = _Views(settings, registry, operator, addresses)
    api.post("/create_session")(views.create_session)
    api.post("/run_code")(views.run_code)
    api.get("/api/sessions")(views.sessions)
    api.get("/api/sessions/<session_id>")(views.session)
    api.delete("/api/sessions/<session_id>")(views.end)
    api.get("/api/sessions/<session_id>/qr.svg")(views.qr)
    api.get("/api/sessions/<session_id>/export")(views.export)
    api.post("/api/sessions/import")(views.import_)
    api.get("/api/languages")(views.languages)
    api.get("/api/openapi.json")(views.openapi)
    api.get("/healthz")(views.health)
    return api


class _Views:
    """One method for each route."""

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        operator: OperatorToken,
        addresses: AddressLimits,
    ) -> None:
        self._settings = settings
        self._registry = registry
        self._operator = operator
        self._addresses = addresses
        self._downloads, self._imports = Downloads(), TransferSlots(1)
        self._links = Links(settings)

    def create_session(self) -> Response:
        self._operator.require_may_create(request)
        wanted = self._body(bodies.CreateSession)
        self._count_creation()
        return self._created(self._registry.create(wanted))

    def import_(self) -> Response:
        self._operator.require_may_create(request)
        self._count_creation()
        # One at a time: reading a large one takes several times its size in memory.
        with self._imports.one():
            imported = offload(self._read_import, request.get_data(cache=False))
            return self._created(self._registry.create(imported.wanted, imported.data))

    def _read_import(self, raw: bytes) -> importing.Imported:
        exported = parse_large_json(raw, MOST_IMPORTED_VALUES)
        return importing.read(exported, self._settings, self._registry.context.runner.knows)

    def _count_creation(self) -> None:
        if not self._operator.is_trusted(request):
            self._addresses.create_session(_address(), self._now())

    def _created(self, created: Created) -> Response:
        row = created.row
        answer = bodies.Created(
            session_id=row.session_id,
            host_key=created.host_key,
            view_id=row.view_id,
            editor_url=self._links.join(request, row),
            view_url=self._links.view(request, row),
            host_url=self._links.host(request, row, created.host_key),
        )
        return jsonify(answer)

    def export(self, session_id: str) -> Response:
        found, via = self._find(session_id)
        self._operator.require_may_read(request, found, via)
        wanted = request.args.get("format", "text")
        if wanted == "text":
            suffix = self._registry.context.runner.ending(found.row.language)
            response = Response(found.document.text, content_type="text/plain; charset=utf-8")
        elif wanted == "json":
            suffix = ".collabpad.json"
            response = self._downloads.answer(
                lambda: exporting.export(found), "application/json; charset=utf-8"
            )
        else:
            raise BadRequest("`format` must be text or json.")
        response.headers["Content-Disposition"] = _attachment(found.row.title, suffix)
        response.headers["Cache-Control"] = "no-store"
        return response

    def run_code(self) -> Response:
        self._operator.require_may_create(request)
        wanted = self._body(bodies.RunCode)
        runner = self._registry.context.runner
        language = wanted.language or None
        if self._operator.is_trusted(request):
            return jsonify(asdict(runner.run_once(wanted.code, language, wanted.stdin or "")))
        with self._addresses.run(_address(), self._now()) as tell_seconds:
            result = runner.run_once(wanted.code, language, wanted.stdin or "")
            tell_seconds(result.duration_ms / 1000)
        return jsonify(asdict(result))

    def languages(self) -> Response:
        return jsonify(bodies.Languages(languages=self._registry.context.runner.languages_view()))

    def sessions(self) -> Response:
        self._operator.require(request)
        found = self._registry.overview()
        return jsonify(bodies.Sessions(sessions=[_describe(each, viewer=False) for each in found]))

    def session(self, session_id: str) -> Response:
        found, via = self._find(session_id)
        self._operator.require_may_read(request, found, via)
        view = _describe(overview_of(found), viewer=via.viewer)
        view["view_url"] = self._links.view(request, found.row)
        if not via.viewer:
            view["join_url"] = self._links.join(request, found.row)
        return jsonify(view)

    def end(self, session_id: str) -> Response:
        found, _ = self._find(session_id)
        self._operator.require_may_end(request, found)
        self._registry.end(found)
        return jsonify(bodies.Ended(ok=True))

    def qr(self, session_id: str) -> Response:
        import segno  # imported late, because it slows the start

        found, via = self._find(session_id)
        link = self._links.view if via.viewer else self._links.join
        image = io.BytesIO()
        segno.make_qr(link(request, found.row)).save(
            image, kind="svg", scale=4, border=2, light="#ffffff"
        )
        response = Response(image.getvalue(), content_type="image/svg+xml")
        response.headers["Cache-Control"] = "no-store"
        return response

    def health(self) -> Response:
        if not self._registry.context.store.saving:
            raise NotSaved("The server cannot save now: its log says why.")
        return jsonify(bodies.Health(status="ok", version=__version__))

    def openapi(self) -> Response:
        return jsonify(describe(self._settings))

    def _find(self, session_id: str) -> tuple[Session, JoinLink]:
        return self._registry.find(session_id)

    def _now(self) -> float:
        return self._registry.context.scheduler.monotonic()

    def _body(self, kind: type[T]) -> T:
        return parse(kind, _json_body(), self._settings.limits)


def _address() -> str:
    return str(request.environ.get("collabpad.address", ""))


def _attachment(title: str, suffix: str) -> str:
    """A download with the title's name, for old and new browsers (RFC 6266)."""
    name = "".join("-" if char in _NOT_IN_NAMES else char for char in title)
    if not name.lower().endswith(suffix):  # not kata.py.py
        name += suffix
    plain = "".join(char if char.isascii() and char.isprintable() else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _json_body(most_values: int = MAX_VALUES) -> object:
    """The request's JSON; an empty body is an empty object. Raises `BadRequest`."""
    raw = request.get_data(cache=False)
    if not raw.strip():
        return {}
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("The body must be JSON, as UTF-8.") from None
    return parse_json(text, most_values)


def _describe(found: Overview, *, viewer: bool) -> bodies.SessionState:
    row = found.row
    state: bodies.SessionState = {
        "session_id": row.view_id if viewer else row.session_id,
        "title": row.title,
        "language": row.language,
        "write_mode": found.write_mode,
        "run_policy": row.run_policy,
        "join_policy": row.join_policy,
        "people": found.people,
        "online": found.online,
        "size": found.size,
        "created_at": encode_time(row.created_at),
        "active_at": encode_time(row.active_at),
    }
    if not viewer:
        state["view_id"] = row.view_id
    return state
