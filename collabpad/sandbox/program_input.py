"""The input of one program: what it is given, and the pipe that takes it as the program reads."""

from __future__ import annotations

import contextlib
import os

from .poll import WRITE, Poll
from .unpatched import close


class ProgramInput:
    """A program's stdin; more may be added until the input has ended."""

    def __init__(self, data: bytes, *, ended: bool) -> None:
        self.fd = -1  # our end of the pipe, while it is open
        self._data = bytearray(data)
        self._ended = ended

    def open(self, poll: Poll) -> int:
        """Make the pipe, and return the program's end."""
        self._poll = poll
        reader, self.fd = os.pipe()
        os.set_blocking(self.fd, False)
        return reader

    def add(self, data: bytes, *, eof: bool) -> bool:
        """Add input; False once the input has ended."""
        if self._ended:
            return False
        self._data += data
        self._ended = eof
        return True

    @property
    def is_awaited(self) -> bool:
        """Whether the program could get more input, and none is on its way."""
        return self.fd >= 0 and not self._data and not self._ended

    @property
    def has_news(self) -> bool:
        """Whether there is something to write, or the end to tell."""
        return self.fd >= 0 and bool(self._data or self._ended)

    def write(self) -> None:
        """Write what the pipe takes; close it at the end of the input."""
        if self.fd < 0:
            return
        try:
            while self._data:
                del self._data[: os.write(self.fd, self._data)]
        except BlockingIOError:
            with contextlib.suppress(FileExistsError):
                self._poll.add(self.fd, WRITE)
            return
        except OSError:  # the program has closed it
            self._data.clear()
            self._ended = True
        self._poll.remove(self.fd)
        if self._ended:
            self.close()

    def close(self) -> None:
        if self.fd >= 0:
            close(self.fd)
            self.fd = -1
