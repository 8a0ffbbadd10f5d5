"""Hold the server to the suites and clients of others; see scripts/conformance."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "frontend")]

import node  # noqa: E402
from tests.conformance import clients, suites  # noqa: E402
from tests.conformance.downloads import Missing  # noqa: E402
from tests.conformance.outcome import HEADING, Outcome  # noqa: E402

PARTS: dict[str, Callable[[Path], Iterator[Outcome]]] = {
    "autobahn": lambda folder: iter([suites.autobahn(folder)]),
    "engine.io": lambda _: iter([suites.engine_io()]),
    "socket.io": lambda _: iter([suites.socket_io()]),
    "javascript": clients.javascript,
    "python": clients.python,
}


def outcomes(part: str) -> Iterator[Outcome]:
    """Run one part; what it lacks is an outcome, too."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield from PARTS[part](Path(folder))
        except (Missing, node.BundleError) as missing:
            yield Outcome(part, missing=str(missing))
        except subprocess.SubprocessError as error:
            yield Outcome(part, 1, 0, [f"{part}: {error}"])


def main(names: list[str]) -> int:
    if not set(names) <= set(PARTS):
        print(f"usage: scripts/conformance [{'|'.join(PARTS)}] …", file=sys.stderr)
        return 2
    print(HEADING, flush=True)
    found: list[Outcome] = []
    for part in names or PARTS:
        for outcome in outcomes(part):
            print(outcome.row, flush=True)
            found.append(outcome)
    for outcome in found:
        for line in (*outcome.faults, *filter(None, [outcome.missing])):
            print(f"{outcome.suite}: {line}", flush=True)
    return 1 if any(outcome.faults for outcome in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
