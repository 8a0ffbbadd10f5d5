"""The built bundles work together."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import bundle
from node import find_node

FRONTEND = bundle.ROOT / "frontend"


def test_the_bundles_share_one_editor_and_one_document_library() -> None:
    script = Path(__file__).with_name("vendor_check.mjs")
    done = subprocess.run(
        [str(find_node().program), "--input-type=module", "-", str(bundle.vendor_folder())],
        cwd=FRONTEND,
        input=script.read_text("utf-8"),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def test_every_bundled_package_is_in_the_licence_file_with_its_version() -> None:
    text = (bundle.vendor_folder() / "THIRD_PARTY_LICENSES.txt").read_text("utf-8")
    named = dict(re.findall(r"^(\S+) (\d+\.\d+\.\d+) \(", text, re.MULTILINE))
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))["dependencies"]
    assert named.items() >= {name: wanted[name] for name in wanted if name != "esbuild"}.items()


def test_the_npm_lock_pins_everything_by_hash_and_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    packages = {name: told for name, told in lock["packages"].items() if name}
    assert packages
    assert all("integrity" in told and "resolved" not in told for told in packages.values())


def test_the_page_asks_npm_for_exact_versions() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
