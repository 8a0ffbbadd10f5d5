"""Has a great many senders leave large datagrams at sockets that nobody reads."""

import os
import socket

import hoard


def fill() -> object:
    receivers = []
    for number in range(50):
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(f"\0datagrams-{os.getpid()}-{number}")
        receivers.append(receiver)
        for _ in range(11):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                try:
                    hoard.holds(sender.sendto(bytes(190 << 10), receiver.getsockname()))
                except BlockingIOError:
                    break
    return receivers


hoard.in_processes(16, fill)
