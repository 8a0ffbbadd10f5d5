"""Pages that keep the document with Yjs itself, in Node."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

PROGRAM = Path(__file__).with_suffix(".mjs")
EMPTY_STATE = b"\0"


class Yjs:
    """Documents of Yjs, each by a number."""

    def __enter__(self) -> Yjs:
        node = shutil.which("node")
        if node is None:
            pytest.skip("program: node is not installed")
        self._node = subprocess.Popen(
            [node, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._node.communicate(timeout=30)

    def do(self, *operations: tuple[Any, ...]) -> list[Any]:
        """Do what yjs_pages.mjs knows, and return each result; bytes travel as base64."""
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        lines = [[_sent(each) for each in operation] for operation in operations]
        self._node.stdin.write(json.dumps(lines) + "\n")
        self._node.stdin.flush()
        results: list[Any] = json.loads(self._node.stdout.readline())
        return results

    def open(self, page: int, *updates: bytes, client: int | None = None) -> None:
        self.do(("open", page, page + 1 if client is None else client, *updates))

    def edit(
        self, page: int, at: int, remove: int, insert: str, *, whole: bool = True
    ) -> bytes | None:
        """The update of an edit in UTF-16 units, or, when `whole`, in characters."""
        (made,) = self.do(("edit", page, at, remove, insert, whole))
        return None if made is None else base64.b64decode(made)

    def apply(self, page: int, *updates: bytes) -> None:
        self.do(("apply", page, *updates))

    def text(self, page: int) -> str:
        text: str = self.do(("text", page))[0]
        return text

    def state(self, page: int) -> bytes:
        return base64.b64decode(self.do(("state", page))[0])

    def diff(self, page: int, state: bytes = EMPTY_STATE) -> bytes:
        return base64.b64decode(self.do(("diff", page, state))[0])

    def merge(self, updates: list[bytes]) -> bytes:
        return base64.b64decode(self.do(("merge", *updates))[0])

    def read(self, *updates: bytes) -> str:
        """What a new page makes of updates without holes that wait for nothing."""
        _, text, waits, holes = self.do(
            ("open", 99, 99, *updates), ("text", 99), ("waits", 99), ("holes", *updates)
        )
        assert not waits
        assert not holes
        return str(text)


def _sent(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
