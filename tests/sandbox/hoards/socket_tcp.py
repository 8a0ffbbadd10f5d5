"""Fills TCP connections to itself, whose memory is the whole machine's."""

import socket

import hoard


def fill() -> object:
    kept = [socket.create_server(("127.0.0.1", 0), backlog=4096)]
    for _ in range(400):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
        client.setblocking(False)
        try:
            client.connect(kept[0].getsockname())
        except BlockingIOError:
            pass
        try:
            while True:
                hoard.holds(client.send(bytes(1 << 18)))
        except (BlockingIOError, ConnectionError):
            pass
        if len(kept) < 50:
            kept.append(client)
    return kept


hoard.in_processes(8, fill)
