"""The system calls that a run may not make, as a classic BPF program for x86-64 and aarch64.

The policy names what is refused: whatever reaches past namespaces, memory limits or the file system
rules, or is kernel surface that no exercise needs. Calls newer than `NEWEST` do not exist inside,
so that tomorrow's kernel offers nothing that nobody has looked at. Pure: bytes out, nothing done.

Sources: seccomp(2), linux/filter.h, linux/seccomp.h, the kernel's system call tables, and Docker's
default profile for what to refuse.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from functools import cache

from . import seccomp_memory
from .bpf import (
    ALLOW,
    JUMP_ANY_BIT,
    JUMP_EQUAL,
    JUMP_GREATER,
    KILL,
    Instruction,
    Numbers,
    column,
    load_argument,
    only_for,
    packed,
    refusal,
    refuse_all,
    refuse_unless_zero,
    refuse_when,
    supported,
)

__all__ = ["program", "supported", "unisolated"]

NEWEST = 462  # mseal, Linux 6.10; all numbers from 424 on are the same on every architecture

# Refused with EPERM.
FORBIDDEN: dict[str, Numbers] = {
    # keys, tracing, other processes' insides
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    # the machine
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "create_module": (174, None),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "nfsservctl": (180, 42),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "lsm_set_self_attr": (460, 460),
    "personality": (135, 92),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
}

# Refused with ENOSYS, which makes a library use its older way (glibc's clone).
ABSENT: dict[str, Numbers] = {
    "clone3": (435, 435),
    "userfaultfd": (323, 282),
}

# Landlock has no say over metadata, watches and other processes of the same user: without
# namespaces these calls would reach the host's files and the server itself.
RIGHTS_AND_TIMES: dict[str, Numbers] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
UNSHARED: dict[str, Numbers] = {
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "ioprio_set": (251, 30),
    "socket": (41, 198),
}

# Refused unless their first argument is 0, the caller itself.
SELF_ONLY: dict[str, Numbers] = {
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
}

_CLONE: Numbers = (56, 220)
_SOCKET: Numbers = (41, 198)
_IOCTL: Numbers = (16, 29)
_FCNTL: Numbers = (72, 25)
_SETPRIORITY: Numbers = (141, 140)
_SOCKETPAIR: Numbers = (53, 199)

_CLONE_NEW_ANYTHING = 0x7E020000  # every namespace that clone knows
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_FIONBIO, _F_SETFL, _O_NONBLOCK = 0x5421, 4, 0o4000
_STDOUT, _STDERR = 1, 2
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_DATAGRAM_BIT = 2  # set in SOCK_DGRAM, and not in SOCK_STREAM and SOCK_SEQPACKET
_PROTOCOLS = (0, 6, 17)  # the default, TCP, UDP


@cache
def program(*, namespaced: bool, read_only: bool = False, machine: str | None = None) -> bytes:
    """Return the filter as an array of `struct sock_filter`.

    `namespaced`: the run has its own network, process and mount namespaces, so that sockets and
    file metadata reach nothing but itself; without them more is refused. `read_only`: it has a
    mount namespace alone, where it can change the metadata of none but its own files.
    """
    which = column(machine)
    rules = [
        *refuse_when(JUMP_GREATER, NEWEST, errno.ENOSYS),  # x32 numbers are greater still
        *refuse_all(ABSENT, which, errno.ENOSYS),
        *refuse_all(FORBIDDEN, which, errno.EPERM),
        *seccomp_memory.rules(which, namespaced=namespaced),
        *_argument_rules(which, namespaced=namespaced),
        *refuse_all({} if namespaced or read_only else RIGHTS_AND_TIMES, which, errno.EPERM),
    ]
    return packed(rules, machine, others=KILL)


def _argument_rules(which: int, *, namespaced: bool) -> Iterator[Instruction]:
    refuse_new = [load_argument(0), *refuse_when(JUMP_ANY_BIT, _CLONE_NEW_ANYTHING, errno.EPERM)]
    yield from only_for(_CLONE[which], refuse_new)
    injection = [
        instruction
        for request in _TERMINAL_INJECTION
        for instruction in refuse_when(JUMP_EQUAL, request, errno.EPERM)
    ]
    ioctl_rules = [load_argument(1), *injection, *_ignore_nonblocking_ioctl()]
    yield from only_for(_IOCTL[which], ioctl_rules)
    yield from only_for(_FCNTL[which], _ignore_nonblocking_fcntl())
    if namespaced:
        yield from only_for(_SOCKET[which], list(_socket_rules()))
        return
    yield from refuse_all(UNSHARED, which, errno.EPERM)
    # Their queues hold what many senders leave there, and who is on its way is seen by nobody.
    datagrams = refuse_when(JUMP_ANY_BIT, _DATAGRAM_BIT, errno.ESOCKTNOSUPPORT)
    yield from only_for(_SOCKETPAIR[which], [load_argument(1), *datagrams])
    for numbers in SELF_ONLY.values():
        yield from only_for(numbers[which], refuse_unless_zero(0))
    yield from only_for(_SETPRIORITY[which], refuse_unless_zero(0) + refuse_unless_zero(1))


def unisolated() -> bytes | None:
    """A filter for programs that are not isolated, where there is one: it refuses what takes
    memory beyond any limit, and keeps stdout and stderr blocking."""
    if not supported():
        return None
    which = column()
    rules = [
        *seccomp_memory.rules(which, namespaced=False),
        *only_for(_IOCTL[which], _ignore_nonblocking_ioctl()),
        *only_for(_FCNTL[which], _ignore_nonblocking_fcntl()),
    ]
    return packed(rules, None, others=ALLOW)


# A program that writes without blocking loses what the pipe has no room for when it ends, and a
# pipe that keeps the order of two streams has room for one write. So both streams stay blocking:
# the calls that would change it say that they did.


def _ignore_nonblocking_ioctl() -> list[Instruction]:
    return [
        load_argument(1),
        (JUMP_EQUAL, 0, 4, _FIONBIO),
        *_succeed_for_output(),
    ]


def _ignore_nonblocking_fcntl() -> list[Instruction]:
    return [
        load_argument(1),
        (JUMP_EQUAL, 0, 6, _F_SETFL),
        load_argument(2),
        (JUMP_ANY_BIT, 0, 4, _O_NONBLOCK),
        *_succeed_for_output(),
    ]


def _succeed_for_output() -> list[Instruction]:
    return [
        load_argument(0),
        (JUMP_EQUAL, 1, 0, _STDOUT),
        (JUMP_EQUAL, 0, 1, _STDERR),
        refusal(0),
    ]


def _socket_rules() -> Iterator[Instruction]:
    """Local sockets, and TCP and UDP in a network that holds nothing but its own loopback."""
    yield load_argument(0)
    yield (JUMP_EQUAL, 0, 1, _AF_UNIX)
    yield ALLOW
    yield (JUMP_EQUAL, 2, 0, _AF_INET)
    yield (JUMP_EQUAL, 1, 0, _AF_INET6)
    yield refusal(errno.EAFNOSUPPORT)
    yield load_argument(2)
    for protocol in _PROTOCOLS:
        yield (JUMP_EQUAL, 0, 1, protocol)
        yield ALLOW
    yield refusal(errno.EPROTONOSUPPORT)
