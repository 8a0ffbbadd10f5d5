"""Waiting for descriptors without holding up anybody else: by gevent's loop where one runs."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from typing import TYPE_CHECKING, Protocol

from .unpatched import unpatched

if TYPE_CHECKING:
    from gevent.hub import Hub

READ, WRITE = 0x1, 0x4  # the values of POLLIN and EPOLLIN, POLLOUT and EPOLLOUT
ONCE, EDGE = 1 << 30, 1 << 31  # EPOLLONESHOT, EPOLLET


class Poll(Protocol):
    """Descriptors to wait for."""

    def add(self, fd: int, events: int) -> None: ...

    def modify(self, fd: int, events: int) -> None: ...

    def remove(self, fd: int) -> None: ...

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        """Return (descriptor, events) of all that are ready, at the latest after `timeout` s."""

    def close(self) -> None: ...


class EpollPoll:
    """Linux's: what became ready first comes first, which neither selectors nor gevent keep.

    gevent's loop, where there is one, waits for the epoll itself.
    """

    def __init__(self) -> None:
        self._epoll = unpatched("select", "epoll")()
        self._hub = _running_hub()
        hub = self._hub  # a hub that has not run yet is false, not None
        self._watcher = None if hub is None else hub.loop.io(self._epoll.fileno(), 1)

    def add(self, fd: int, events: int) -> None:
        self._epoll.register(fd, events)

    def modify(self, fd: int, events: int) -> None:
        self._epoll.modify(fd, events)

    def remove(self, fd: int) -> None:
        with contextlib.suppress(OSError):
            self._epoll.unregister(fd)

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        timeout = max(timeout, 0.0)
        if self._hub is not None and self._watcher is not None:
            import gevent

            with contextlib.suppress(TimeoutError), gevent.Timeout(timeout, TimeoutError):
                self._hub.wait(self._watcher)
            timeout = 0.0
        ready: list[tuple[int, int]] = self._epoll.poll(timeout)
        return ready

    def close(self) -> None:
        if self._watcher is not None:
            self._watcher.close()
        self._epoll.close()


class PlainPoll:
    """The other systems': `select.poll`, which gevent replaces by one that waits in its loop."""

    def __init__(self) -> None:
        self._wanted: dict[int, int] = {}

    def add(self, fd: int, events: int) -> None:
        if fd in self._wanted:
            raise FileExistsError(fd)
        self._wanted[fd] = events

    def modify(self, fd: int, events: int) -> None:
        self._wanted[fd] = events

    def remove(self, fd: int) -> None:
        self._wanted.pop(fd, None)

    def wait(self, timeout: float) -> list[tuple[int, int]]:
        poll = select.poll()
        for fd, events in self._wanted.items():
            if events & (READ | WRITE):
                poll.register(fd, events & (READ | WRITE))
        ready = poll.poll(max(timeout, 0.0) * 1000)
        for fd, _ in ready:
            if self._wanted[fd] & ONCE:
                self._wanted[fd] = ONCE
        return ready

    def close(self) -> None:
        self._wanted.clear()


def new_poll() -> Poll:
    return EpollPoll() if sys.platform == "linux" else PlainPoll()


class WakeupPipe:
    """Wakes a poll from another greenlet or thread."""

    def __init__(self) -> None:
        self.fd, self._writer = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(self._writer, False)
        # Nothing can be imported any more when the interpreter ends.
        self._close = unpatched("os", "close")

    def wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it is awake already
            os.write(self._writer, b"!")

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.fd, 64)

    def __del__(self) -> None:
        self._close(self.fd)
        self._close(self._writer)


def _running_hub() -> Hub | None:
    """This thread's gevent hub, if it has one or the standard library is patched to need one."""
    if "gevent" not in sys.modules:
        return None
    from gevent import get_hub, monkey
    from gevent._hub_local import get_hub_if_exists

    if monkey.is_module_patched("select"):
        return get_hub()
    hub: Hub | None = get_hub_if_exists()
    return hub
