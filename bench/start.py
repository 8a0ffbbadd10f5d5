"""From the command to the first page: `python bench/start.py [runs]`.

Starts, in turns so that whatever else the machine does weighs on all alike: Python with
Flask-SocketIO imported and nothing done, `collabpad --help`, and `collabpad serve` until it has
given its home page. Prints medians in milliseconds and their ratio to the first.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from time import perf_counter
from urllib.request import urlopen

COLLABPAD = (sys.executable, "-m", "collabpad")


def libraries() -> float:
    subprocess.run([sys.executable, "-c", "import flask_socketio, gevent.pywsgi"], check=True)
    return perf_counter()


def helps() -> float:
    subprocess.run([*COLLABPAD, "--help"], stdout=subprocess.DEVNULL, check=True)
    return perf_counter()


def first_page() -> float:
    """Stopping is not in the time."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [*COLLABPAD, "serve", "--port", "0", "--json", "--data-dir", folder],
            env={**os.environ, "COLLABPAD_RUNTIME_DIR": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as server,
    ):
        if server.stdout is None:
            raise AssertionError("its output is read")
        with urlopen(json.loads(server.stdout.readline())["url"]) as page:
            page.read()
        done = perf_counter()
        server.terminate()
    return done


def main(runs: int) -> None:
    tries: dict[str, Callable[[], float]] = {
        "import Flask-SocketIO": libraries,
        "collabpad --help": helps,
        "serve to its first page": first_page,
    }
    times: dict[str, list[float]] = {name: [] for name in tries}
    for _ in range(runs):
        for name, attempt in tries.items():
            begun = perf_counter()
            times[name].append((attempt() - begun) * 1000)
    base = statistics.median(times["import Flask-SocketIO"])
    print(f"{'':<26}{'median ms':>10}{'ratio':>8}")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:<26}{median:>10.0f}{median / base:>8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
