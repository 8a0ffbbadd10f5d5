"""Programs as people write them, run by every backend that is there."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from collabpad.runs.runner import Runner
from collabpad.sandbox import Sandbox, visible_cpus
from collabpad.settings import Settings
from tests.runs.here import runnable

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """A program and what it prints; `not_by` are backends that cannot give it that."""

    language: str
    code: str
    printed: str
    stdin: str = ""
    not_by: tuple[str, ...] = ()


ROWS = {
    "a Java record before the class with main": Row(
        "java",
        """
import java.util.List;

// class Comment { public static void main(String[] arguments) {} }
record Point(int x, int y) {}

interface Shape { String name(); }

public class Program implements Shape {
    static class Inner { public static void main(String[] arguments) { } }

    public String name() { return "class Text { static void main("; }

    public static void main(String... arguments) {
        System.out.println(List.of(new Point(1, 2)) + new Program().name());
    }
}
""",
        "[Point[x=1, y=2]]class Text { static void main(\n",
    ),
    "a Java package": Row(
        "java",
        """package shop.till;
class Helper { static int twice(int number) { return 2 * number; } }
class Till { public static void main(String[] arguments) {
    System.out.println(Helper.twice(21)); } }
""",
        "42\n",
    ),
    "what TypeScript adds to JavaScript": Row(
        "typescript",
        """
enum Color { Red, Green }
namespace Shapes { export const sides = 4; }
class Point { constructor(public x: number, private y = 2) {} sum(): number {
    return this.x + this.y; } }
console.log(Color[1], Shapes.sides, new Point(3).sum());
""",
        "Green 4 5\n",
    ),
    "PHP with the extensions that its settings load": Row(
        "php",
        '<?php echo ctype_alpha("abc") ? "letters" : "none", iconv("UTF-8", "ASCII", "!");',
        "letters!",
    ),
    "localhost": Row(
        "python",
        """
import socket
print(sorted({found[4][0] for found in socket.getaddrinfo("localhost", 80)})[0])
print(socket.getprotobyname("tcp"), socket.getservbyname("http"))
""",
        "127.0.0.1\n6 80\n",
    ),
    "a server on localhost": Row(
        "python",
        """
import threading, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *arguments):
        pass
server = HTTPServer(("localhost", 0), Hello)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen(f"http://localhost:{server.server_port}").read())
""",
        "b'hello'\n",
        not_by=("landlock",),  # which has no network at all
    ),
    "the standard streams by name": Row(
        "python",
        """
import os
print(open("/dev/stdin").read())
open("/dev/stdout", "w").write("out\\n")
open("/dev/stderr", "w").write("err\\n")
print(os.path.exists("/dev/fd/0"))
""",
        "given\nout\nTrue\n",
        stdin="given",
    ),
    "the standard streams by name, in a shell": Row(
        "shell",
        'cat /dev/stdin; echo err >/dev/stderr; echo out | tee /dev/stderr; echo "$TERM"',
        "given\nout\nxterm\n",
        stdin="given\n",
    ),
    "input by its name": Row(
        "javascript",
        'console.log(require("fs").readFileSync("/dev/stdin", "utf8").trim());',
        "given\n",
        stdin="given\n",
    ),
    "copies, rights and times": Row(
        "python",
        """
import os, shutil, tempfile
shutil.copy("main.py", "copy.py")
shutil.copy2("main.py", "copy.py")
shutil.copytree(".", tempfile.gettempdir() + "/all", ignore=lambda *_: ["tmp"])
os.chmod("copy.py", 0o640)
os.utime("copy.py", (0, 1_000_000_000))
print(oct(os.stat("copy.py").st_mode), os.stat("copy.py").st_mtime)
""",
        "0o100640 1000000000.0\n",
    ),
    "a script that is made executable": Row(
        "shell",
        "printf '#!/bin/sh\\necho it runs\\n' >tool && chmod +x tool && ./tool",
        "it runs\n",
    ),
    "processes in a pool": Row(
        "python",
        """
from multiprocessing import Pool, Queue
if __name__ == "__main__":
    queue = Queue()
    queue.put("queued")
    with Pool() as pool:
        print(sum(pool.map(abs, range(-9, 1))), queue.get())
""",
        "45 queued\n",
    ),
    "who it is": Row(
        "python",
        """
import getpass, os
from pathlib import Path
print(getpass.getuser(), Path("main.py").owner(), Path("main.py").group())
print(Path.home() == Path.cwd() == Path("~pad").expanduser())
""",
        "pad pad pad\nTrue\n",
        not_by=("limits",),  # which shows it the machine as it is
    ),
    "who it is, asked by a shell": Row("shell", "whoami; id -gn", "pad\npad\n", not_by=("limits",)),
    "a file in /tmp": Row(
        "python",
        """
import os
with open("/tmp/a-file-of-mine", "w") as file:
    file.write("kept")
print(open("/tmp/a-file-of-mine").read())
os.remove("/tmp/a-file-of-mine")
""",
        "kept\n",
    ),
    "the clearing of a screen": Row(
        "python", "import os; os.system('clear')", "\x1b[H\x1b[2J\x1b[3J"
    ),
}


@pytest.fixture
def every_runner(every_sandbox: Sandbox) -> Runner:
    """A runner over each backend in turn."""
    return Runner(every_sandbox, Settings(run_timeout=30.0))


@pytest.mark.parametrize("name", ROWS)
def test_it_runs(every_runner: Runner, every_sandbox: Sandbox, name: str) -> None:
    row = ROWS[name]
    if row.language not in runnable(every_runner):
        pytest.skip(f"platform: {row.language} is not installed here")
    if every_sandbox.name in row.not_by:
        pytest.skip(f"platform: {every_sandbox.name} does not give that")
    result = every_runner.run_once(row.code, row.language, row.stdin)
    assert (result.stdout, result.verdict) == (row.printed, "ok"), result.stderr


def test_local_time_is_the_server_s(every_runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import time; print(time.strftime('%z'), open('/etc/localtime', 'rb').read(4))"
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert every_runner.run_once(code, "python").stdout == "+0530 b'TZif'\n"
    monkeypatch.delenv("TZ")
    here = time.strftime("%z")
    assert every_runner.run_once(code, "python").stdout == f"{here} b'TZif'\n"


def test_a_large_machine_looks_like_a_small_one(
    every_runner: Runner, every_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here one processor is shown, as if this machine's were dozens."""
    if (os.cpu_count() or 1) < 2:
        pytest.skip("platform: this machine has one processor")
    monkeypatch.setattr(visible_cpus, "MAX_CPUS", 1)
    code = """
import os
print(len(os.sched_getaffinity(0)), os.cpu_count(), os.environ["OPENBLAS_NUM_THREADS"])
"""
    seen = every_runner.run_once(code, "python")
    counted = os.cpu_count() if every_sandbox.name == "limits" else 1
    assert seen.stdout == f"1 {counted} 1\n", seen.stderr
    assert len(os.sched_getaffinity(0)) == os.cpu_count()


def test_compiled_programs_start_where_temporary_files_may_not(every_sandbox: Sandbox) -> None:
    if os.geteuid() != 0:
        pytest.skip("kernel: only root can mount a folder without execution")
    code = f"""
import sys
from collabpad.runs.runner import Runner
from collabpad.sandbox import open_sandbox
from collabpad.settings import Settings
from tests.runs.here import runnable
runner = Runner(open_sandbox(Settings(run_backend={every_sandbox.name!r})), Settings())
result = runner.run_once('#include <stdio.h>\\nint main(void) {{ puts("it runs"); }}', "c")
sys.exit(0 if result.stdout == "it runs\\n" else result.stderr)
"""
    python = (sys.executable, "-c", code)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        mounted = f"mount -t tmpfs -o noexec,mode=1777 tmpfs {folder}"
        subprocess.run(
            ("unshare", "--mount", "sh", "-c", f'{mounted} && exec "$@"', "sh", *python),
            env={**os.environ, "TMPDIR": folder, "PYTHONPATH": str(ROOT)},
            check=True,
            timeout=60,
        )
