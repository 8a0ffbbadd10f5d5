"""frontend/bundle.py: when it builds, what it refuses, what it lays beside the bundles."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import bundle
from node import BundleError


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A checkout as far as the fingerprint sees it."""
    frontend = tmp_path / "frontend"
    shutil.copytree(bundle.ROOT / "frontend" / "entries", frontend / "entries")
    for name in bundle.PROJECT_FILES:
        shutil.copy(bundle.ROOT / "frontend" / name, frontend / name)
    return tmp_path


def test_the_assets_are_current_until_a_source_changes(sources: Path) -> None:
    assert not bundle.is_current(sources)
    vendor = bundle.vendor_folder(sources)
    vendor.mkdir(parents=True)
    (vendor / "STAMP").write_text(bundle.fingerprint(sources) + "\n")
    assert bundle.is_current(sources)
    assert bundle.build(sources) is False

    with (sources / "frontend" / "entries" / "vim.js").open("a") as entry:
        entry.write("export const more = 1;\n")
    assert not bundle.is_current(sources)


@pytest.mark.parametrize("name", [*bundle.PROJECT_FILES, "entries/editor.js", "entries/new.js"])
def test_every_source_is_in_the_fingerprint(sources: Path, name: str) -> None:
    before = bundle.fingerprint(sources)
    with (sources / "frontend" / name).open("a") as file:
        file.write("\n")
    assert bundle.fingerprint(sources) != before


def test_line_ends_of_a_windows_checkout_do_not_make_the_assets_stale(sources: Path) -> None:
    before = bundle.fingerprint(sources)
    for entry in bundle.entries(sources / "frontend"):
        entry.write_bytes(entry.read_bytes().replace(b"\n", b"\r\n"))
    assert bundle.fingerprint(sources) == before


def test_two_copies_of_a_package_are_refused() -> None:
    twice: dict[str, Any] = {
        "inputs": {
            "entries/editor.js": {},
            "node_modules/yjs/dist/yjs.mjs": {},
            "node_modules/other/node_modules/yjs/dist/yjs.mjs": {},
        }
    }
    with pytest.raises(BundleError, match="yjs would be bundled twice"):
        bundle.bundled_packages(twice)


def test_scoped_packages_are_told_apart() -> None:
    inputs = ["node_modules/@codemirror/view/dist/index.js", "node_modules/@codemirror/state/i.js"]
    metadata: dict[str, dict[str, dict[str, str]]] = {"inputs": {name: {} for name in inputs}}
    assert bundle.bundled_packages(metadata) == {
        "@codemirror/state": "node_modules/@codemirror/state",
        "@codemirror/view": "node_modules/@codemirror/view",
    }


def test_a_package_without_its_licence_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "node_modules" / "nameless"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "1.2.3", "license": "MIT"}')
    with pytest.raises(BundleError, match="nameless comes without"):
        bundle.licenses(tmp_path, {"nameless": "node_modules/nameless"})

    (folder / "LICENSE.md").write_text("Do as you like.\r\n")
    text = bundle.licenses(tmp_path, {"nameless": "node_modules/nameless"})
    assert "nameless 1.2.3 (MIT)\n\nDo as you like.\n" in text


def test_static_imports_follow_chunks_and_leave_out_what_is_imported_later() -> None:
    def output(*imports: tuple[str, str], entry: bool = False) -> dict[str, Any]:
        told = [{"path": f"out/{path}", "kind": kind} for path, kind in imports]
        return {"imports": told, **({"entryPoint": "entries/x.js"} if entry else {})}

    at_once, later = "import-statement", "dynamic-import"
    metadata = {
        "outputs": {
            "out/page.js": output(("a.js", at_once), ("language.js", later), entry=True),
            "out/language.js": output(("b.js", at_once), entry=True),
            "out/a.js": output(("b.js", at_once)),
            "out/b.js": output(("a.js", at_once)),
        }
    }
    assert bundle.static_imports(metadata) == {
        "language.js": ["a.js", "b.js"],
        "page.js": ["a.js", "b.js"],
    }


def test_compressed_forms_are_the_same_on_every_build(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.js").write_bytes(b"let answer = 42;\n" * 100)
        bundle.compress(tmp_path / name)
    one, two = (tmp_path / name / "x.js.gz" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert gzip.decompress(one.read_bytes()) == (tmp_path / "one" / "x.js").read_bytes()


def test_a_finished_build_replaces_the_old_one_whole(tmp_path: Path) -> None:
    vendor, nursery = tmp_path / "vendor", tmp_path / "nursery"
    for turn in ("first", "second"):
        built = nursery / "vendor"
        built.mkdir(parents=True)
        (built / turn).touch()
        bundle.swap_in(built, vendor)
        assert [file.name for file in vendor.iterdir()] == [turn]


def test_what_was_built_lists_each_bundle_with_its_chunks() -> None:
    vendor = bundle.vendor_folder()
    imports = json.loads((vendor / "imports.json").read_text())
    entries = {entry.name for entry in bundle.entries(bundle.ROOT / "frontend")}
    assert set(imports) == entries
    chunks = {chunk for needed in imports.values() for chunk in needed}
    assert all((vendor / name).is_file() for name in entries | chunks)
    assert all((vendor / f"{name}.gz").is_file() for name in entries | chunks)


def test_before_a_language_is_chosen_the_third_party_code_is_under_200_kilobytes() -> None:
    vendor = bundle.vendor_folder()
    imports = json.loads((vendor / "imports.json").read_text())
    first = ["editor.js", *imports["editor.js"]]
    assert sum((vendor / f"{name}.gz").stat().st_size for name in first) < 200_000
