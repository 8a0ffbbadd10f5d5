"""Where a request comes from, and which name it was sent to: Host, Origin, X-Forwarded-*."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from ..errors import BadRequest

DEFAULT_PORTS = {"http": 80, "https": 443}

_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?")


class Origin(NamedTuple):
    """Scheme, host and port as a browser compares them (RFC 6454): the port is always there."""

    scheme: str
    host: str
    port: int


def parse_host(value: str, scheme: str) -> Origin:
    """Parse a Host header. Raises BadRequest if it is malformed."""
    match = _AUTHORITY.fullmatch(value)
    port = int(match[2]) if match and match[2] else DEFAULT_PORTS[scheme]
    if match is None or port > 65535:
        raise BadRequest("The Host is malformed.")
    return Origin(scheme, match[1].strip("[]").lower(), port)


def parse_origin(value: str) -> Origin | None:
    """Parse an Origin header. None for `null` and for anything but an http(s) origin."""
    scheme, separator, authority = value.partition("://")
    if not separator or scheme not in DEFAULT_PORTS:
        return None
    try:
        return parse_host(authority, scheme)
    except BadRequest:
        return None


def origin_of_url(url: str) -> Origin:
    parts = urlsplit(url)
    return Origin(parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme])


def is_address(host: str) -> bool:
    """Whether `host` is an IP literal, which no DNS answer can point elsewhere."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def was_forwarded(environ: WSGIEnvironment) -> bool:
    """Whether the request shows signs of a proxy.

    HTTP/1.0 is one: nginx's `proxy_pass` speaks it, and adds no header by default.
    """
    return environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or any(
        key in ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
        or key.startswith("HTTP_X_FORWARDED")
        for key in environ
    )


def trust_forwarded(environ: WSGIEnvironment, hops: int) -> None:
    """Take client, scheme and host from X-Forwarded-* as the outermost of `hops` proxies saw them.

    With no hop, or fewer entries than hops, nothing is taken. The headers are dropped in any case,
    so that no library believes them.
    """
    given = [key for key in environ if key.startswith("HTTP_X_FORWARDED")]
    if not given:
        return
    client = _nth_last(environ, "HTTP_X_FORWARDED_FOR", hops)
    # Proxies append to -For, but most of them overwrite -Proto and -Host.
    scheme = _nth_last(environ, "HTTP_X_FORWARDED_PROTO", hops, at_least=1)
    host = _nth_last(environ, "HTTP_X_FORWARDED_HOST", hops, at_least=1)
    for key in given:
        del environ[key]
    if client and is_address(client.strip("[]")):
        environ["REMOTE_ADDR"] = client.strip("[]")
    if scheme and scheme.lower() in DEFAULT_PORTS:
        environ["wsgi.url_scheme"] = scheme.lower()
    if host:
        environ["HTTP_HOST"] = host


def _nth_last(
    environ: WSGIEnvironment, key: str, hops: int, at_least: int | None = None
) -> str | None:
    entries: Sequence[str] = [entry.strip() for entry in environ.get(key, "").split(",")]
    needed = hops if at_least is None else at_least
    if hops == 0 or entries == [""] or len(entries) < needed:
        return None
    return entries[-min(hops, len(entries))]
