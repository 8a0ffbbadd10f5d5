"""Makes as many timers as it may have."""

import ctypes

import hoard

libc = ctypes.CDLL(None, use_errno=True)
event = (ctypes.c_int * 32)(0, 0, 0, 1)


def make() -> object:
    timers = 0
    while libc.timer_create(1, event, ctypes.byref(ctypes.c_void_p())) == 0:
        timers += 1
        hoard.holds(400)
    return timers


hoard.in_processes(8, make)
