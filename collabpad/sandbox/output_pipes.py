"""The two output pipes of a run, read in the order in which the program wrote.

Two ordinary pipes forget which of them was written first. A pipe in packet mode with room for one
packet makes the writer wait until it is read, and an edge-triggered epoll lists descriptors in the
order in which they became ready: together they keep `print` and a traceback in their order. That
costs a context switch a write. So a stream that alone is written to for long becomes an ordinary
wide pipe until it rests or the other one is written to, and both do after `PACKETS` writes. Wide
pipes are emptied at most every `BULK_INTERVAL` seconds: a program that prints as fast as it can
costs nobody anything. See pipe(7), O_DIRECT.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

from .poll import EDGE, ONCE, READ, Poll
from .process import CHUNK, is_empty, narrow, packet_pipe, widen
from .spec import Output, Stream
from .unpatched import close

PACKETS = 4096  # some 10 µs of the server's time each
PACKETS_IN_A_ROW = 1024  # of one stream
BULK_INTERVAL = 0.01  # seconds
_CHUNKS_AT_ONCE = 4
_ALL_CHUNKS = 32  # more than there can be pages in a wide pipe
_NAMES: tuple[Stream, Stream] = ("stdout", "stderr")


class OutputPipes:
    """stdout and stderr of one run."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll
        self._streams: dict[int, Stream] = {}
        self._rearm_at: dict[int, float] = {}
        self._wide: set[int] = set()
        self._writer_of: dict[int, int] = {}  # kept to change the pipes' modes
        self._packets_left = PACKETS
        self._in_a_row = 0
        self._last = -1
        for name in _NAMES:
            pipe = packet_pipe()
            self._packets = pipe is not None
            reader, writer = pipe or os.pipe()
            os.set_blocking(reader, False)
            poll.add(reader, READ | EDGE)
            self._streams[reader] = name
            self._writer_of[reader] = writer

    def __contains__(self, fd: int) -> bool:
        return fd in self._streams

    @property
    def writers(self) -> list[int]:
        """The writing ends of stdout and stderr, before anything is read."""
        return list(self._writer_of.values())

    @property
    def next_tick(self) -> float:
        """When `tick` has something to do (monotonic seconds)."""
        return min(self._rearm_at.values(), default=math.inf)

    def read(self, fd: int, now: float) -> list[Output]:
        """Return what became ready at `fd`, and before it at the other pipe."""
        if fd in self._wide:
            outputs = self._take(fd, _CHUNKS_AT_ONCE)
            if fd in self._streams:
                self._rearm_at[fd] = now + BULK_INTERVAL
            return outputs
        outputs = []
        for wide in list(self._wide):
            outputs += self._take(wide, _ALL_CHUNKS)
            self._narrow(wide)
        outputs += self._take(fd, 1)
        self._count(fd)
        return outputs

    def _count(self, fd: int) -> None:
        self._packets_left -= 1
        self._in_a_row = self._in_a_row + 1 if fd == self._last else 1
        self._last = fd
        if self._packets_left <= 0 or not self._packets:
            for each in list(self._streams):
                self._widen(each)
            self._close_writers()
        elif self._in_a_row >= PACKETS_IN_A_ROW and fd in self._streams:
            self._widen(fd)

    def tick(self, now: float) -> None:
        """Listen again to the wide pipes whose pause is over."""
        for fd in [fd for fd, when in self._rearm_at.items() if when <= now]:
            del self._rearm_at[fd]
            if not (self._writer_of and is_empty(fd) and self._narrow(fd)):
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

    def _widen(self, fd: int) -> None:
        """Leave packet mode."""
        if self._packets and fd in self._writer_of:
            widen(self._writer_of[fd])
        self._wide.add(fd)
        self._poll.modify(fd, READ | ONCE)

    def _narrow(self, fd: int) -> bool:
        """Go back to packet mode if the pipe is as good as empty."""
        if fd not in self._streams or not narrow(self._writer_of[fd]):
            return False
        self._wide.discard(fd)
        self._rearm_at.pop(fd, None)
        self._in_a_row = 0
        self._poll.modify(fd, READ | EDGE)
        return True

    def _close_writers(self) -> None:
        for writer in self._writer_of.values():
            close(writer)
        self._writer_of.clear()

    def _close(self, fd: int) -> None:
        if fd in self._streams:
            self._poll.remove(fd)
            self._rearm_at.pop(fd, None)
            self._wide.discard(fd)
            del self._streams[fd]
            close(fd)
