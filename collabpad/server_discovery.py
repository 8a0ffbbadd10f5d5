"""Which running server a command means: the one at a URL, else the only one there is.

The operator token goes only to a server whose runtime file holds it, or to the one that was named
together with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from .addresses import is_own_name
from .client import ApiClient
from .coercion import public_url
from .errors import StartError, UsageProblem
from .runtime import ServerRecord, running

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
START_ONE: Final = "No collabpad server is running. Start one with: collabpad serve"


def connect(runtime_dir: Path, *, url: str | None, token: str | None) -> ApiClient:
    """The server that is meant: the one at `url`, else the only one that runs.

    `token` is the operator's own, for servers that this user does not run.
    """
    servers = running(runtime_dir)
    if url is not None:
        return _named(url, servers, token)
    if not servers:
        raise StartError(START_ONE)
    if len(servers) > 1:
        urls = ", ".join(server.url for server in servers)
        raise UsageProblem(
            f"Several collabpad servers are running ({urls}): choose one with --server."
        )
    return client_of(servers[0])


def _named(url: str, servers: Sequence[ServerRecord], token: str | None) -> ApiClient:
    if "token=" in url:
        raise UsageProblem("Leave the token out of --server: set COLLABPAD_TOKEN instead.")
    try:
        home = public_url(url if "://" in url else f"http://{url}")
    except ValueError:
        raise UsageProblem(
            "--server must be a web address such as http://127.0.0.1:5000."
        ) from None
    # Without a scheme or a path, any scheme or path of a server matches.
    first, last = 0 if "://" in url else 1, None if urlsplit(home).path else 3
    place = _place(home)[first:last]
    own = next((server for server in servers if _place(server.url)[first:last] == place), None)
    # By its own address: what else listens at another name of loopback must not get the token.
    return client_of(own) if own else _by_certificate(home, servers) or ApiClient(home, token)


def _by_certificate(url: str, servers: Sequence[ServerRecord]) -> ApiClient | None:
    """A server of this user's under another address of this machine: its certificate tells."""
    scheme, host, port, path = _place(url)
    for server in servers:
        same = _place(server.url) == (scheme, _place(server.url)[1], port, path)
        if same and server.fingerprint and is_own_name(host):
            return ApiClient(url, server.token, server.fingerprint)
    return None


def client_of(server: ServerRecord) -> ApiClient:
    """Speaks to a server of this user's with its own token, and to its own certificate alone."""
    return ApiClient(server.url, server.token, server.fingerprint)


def _place(url: str) -> tuple[str, str, int, str]:
    """What tells servers apart: a server on loopback has all of loopback's usual names."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK_NAMES:
        host = "localhost"
    return parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80), parts.path
