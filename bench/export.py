"""What others notice while long sessions go out and come in: how long an edit waits, and memory.

    python bench/export.py [--mebibytes 50]

Somebody types all the time; each edit is timed until it is acknowledged.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pycrdt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from collabpad.storage.records import Snapshot
from collabpad.storage.sqlite import FILE_NAME, SqliteStore
from collabpad.units import MIB
from tests.harness import Person, Server
from tests.storage import makers

UPDATE_BYTES = 16_384
IMPORTED_UPDATES = 100_000


def seed(folder: Path, size: int) -> None:
    """A session named `long` with so many bytes of history that nothing compresses."""
    (folder / "data").mkdir(mode=0o700)
    noise = random.Random(7)
    count = size // UPDATE_BYTES
    noises = (noise.randbytes(UPDATE_BYTES).replace(b"\n", b"") for _ in range(count))
    rows = [makers.update(seq, data) for seq, data in enumerate(noises, 1)]
    row = makers.session_row("key", session_id="long", view_id="long-view")
    snapshot = Snapshot(seq=count, parts=(pycrdt.Doc().get_update(),))
    old = [makers.packed(rows[at : at + 32]) for at in range(0, len(rows), 32)]
    with closing(SqliteStore(folder / "data" / FILE_NAME, history_cap=2 * size)) as store:
        store.create(makers.stored("key", session=row, snapshot=snapshot, history=old)).wait()


def typed(person: Person, while_: Callable[[], bool]) -> list[float]:
    """Milliseconds that each edit waited."""
    waited = []
    while while_():
        start = time.perf_counter()
        person.types("x")
        waited.append((time.perf_counter() - start) * 1000)
        time.sleep(0.005)
    return waited


def peak(server: Server) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (line,) = [each for each in status.splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


class Requests:
    """Requests in processes of their own, so that only the server makes edits wait."""

    def __init__(self, server: Server, path: str, number: int, body: bytes | None = None) -> None:
        read = "import sys, urllib.request as u; data = sys.stdin.buffer.read() or None\n"
        read += "kind = {'Content-Type': 'application/json'}\n"
        read += "answer = u.urlopen(u.Request(sys.argv[1], data, kind))\n"
        read += "while answer.read(65536): pass"
        command = [sys.executable, "-c", read, server.url + path]
        self._processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(number)]
        time.sleep(0.5 * number)  # until all have started
        self._start = [
            threading.Thread(target=each.communicate, args=(body,)) for each in self._processes
        ]

    def start(self) -> None:
        for each in self._start:
            each.start()

    def running(self) -> bool:
        return any(each.is_alive() for each in self._start)


def measure(name: str, server: Server, work: Requests | None) -> None:
    person = server.person("Ann", crdt=True).join(server.create_session(), as_host=True)
    before, start = peak(server), time.perf_counter()
    if work is None:
        waited = typed(person, lambda: time.perf_counter() < start + 2)
    else:
        work.start()
        waited = typed(person, work.running)
    took = time.perf_counter() - start
    p99 = statistics.quantiles(waited, n=100)[-1] if len(waited) > 1 else max(waited)
    median = statistics.median(waited)
    print(
        f"{name:24} {took:5.1f} s, {len(waited):5} edits: median {median:6.1f} ms,"
        f" p99 {p99:6.1f} ms, longest {max(waited):6.1f} ms; {peak(server) - before:6.0f} MiB more"
    )
    person.goes()


def import_body(server: Server) -> bytes:
    writer = Person(server, "Writer", crdt=True)
    at = "2026-01-01T00:00:00Z"
    updates = [
        {"at": at, "author": None, "update": writer.edit("x")} for _ in range(IMPORTED_UPDATES)
    ]
    exported = {
        "format": "collabpad-session",
        "version": 1,
        "created_at": at,
        "content": writer.text,
        "authors": {},
        "base": None,
        "updates": updates,
        "chat": [],
    }
    return json.dumps(exported).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=50)
    size = parser.parse_args().mebibytes * MIB
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        seed(folder, size)
        with Server(folder, "--no-rate-limits") as server:
            path = "/api/sessions/long/export?format=json"
            body = import_body(server)
            measure("nothing else", server, None)
            measure("one export", server, Requests(server, path, 1))
            measure("ten exports", server, Requests(server, path, 10))
            imported = Requests(server, "/api/sessions/import", 1, body)
            measure(f"an import of {IMPORTED_UPDATES:,}", server, imported)


if __name__ == "__main__":
    main()
