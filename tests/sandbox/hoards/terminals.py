"""Opens terminals, which the whole machine has a number of, and fills them."""

import os

import hoard


def fill() -> object:
    terminals = []
    for _ in range(25):
        pair = os.openpty()
        terminals.append(pair)
        for end in pair:
            os.set_blocking(end, False)
            try:
                for _ in range(400):
                    hoard.holds(os.write(end, b"x" * 2000))
            except BlockingIOError:
                pass
    return terminals


hoard.in_processes(60, fill)
