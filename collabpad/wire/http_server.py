"""Accepting connections: so many from one address, and calmly when there is no room for more."""

from __future__ import annotations

import errno
import logging
import time
from typing import Any, Final

import gevent
from gevent import socket as gsocket
from gevent.pywsgi import WSGIServer

from .client_addresses import ConnectionCounter, client_network, plain_address

MOST_CONNECTIONS: Final = 2000
"""Of one address at a time, whatever they do: each holds some 16 KiB even while it says nothing."""
NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
PAUSE: Final = 0.2
COMPLAINT_EVERY: Final = 60.0
"""Seconds."""

log = logging.getLogger(__name__)


class HttpServer(WSGIServer):
    """gevent's server; it would take whatever comes, and print a traceback for what it cannot."""

    def __init__(self, *args: Any, proxied: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._proxied = proxied  # then all come from the proxy's address, and it bounds them
        self._open = ConnectionCounter()
        self._complained_at = float("-inf")

    def do_read(self) -> Any:
        try:
            return super().do_read()
        except ConnectionError:
            return None  # it has gone while it waited to be accepted
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
        self._pause()
        return None

    def _pause(self) -> None:
        """Take nobody for a moment; those who are here go on, and some of them will leave."""
        now = time.monotonic()
        if now - self._complained_at > COMPLAINT_EVERY:
            self._complained_at = now
            log.warning("No more connections can be taken: the limit of open files is reached")
        self.stop_accepting()
        gevent.spawn_later(PAUSE, self._go_on)

    def _go_on(self) -> None:
        if self.started:
            self.start_accepting()

    def do_handle(self, sock: gsocket.socket, address: Any) -> None:
        place = self._place(address)
        if not self._proxied and self._open.of(place) >= MOST_CONNECTIONS:
            super().do_close(sock, address)
            return
        self._open.add_to(place)
        super().do_handle(sock, address)

    def do_close(self, sock: gsocket.socket, address: Any) -> None:
        self._open.take_from(self._place(address))
        super().do_close(sock, address)

    @staticmethod
    def _place(address: Any) -> str:
        return client_network(plain_address(str(address[0])))
