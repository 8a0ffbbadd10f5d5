"""Telling the events of one run: in order, one at a time, and not more often than people can see.

A program may write a million times a second. Its output is gathered for a moment and told at most
`FRAMES` times a second. Pieces of stdout and stderr that alternate faster than that are told as one
of each stream, the first of which says how to take them apart again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import gevent
from gevent.event import Event

from ..protocol.enums import Stream
from .events import RunEvent, RunOutput

log = logging.getLogger(__name__)

FRAMES_PER_SECOND = 20  # a second
GATHER_SECONDS = 0.008  # seconds; `print` writes its text and its line end one after the other
_STREAMS = 3
_MOST_PIECES = 1000  # of a run whose order is told once they are too fast


@dataclass
class _Chunk:
    stream: Stream
    parts: list[str]
    pieces: list[tuple[Stream, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def event(self) -> RunOutput:
        return RunOutput(self.stream, self.text, tuple(self.pieces))


class OutputThrottle:
    """Calls `on_event` from a greenlet of its own; an error in it is logged and the rest told."""

    def __init__(self, on_event: Callable[[RunEvent], None]) -> None:
        self._on_event = on_event
        self._waiting: list[RunEvent | _Chunk] = []
        self._urgent = False
        self._closed = False
        self._changed = Event()
        self._due = 0.0
        self._frames_left = float(FRAMES_PER_SECOND)
        self._pieces_left = _MOST_PIECES
        self._counted = self._last = monotonic()
        self.greenlet = gevent.spawn(self._deliver_all)

    def emit(self, event: RunEvent) -> None:
        """Tell an event at once, after all output before it."""
        self._waiting.append(event)
        self._urgent = True
        self._changed.set()

    def output(self, stream: Stream, text: str) -> None:
        """Tell output soon, together with what comes right after it."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, _Chunk) and last.stream == stream:
            last.parts.append(text)
            return
        if not self._waiting:
            self._due = max(monotonic() + GATHER_SECONDS, self._last + 1 / FRAMES_PER_SECOND)
        self._waiting.append(_Chunk(stream, [text]))
        self._changed.set()

    def close(self) -> None:
        """Tell what is left, then end."""
        self._closed = self._urgent = True
        self._changed.set()

    def _deliver_all(self) -> None:
        while not self._closed or self._waiting:
            self._changed.wait(self._delay())
            self._changed.clear()
            if self._waiting and self._delay() == 0:
                batch, self._waiting, self._urgent = self._waiting, [], self._closed
                self._deliver(batch)

    def _delay(self) -> float | None:
        """Seconds until something is to be told; None for not yet known."""
        if not self._waiting:
            return None
        if self._urgent:
            return 0
        self._count_frames()
        lacking = max(1 - self._frames_left, 0) / FRAMES_PER_SECOND
        return max(self._due - monotonic(), lacking, 0)

    def _deliver(self, batch: list[RunEvent | _Chunk]) -> None:
        self._count_frames()
        for item in self._coalesced(batch, int(self._frames_left) - _STREAMS):
            event = item.event() if isinstance(item, _Chunk) else item
            if isinstance(item, _Chunk):
                self._frames_left -= 1
                self._last = monotonic()
            try:
                self._on_event(event)
            except Exception:
                log.exception("telling of a run failed")

    def _count_frames(self) -> None:
        now = monotonic()
        self._frames_left = min(
            FRAMES_PER_SECOND, self._frames_left + (now - self._counted) * FRAMES_PER_SECOND
        )
        self._counted = now

    def _coalesced(self, batch: list[RunEvent | _Chunk], separate: int) -> list[RunEvent | _Chunk]:
        """Keep the first `separate` pieces of output as they are, the others as one a stream."""
        told: list[RunEvent | _Chunk] = []
        crowd: list[_Chunk] = []
        for item in batch:
            if not isinstance(item, _Chunk):
                told += [*self._merged(crowd), item]
                crowd.clear()
            elif separate > 0:
                separate -= 1
                told.append(item)
            else:
                crowd.append(item)
        return told + self._merged(crowd)

    def _merged(self, crowd: list[_Chunk]) -> list[_Chunk]:
        """One piece a stream; the first knows the order of all, or of as many as may be told."""
        merged: dict[Stream, _Chunk] = {}
        for item in crowd:
            merged.setdefault(item.stream, _Chunk(item.stream, [])).parts += item.parts
        found = list(merged.values())
        if len(found) < len(crowd):
            found[0].pieces = [
                (item.stream, _utf16_length(item.text)) for item in crowd[: self._pieces_left]
            ]
            self._pieces_left -= len(found[0].pieces)
        return found


def _utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
