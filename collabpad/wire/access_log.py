"""The access log: one line per request, without secrets, and safe from forged lines."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

MAX_LOGGED_PATH = 200

access_log = logging.getLogger("collabpad.access")

_SECRET_SEGMENT = re.compile(r"(/editor/|/api/sessions/)([^/]{6})[^/]+")
# Anything that looks like an ID or a key, wherever it stands in a mistyped address.
_LIKE_A_SECRET = re.compile(r"([A-Za-z0-9]{6})[A-Za-z0-9]{16,}|([\w-]{6})[\w-]{34,}", re.ASCII)
# The parts of a page: there are dozens of them.
_PART_OF_A_PAGE = re.compile(r"/static/[0-9a-zA-Z]+/|/favicon\.ico$")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e…]")


def log_access(
    *, method: str, target: str, status: int, size: int, seconds: float, address: str
) -> None:
    """Method, path, status, bytes sent, milliseconds, address.

    Static files that were found are logged at the level debug.
    """
    path = target.partition("?")[0]
    static = 0 < status < HTTPStatus.BAD_REQUEST and _PART_OF_A_PAGE.search(path)
    access_log.log(
        logging.DEBUG if static else logging.INFO,
        "%s %s %s %s bytes %.1f ms %s",
        loggable(method),
        loggable_path(target),
        status or "-",
        size,
        seconds * 1000,
        loggable(address),
    )


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
