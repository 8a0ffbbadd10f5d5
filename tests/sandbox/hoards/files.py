"""Fills every folder that it may write to, and as much memory as it may beside."""

import os

import hoard


def fill() -> object:
    for folder in (".", "/tmp", "/dev/shm", os.environ.get("TMPDIR", "/tmp")):
        try:
            for number in range(20):
                with open(f"{folder}/{os.getpid()}-{number}", "wb", buffering=0) as file:
                    for _ in range(15):
                        hoard.holds(file.write(bytes(1 << 20)))
        except OSError as error:
            print("refused", error)
    blocks = []
    for _ in range(30):
        blocks.append(bytearray(b"x") * (8 << 20))
        hoard.holds(8 << 20)
    return blocks


hoard.in_processes(1, fill)
