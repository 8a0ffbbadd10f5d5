"""The runtime folder: a private file for each running server, by which commands find it.

A server holds a lock on its file while it lives, so a file without a lock is left over from one
that was killed. The file holds the operator token: the folder and the file are their owner's alone.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Final

from .errors import StartError
from .locks import create_private, private_folder, try_lock

LARGEST_FILE: Final = 64 * 1024
"""Bytes; a runtime file is a few hundred."""


@dataclass(frozen=True)
class ServerRecord:
    """A running server: `url` is its home page on this machine, without a slash at the end."""

    url: str
    pid: int
    token: str
    version: str
    fingerprint: str | None = None
    """Of its certificate, where it speaks TLS: `tls.fingerprint`."""


class RuntimeFile:
    """The runtime file of this process, there until `withdraw`."""

    def __init__(self, path: Path, file: FileIO) -> None:
        self.path = path
        self._file = file

    def withdraw(self) -> None:
        """Remove the file; calling it twice is harmless."""
        if self._file.closed:
            return
        # An open file cannot be removed on Windows; elsewhere the lock has to outlast the name.
        if os.name == "nt":
            self._file.close()
        with suppress(OSError):
            self.path.unlink()
        self._file.close()


def publish(folder: Path, port: int, server: ServerRecord) -> RuntimeFile:
    """Write the record of `server` to `folder`; raises StartError if the folder cannot be used."""
    private_folder(folder)
    try:
        path, file = _new_file(folder, port)
        # Locked before it holds anything: a reader passes over an empty file, so none can
        # take this one for left over.
        try_lock(file.fileno())
        file.write(json.dumps(asdict(server)).encode())
    except OSError as error:
        told = f"The runtime folder {folder} cannot be used: {error.strerror}."
        raise StartError(told) from None
    return RuntimeFile(path, file)


def _new_file(folder: Path, port: int) -> tuple[Path, FileIO]:
    path = folder / f"server-{port}.json"
    if _read(path) is not None:
        # Another server has this port on another address of the machine.
        path = folder / f"server-{port}-{os.getpid()}.json"
    with suppress(FileNotFoundError):
        path.unlink()
    return path, create_private(path)


def running(folder: Path) -> list[ServerRecord]:
    """The running servers; files that killed ones left behind are removed."""
    try:
        if not folder.is_dir():
            return []
        private_folder(folder)
        files = sorted(folder.glob("server-*.json"))
    except OSError as error:
        told = f"The runtime folder {folder} cannot be read: {error.strerror}."
        raise StartError(told) from None
    return [server for path in files if (server := _read(path)) is not None]


def _read(path: Path) -> ServerRecord | None:
    """The running server of a file, or None; the file of a dead one is removed."""
    try:
        with FileIO(path, "r") as file:
            server = _parsed(file.read(LARGEST_FILE) or b"")
            if server is None or not try_lock(file.fileno(), shared=True):
                return server
            _remove(path, file)
    except OSError:
        return None
    return None


def _remove(path: Path, file: FileIO) -> None:
    """Remove a dead server's file, unless a new server has just put its own in that place."""
    if os.name == "nt":
        file.close()
        path.unlink()
    elif os.path.samestat(path.stat(), os.fstat(file.fileno())):
        path.unlink()


def _parsed(text: bytes) -> ServerRecord | None:
    try:
        content: Any = json.loads(text)
        return ServerRecord(
            url=str(content["url"]),
            pid=int(content["pid"]),
            token=str(content["token"]),
            version=str(content["version"]),
            fingerprint=str(content["fingerprint"]) if content.get("fingerprint") else None,
        )
    except (ValueError, KeyError, TypeError):
        return None
