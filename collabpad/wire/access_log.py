"""The access log: one line a request, with nothing in it that opens a door or forges a line."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

MAX_LOGGED_PATH = 200

access_log = logging.getLogger("collabpad.access")

_SECRET_SEGMENT = re.compile(r"(/editor/|/api/sessions/)([^/]{6})[^/]+")
# What looks like an ID or a key, wherever a mistyped address has it.
_LIKE_A_SECRET = re.compile(r"([A-Za-z0-9]{6})[A-Za-z0-9]{16,}|([\w-]{6})[\w-]{34,}", re.ASCII)
# The parts of a page: dozens for each that is opened.
_PART_OF_A_PAGE = re.compile(r"/static/[0-9a-zA-Z]+/|/favicon\.ico$")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e…]")


def log_access(
    *, method: str, target: str, status: int, size: int, seconds: float, address: str
) -> None:
    """Method, path, status, bytes sent, milliseconds, address.

    Static files that were found are told at the level debug only.
    """
    access_log.log(
        logging.DEBUG if _is_static(target, status) else logging.INFO,
        "%s %s %s %s bytes %.1f ms %s",
        loggable(method),
        loggable_path(target),
        status or "-",
        size,
        seconds * 1000,
        loggable(address),
    )


def _is_static(target: str, status: int) -> bool:
    found = 0 < status < HTTPStatus.BAD_REQUEST
    return found and _PART_OF_A_PAGE.search(target.partition("?")[0]) is not None


def loggable(text: str) -> str:
    """`text` without line breaks, escape sequences or anything else that is not printable ASCII."""
    return _UNPRINTABLE.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def loggable_path(target: str) -> str:
    """A path without its query, session IDs cut to six characters."""
    path = _SECRET_SEGMENT.sub(r"\1\2…", target.partition("?")[0].partition("#")[0])
    path = _LIKE_A_SECRET.sub(r"\1\2…", path)
    if len(path) > MAX_LOGGED_PATH:
        path = path[:MAX_LOGGED_PATH] + "…"
    return loggable(path)
