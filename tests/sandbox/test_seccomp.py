"""The system call filter, run by a small machine like the kernel's."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from collabpad.sandbox import seccomp, seccomp_memory

ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = list(ARCHITECTURES)
FORBIDDEN = {**seccomp.FORBIDDEN, **seccomp_memory.REFUSED}
ABSENT = {**seccomp.ABSENT, **seccomp_memory.ABSENT}
TABLES = {
    **FORBIDDEN,
    **ABSENT,
    **seccomp_memory.WATCHES,
    **seccomp_memory.ALLOCATES,
    **seccomp.UNSHARED,
    **seccomp.RIGHTS_AND_TIMES,
    **seccomp.SELF_ONLY,
}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def judge(program: bytes, number: int, *arguments: int, architecture: int) -> int:
    """Run a filter over one system call; see linux/filter.h."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=iIQ6Q", number, architecture, 0, *padded)
    code: list[tuple[int, int, int, int]] = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        operation, if_true, if_false, operand = code[at]
        at += 1
        if operation == 0x06:
            return operand
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, operand)
            continue
        holds = {
            0x15: accumulator == operand,
            0x25: accumulator > operand,
            0x45: accumulator & operand != 0,
        }[operation]
        at += if_true if holds else if_false


class Filter:
    def __init__(self, machine: str, *, namespaced: bool = True, read_only: bool = False) -> None:
        self._column = MACHINES.index(machine)
        self._architecture = ARCHITECTURES[machine]
        self._program = seccomp.program(namespaced=namespaced, read_only=read_only, machine=machine)
        assert len(self._program) // 8 < 4096, "the kernel takes no longer one"

    def __call__(self, call: str | int, *arguments: int) -> int:
        number = numbers(call)[self._column] if isinstance(call, str) else call
        assert number is not None
        return judge(self._program, number, *arguments, architecture=self._architecture)

    def foreign(self) -> int:
        return judge(self._program, 1, architecture=0x40000003)


def numbers(call: str) -> tuple[int | None, int | None]:
    plain = {
        "read": (0, 63),
        "write": (1, 64),
        "openat": (257, 56),
        "clone": (56, 220),
        "execve": (59, 221),
        "futex": (202, 98),
        "socketpair": (53, 199),
        "kill": (62, 129),
        "ioctl": (16, 29),
        "setpriority": (141, 140),
        "fcntl": (72, 25),
        "setsockopt": (54, 208),
        "mmap": (9, 222),
        "prctl": (157, 167),
    }
    return plain[call] if call in plain else TABLES[call]


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("namespaced", [True, False])
def test_buffers_of_sockets_keep_their_size_and_nobody_is_told(
    machine: str, namespaced: bool
) -> None:
    judged = Filter(machine, namespaced=namespaced)
    socket, tcp, keepalive, nodelay = 1, 6, 9, 1
    for option in (7, 8, 32, 33):
        assert judged("setsockopt", 3, socket, option) == ERRNO | 0
        assert judged("setsockopt", 3, tcp, option) == ALLOW
    assert judged("setsockopt", 3, socket, keepalive) == ALLOW
    assert judged("setsockopt", 3, tcp, nodelay) == ALLOW
    for attach in (26, 50, 51, 52):
        assert judged("setsockopt", 3, socket, attach) == ERRNO | errno.EPERM


@pytest.mark.parametrize("namespaced", [True, False])
def test_no_huge_pages_are_taken(machine: str, namespaced: bool) -> None:
    judged = Filter(machine, namespaced=namespaced)
    private_anonymous, huge = 0x22, 0x40000
    assert judged("mmap", 0, 1 << 40, 3, private_anonymous) == ALLOW
    assert judged("mmap", 0, 4096, 3, private_anonymous | huge) == ERRNO | errno.ENOMEM


def test_options_of_a_process_that_nobody_has_looked_at_do_not_exist(machine: str) -> None:
    namespaced, unshared = Filter(machine), Filter(machine, namespaced=False)
    set_name, set_dumpable, futex_table, name_mapping = 15, 4, 78, 0x53564D41
    for judged in (namespaced, unshared):
        assert judged("prctl", set_name) == ALLOW
        assert judged("prctl", name_mapping) == ALLOW
        assert judged("prctl", futex_table) == ERRNO | errno.EINVAL
    assert namespaced("prctl", set_dumpable) == ALLOW
    assert unshared("prctl", set_dumpable) == ERRNO | errno.EPERM


def test_who_watches_files_has_to_look_again_and_again(machine: str) -> None:
    for namespaced in (True, False):
        judged = Filter(machine, namespaced=namespaced)
        assert judged("inotify_add_watch") == ERRNO | errno.ENOSPC


def test_the_disk_is_not_taken_at_a_stroke(machine: str) -> None:
    assert Filter(machine)("fallocate") == ALLOW
    assert Filter(machine, namespaced=False)("fallocate") == ERRNO | errno.EOPNOTSUPP


def test_datagrams_without_a_network_of_its_own(machine: str) -> None:
    judged = Filter(machine, namespaced=False)
    stream, datagram, packets, nonblocking = 1, 2, 5, 0o4000
    for kind in (stream, packets, stream | nonblocking):
        assert judged("socketpair", 1, kind) == ALLOW
    assert judged("socketpair", 1, datagram) == ERRNO | errno.ESOCKTNOSUPPORT
    assert Filter(machine)("socketpair", 1, datagram) == ALLOW


@pytest.mark.parametrize("namespaced", [True, False])
def test_ordinary_programs_are_not_in_its_way(machine: str, namespaced: bool) -> None:
    judged = Filter(machine, namespaced=namespaced)
    for call in ("read", "write", "openat", "execve", "futex", "socketpair", "kill"):
        assert judged(call) == ALLOW, call


@pytest.mark.parametrize(
    "call",
    ["process_vm_readv", "process_vm_writev", "ptrace", "process_madvise", "kcmp", "pidfd_getfd"],
)
@pytest.mark.parametrize("namespaced", [True, False])
def test_the_memory_of_other_processes_is_out_of_reach(
    machine: str, namespaced: bool, call: str
) -> None:
    assert Filter(machine, namespaced=namespaced)(call, 1) == ERRNO | errno.EPERM


def test_what_is_forbidden_is_refused(machine: str) -> None:
    judged = Filter(machine)
    column = MACHINES.index(machine)
    for call, both in FORBIDDEN.items():
        if both[column] is not None:
            assert judged(call) == ERRNO | errno.EPERM, call
    for call in ABSENT:
        assert judged(call) == ERRNO | errno.ENOSYS, call


def test_calls_of_another_architecture_kill(machine: str) -> None:
    assert Filter(machine).foreign() == KILL


def test_numbers_that_nobody_has_looked_at_do_not_exist(machine: str) -> None:
    judged = Filter(machine)
    for number in (seccomp.NEWEST + 1, 1000, 0x40000000 + 1, 0xFFFFFFF):
        assert judged(number) == ERRNO | errno.ENOSYS
    assert judged(seccomp.NEWEST) == ALLOW


def test_processes_can_be_made_but_no_namespaces(machine: str) -> None:
    judged = Filter(machine)
    thread, process = 0x003D0F00, 0x01200011
    assert judged("clone", thread) == ALLOW
    assert judged("clone", process) == ALLOW
    for namespace in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000):
        assert judged("clone", process | namespace) == ERRNO | errno.EPERM


def test_letters_cannot_be_typed_for_others(machine: str) -> None:
    judged = Filter(machine)
    get_window_size, type_a_letter = 0x5413, 0x5412
    assert judged("ioctl", 1, get_window_size) == ALLOW
    assert judged("ioctl", 1, type_a_letter) == ERRNO | errno.EPERM
    assert judged("ioctl", 1, type_a_letter | 1 << 32) == ERRNO | errno.EPERM


def test_sockets_in_a_network_of_its_own(machine: str) -> None:
    judged = Filter(machine)
    unix, inet, inet6, netlink, vsock, stream = 1, 2, 10, 16, 40, 1
    assert judged("socket", unix, stream, 0) == ALLOW
    for family in (inet, inet6):
        for protocol in (0, 6, 17):
            assert judged("socket", family, stream, protocol) == ALLOW
        assert judged("socket", family, stream, 132) == ERRNO | errno.EPROTONOSUPPORT
    for family in (0, netlink, 17, 38, vsock):
        assert judged("socket", family, stream, 0) == ERRNO | errno.EAFNOSUPPORT


def test_without_namespaces_nothing_outside_is_reached(machine: str) -> None:
    judged = Filter(machine, namespaced=False)
    column = MACHINES.index(machine)
    for call, both in {**seccomp.UNSHARED, **seccomp.RIGHTS_AND_TIMES}.items():
        if both[column] is not None:
            assert judged(call, 1) == ERRNO | errno.EPERM, call
    for call in seccomp.SELF_ONLY:
        assert judged(call, 0) == ALLOW
        assert judged(call, 1234) == ERRNO | errno.EPERM
    assert judged("setpriority", 0, 0, 5) == ALLOW
    assert judged("setpriority", 0, 1234, 5) == ERRNO | errno.EPERM
    assert judged("setpriority", 2, 0, 5) == ERRNO | errno.EPERM, "all processes of the user"


def test_rights_and_times_may_change_where_all_else_is_read_only(machine: str) -> None:
    judged = Filter(machine, namespaced=False, read_only=True)
    for call in ("fchmod", "fchmodat", "utimensat"):
        assert judged(call, 3) == ALLOW, call
    for call in ("fchown", "setxattr", "socket"):
        assert judged(call, 3) == ERRNO | errno.EPERM, call


@pytest.mark.parametrize("namespaced", [True, False])
def test_output_stays_blocking_and_nobody_is_told(machine: str, namespaced: bool) -> None:
    judged = Filter(machine, namespaced=namespaced)
    make_nonblocking, set_flags, nonblocking, append = 0x5421, 4, 0o4000, 0o2000
    for fd, verdict in ((0, ALLOW), (1, ERRNO), (2, ERRNO), (3, ALLOW), (101, ALLOW)):
        assert judged("ioctl", fd, make_nonblocking) == verdict
        assert judged("fcntl", fd, set_flags, nonblocking | append) == verdict
        assert judged("fcntl", fd, set_flags, append) == ALLOW
        assert judged("fcntl", fd, set_flags - 1, nonblocking) == ALLOW


def test_the_numbers_are_those_of_the_kernel(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip("kernel: its headers are not here to compare with")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()))
    column = MACHINES.index(machine)
    compared = 0
    for call, both in TABLES.items():
        number = both[column]
        if number is not None and call in known:
            assert int(known[call]) == number, call
            compared += 1
    assert compared > 80
