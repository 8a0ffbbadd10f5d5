"""The POSIX calls under a run: its pipes, starting its process, and whom it runs as.

The only module of this floor that imports what Windows lacks, and only where that is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import sys
import tempfile
from dataclasses import dataclass
from time import sleep

from . import visible_cpus
from .process_spec import CONTROL_FD, FIRST_CONTENT_FD, PHASE_FD, STATUS_FD, ProcessSpec
from .unpatched import close

if sys.platform != "win32":
    import fcntl
    import pwd
    import termios

CHUNK = 65536
_ABOVE_ALL_TARGETS = 64
_NOBODY = 65534  # where the system has no account of that name
_PAGE = 4096
_LOOK = 0.01  # seconds
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, linux/fcntl.h


@dataclass(frozen=True)
class ChildPipes:
    """The child's ends of the pipes of a run."""

    stdin: int
    stdout: int
    stderr: int
    status: int
    phase: int
    control: int


def spawn(process_spec: ProcessSpec, pipes: ChildPipes) -> int:
    """Start the process and return its pid.

    posix_spawn, because it neither copies the server's memory nor runs Python in the child. The
    descriptors are raised first, so that no number is overwritten before it has been handed on.
    """
    contents = [_content(content) for content in process_spec.contents]
    sources = [pipes.stdin, pipes.stdout, pipes.stderr, pipes.status, pipes.phase, *contents]
    targets = [0, 1, 2, STATUS_FD, PHASE_FD, *range(FIRST_CONTENT_FD, FIRST_CONTENT_FD + 16)]
    if not process_spec.reports_init:
        sources.append(pipes.control)
        targets.insert(len(sources) - 1, CONTROL_FD)
    owner = nobody()
    if owner is not None:  # else it could not open /dev/stdin and its like
        for fd in (pipes.stdin, pipes.stdout, pipes.stderr):
            os.fchown(fd, *owner)
    raised = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _ABOVE_ALL_TARGETS) for fd in sources]
    try:
        with visible_cpus.limited():
            return os.posix_spawn(
                process_spec.argv[0],
                process_spec.argv,
                os.environ if process_spec.inherits_environment else process_spec.environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, source, target)
                    for source, target in zip(raised, targets, strict=False)
                ],
                setpgroup=0,  # so that Ctrl-C at the server's terminal is not for the runs
                setsigmask=(),
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGHUP),
            )
    finally:
        for fd in (*contents, *raised):
            close(fd)


def packet_pipe() -> tuple[int, int] | None:
    """Return a pipe whose every write waits until the last one is read; None if there is none."""
    try:
        reader, writer = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
    except (AttributeError, OSError):
        return None
    try:
        fcntl.fcntl(writer, _SET_PIPE_SIZE, _PAGE)
    except OSError:
        close(reader)
        close(writer)
        return None
    return reader, writer


def widen(writer: int) -> None:
    """Make an ordinary wide pipe of a packet pipe, for everybody who writes to it."""
    fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) & ~os.O_DIRECT)
    with contextlib.suppress(OSError):  # past a user's share of pipe memory it stays narrow
        fcntl.fcntl(writer, _SET_PIPE_SIZE, CHUNK)


def is_empty(reader: int) -> bool:
    """Whether there is nothing to read from a pipe now."""
    return not struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, b"\0" * 4))[0]


def narrow(writer: int) -> bool:
    """Make a packet pipe of a wide one again; False while it holds too much for that."""
    try:
        fcntl.fcntl(writer, _SET_PIPE_SIZE, _PAGE)
    except OSError:
        return False
    fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) | os.O_DIRECT)
    return True


def keep_own_descriptors() -> None:
    """Let runs inherit no descriptor that was open when the server started."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names, not paths
        with contextlib.suppress(OSError):
            if int(name) > 2:
                os.set_inheritable(int(name), False)


def reap(pid: int) -> None:
    """Reap a process that has ended."""
    with contextlib.suppress(
        ChildProcessError
    ):  # gevent's loop reaps all children once it is asked
        os.waitpid(pid, 0)


def run_quietly(command: tuple[str, ...]) -> None:
    """Run a command to its end and ignore its output."""
    nowhere = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    with contextlib.suppress(OSError):
        reap(os.posix_spawn(command[0], command, os.environ, file_actions=nowhere))


def remove_folder(folder: str) -> None:
    """Remove a run's folder if it is still there, however deep the run has nested it."""
    null = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    clear = ("rm", "-rf", "--", folder)
    for command in (clear, ("chmod", "-R", "u+rwx", "--", folder), clear):
        if os.path.lexists(folder):
            with contextlib.suppress(OSError):
                pid = os.posix_spawn(f"/bin/{command[0]}", command, {}, file_actions=[null])
                while not os.waitpid(pid, os.WNOHANG)[0]:
                    sleep(_LOOK)  # which lets gevent's loop go on


def nobody() -> tuple[int, int] | None:
    """The user and group that runs get: those of `nobody` if the server is root, else None."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return _NOBODY, _NOBODY
    return entry.pw_uid, entry.pw_gid


def _content(data: bytes) -> int:
    """A file without a name that holds `data`: nothing of a run lies in a folder of the host."""
    if sys.platform == "linux":
        fd = os.memfd_create("run", os.MFD_CLOEXEC)
    else:
        fd, path = tempfile.mkstemp()
        os.unlink(path)  # noqa: PTH108
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd
