"""The two output pipes of a run, read in the order in which the program wrote to them.

Two ordinary pipes forget which of them was written first. A pipe in packet mode with room for one
packet makes the writer wait until it is read, and an edge-triggered epoll lists descriptors in the
order in which they became ready: together they keep `print` and a traceback in their order. That
costs a context switch a write, so after `PACKETS` writes a run gets ordinary wide pipes, which are
emptied at most every `BULK_INTERVAL` seconds: a program that prints as fast as it can costs nobody
anything. See pipe(7), O_DIRECT.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

from .originals import close
from .process import CHUNK, packet_pipe, widen
from .spec import Output, Stream
from .waiting import EDGE, ONCE, READ, Poll

PACKETS = 4096  # some 10 µs of the server's time each
BULK_INTERVAL = 0.01  # seconds
_CHUNKS_AT_ONCE = 4
_NAMES: tuple[Stream, Stream] = ("stdout", "stderr")


class OutputPipes:
    """stdout and stderr of one run."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll
        self._streams: dict[int, Stream] = {}
        self._rearm_at: dict[int, float] = {}
        self.writers: list[int] = []
        self._ordered = True
        self._packets_left = PACKETS
        for name in _NAMES:
            pipe = packet_pipe()
            self._packets = pipe is not None
            reader, writer = pipe or os.pipe()
            os.set_blocking(reader, False)
            poll.add(reader, READ | EDGE)
            self._streams[reader] = name
            self.writers.append(writer)

    def __contains__(self, fd: int) -> bool:
        return fd in self._streams

    @property
    def next_tick(self) -> float:
        """When `tick` has something to do (monotonic seconds)."""
        return min(self._rearm_at.values(), default=math.inf)

    def read(self, fd: int, now: float) -> list[Output]:
        """Return what became ready at `fd`."""
        if self._ordered:
            outputs = self._take(fd, 1)
            self._packets_left -= 1
            if self._packets_left <= 0 or not self._packets:
                self._widen()
            return outputs
        outputs = self._take(fd, _CHUNKS_AT_ONCE)
        if fd in self._streams:
            self._rearm_at[fd] = now + BULK_INTERVAL
        return outputs

    def tick(self, now: float) -> None:
        """Listen again to the wide pipes whose pause is over."""
        for fd in [fd for fd, when in self._rearm_at.items() if when <= now]:
            del self._rearm_at[fd]
            self._poll.modify(fd, READ | ONCE)

    def drain(self) -> Iterator[Output]:
        """What is left when the run has ended."""
        for fd in list(self._streams):
            while outputs := self._take(fd, 1):
                yield from outputs

    def close(self) -> None:
        self._close_writers()
        for fd in list(self._streams):
            self._close(fd)

    def _take(self, fd: int, chunks: int) -> list[Output]:
        outputs = []
        for _ in range(chunks):
            try:
                data = os.read(fd, CHUNK) if fd in self._streams else b""
            except BlockingIOError:
                break
            if not data:
                self._close(fd)
                break
            outputs.append(Output(self._streams[fd], data))
        return outputs

    def _widen(self) -> None:
        """Leave packet mode; our copies of the writing ends have been kept for this."""
        self._ordered = False
        for writer in self.writers if self._packets else ():
            widen(writer)
        self._close_writers()
        for fd in self._streams:
            self._poll.modify(fd, READ | ONCE)

    def _close_writers(self) -> None:
        while self.writers:
            close(self.writers.pop())

    def _close(self, fd: int) -> None:
        if fd in self._streams:
            self._poll.remove(fd)
            self._rearm_at.pop(fd, None)
            del self._streams[fd]
            close(fd)
