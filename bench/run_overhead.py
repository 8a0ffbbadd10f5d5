"""What a sandbox adds to the start of a program: `python bench/run_overhead.py [runs]`.

Starts the same empty Python program bare and in each backend that works here, in turns, so that
whatever else the machine does weighs on all alike. Prints medians in milliseconds and their ratio
to the bare start.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from functools import partial
from time import perf_counter

from collabpad.errors import StartError
from collabpad.sandbox import Interpreter, RunSpec, Sandbox, open_sandbox
from collabpad.settings import Settings

BACKENDS = ("bubblewrap", "landlock", "limits")
ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def bare(python: Interpreter) -> None:
    subprocess.run([python.executable, "-c", "pass"], env=ENVIRONMENT, check=True)


def sandboxed(sandbox: Sandbox, python: Interpreter) -> None:
    spec = RunSpec(command=(python.executable, "-c", "pass"), readable=python.readable)
    for _ in sandbox.run(spec):
        pass


def main(runs: int) -> None:
    opened: dict[str, Sandbox] = {}
    for name in BACKENDS:
        try:
            opened[name] = open_sandbox(Settings(run_backend=name))
        except StartError as problem:
            print(problem.message)
    print(f"{'':<24}{'median':>10}{'bare':>10}{'ratio':>8}")
    for name, sandbox in opened.items():
        python = sandbox.python
        tries = (partial(bare, python), partial(sandboxed, sandbox, python))
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(runs):
            for attempt, kept in zip(tries, times, strict=True):
                begun = perf_counter()
                attempt()
                kept.append((perf_counter() - begun) * 1000)
        plain, inside = (statistics.median(kept) for kept in times)
        print(f"{name:<24}{inside:>7.1f} ms{plain:>7.1f} ms{inside / plain:>8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
