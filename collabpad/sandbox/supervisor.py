"""The supervisor: the process above a run that has no namespaces.

It is started with its folder on the path, imports nothing that is installed, and reads its
configuration as marshalled data from descriptor 6. It makes the run's private folder and starts the
compiler and the program there under their limits. It ends everything of the run when the program
ends, when the control pipe ends (the server wants that, or is dead), or when the folder holds too
much. On Linux it is the run's subreaper, so that no daemon gets out of its sight.

Every import costs every run: hence the few, and numbers where `signal` has names.
"""

from __future__ import annotations

import marshal
import os
import resource
import select
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from . import private_folders, process_tree
    from .disk_usage import DiskUsage
else:
    import private_folders
    import process_tree
    from disk_usage import DiskUsage

STATUS_FD, PHASE_FD, CONTROL_FD, CONFIG_FD = 3, 4, 5, 6
_LINUX = sys.platform == "linux"
_TICK = 20  # milliseconds between two looks at the folder
_TICK_WITHOUT_PIDFD = 10
_SIGKILL = 9
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 22, 36, 38
_SECCOMP_MODE_FILTER = 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_RULESET_VERSION, _RULE_PATH_BENEATH = 1, 1
_groups: list[int] = []  # the process groups of the steps so far


def main() -> None:
    with open(CONFIG_FD, "rb") as file:
        config: dict[str, Any] = marshal.load(file)  # noqa: S302 - the server's own
    for fd in (STATUS_FD, PHASE_FD, CONTROL_FD):
        os.set_inheritable(fd, False)
    if _LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    folder = config["folder"]
    try:
        _create_folder(folder, config)
        _run(folder, config)
    finally:
        _kill_all()
        _remove(folder)
    os._exit(0)  # taking the interpreter down would take as long as a program's start


def _create_folder(folder: str, config: dict[str, Any]) -> None:
    os.mkdir(folder, 0o700)  # noqa: PTH102
    os.mkdir(folder + "/tmp", 0o700)  # noqa: PTH102, S108
    for name, data in config["files"].items():
        with open(f"{folder}/{name}", "wb") as file:  # noqa: PTH123
            file.write(data)
    shown = []
    if config["view"]:
        shown = private_folders.create(folder, config["view"])
    if config["run_as"]:
        names = [*(f"{folder}/{name}" for name in config["files"]), *shown]
        for path in (folder, folder + "/tmp", *names):  # noqa: S108 - inside
            os.chown(path, *config["run_as"])


def _run(folder: str, config: dict[str, Any]) -> None:
    """Compile, if that is wanted, and run; say how it went."""
    disk = DiskUsage(folder, config["disk"], config["file_size"])
    for step in config["steps"]:
        pid = os.fork()
        if pid == 0:
            _exec_step(folder, config, step, first=not _groups)
        _groups.append(pid)
        status = _wait(pid, disk)
        if status is None:
            return
        if status != 0 or step is config["steps"][-1]:
            code = os.waitstatus_to_exitcode(status)
            _report(f"exit {code}" if code >= 0 else f"signal {-code}")
            return
        _make_executable(folder, config["steps"][-1]["command"][0])
        _report("running")


def _make_executable(folder: str, program: str) -> None:
    """Do for a linker what the system call filter keeps it from doing."""
    if program.startswith("./"):
        try:
            fd = os.open(f"{folder}/{program}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return  # starting it will say so
        os.fchmod(fd, 0o700)
        os.close(fd)


def _wait(pid: int, disk: DiskUsage) -> int | None:
    """Wait for a child and return its status; None if the run is to end before."""
    poll = select.poll()
    poll.register(CONTROL_FD, select.POLLIN)
    tick = _TICK_WITHOUT_PIDFD
    try:
        poll.register(os.pidfd_open(pid), select.POLLIN)
        tick = _TICK
    except (AttributeError, OSError):
        pass
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        if any(fd == CONTROL_FD for fd, _ in poll.poll(tick)):
            return None
        if disk.exceeds_limit():
            _report("disk")
            return None


def _exec_step(
    folder: str, config: dict[str, Any], step: dict[str, Any], *, first: bool
) -> NoReturn:
    """Turn this child into the program."""
    try:
        os.setsid()
        if _LINUX:
            _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
            _raise_oom_score()
        _limit(config, step)
        if config["view"]:
            private_folders.enter(folder, config["view"])
        rules = _landlock_ruleset(config["landlock"]) if config["landlock"] else None
        if config["run_as"]:
            user, group = config["run_as"]
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
        os.chdir(folder)
        if step["no_input"]:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if _LINUX:
            _restrict_self(rules, config["seccomp"])
    except BaseException as error:  # noqa: BLE001 - a forked child must not go on as its parent
        os.write(2, f"{error}\n".encode())
        os._exit(126)
    try:
        if first:
            _report("started")
        os.execve(step["command"][0], step["command"], config["environment"])  # noqa: S606 - no shell is wanted
    except BaseException as error:  # noqa: BLE001 - as above
        os.write(2, f"{error}\n".encode())
        os._exit(127)


def _restrict_self(rules: int | None, filter_: bytes | None) -> None:
    _prctl(_PR_SET_PDEATHSIG, _SIGKILL)  # which a change of user takes away
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if rules is not None:
        _checked(_libc().syscall(_RESTRICT_SELF, rules, 0), "Landlock")
    if filter_ is not None:
        _filter_calls(filter_)


def _raise_oom_score() -> None:
    """Have the kernel kill the run before anything else where the machine runs out of memory."""
    try:
        with open("/proc/self/oom_score_adj", "wb") as score:  # noqa: PTH123
            score.write(b"1000")
    except OSError:
        return


def _limit(config: dict[str, Any], step: dict[str, Any]) -> None:
    limits = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (config["file_size"],) * 2,
        resource.RLIMIT_NOFILE: (config["files_open"],) * 2,
        resource.RLIMIT_CPU: (step["cpu"], step["cpu"] + 1),
    }
    if _LINUX and step["address_space"] is not None:
        limits[resource.RLIMIT_AS] = (step["address_space"],) * 2
    if _LINUX:
        user = config["run_as"][0] if config["run_as"] else os.getuid()
        limits[resource.RLIMIT_NPROC] = (_tasks_of(user) + config["processes"],) * 2
    for limit, wanted in limits.items():
        _, ceiling = resource.getrlimit(limit)
        if ceiling != resource.RLIM_INFINITY:
            wanted = (min(wanted[0], ceiling), min(wanted[1], ceiling))  # noqa: PLW2901
        resource.setrlimit(limit, wanted)


def _tasks_of(user: int) -> int:
    """The number of a user's threads, which is what RLIMIT_NPROC is compared with."""
    count = 0
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal():
            try:
                if os.stat(f"/proc/{name}").st_uid == user:  # noqa: PTH116
                    count += os.stat(f"/proc/{name}/task").st_nlink - 2  # noqa: PTH116
            except OSError:
                continue
    return count


def _landlock_ruleset(config: dict[str, Any]) -> int:
    """Make the rules while the paths can still be opened, and return their descriptor."""
    import ctypes

    syscall = _libc().syscall
    abi = _checked(syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION), "Landlock")
    if abi < config["abi"]:
        raise OSError(f"Landlock is too old here: version {abi}, needed is {config['abi']}")
    attributes = ctypes.create_string_buffer(config["attributes"], len(config["attributes"]))
    size = ctypes.c_size_t(len(config["attributes"]))
    rules = _checked(syscall(_CREATE_RULESET, attributes, size, 0), "Landlock")
    for path, access in config["rules"]:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        beneath = access.to_bytes(8, sys.byteorder) + fd.to_bytes(4, sys.byteorder)
        rule = ctypes.create_string_buffer(beneath, len(beneath))
        _checked(syscall(_ADD_RULE, rules, _RULE_PATH_BENEATH, rule, 0), path)
        os.close(fd)
    return rules


def _filter_calls(program: bytes) -> None:
    import ctypes

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    filter_ = Program(len(program) // 8, program)
    _checked(_prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filter_)), "seccomp")


def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: Any) -> int:
    result: int = _libc().prctl(option, *arguments, *(0,) * (4 - len(arguments)))
    return result


def _checked(result: int, what: str) -> int:
    if result < 0:
        import ctypes

        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)
    return result


def _report(what: str) -> None:
    os.write(PHASE_FD, what.encode() + b"\n")


def _kill_all() -> None:
    """Kill every descendant, on Linux orphans included, and reap until none is left."""
    while True:
        for group in _groups:
            try:
                os.killpg(group, _SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        process_tree.kill(os.getpid(), spare_root=True)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _remove(folder: str) -> None:
    """Remove the folder by rm, whatever the depth and the rights with which it was nested."""
    remove = ("rm", "-rf", "--", folder)
    for command in (remove, ("chmod", "-R", "u+rwx", "--", folder), remove):
        null = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        pid = os.posix_spawn(f"/bin/{command[0]}", command, {}, file_actions=[null])
        os.waitpid(pid, 0)
        if not os.path.lexists(folder):
            return
