"""The instructions of a system call filter: classic BPF, for x86-64 and aarch64.

Sources: seccomp(2), linux/filter.h, linux/seccomp.h.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterable, Iterator

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand
Numbers = tuple[int | None, int | None]  # of a system call: on x86-64, on aarch64

JUMP_EQUAL, JUMP_GREATER, JUMP_ANY_BIT = 0x15, 0x25, 0x45
_LOAD, _RETURN = 0x20, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_ARGUMENTS = 0, 4, 16
_RETURN_ALLOW = 0x7FFF0000
_RETURN_ERRNO = 0x00050000
_RETURN_KILL_PROCESS = 0x80000000

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}

ALLOW: Instruction = (_RETURN, 0, 0, _RETURN_ALLOW)
KILL: Instruction = (_RETURN, 0, 0, _RETURN_KILL_PROCESS)


def supported() -> bool:
    """Whether there is a table for this machine's processor."""
    return platform.machine().lower() in _MACHINES


def column(machine: str | None = None) -> int:
    """Return which of the `Numbers` are those of a machine, this one by itself."""
    return _ARCHITECTURES[_MACHINES[(machine or platform.machine()).lower()]][0]


def packed(rules: Iterable[Instruction], machine: str | None, others: Instruction) -> bytes:
    """Return a filter as an array of `struct sock_filter`; `others` is for other architectures."""
    _, architecture = _ARCHITECTURES[_MACHINES[(machine or platform.machine()).lower()]]
    instructions = [
        (_LOAD, 0, 0, _OFFSET_ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, architecture),
        others,
        (_LOAD, 0, 0, _OFFSET_NUMBER),
        *rules,
        ALLOW,
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)


def only_for(number: int | None, rules: list[Instruction]) -> Iterator[Instruction]:
    """Apply `rules` to one system call and give it back allowed if none of them returns."""
    if number is not None:
        yield (JUMP_EQUAL, 0, len(rules) + 1, number)
        yield from rules
        yield ALLOW


def refuse_all(calls: dict[str, Numbers], column: int, error: int) -> Iterator[Instruction]:
    for numbers in calls.values():
        number = numbers[column]
        if number is not None:
            yield from refuse_when(JUMP_EQUAL, number, error)


def refuse_when(test: int, operand: int, error: int) -> list[Instruction]:
    return [(test, 0, 1, operand), refusal(error)]


def refuse_unless_zero(argument: int) -> list[Instruction]:
    return [load_argument(argument), (JUMP_EQUAL, 1, 0, 0), refusal(errno.EPERM)]


def refusal(error: int) -> Instruction:
    """Have the call fail, or with 0 succeed without doing anything."""
    return (_RETURN, 0, 0, _RETURN_ERRNO | error)


def load_argument(index: int, *, high: bool = False) -> Instruction:
    """Load the low half: most of these arguments the kernel reads as 32-bit numbers itself."""
    return (_LOAD, 0, 0, _OFFSET_ARGUMENTS + 8 * index + 4 * high)
