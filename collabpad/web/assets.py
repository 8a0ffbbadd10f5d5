"""Static files: one hash of them all in their URLs, so that a browser may keep each for a year.

Our own modules are served as written, with relative imports, but for comments that have lines to
themselves: with their types they are a quarter of what a browser would fetch. Third-party ones are
served as the build made them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

from flask import Response, request

from .. import __version__
from ..errors import NotFound, StartError
from .compression import takes_gzip

FOLDER: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_A_YEAR: Final = "public, max-age=31536000, immutable"
_COMMENT = re.compile(rb"^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*$", re.MULTILINE)
_STATIC_IMPORT = re.compile(
    r"""^(?:import|export)\s(?:[^"';]*\sfrom\s)?["'](\.[^"']+)["']""", re.MULTILINE
)


@dataclass(frozen=True)
class _File:
    """A file, and its compressed form once somebody has asked for that."""

    source: bytes
    content_type: str
    ours: bool
    built_gzip: bytes | None

    @cached_property
    def content(self) -> bytes:
        return without_comments(self.source) if self.ours else self.source

    @cached_property
    def compressed(self) -> bytes:
        return self.built_gzip or gzip.compress(self.content, mtime=0)


class Assets:
    """All files below `folder`, read once; raises `StartError` where the page's parts were never
    built."""

    def __init__(self, base_path: str, folder: Path = FOLDER) -> None:
        self._files = dict(_read(folder))
        if "vendor/editor.js" not in self._files:
            raise StartError(
                "The page's third-party code is missing from this installation; "
                "install collabpad again, or run `pip install -e .` in a checkout."
            )
        self._preloads: dict[str, list[str]] = {}
        self._imports = json.loads((folder / "vendor" / "imports.json").read_text())
        digest = hashlib.sha256(__version__.encode())  # which knows how comments are taken out
        for path, file in sorted(self._files.items()):
            digest.update(f"{path}\0{len(file.source)}\0".encode() + file.source)
        self.version = digest.hexdigest()[:16]
        self._root = f"{base_path}/static/{self.version}"

    def url(self, path: str) -> str:
        """Where `path` is served; raises `KeyError` for a file that does not exist."""
        if path not in self._files:
            raise KeyError(path)
        return f"{self._root}/{path}"

    def preloads(self, entry: str) -> list[str]:
        """The URLs of all modules that the page `entry` imports at its start."""
        if entry not in self._preloads:
            self._preloads[entry] = self._find_preloads(entry)
        return self._preloads[entry]

    def _find_preloads(self, entry: str) -> list[str]:
        found: dict[str, None] = {}
        todo = [f"js/{entry}.js"]
        while todo:
            path = todo.pop()
            if path not in found and path in self._files:
                found[path] = None
                todo += self._imported_by(path)
        return [self.url(path) for path in found]

    def _imported_by(self, path: str) -> list[str]:
        folder = PurePosixPath(path).parent
        if folder.name == "vendor":
            return [
                f"vendor/{chunk}" for chunk in self._imports.get(path.removeprefix("vendor/"), ())
            ]
        source = self._files[path].content.decode()
        return [_resolve(folder, target) for target in _STATIC_IMPORT.findall(source)]

    def respond(self, version: str, path: str) -> Response:
        """Serve a file. An older page gets the present version, which browsers then do not keep."""
        file = self._files.get(path)
        if file is None:
            raise NotFound("There is no such file.")
        plain = not takes_gzip(request)
        response = Response(file.content if plain else file.compressed)
        response.headers["Content-Type"] = file.content_type
        response.headers["Cache-Control"] = _A_YEAR if version == self.version else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        if not plain:
            response.headers["Content-Encoding"] = "gzip"
        return response


def _read(folder: Path) -> list[tuple[str, _File]]:
    found = []
    for path in folder.rglob("*"):
        content_type = _TYPES.get(path.suffix)
        if content_type is not None and path.is_file():
            built = path.with_name(path.name + ".gz")
            ours = path.parent == folder / "js"
            packed = built.read_bytes() if built.exists() else None
            file = _File(path.read_bytes(), content_type, ours, packed)
            found.append((path.relative_to(folder).as_posix(), file))
    return found


def without_comments(script: bytes) -> bytes:
    """A module of ours without the comments that have lines to themselves; what is left stays on
    its line."""
    return _COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), script)


def _resolve(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = []
    for part in (folder / target).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
