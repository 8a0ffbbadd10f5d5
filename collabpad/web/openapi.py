"""The HTTP API as an OpenAPI 3.1 description; a test holds it against every route that there is."""

from __future__ import annotations

from typing import Any, Final, get_args

from .. import __version__
from ..protocol.enums import JoinPolicy, Obstacle, RunPolicy, Verdict, WriteMode
from ..protocol.fields import PASSCODE_LENGTH, TITLE_LENGTH
from ..settings import Settings

Json = dict[str, Any]

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
        "paths": {**_PAGES, **_making(settings), **_SESSIONS, **_SERVER},
        "components": {
            "schemas": _SCHEMAS,
            "parameters": {"session_id": _SESSION_ID},
            "responses": {"error": _ERROR},
            "securitySchemes": _SECURITY,
        },
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: str, **properties: Json) -> Json:
    return {"type": "object", "required": required.split(), "properties": properties}


def _body(schema: Json, *, required: bool) -> Json:
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _answers(good: Json, *errors: int, description: str = "Done.") -> Json:
    """The responses of an operation: 200 with content by media type, and errors in their one
    shape. Every request can be malformed, come from another site or for another host."""
    usual = {400, 403, 421, *errors}
    told = {str(status): {"$ref": "#/components/responses/error"} for status in sorted(usual)}
    return {"200": {"description": description, "content": good}, **told}


def _most(size: int) -> str:
    """JSON Schema counts characters, the server counts bytes."""
    return f"At most {size} bytes of UTF-8, else 413."


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _text(media_type: str) -> Json:
    return {media_type: {"schema": {"type": "string"}}}


_STRING: Final[Json] = {"type": "string"}
_STRINGS: Final[Json] = {"type": "array", "items": _STRING}
_URL: Final[Json] = {"type": "string", "format": "uri"}
_TIME: Final[Json] = {"type": "string", "format": "date-time"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}

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
    "content": {**_json(_ref("Error")), **_text("text/html")},
}

_SCHEMAS: Final[Json] = {
    "Error": _object("error", error=_object("code message", code=_STRING, message=_STRING)),
    "Created": _object(
        "session_id host_key view_id editor_url view_url host_url",
        **dict.fromkeys(("session_id", "host_key", "view_id"), _STRING),
        **dict.fromkeys(("editor_url", "view_url", "host_url"), _URL),
    ),
    "Session": _object(
        "session_id title language write_mode run_policy join_policy people online size "
        "created_at active_at",
        session_id=_STRING,
        view_id=_STRING,
        title=_STRING,
        language=_STRING,
        write_mode={"enum": list(WriteMode)},
        run_policy={"enum": list(RunPolicy)},
        join_policy={"enum": list(JoinPolicy)},
        people=_COUNT,
        online=_COUNT,
        size={**_COUNT, "description": "Bytes of the text in UTF-8."},
        created_at=_TIME,
        active_at=_TIME,
        join_url=_STRING,
        view_url=_STRING,
    ),
    "Language": _object(
        "id title aliases endings mode indent runnable",
        **dict.fromkeys(("id", "title", "mode"), _STRING),
        aliases={**_STRINGS, "description": "Other names that are taken for the ID."},
        endings={**_STRINGS, "description": "Of file names; the first one is for downloads."},
        indent={**_COUNT, "description": "Spaces of one step; 0 is a tab."},
        runnable={"type": "boolean"},
        reason={"enum": list(Obstacle)},
    ),
    "RunResult": _object(
        "stdout stderr output exit_code signal verdict duration_ms truncated sandbox timed_out",
        stdout=_STRING,
        stderr=_STRING,
        output={"type": "string", "description": "Both streams, in the order they arrived."},
        exit_code={"type": ["integer", "null"], "description": "null where a signal ended it."},
        signal={"type": ["string", "null"]},
        verdict={"enum": list(get_args(Verdict))},
        duration_ms=_COUNT,
        truncated={"type": "boolean"},
        sandbox=_STRING,
        timed_out={"type": "boolean"},
    ),
    "Export": {
        **_object(
            "format version title language write_mode content updates chat",
            format={"const": "collabpad-session"},
            version={"const": 1},
            title=_STRING,
            language=_STRING,
            write_mode={"enum": list(WriteMode)},
            content=_STRING,
            authors={"type": "object"},
            base={"type": ["object", "null"]},
            updates={"type": "array"},
            chat={"type": "array"},
            runs={"type": "array", "description": "Not in exports of earlier versions."},
        ),
        "description": "A whole session, as the export in the format `json` gives it.",
    },
}


def _making(settings: Settings) -> Json:
    """What makes sessions, and runs code without one."""
    limits = settings.limits
    wanted = {
        "type": "object",
        "properties": {
            "title": {"type": ["string", "null"], "maxLength": TITLE_LENGTH},
            "language": {"type": ["string", "null"]},
            "content": {"type": ["string", "null"], "description": _most(limits.document)},
            "example": {"type": ["boolean", "null"]},
            "write_mode": {"enum": [*WriteMode, None]},
            "run_policy": {"enum": [*RunPolicy, None]},
            "join_policy": {"enum": [*JoinPolicy, None]},
            "passcode": {"type": ["string", "null"], "maxLength": PASSCODE_LENGTH},
        },
    }
    code = _object(
        "code",
        code={"type": "string", "description": _most(limits.run_code)},
        language={"type": ["string", "null"]},
        stdin={"type": ["string", "null"], "description": _most(limits.stdin)},
    )
    refused = (401, 413, 415, 429, 503)
    created = _answers(_json(_ref("Created")), *refused)
    return {
        "/create_session": {
            "post": {
                "operationId": "create_session",
                "summary": "Make a session.",
                "security": _OPERATOR,
                "requestBody": _body(wanted, required=False),
                "responses": created,
            }
        },
        "/api/sessions/import": {
            "post": {
                "operationId": "import_session",
                "summary": "Make a session of an export.",
                "security": _OPERATOR,
                "requestBody": _body(_ref("Export"), required=True),
                "responses": created,
            }
        },
        "/run_code": {
            "post": {
                "operationId": "run_code",
                "summary": "Run a program; 200 whatever it did.",
                "security": _OPERATOR,
                "requestBody": _body(code, required=True),
                "responses": _answers(_json(_ref("RunResult")), *refused),
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
                _json(_object("sessions", sessions={"type": "array", "items": _ref("Session")})),
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
            "responses": _answers(_json(_ref("Session")), 404, 429),
        },
        "delete": {
            "operationId": "end_session",
            "summary": "End it for everybody.",
            "security": [{"session_secret": []}, *_OPERATOR[:2]],
            "responses": _answers(_json(_object("ok", ok={"const": True})), 401, 404, 413, 429),
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
            "responses": _answers({**_text("text/plain"), **_json(_ref("Export"))}, 404, 429, 503),
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
                _json(_object("languages", languages={"type": "array", "items": _ref("Language")})),
                429,
            ),
        }
    },
    "/api/openapi.json": {
        "get": {
            "operationId": "openapi",
            "summary": "This description.",
            "responses": _answers(_json({"type": "object"})),
        }
    },
    "/healthz": {
        "get": {
            "operationId": "health",
            "summary": "Whether the server can serve and save.",
            "responses": _answers(
                _json(_object("status version", status={"const": "ok"}, version=_STRING)), 503
            ),
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
