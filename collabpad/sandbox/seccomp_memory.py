"""Refuses the system calls by which memory can be had that no limit counts and nothing shows.

Each was seen to take gigabytes: the programs in tests/sandbox/hoards try them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from .bpf import (
    ALLOW,
    JUMP_ANY_BIT,
    JUMP_EQUAL,
    JUMP_GREATER,
    Instruction,
    Numbers,
    load_argument,
    only_for,
    refusal,
    refuse_all,
    refuse_when,
)

# Refused with EPERM.
REFUSED: dict[str, Numbers] = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}

# Refused with ENOSYS, which makes a library use its older way (a temporary file, threads).
ABSENT: dict[str, Numbers] = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_setup": (206, 0),  # the requests are the whole machine's
    "landlock_create_ruleset": (444, 444),
}

# Refused with the error that stands for a full table, at which programs look again and again.
WATCHES: dict[str, Numbers] = {"inotify_add_watch": (254, 27)}

# Without a sized file system it takes gigabytes of the disk in no time; the C library writes zeros.
ALLOCATES: dict[str, Numbers] = {"fallocate": (285, 47)}

_SETSOCKOPT: Numbers = (54, 208)
_MMAP: Numbers = (9, 222)
_PRCTL: Numbers = (157, 167)

_SOL_SOCKET = 1
_BUFFER_SIZES = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF, and root's
_SOCKET_FILTERS = (26, 50, 51, 52)  # SO_ATTACH_FILTER, _BPF, and for SO_REUSEPORT
_MAP_HUGETLB = 0x40000
_PR_SET_DUMPABLE = 4
_NEWEST_PRCTL = 73  # PR_PPC_SET_DEXCR, Linux 6.10; the odd ones from _OLD_ODD_PRCTL on are old
_OLD_ODD_PRCTL = 0x10000


def rules(column: int, *, namespaced: bool) -> Iterator[Instruction]:
    """`namespaced`: the run's file systems are its own, and have a size."""
    yield from refuse_all(ABSENT, column, errno.ENOSYS)
    yield from refuse_all(REFUSED, column, errno.EPERM)
    yield from refuse_all(WATCHES, column, errno.ENOSPC)
    yield from only_for(_SETSOCKOPT[column], _socket_options())
    yield from only_for(_MMAP[column], _mappings())
    yield from only_for(_PRCTL[column], _process_options(namespaced=namespaced))
    if not namespaced:
        yield from refuse_all(ALLOCATES, column, errno.EOPNOTSUPP)


def _socket_options() -> list[Instruction]:
    """Sizes of buffers are taken and change nothing, which is what a system does at its maximum."""
    rules = [load_argument(1), (JUMP_EQUAL, 1, 0, _SOL_SOCKET), ALLOW]
    rules.append(load_argument(2))
    for option in _BUFFER_SIZES:
        rules += refuse_when(JUMP_EQUAL, option, 0)
    for option in _SOCKET_FILTERS:
        rules += refuse_when(JUMP_EQUAL, option, errno.EPERM)
    return rules


def _mappings() -> list[Instruction]:
    """Huge pages are set aside for somebody, and are in no process's resident size."""
    return [load_argument(3), *refuse_when(JUMP_ANY_BIT, _MAP_HUGETLB, errno.ENOMEM)]


def _process_options(*, namespaced: bool) -> list[Instruction]:
    """Refuse options newer than we know and, without namespaces, hiding from the file count."""
    rules = [load_argument(0)]
    if not namespaced:
        rules += refuse_when(JUMP_EQUAL, _PR_SET_DUMPABLE, errno.EPERM)
    return [
        *rules,
        (JUMP_GREATER, 0, 2, _NEWEST_PRCTL),
        (JUMP_GREATER, 1, 0, _OLD_ODD_PRCTL),
        refusal(errno.EINVAL),
    ]
