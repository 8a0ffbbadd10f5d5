"""A server started as a person starts it, looked at over HTTP."""

from __future__ import annotations

import json
import queue
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

START = 30.0  # seconds until it must have printed its address


@dataclass
class Served:
    """A running server."""

    url: str

    def get(self, path: str, **headers: str) -> tuple[bytes, HTTPMessage]:
        """The body and headers of a page that must be there."""
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read(), response.headers

    def new_session(self) -> dict[str, str]:
        request = urllib.request.Request(f"{self.url}/create_session", method="POST", data=b"")
        with urllib.request.urlopen(request, timeout=10) as response:
            links: dict[str, str] = json.load(response)
            return links


@contextmanager
def serving(command: list[str], environment: dict[str, str], home: Path) -> Iterator[Served]:
    """Start `command` with `--port 0`; at the end it must stop cleanly when told to."""
    deadline = time.monotonic() + START
    process = subprocess.Popen(
        [*command, "--port", "0", "--data-dir", str(home / "data")],
        env=environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    printed: list[str] = []
    try:
        while (address := re.search(r"http://127\.0\.0\.1:\d+", "".join(printed))) is None:
            try:
                line = lines.get(timeout=deadline - time.monotonic())
            except (queue.Empty, ValueError):
                raise AssertionError("No address within the time: " + "".join(printed)) from None
            assert line, "It ended: " + "".join(printed)
            printed.append(line)
        yield Served(address[0])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
        reader.join()
        assert process.stdout is not None
        process.stdout.close()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


def check_pages(served: Served) -> None:
    """The home page, the editor page, and what the latter cannot do without, compressed too."""
    home, headers = served.get("/")
    assert headers.get_content_type() == "text/html"
    assert b"New session" in home
    links = served.new_session()
    page, _ = served.get("/editor/" + links["session_id"])
    folder = re.search(r"/static/[^/\"']+/", page.decode())
    assert folder is not None
    script, headers = served.get(folder[0] + "vendor/editor.js")
    assert headers.get_content_type() in {"text/javascript", "application/javascript"}
    assert b"EditorView" in script
    packed, headers = served.get(folder[0] + "vendor/editor.js", **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert len(packed) < len(script) / 2
    foreign = re.findall(rb"(?:src|href)=[\"'](?:https?:)?//[^\"']*", home + page)
    assert not foreign, "The page must not need the internet"
