"""Stream exports: a few at a time, in pieces, as fast as the client reads.

A long history takes seconds of CPU time and, as JSON, a hundred mebibytes. One thread makes the
pieces of all exports beside the event loop; the next is made when the last was sent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, request
from gevent.lock import BoundedSemaphore

from ..errors import Busy, ClientError

AT_ONCE = 8
WAITING = 50
WAIT_SECONDS = 25.0
"""How long a request waits for another to end. Longer than a connection may stall."""
SLOWEST = 64 * 1024
"""Bytes per second. A client that stays slower is cut off."""
PATIENCE_SECONDS = 15.0

log = logging.getLogger(__name__)


class GivenUp(OSError):
    """An answer broke off in the middle. Its connection ends, and nothing else."""


class TransferSlots:
    """A limited number at a time. A few more wait, and all others are told to try again."""

    def __init__(self, at_once: int, waiting: int = WAITING, seconds: float = WAIT_SECONDS) -> None:
        self._places = BoundedSemaphore(at_once)
        self._most_waiting = waiting
        self._seconds = seconds
        self._waiting = 0

    def take(self) -> None:
        """Take a slot until `give_back`. Raises `Busy` if none becomes free."""
        if self._places.acquire(blocking=False):
            return
        if self._waiting < self._most_waiting:
            self._waiting += 1
            try:
                if self._places.acquire(timeout=self._seconds):
                    return
            finally:
                self._waiting -= 1
        raise Busy("Too many exports and imports at once: try again in a moment.", 5.0)

    def give_back(self) -> None:
        self._places.release()

    @contextmanager
    def one(self) -> Iterator[None]:
        self.take()
        try:
            yield
        finally:
            self.give_back()


class Downloads:
    """The exports that clients are reading."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots = TransferSlots(AT_ONCE)
        self._making = BoundedSemaphore()  # one piece at a time, whichever export it is of

    def answer(self, export: Callable[[], Iterator[bytes]], content_type: str) -> Response:
        """Stream `export`. Raises what it raises before its first piece."""
        if request.method == "HEAD":
            return Response(content_type=content_type)
        self._slots.take()
        try:
            response = Response(self._pieces(export()), content_type=content_type)
        except BaseException:
            self._slots.give_back()
            raise
        response.call_on_close(self._slots.give_back)
        return response

    def _pieces(self, export: Iterator[bytes]) -> Iterator[bytes]:
        sent, reading = 0, 0.0
        while True:
            with self._making:
                piece = self._next(export)
            if piece is None:
                return
            start = self._clock()
            yield piece
            reading += self._clock() - start
            sent += len(piece)
            if reading > PATIENCE_SECONDS and sent < reading * SLOWEST:
                raise GivenUp("An export was read too slowly")

    @staticmethod
    def _next(export: Iterator[bytes]) -> bytes | None:
        try:
            return next(export, None)
        except ClientError as error:
            log.warning("An export broke off: %s", error.message)
            raise GivenUp(error.message) from error
