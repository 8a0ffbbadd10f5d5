"""Fills connections that nobody accepts, and closes its ends of them."""

import os
import socket

import hoard


def fill() -> object:
    place = f"\0backlog-{os.getpid()}"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place)
    listener.listen(4096)
    for _ in range(4000):
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        try:
            client.connect(place)
            while True:
                hoard.holds(client.send(bytes(1 << 16)))
        except BlockingIOError:
            pass
        client.close()
    return listener


hoard.in_processes(4, fill)
