"""Locks every other byte of its files."""

import fcntl
import os

import hoard


def lock() -> object:
    files = []
    for number in range(40):
        file = open(f"locked-{os.getpid()}-{number}", "wb")
        files.append(file)
        for at in range(2000, 0, -2):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
        hoard.holds(1000 * 200)
    return files


hoard.in_processes(60, lock)
