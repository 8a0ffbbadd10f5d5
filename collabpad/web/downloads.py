"""Exports on their way: few at a time, each in pieces, at the pace of whoever reads.

A long history takes seconds of the processor and, as JSON, a hundred mebibytes. Its pieces are made
beside the event loop, by one thread for all exports, and the next is made when the last was sent.
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
"""How long a request waits for another to end: longer than a connection may stall."""
SLOWEST = 64 * 1024
"""Bytes a second; who reads more slowly than that for long is given up."""
PATIENCE_SECONDS = 15.0

log = logging.getLogger(__name__)


class GivenUp(OSError):
    """An answer that breaks off in the middle; the connection ends with it, and nothing else."""


class TransferSlots:
    """So many at a time; a few more wait, and all others are told to come again."""

    def __init__(self, at_once: int, waiting: int = WAITING, seconds: float = WAIT_SECONDS) -> None:
        self._places = BoundedSemaphore(at_once)
        self._most_waiting = waiting
        self._seconds = seconds
        self._waiting = 0

    def take(self) -> None:
        """Have a place, until `give_back`; raises `Busy` where none gets free."""
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
    """The exports of a server that are being read."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots = TransferSlots(AT_ONCE)
        self._making = BoundedSemaphore()  # no pieces of several exports at the same moment

    def answer(self, export: Callable[[], Iterator[bytes]], content_type: str) -> Response:
        """What `export` makes, as an answer; raises what it raises before its first piece."""
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
