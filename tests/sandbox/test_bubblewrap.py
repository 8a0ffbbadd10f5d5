"""bubblewrap's arguments, and the jail that they make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collabpad.sandbox import Interpreter, RunSpec, Sandbox
from collabpad.sandbox.bubblewrap import Bubblewrap, explain
from tests.sandbox.stories import Story, program, run

PREFIX = "/tmp/interpreters/python"
SPEC = RunSpec(
    command=("/usr/bin/python3", "main.py"),
    files={"main.py": b"print()"},
    readable=(PREFIX,),
    environment={"SEED": "7"},
)


def backend() -> Bubblewrap:
    return Bubblewrap("/usr/bin/bwrap", True, Interpreter("/usr/bin/python3", ()))


@pytest.fixture
def arguments() -> list[str]:
    launch = backend().process_spec(SPEC, None)
    return launch.contents[0].decode().split("\0")[:-1]


def test_host_paths_stay_out_of_the_command_line() -> None:
    launch = backend().process_spec(SPEC, None)
    at = launch.argv.index("/usr/bin/bwrap")
    assert launch.argv[at : at + 4] == ("/usr/bin/bwrap", "--args", "6", "--")
    assert not any(PREFIX in word for word in launch.argv)


def test_everything_is_unshared_and_given_up(arguments: list[str]) -> None:
    for argument in (
        "--unshare-all",
        "--unshare-user",
        "--disable-userns",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--seccomp",
    ):
        assert argument in arguments
    assert arguments[arguments.index("--cap-drop") + 1] == "ALL"
    assert "--share-net" not in arguments
    assert "--bind" not in arguments, "nothing of the host can be written to"


def test_an_interpreter_below_tmp_is_not_hidden_by_it(arguments: list[str]) -> None:
    assert arguments.index(PREFIX) > arguments.index("/tmp")


def test_the_switches_of_the_kernel_cannot_be_written(arguments: list[str]) -> None:
    at = arguments.index("/proc/sys")
    assert arguments[at - 1 : at + 2] == ["--ro-bind", "/proc/sys", "/proc/sys"]
    assert arguments.index("--proc") < at


def test_every_folder_in_memory_has_a_size(arguments: list[str]) -> None:
    for at, argument in enumerate(arguments):
        if argument == "--tmpfs":
            assert arguments[at - 4] == "--size"


def test_the_root_and_dev_become_read_only_at_last(arguments: list[str]) -> None:
    remounts = [arguments[at + 1] for at, word in enumerate(arguments) if word == "--remount-ro"]
    assert remounts == ["/proc", "/dev", "/"]
    last_file = max(at for at, word in enumerate(arguments) if word == "--file")
    assert arguments.index("/", last_file) > last_file


def test_root_becomes_nobody_first() -> None:
    argv = backend().process_spec(SPEC, (65534, 65534)).argv
    assert argv.index("--reuid=65534") < argv.index("/usr/bin/bwrap")
    assert "--clear-groups" in argv


def test_what_only_root_can_reach_is_shown_by_another_way(tmp_path: Path) -> None:
    hidden = tmp_path / "home" / "python"
    hidden.mkdir(parents=True)
    hidden.parent.chmod(0o700)
    spec = RunSpec(command=("python",), readable=(str(hidden),))
    launch = backend().process_spec(spec, (65534, 65534))
    arguments = launch.contents[0].decode().split("\0")
    assert "--mount" in launch.argv, "in a mount namespace of its own"
    assert arguments[arguments.index(str(hidden)) - 1] == "/mnt/0"


def test_a_refusal_of_user_namespaces_is_explained() -> None:
    told = explain("bwrap: setting up uid map: Permission denied\n")
    assert "AppArmor" in told
    assert "something else" in explain("bwrap: something else")


def test_a_program_sees_little_of_the_machine(bubblewrap: Sandbox) -> None:
    code = """
import os, socket
print(os.getuid(), os.getgid(), socket.gethostname(), os.getcwd(), os.getpid() < 10)
print(sorted(set(os.listdir("/")) - {"lib32", "lib64", "libx32", "root", "home", "opt", "nix"}))
print(sorted(os.listdir("/etc")))
print(os.path.exists("/sys"), os.listdir("/tmp"))
print(open("/proc/1/cmdline").read().split("\\0")[1:4])
import pwd
print(pwd.getpwuid(os.getuid()).pw_name)
"""
    story = run(bubblewrap, code)
    lines = story.output.decode().splitlines()
    assert lines[0] == "65534 65534 pad /pad True"
    assert lines[1] == "['bin', 'dev', 'etc', 'lib', 'pad', 'proc', 'sbin', 'tmp', 'usr']"
    of_linker = {"alternatives", "ld.so.cache"}
    of_names = {"passwd", "group", "hosts", "nsswitch.conf", "protocols", "services", "mime.types"}
    of_time = {"localtime", "timezone"}
    assert set(eval(lines[2])) <= of_linker | of_names | of_time
    assert lines[3].startswith("False ")
    assert lines[4] == "['--args', '6', '--']"
    assert lines[5] == "pad"


def test_its_own_network_works(bubblewrap: Sandbox) -> None:
    code = """
import socket, threading
listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: listener.accept()[0].sendall(b"hello")).start()
print(socket.create_connection(listener.getsockname()).recv(9))
"""
    assert run(bubblewrap, code).output == b"b'hello'\n"


def test_two_runs_do_not_meet(bubblewrap: Sandbox) -> None:
    first = bubblewrap.run(
        program(bubblewrap, "open('/tmp/x', 'w'); open('/dev/shm/x', 'w'); input()", timeout=30)
    )
    assert Story(first).events
    second = run(bubblewrap, "import os; print(os.listdir('/dev/shm'), os.path.exists('/tmp/x'))")
    assert second.output == b"[] False\n"
    assert not os.path.lexists("/dev/shm/x")
