"""The HTTP API as an OpenAPI 3.1 description; a test holds it against every route that there is."""

from __future__ import annotations

from typing import Final

from .. import __version__
from ..protocol import fields
from ..protocol import http_bodies as bodies
from ..protocol.views import LanguageView, WireError
from ..runs.events import RunResult
from ..settings import Limits, Settings
from .json_schema import Json, answer_schema, reference, request_schema

_OPERATOR: Final[list[Json]] = [{"operator_token": []}, {"operator_cookie": []}, {}]


def describe(settings: Settings) -> Json:
    """The description of this server's API."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "collabpad",
            "version": __version__,
            "license": {"name": "MIT", "identifier": "MIT"},
            "description": "Sessions in which people write code together, and runs outside of "
            "them. What happens inside a session goes over Socket.IO: see docs/protocol.md.",
        },
        "servers": [{"url": settings.base_path or "/"}],
        "paths": {**_PAGES, **_making(), **_SESSIONS, **_SERVER},
        "components": {
            "schemas": _schemas(settings.limits),
            "parameters": {"session_id": _SESSION_ID},
            "responses": {"error": _ERROR},
            "securitySchemes": _SECURITY,
        },
    }


def _body(kind: type, *, required: bool) -> Json:
    return {"required": required, "content": _json(kind)}


def _answers(good: Json, *errors: int, description: str = "Done.") -> Json:
    """The responses of an operation: 200 with content by media type, and errors in their one
    shape. Every request can be malformed, come from another site or for another host."""
    usual = {400, 403, 421, *errors}
    told = {str(status): {"$ref": "#/components/responses/error"} for status in sorted(usual)}
    return {"200": {"description": description, "content": good}, **told}


def _most(size: int) -> Json:
    """JSON Schema counts characters, the server counts bytes."""
    return {"description": f"At most {size} bytes of UTF-8, else 413."}


def _json(kind: type) -> Json:
    return {"application/json": {"schema": reference(kind)}}


def _text(media_type: str) -> Json:
    return {media_type: {"schema": {"type": "string"}}}


_STRING: Final[Json] = {"type": "string"}

_SESSION_ID: Final[Json] = {
    "name": "session_id",
    "in": "path",
    "required": True,
    "description": "The session's ID or, for what viewers may see, its view ID.",
    "schema": {"type": "string", "minLength": 1},
}
_OF_SESSION: Final = [{"$ref": "#/components/parameters/session_id"}]

_SECURITY: Final[Json] = {
    "operator_token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The operator token; requests of this machine to a server that only it "
        "can reach need none.",
    },
    "operator_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "collabpad_operator_PORT",
        "description": "For which the home page trades the token of the operator's link.",
    },
    "session_secret": {
        "type": "http",
        "scheme": "bearer",
        "description": "The session's host key or, to read, the resume token of somebody in it.",
    },
}

_ERROR: Final[Json] = {
    "description": "Refused; 429 carries `Retry-After` in seconds. Browsers that ask for HTML "
    "get a page that says the same.",
    "content": {**_json(bodies.ErrorAnswer), **_text("text/html")},
}

_ANSWERS: Final = (
    bodies.Created,
    bodies.Ended,
    bodies.ErrorAnswer,
    bodies.Export,
    bodies.Health,
    bodies.Languages,
    bodies.Sessions,
    bodies.SessionState,
    LanguageView,
    RunResult,
    WireError,
)


def _schemas(limits: Limits) -> Json:
    keywords = {
        fields.title: {"maxLength": fields.TITLE_LENGTH},
        fields.passcode_or_none: {"maxLength": fields.PASSCODE_LENGTH},
        fields.document_text: _most(limits.document),
        fields.run_code: _most(limits.run_code),
        fields.stdin: _most(limits.stdin),
    }
    requests = (bodies.CreateSession, bodies.RunCode)
    return {each.__name__: answer_schema(each) for each in _ANSWERS} | {
        each.__name__: request_schema(each, keywords) for each in requests
    }


def _making() -> Json:
    """What makes sessions, and runs code without one."""
    refused = (401, 413, 415, 429, 503)
    created = _answers(_json(bodies.Created), *refused)
    return {
        "/create_session": {
            "post": {
                "operationId": "create_session",
                "summary": "Make a session.",
                "security": _OPERATOR,
                "requestBody": _body(bodies.CreateSession, required=False),
                "responses": created,
            }
        },
        "/api/sessions/import": {
            "post": {
                "operationId": "import_session",
                "summary": "Make a session of an export.",
                "security": _OPERATOR,
                "requestBody": _body(bodies.Export, required=True),
                "responses": created,
            }
        },
        "/run_code": {
            "post": {
                "operationId": "run_code",
                "summary": "Run a program; 200 whatever it did.",
                "security": _OPERATOR,
                "requestBody": _body(bodies.RunCode, required=True),
                "responses": _answers(_json(RunResult), *refused),
            }
        },
    }


_SESSIONS: Final[Json] = {
    "/api/sessions": {
        "get": {
            "operationId": "list_sessions",
            "summary": "All sessions.",
            "security": _OPERATOR[:2],
            "responses": _answers(
                _json(bodies.Sessions),
                401,
                429,
                503,
            ),
        }
    },
    "/api/sessions/{session_id}": {
        "parameters": _OF_SESSION,
        "get": {
            "operationId": "get_session",
            "summary": "Title, language, people, sizes, times.",
            "security": [{}, {"session_secret": []}, {"operator_token": []}],
            "responses": _answers(_json(bodies.SessionState), 404, 429),
        },
        "delete": {
            "operationId": "end_session",
            "summary": "End it for everybody.",
            "security": [{"session_secret": []}, *_OPERATOR[:2]],
            "responses": _answers(_json(bodies.Ended), 401, 404, 413, 429),
        },
    },
    "/api/sessions/{session_id}/export": {
        "parameters": _OF_SESSION,
        "get": {
            "operationId": "export_session",
            "summary": "Download the code, or the whole session.",
            "security": [{}, {"session_secret": []}, {"operator_token": []}],
            "parameters": [
                {
                    "name": "format",
                    "in": "query",
                    "schema": {"enum": ["text", "json"], "default": "text"},
                }
            ],
            "responses": _answers({**_text("text/plain"), **_json(bodies.Export)}, 404, 429, 503),
        },
    },
    "/api/sessions/{session_id}/qr.svg": {
        "parameters": _OF_SESSION,
        "get": {
            "operationId": "session_qr_code",
            "summary": "The session's link as a picture.",
            "responses": _answers(_text("image/svg+xml"), 404, 429),
        },
    },
}

_SERVER: Final[Json] = {
    "/api/languages": {
        "get": {
            "operationId": "languages",
            "summary": "The languages that documents can be in, and which of them run here.",
            "responses": _answers(
                _json(bodies.Languages),
                429,
            ),
        }
    },
    "/api/openapi.json": {
        "get": {
            "operationId": "openapi",
            "summary": "This description.",
            "responses": _answers({"application/json": {"schema": {"type": "object"}}}),
        }
    },
    "/healthz": {
        "get": {
            "operationId": "health",
            "summary": "Whether the server can serve and save.",
            "responses": _answers(_json(bodies.Health), 503),
        }
    },
}

_PAGES: Final[Json] = {
    "/": {
        "get": {
            "operationId": "home_page",
            "summary": "The home page; trades an operator token for a cookie.",
            "parameters": [{"name": "token", "in": "query", "schema": _STRING}],
            "responses": {
                **_answers(_text("text/html"), 429),
                "303": {"description": "The token was right: the home page without it."},
            },
        }
    },
    "/editor/{session_id}": {
        "parameters": _OF_SESSION,
        "get": {
            "operationId": "editor_page",
            "summary": "The editor, for those who have the ID or view ID.",
            "responses": _answers(_text("text/html"), 404, 429),
        },
    },
    "/static/{version}/{path}": {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _STRING}
            for name in ("version", "path")
        ],
        "get": {
            "operationId": "static_file",
            "summary": "A part of the pages; kept by browsers for a year.",
            "responses": _answers({"*/*": {}}, 404),
        },
    },
    "/favicon.ico": {
        "get": {
            "operationId": "favicon",
            "summary": "Leads to the icon.",
            "responses": {"302": {"description": "Where the icon is."}},
        }
    },
}
