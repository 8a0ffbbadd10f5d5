"""Telling the events of one run: in order, one at a time, and not more often than people can see.

A program may write a million times a second. Its output is gathered for a moment and told at most
`FRAMES` times a second. Pieces of stdout and stderr that alternate faster than that lose their
interleaving on the screens; the result keeps it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import gevent
from gevent.event import Event

from .events import RunEvent, RunOutput, Stream

log = logging.getLogger(__name__)

FRAMES = 20  # a second
GATHER = 0.008  # seconds; `print` writes its text and its line end one after the other
_STREAMS = 3


@dataclass
class _Gathered:
    stream: Stream
    parts: list[str]

    def event(self) -> RunOutput:
        return RunOutput(self.stream, "".join(self.parts))


class Teller:
    """Calls `on_event` from a greenlet of its own; an error in it is logged and the rest told."""

    def __init__(self, on_event: Callable[[RunEvent], None]) -> None:
        self._on_event = on_event
        self._waiting: list[RunEvent | _Gathered] = []
        self._urgent = False
        self._closed = False
        self._changed = Event()
        self._due = 0.0
        self._frames_left = float(FRAMES)
        self._counted = self._last = monotonic()
        self.greenlet = gevent.spawn(self._tell_all)

    def tell(self, event: RunEvent) -> None:
        """Tell an event at once, after all output before it."""
        self._waiting.append(event)
        self._urgent = True
        self._changed.set()

    def output(self, stream: Stream, text: str) -> None:
        """Tell output soon, together with what comes right after it."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, _Gathered) and last.stream == stream:
            last.parts.append(text)
            return
        if not self._waiting:
            self._due = max(monotonic() + GATHER, self._last + 1 / FRAMES)
        self._waiting.append(_Gathered(stream, [text]))
        self._changed.set()

    def close(self) -> None:
        """Tell what is left, then end."""
        self._closed = self._urgent = True
        self._changed.set()

    def _tell_all(self) -> None:
        while not self._closed or self._waiting:
            self._changed.wait(self._delay())
            self._changed.clear()
            if self._waiting and self._delay() == 0:
                batch, self._waiting, self._urgent = self._waiting, [], self._closed
                self._tell_batch(batch)

    def _delay(self) -> float | None:
        """Seconds until something is to be told; None for not yet known."""
        if not self._waiting:
            return None
        if self._urgent:
            return 0
        self._count_frames()
        lacking = max(1 - self._frames_left, 0) / FRAMES
        return max(self._due - monotonic(), lacking, 0)

    def _tell_batch(self, batch: list[RunEvent | _Gathered]) -> None:
        self._count_frames()
        for item in _squeezed(batch, int(self._frames_left) - _STREAMS):
            event = item.event() if isinstance(item, _Gathered) else item
            if isinstance(item, _Gathered):
                self._frames_left -= 1
                self._last = monotonic()
            try:
                self._on_event(event)
            except Exception:
                log.exception("telling of a run failed")

    def _count_frames(self) -> None:
        now = monotonic()
        self._frames_left = min(FRAMES, self._frames_left + (now - self._counted) * FRAMES)
        self._counted = now


def _squeezed(batch: list[RunEvent | _Gathered], ordered: int) -> list[RunEvent | _Gathered]:
    """Keep the first `ordered` pieces of output as they are, the others as one of each stream."""
    told: list[RunEvent | _Gathered] = []
    merged: dict[Stream, _Gathered] = {}
    pieces = 0
    for item in batch:
        if not isinstance(item, _Gathered):
            told += merged.values()
            merged.clear()
            told.append(item)
        elif pieces < ordered:
            pieces += 1
            told.append(item)
        else:
            merged.setdefault(item.stream, _Gathered(item.stream, [])).parts.extend(item.parts)
    return told + list(merged.values())
