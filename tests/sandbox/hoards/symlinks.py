"""Makes symbolic links with long names, which take no room of a file system's size."""

import os

import hoard


def make() -> object:
    place = f"{os.environ.get('TMPDIR', '/tmp')}/{os.getpid()}"
    os.mkdir(place)
    folder = os.open(place, os.O_RDONLY)
    target, filling = "t" * 120, "n" * 240
    for number in range(1_000_000):
        os.symlink(target, f"{filling}{number}", dir_fd=folder)
        if number % 1000 == 0:
            hoard.holds(1000 * 1400)
    return folder


hoard.in_processes(4, make)
