"""Opens the page in a browser without showing a secret in the list of processes."""

from __future__ import annotations

import atexit
import html
import secrets
import webbrowser
from pathlib import Path

from ..locks import create_private, private_folder


def open_page(url: str, private: Path | None) -> bool:
    """Open `url`; False if no browser could be started.

    A browser gets its address as an argument, which `ps` shows to everybody. One that holds a
    secret therefore goes into a file in the folder `private`, which leads there.
    """
    if private is None:
        return webbrowser.open(url)
    path = private_folder(private) / f"open-{secrets.token_hex(8)}.html"
    with create_private(path) as file:
        file.write(_leading_to(url).encode())
    atexit.register(path.unlink, missing_ok=True)
    return webbrowser.open(path.as_uri())


def _leading_to(url: str) -> str:
    target = html.escape(url)
    return (
        '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={target}">'
        f'<title>collabpad</title><a href="{target}">Open collabpad</a>\n'
    )
