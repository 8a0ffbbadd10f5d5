"""What is run, what comes of it, and what a sandbox is: the vocabulary of this floor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ..units import KIB, MIB
from .interpreter import Interpreter

Stream = Literal["stdout", "stderr"]
Cause = Literal["exit", "timeout", "output_limit", "memory_limit", "stopped", "failed"]
Name = Literal["bubblewrap", "landlock", "container", "limits", "off"]
Tools = Literal["host", "image"]

WORK_FOLDER = "/pad"  # the private folder of a run, where the backend can choose its name
NOT_STARTED = b"The program could not be started; the server's log says why.\n"


@dataclass(frozen=True, kw_only=True)
class Caps:
    """What one run may use; sizes in bytes.

    The sizes are those measured to contain every attack of the corpus while ordinary programs run:
    snekbox, judge0 and the Go playground promise between 70 and 128 MiB and 15 to 60 processes.
    """

    output: int = 256 * KIB
    memory: int = 512 * MIB  # resident, of the whole process tree
    address_space: int | None = 1024 * MIB  # of each process; None where a runtime reserves more
    processes: int = 64
    file_size: int = 16 * MIB
    files_open: int = 64
    disk: int = 64 * MIB  # the work folder; /tmp has as much again


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """One program: `files` are put into the work folder, then `compile` and `command` run there.

    `readable` are the host's files and folders that the tools need beside the system's own. The
    clock of `timeout` (seconds) starts when the compiling, if any, is done. `stdin` is fed at
    once; `interactive` leaves it open for `Execution.write_stdin`, and a program that waits for it
    may do so for `input_wait` seconds, in which its clock stands still.
    """

    command: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    compile: tuple[str, ...] | None = None
    readable: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    interactive: bool = False
    timeout: float = 5.0
    compile_timeout: float = 10.0
    input_wait: float = 60.0
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True)
class Started:
    """The sandbox stands and the program begins."""


@dataclass(frozen=True)
class Waiting:
    """Whether the program now waits for input that it has not been given yet."""

    waiting: bool


@dataclass(frozen=True)
class Output:
    """What the program wrote, as bytes, in the order it arrived."""

    stream: Stream
    data: bytes


@dataclass(frozen=True)
class Exit:
    """The end; nothing of the run is alive any more. `duration` is in seconds.

    `signal` is the name (SIGKILL) of what ended the program, else None; `exit_code` is None then.
    `unanswered` says of a timeout that the program waited for input too long. `detail` says why a
    run failed to start; it may name paths and is for the operator alone.
    """

    cause: Cause
    exit_code: int | None
    signal: str | None
    duration: float
    truncated: bool = False
    unanswered: bool = False
    detail: str = ""


Event = Started | Waiting | Output | Exit


class Execution(Protocol):
    """One run under way. Iterating it runs it; leaving the iteration early kills it."""

    def __iter__(self) -> Iterator[Event]: ...

    def write_stdin(self, data: bytes, eof: bool = False) -> None:
        """Feed the program; what comes after its end, or after `eof`, is dropped."""

    def stop(self) -> None:
        """Kill everything of the run; its Exit then says `stopped`."""


class Sandbox(Protocol):
    """A way of running programs that are not trusted."""

    @property
    def name(self) -> Name: ...

    @property
    def isolated(self) -> bool:
        """Whether a program is kept from files, network and processes of this machine."""

    @property
    def reason(self) -> str:
        """Why no better one is in use, and the fix: one sentence, empty for the best."""

    @property
    def python(self) -> Interpreter:
        """The Python of its runs."""

    @property
    def tools(self) -> Tools:
        """Whose interpreters and compilers run: this machine's, or those of an image."""

    @property
    def image_programs(self) -> frozenset[str]:
        """What the image has, where `tools` says that it counts."""

    def run(self, spec: RunSpec) -> Execution: ...
