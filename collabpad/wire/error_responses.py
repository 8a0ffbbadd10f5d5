"""Errors as HTTP responses, in the shape of the protocol."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

from ..errors import ClientError, CollabpadError, RateLimited, Unavailable


def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def error_body(code: str, message: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": message}}).encode()


def error_headers(error: CollabpadError, body: bytes, content_type: str) -> list[tuple[str, str]]:
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    wait = retry_after(error)
    if wait is not None:
        headers.append(("Retry-After", wait))
    headers.extend(error.headers)
    return headers


def retry_after(error: CollabpadError) -> str | None:
    """The value of Retry-After in whole seconds, if it is known."""
    if not isinstance(error, RateLimited | Unavailable) or error.retry_after is None:
        return None
    return str(max(1, round(error.retry_after)))


def refuse(
    environ: WSGIEnvironment, start_response: StartResponse, error: ClientError
) -> Iterable[bytes]:
    """Answer a request with an error as JSON."""
    body = error_body(error.code, error.message)
    headers = error_headers(error, body, "application/json")
    start_response(status_line(error.status), headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
