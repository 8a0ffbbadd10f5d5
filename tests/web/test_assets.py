"""What the page's files are when they are served."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import bundle
from collabpad.web.assets import FOLDER, Assets, without_comments

MODULES = sorted((FOLDER / "js").glob("*.js"))


def program_of(modules: Path, output: Path) -> dict[str, bytes]:
    """The modules as esbuild prints them, in a form that no comment or space changes."""
    esbuild = bundle._esbuild_program(bundle.ROOT / "frontend")
    names = sorted(str(path) for path in modules.glob("*.js"))
    command = [esbuild, *names, "--minify-whitespace", f"--outdir={output}", "--log-level=error"]
    subprocess.run(command, check=True, timeout=60)
    return {path.name: path.read_bytes() for path in output.iterdir()}


def test_modules_do_the_same_without_their_comments(tmp_path: Path) -> None:
    served = tmp_path / "served"
    served.mkdir()
    for path in MODULES:
        (served / path.name).write_bytes(without_comments(path.read_bytes()))
    as_written = program_of(FOLDER / "js", tmp_path / "one")
    assert len(as_written) == len(MODULES)
    assert program_of(served, tmp_path / "other") == as_written


@pytest.mark.parametrize(
    ("script", "served"),
    [
        (b"/**\n * @type {X}\n */\nlet a;\n", b"\n\n\nlet a;\n"),
        (b"  // why\n  f();\n", b"\n  f();\n"),
        (b'const url = "http://x"; // why\n', b'const url = "http://x"; // why\n'),
        (b"x = /** @type {Y} */ (z);\n", b"x = /** @type {Y} */ (z);\n"),
        (b"/** a */ f();\n/** b **/\n", b"/** a */ f();\n\n"),
    ],
)
def test_comments_go_and_lines_stay(script: bytes, served: bytes) -> None:
    assert without_comments(script) == served


def test_the_editor_page_says_all_that_it_needs_at_once() -> None:
    assets = Assets("")
    preloads = assets.preloads("editor")
    assert assets.url("js/editor.js") in preloads
    assert assets.url("vendor/editor.js") in preloads
    later = ("assistance", "lint", "vim", "lang-python")
    assert not [url for url in preloads if url.endswith(tuple(f"/{name}.js" for name in later))]
