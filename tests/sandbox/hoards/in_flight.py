"""Closes what it has sent to itself and not received: full sockets, pipes and files."""

import os
import socket

import hoard


def fill() -> object:
    carrier = socket.socketpair()
    held = []
    for _ in range(25):
        pair = socket.socketpair()
        for end in pair:
            hoard.fill(end)
        socket.send_fds(carrier[0], [b"x"], [end.fileno() for end in pair])
    for _ in range(20):
        ends = os.pipe()
        os.set_blocking(ends[1], False)
        hoard.holds(os.write(ends[1], bytes(1 << 16)))
        held.append(ends)
    return carrier, held


hoard.in_processes(60, fill)
