"""Gives each of many sockets a filter as long as it may be."""

import ctypes
import socket
import struct

import hoard

code = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0xFFFF) * 4096)
program = struct.pack("@HP", 4096, ctypes.addressof(code))


def attach() -> object:
    sockets = []
    for _ in range(25):
        pair = socket.socketpair()
        for end in pair:
            end.setsockopt(socket.SOL_SOCKET, 26, program)
            hoard.holds(4096 * 16)
        sockets.append(pair)
    return sockets


hoard.in_processes(60, attach)
