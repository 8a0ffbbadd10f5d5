"""What differs from the main branch, and which tests belong to it; for `scripts/check changed`."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
SCRIPTS = PurePosixPath("packaging")  # where the tests of scripts/ and frontend/ are
MAIN = "main"

# Tests of what has no file of tests named after it: beginnings of paths, and their tests.
ALSO = {
    "collabpad/": ("tests/test_floors.py",),
    "collabpad/cli/": ("tests/test_docs.py",),
    "collabpad/protocol/": ("tests/contract",),
    "collabpad/static/js/": ("tests/test_strings.py",),
    "collabpad/templates/": ("tests/test_strings.py",),
    "collabpad/web/strings.py": ("tests/test_strings.py", "tests/test_docs.py"),
    "docs/": ("tests/test_docs.py",),
    "docs/protocol.md": ("tests/contract",),
    "README.md": ("tests/test_docs.py",),
    "CHANGELOG.md": ("tests/test_docs.py",),
}


def git(*arguments: str) -> list[str]:
    """What git lists, each name ended by a zero byte; nothing where git fails."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return [name for name in done.stdout.split("\0") if name] if done.returncode == 0 else []


def base() -> str:
    """The commit that the work began from: where it left the main branch, else the last one."""
    command = ["git", "merge-base", MAIN, "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "HEAD"


def changed_files() -> list[str]:
    """The files, new ones included, that are not as the main branch has them."""
    names = git("diff", "--name-only", "--diff-filter=d", "-z", base())
    names += git("ls-files", "--others", "--exclude-standard", "-z")
    return sorted({name for name in names if (ROOT / name).is_file()})


def with_ending(names: Iterable[str], *endings: str) -> list[str]:
    return [name for name in names if name.endswith(endings)]


def tests_of(names: Iterable[str]) -> list[str]:
    """The tests that were changed, those of a changed module, and those of ALSO."""
    found: set[str] = set()
    for name in names:
        path = PurePosixPath(name)
        if path.parts[0] == "tests" and path.name.startswith("test_"):
            found.add(name)
        elif path.suffix == ".py":
            found.update(tests_of_module(path))
        for beginning, tests in ALSO.items():
            if name.startswith(beginning):
                found.update(tests)
    return sorted(found)


def tests_of_module(module: PurePosixPath) -> list[str]:
    """Those named after it, and those of its own folder that import it."""
    stem = module.parent.name if module.stem == "__init__" else module.stem
    tests = [*TESTS.rglob(f"test_{stem}.py"), *TESTS.rglob(f"test_{stem}_*.py")]
    folder = PurePosixPath(*module.parent.parts[1:]) if module.parts[0] == "collabpad" else SCRIPTS
    imported = re.compile(rf"^(?:from|import) .*\b{re.escape(stem)}\b", re.MULTILINE)
    beside = (TESTS / folder).glob("test_*.py")
    tests += [test for test in beside if imported.search(test.read_text("utf-8"))]
    return [test.relative_to(ROOT).as_posix() for test in tests]
