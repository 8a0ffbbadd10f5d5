"""Closes what it has sent to itself and not received: full sockets, pipes and files."""

import os
import socket

import hoard


def fill():
    carrier = socket.socketpair()
    held = []
    for _ in range(25):
        pair = socket.socketpair()
        for end in pair:
            end.setblocking(False)
            try:
                while True:
                    hoard.holds(end.send(bytes(1 << 16)))
            except BlockingIOError:
                pass
        socket.send_fds(carrier[0], [b"x"], [end.fileno() for end in pair])
    for _ in range(20):
        pair = os.pipe()
        os.set_blocking(pair[1], False)
        hoard.holds(os.write(pair[1], bytes(1 << 16)))
        held.append(pair)
    return carrier, held


hoard.in_processes(60, fill)
