"""Fills ordinary memory, in all processes at once."""

import hoard


def fill() -> object:
    blocks = []
    for _ in range(100):
        blocks.append(bytearray(b"x") * (8 << 20))
        hoard.holds(8 << 20)
    return blocks


hoard.in_processes(16, fill)
