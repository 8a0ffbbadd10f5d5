"""The system calls that a run may not make, as a classic BPF program for x86-64 and aarch64.

The policy names what is refused: whatever reaches past namespaces, memory limits or the file system
rules, or is kernel surface that no exercise needs. Calls newer than `NEWEST` do not exist inside,
so that tomorrow's kernel offers nothing that nobody has looked at. Pure: bytes out, nothing done.

Sources: seccomp(2), linux/filter.h, linux/seccomp.h, the kernel's system call tables, and Docker's
default profile for what to refuse.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterator
from functools import cache

NEWEST = 462  # mseal, Linux 6.10; all numbers from 424 on are the same on every architecture

_RETURN_ALLOW = 0x7FFF0000
_RETURN_ERRNO = 0x00050000
_RETURN_KILL_PROCESS = 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}

Numbers = tuple[int | None, int | None]  # on x86-64, on aarch64

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
    # memory and messages that no limit counts
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

# Refused with ENOSYS, which makes a library use its older way (glibc's clone, a temporary file).
ABSENT: dict[str, Numbers] = {
    "clone3": (435, 435),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
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
    "inotify_add_watch": (254, 27),
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

_CLONE_NEW_ANYTHING = 0x7E020000  # every namespace that clone knows
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_FIONBIO, _F_SETFL, _O_NONBLOCK = 0x5421, 4, 0o4000
_STDOUT, _STDERR = 1, 2
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_PROTOCOLS = (0, 6, 17)  # the default, TCP, UDP

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def supported() -> bool:
    """Whether there is a table for this machine's processor."""
    return platform.machine().lower() in _MACHINES


@cache
def program(*, namespaced: bool, read_only: bool = False, machine: str | None = None) -> bytes:
    """Return the filter as an array of `struct sock_filter`.

    `namespaced`: the run has its own network, process and mount namespaces, so that sockets and
    file metadata reach nothing but itself; without them more is refused. `read_only`: it has a
    mount namespace alone, where it can change the metadata of none but its own files.
    """
    column, architecture = _ARCHITECTURES[_MACHINES[(machine or platform.machine()).lower()]]
    instructions = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _RETURN_KILL_PROCESS),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        *_refuse_when(_JUMP_GREATER, NEWEST, errno.ENOSYS),  # x32 numbers are greater still
        *_refuse_all(ABSENT, column, errno.ENOSYS),
        *_refuse_all(FORBIDDEN, column, errno.EPERM),
        *_argument_rules(column, namespaced=namespaced),
        *_refuse_all({} if namespaced or read_only else RIGHTS_AND_TIMES, column, errno.EPERM),
        (_RETURN, 0, 0, _RETURN_ALLOW),
    ]
    return _packed(instructions)


def _packed(instructions: list[Instruction]) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def _argument_rules(column: int, *, namespaced: bool) -> Iterator[Instruction]:
    refuse_new = [_load_argument(0), *_refuse_when(_JUMP_ANY_BIT, _CLONE_NEW_ANYTHING, errno.EPERM)]
    yield from _only_for(_CLONE[column], refuse_new)
    injection = [
        instruction
        for request in _TERMINAL_INJECTION
        for instruction in _refuse_when(_JUMP_EQUAL, request, errno.EPERM)
    ]
    ioctl_rules = [_load_argument(1), *injection, *_ignore_nonblocking_ioctl()]
    yield from _only_for(_IOCTL[column], ioctl_rules)
    yield from _only_for(_FCNTL[column], _ignore_nonblocking_fcntl())
    if namespaced:
        yield from _only_for(_SOCKET[column], list(_socket_rules()))
        return
    yield from _refuse_all(UNSHARED, column, errno.EPERM)
    for numbers in SELF_ONLY.values():
        yield from _only_for(numbers[column], _refuse_unless_zero(0))
    yield from _only_for(_SETPRIORITY[column], _refuse_unless_zero(0) + _refuse_unless_zero(1))


def blocking_output() -> bytes | None:
    """A filter that refuses nothing and keeps stdout and stderr blocking, where there is one."""
    if not supported():
        return None
    column, architecture = _ARCHITECTURES[_MACHINES[platform.machine().lower()]]
    instructions = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _RETURN_ALLOW),
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        *_only_for(_IOCTL[column], _ignore_nonblocking_ioctl()),
        *_only_for(_FCNTL[column], _ignore_nonblocking_fcntl()),
        (_RETURN, 0, 0, _RETURN_ALLOW),
    ]
    return _packed(instructions)


# A program that writes without blocking loses what the pipe has no room for when it ends, and a
# pipe that keeps the order of two streams has room for one write. So both streams stay blocking:
# the calls that would change it say that they did.


def _ignore_nonblocking_ioctl() -> list[Instruction]:
    return [
        _load_argument(1),
        (_JUMP_EQUAL, 0, 4, _FIONBIO),
        *_succeed_for_output(),
    ]


def _ignore_nonblocking_fcntl() -> list[Instruction]:
    return [
        _load_argument(1),
        (_JUMP_EQUAL, 0, 6, _F_SETFL),
        _load_argument(2),
        (_JUMP_ANY_BIT, 0, 4, _O_NONBLOCK),
        *_succeed_for_output(),
    ]


def _succeed_for_output() -> list[Instruction]:
    return [
        _load_argument(0),
        (_JUMP_EQUAL, 1, 0, _STDOUT),
        (_JUMP_EQUAL, 0, 1, _STDERR),
        _refusal(0),
    ]


def _socket_rules() -> Iterator[Instruction]:
    """Local sockets, and TCP and UDP in a network that holds nothing but its own loopback."""
    yield _load_argument(0)
    yield (_JUMP_EQUAL, 0, 1, _AF_UNIX)
    yield (_RETURN, 0, 0, _RETURN_ALLOW)
    yield (_JUMP_EQUAL, 2, 0, _AF_INET)
    yield (_JUMP_EQUAL, 1, 0, _AF_INET6)
    yield _refusal(errno.EAFNOSUPPORT)
    yield _load_argument(2)
    for protocol in _PROTOCOLS:
        yield (_JUMP_EQUAL, 0, 1, protocol)
        yield (_RETURN, 0, 0, _RETURN_ALLOW)
    yield _refusal(errno.EPROTONOSUPPORT)


def _only_for(number: int | None, rules: list[Instruction]) -> Iterator[Instruction]:
    """Apply `rules` to one system call and give it back allowed if none of them returns."""
    if number is not None:
        yield (_JUMP_EQUAL, 0, len(rules) + 1, number)
        yield from rules
        yield (_RETURN, 0, 0, _RETURN_ALLOW)


def _refuse_all(calls: dict[str, Numbers], column: int, error: int) -> Iterator[Instruction]:
    for numbers in calls.values():
        number = numbers[column]
        if number is not None:
            yield from _refuse_when(_JUMP_EQUAL, number, error)


def _refuse_when(test: int, operand: int, error: int) -> list[Instruction]:
    return [(test, 0, 1, operand), _refusal(error)]


def _refuse_unless_zero(argument: int) -> list[Instruction]:
    return [_load_argument(argument), (_JUMP_EQUAL, 1, 0, 0), _refusal(errno.EPERM)]


def _refusal(error: int) -> Instruction:
    return (_RETURN, 0, 0, _RETURN_ERRNO | error)


def _load_argument(index: int) -> Instruction:
    """Load the low half; the kernel reads these arguments as 32-bit numbers itself."""
    return (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * index)
