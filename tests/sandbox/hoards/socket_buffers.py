"""Fills local sockets whose buffers it asked to be as large as they come."""

import socket

import hoard


def fill() -> object:
    pairs = []
    try:
        while True:
            pair = socket.socketpair()
            pairs.append(pair)
            for end in pair:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
                hoard.fill(end)
    except OSError as error:
        print("refused", error)
    return pairs


hoard.in_processes(60, fill)
