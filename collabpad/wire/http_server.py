"""Accepts connections: a limited number per address, and calmly when descriptors run out."""

from __future__ import annotations

import errno
import logging
import time
from typing import Any, Final

import gevent
from gevent import socket as gsocket
from gevent.pywsgi import WSGIServer

from .client_addresses import ConnectionCounter, client_network

MOST_CONNECTIONS: Final = 2000
"""Per address at a time. An idle connection already takes about 16 KiB."""
NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
PAUSE: Final = 0.2
COMPLAINT_EVERY: Final = 60.0
"""Seconds."""

log = logging.getLogger(__name__)


class HttpServer(WSGIServer):
    """gevent's server accepts without limit, and prints a traceback when it cannot."""

    def __init__(self, *args: Any, proxied: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._proxied = proxied  # then all have the proxy's address, and the proxy limits them
        self._open = ConnectionCounter()
        self._complained_at = float("-inf")

    def do_read(self) -> Any:
        try:
            return super().do_read()
        except ConnectionError:
            return None  # the client left before it was accepted
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
        self._pause()
        return None

    def _pause(self) -> None:
        """Accept nobody for a moment. Some of the present clients will leave."""
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
        network = client_network(str(address[0]))
        if not self._proxied and self._open.count(network) >= MOST_CONNECTIONS:
            super().do_close(sock, address)
            return
        self._open.add(network)
        super().do_handle(sock, address)

    def do_close(self, sock: gsocket.socket, address: Any) -> None:
        self._open.remove(client_network(str(address[0])))
        super().do_close(sock, address)
