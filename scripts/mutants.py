"""Change collabpad/sessions a little, again and again, and list the changes that no test notices.

    scripts/soak mutants [--minutes N] [MODULE ...]

mutmut makes the mutants in a copy of the checkout and runs tests/sessions on each. What survives
there is tried once more with stories about a whole server, as far as the time allows. A survivor is
a question, no fault: either nobody can tell the difference, or a test is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SESSIONS = "collabpad.sessions"
# Those that decide; the readers of Yjs have their own implementation to be compared with.
MODULES = (
    "absence",
    "administration",
    "admission",
    "chat",
    "joining",
    "membership",
    "permissions",
    "roles",
    "roster",
    "rotation",
    "write_permission",
)
STORIES = ("administration", "chat", "handover", "joining", "seats", "tabs")
SURVIVED, WITHOUT_TEST = 0, 33  # mutmut's codes
POLITE = 19  # nice(2)

CONFIGURATION = """
[tool.mutmut]
source_paths = ["collabpad"]
only_mutate = {files}
also_copy = ["docs", "scripts", "hatch_build.py", "README.md"]
# What an error says is for people to judge.
do_not_mutate_patterns = ['raise [A-Z]\\w*\\(', '\\b(Forbidden|NotHost|NotWriter)\\(']
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = ["tests/sessions"]
process_isolation = "forkserver"
track_dependencies = false
"""


def copy_checkout(to: Path, modules: list[str]) -> None:
    """Everything that the tests of the sessions need; what npm has installed is only linked."""
    skipped = shutil.ignore_patterns("__pycache__", "*.meta")
    for folder in ("collabpad", "docs", "scripts", "tests"):
        shutil.copytree(ROOT / folder, to / folder, ignore=skipped)
    for file in ("README.md", "hatch_build.py"):
        shutil.copy(ROOT / file, to)
    files = json.dumps([f"collabpad/sessions/{module}.py" for module in modules])
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    settings += CONFIGURATION.replace("{files}", files)
    (to / "pyproject.toml").write_text(settings, "utf-8")
    mutants = to / "mutants"
    mutants.mkdir()
    (mutants / "frontend").symlink_to(ROOT / "frontend")


def mutmut(folder: Path, *arguments: str, seconds: float | None = None) -> str:
    """What mutmut prints; it is stopped when its time is over, and knows then what it has done."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 15)
        return process.communicate()[0]


def verdicts(folder: Path, modules: list[str]) -> dict[str, int]:
    """The exit code of each mutant that was tried."""
    found: dict[str, int] = {}
    for module in modules:
        path = folder / "mutants" / "collabpad" / "sessions" / f"{module}.py.meta"
        if path.exists():
            codes: dict[str, int | None] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
            found |= {name: code for name, code in codes.items() if code is not None}
    return found


def unnoticed_by_stories(folder: Path, mutants: list[str], end: float) -> Iterator[str]:
    """Those that the stories do not notice either, and those for which no time was left."""
    stories = [f"tests/protocol/test_{each}.py" for each in STORIES]
    command = [sys.executable, "-P", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    for name in mutants:
        if time.monotonic() > end:
            yield f"{name} (not tried with the stories)"
            continue
        told = subprocess.run(
            [*command, *stories],
            cwd=folder / "mutants",
            env={**os.environ, "MUTANT_UNDER_TEST": name},
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        if told.returncode == 0:
            yield name


def main(modules: list[str], minutes: float) -> int:
    os.nice(POLITE)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place)
        copy_checkout(folder, modules)
        patterns = [f"{SESSIONS}.{module}.*" for module in modules]
        said = mutmut(folder, "run", "--max-children", "1", *patterns, seconds=minutes * 40)
        tried = verdicts(folder, modules)
        if not tried:
            print(f"{said[-2000:]}\nNo mutant was tried: it may need more minutes.")
            return 1
        left = [name for name, code in tried.items() if code in (SURVIVED, WITHOUT_TEST)]
        random.shuffle(left)
        print(f"{len(tried)} mutants tried, {len(left)} of them unnoticed by tests/sessions")
        survivors = sorted(unnoticed_by_stories(folder, left, begun + minutes * 60))
        for name in survivors:
            print(name if " " in name else f"\n{mutmut(folder, 'show', name)}")
        print(f"{len(survivors)} of {len(tried)} mutants survived")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=(__doc__ or "").split("\n")[2].strip())
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("modules", nargs="*", default=list(MODULES), metavar="MODULE")
    chosen = parser.parse_args()
    sys.exit(main(chosen.modules, chosen.minutes))
