"""What lies in the sdist and in the wheel, and that a package is the same however it is built."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import re
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import bundle
from tests.packaging.conftest import build, own_files

VENDOR = "collabpad/static/vendor/"


def assets() -> set[str]:
    """What was built and belongs into every package."""
    files = bundle.vendor_folder().iterdir()
    return {VENDOR + file.name for file in files if not file.name.endswith(".d.ts")}


def names_in(package: Path) -> set[str]:
    if package.suffix == ".whl":
        return set(zipfile.ZipFile(package).namelist())
    with tarfile.open(package) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_no_third_party_code_is_committed() -> None:
    assert not [name for name in own_files() if name.startswith(VENDOR) or "node_modules" in name]


def test_the_sdist_carries_the_built_assets_and_what_they_were_built_from(sdist: Path) -> None:
    names = names_in(sdist)
    assert names >= assets()
    assert names >= {"hatch_build.py", "frontend/bundle.py", "frontend/package-lock.json"}
    assert not [name for name in names if "node_modules" in name or name.endswith(".d.ts")]


def test_the_wheel_of_the_sdist_holds_the_package_and_nothing_else(
    checkout: Path, wheel: Path
) -> None:
    source = (file for file in (checkout / "collabpad").rglob("*") if file.is_file())
    package = {file.relative_to(checkout).as_posix() for file in source}
    package = {name for name in package if not name.endswith(".d.ts")}
    about = {name for name in names_in(wheel) if ".dist-info/" in name}
    assert package >= assets()
    assert names_in(wheel) - about == package
    assert wheel.name.endswith("-py3-none-any.whl")


def test_everything_that_is_imported_is_declared(checkout: Path) -> None:
    declared = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[<>=]", line)[0] for line in declared["dependencies"]}
    distributions = importlib.metadata.packages_distributions()
    for file in (checkout / "collabpad").rglob("*.py"):
        for module in imported(file) - sys.stdlib_module_names - {"collabpad"}:
            if file.with_name(f"{module}.py").exists():  # a program's own neighbour
                continue
            found = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
            assert found & names, f"{file.name} imports {module}"


def imported(file: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it it does."""
    found: set[str] = set()
    for statement in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(statement, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            found.add(statement.module.partition(".")[0])
    return found


def test_two_builds_give_the_same_bytes(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    again = build(checkout, tmp_path, "--wheel")
    digests = {hashlib.sha256(package.read_bytes()).hexdigest() for package in (wheel, again)}
    assert len(digests) == 1
