"""Sends byte by byte over TCP, each of which takes the kernel more than a byte."""

import socket
import struct

import hoard

SO_MEMINFO = 55
MEMINFO = struct.Struct("6I")


def taken(end: socket.socket) -> int:
    info = end.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36)
    received, _, _, _, _, sent = MEMINFO.unpack_from(info)
    return int(received + sent)


def fill() -> object:
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    kept = [server]
    for _ in range(25):
        client = socket.create_connection(server.getsockname())
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setblocking(False)
        kept += [client, server.accept()[0]]
        try:
            for _ in range(4000):
                client.send(b"x")
        except BlockingIOError:
            pass
        hoard.holds(sum(map(taken, kept[-2:])))
    return kept


hoard.in_processes(40, fill)
