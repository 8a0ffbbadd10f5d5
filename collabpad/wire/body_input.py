"""A request body's stream under pywsgi, with a time limit. It is not read on once it is broken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import gevent
from gevent import pywsgi

from ..units import KIB

BODY_SECONDS = 60.0
DISCARD_SECONDS = 1.0  # for the rest of a body that nobody read
MAX_DISCARD = 64 * KIB


class BodyInput(pywsgi.Input):
    """A request's body. It must be read within BODY_SECONDS, and is not drained if refused."""

    __slots__ = ("_deadline", "abandoned")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = time.monotonic() + BODY_SECONDS
        self.abandoned = False

    def read(self, length: int | None = None) -> bytes:
        with self._whole():
            data: bytes = super().read(length)
        return data

    def readline(self, size: int | None = None) -> bytes:
        with self._whole():
            line: bytes = super().readline(size)
        return line

    @property
    def ends_connection(self) -> bool:
        """Whether too much of the body is unread to skip it after the answer."""
        if self.abandoned or not self._unread():
            return self.abandoned
        left = (self.content_length or 0) - self.position
        return self.socket is not None or bool(self.chunked_input) or left > MAX_DISCARD

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Raises OSError if the body is late or malformed. Then nothing more can be read."""
        if self.abandoned:
            raise OSError("the body is broken")
        seconds = max(0.001, self._deadline - time.monotonic())
        try:
            with gevent.Timeout(seconds, TimeoutError("the body took too long")):
                yield
        except (OSError, ValueError) as error:  # pywsgi's ValueError: a chunk without a length
            self.abandoned = True
            raise OSError(str(error)) from None

    def _discard(self) -> None:
        """Skip a small rest of the body. If there is more, the connection must end."""
        if self.abandoned or not self._unread():
            return
        if self.socket is not None:  # the client waits for a 100 before it sends anything
            self.abandoned = True
            return
        self._deadline = min(self._deadline, time.monotonic() + DISCARD_SECONDS)
        self.send_100_continue_enabled = False
        with suppress(OSError):
            left = MAX_DISCARD
            while left > 0:
                data = self.read(16 * KIB)
                if not data:
                    return
                left -= len(data)
        self.abandoned = True

    def _unread(self) -> bool:
        if self.chunked_input:
            return self.chunk_length != 0
        return self.position < (self.content_length or 0)
