"""A server starts fast, is found, tells its pages that it stops, and leaves nothing behind."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.harness import PATIENCE, Server

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as running:
        yield running


def runtime_files(server: Server) -> list[Path]:
    return sorted((server.folder / "run").glob("*"))


class TestStart:
    def test_it_answers_on_both_loopback_addresses(self, server: Server) -> None:
        port = urlsplit(server.url).port
        assert port is not None
        for host in ("127.0.0.1", "::1"):
            try:
                connection = HTTPConnection(host, port, timeout=10)
                connection.request("GET", "/healthz")
            except OSError:
                assert host == "::1", "a machine without IPv6"
                continue
            assert connection.getresponse().status == 200
            connection.close()

    def test_its_file_is_private_and_says_where_it_is(self, server: Server) -> None:
        (file,) = runtime_files(server)
        assert file.name == f"server-{urlsplit(server.url).port}.json"
        if sys.platform != "win32":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_there_is_a_token_even_on_loopback_and_it_lasts(self, server: Server) -> None:
        assert server.get("/api/sessions").status_code == 401
        assert server.get("/api/sessions", headers=server.as_operator).status_code == 200
        first = server.token
        server.stop()
        server.start()
        assert server.token == first

    def test_a_token_of_your_own(self, tmp_path: Path) -> None:
        token = "correct-horse-battery"
        with Server(tmp_path, environment={"COLLABPAD_TOKEN": token}) as server:
            assert server.token == token
            assert server.post("/create_session").status_code == 401
            assert server.create_session()["session_id"]

    def test_it_serves_below_a_path(self, tmp_path: Path) -> None:
        with Server(tmp_path, "--base-path", "/pad/") as server:
            assert server.url.endswith("/pad")
            assert server.get("/healthz").status_code == 200
            assert "/pad/editor/" in server.create_session()["editor_url"]

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
    def test_it_asks_for_a_descriptor_for_everybody(self, tmp_path: Path) -> None:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        try:
            with Server(tmp_path) as server:
                limits = Path(f"/proc/{server.process.pid}/limits")
                if not limits.exists():
                    pytest.skip("kernel: no /proc")
                line = next(row for row in limits.read_text().splitlines() if "open files" in row)
                assert int(line.split()[3]) >= min(hard, 4096)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class TestStop:
    @pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_ends_it_cleanly(self, server: Server, how: int) -> None:
        assert server.stop(how) == 0
        assert runtime_files(server) == []
        with socket.create_server(("127.0.0.1", urlsplit(server.url).port or 0)):
            pass

    def test_its_pages_are_told(self, server: Server) -> None:
        session = server.create_session()
        ann = server.person("Ann").join(session)
        bob = server.person("Bob", polling=True).join(session)
        assert server.stop() == 0
        for person in (ann, bob):
            person.hears("session_closed", reason="shutdown")
            person.hears("disconnect")

    def test_it_ends_in_order_with_people_there(self, server: Server) -> None:
        session = server.create_session()
        for number in range(5):
            server.person(f"Ann {number}").join(session)
        idle = socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0))
        assert server.stop() == 0
        assert "Not everything could be ended" not in server.read_log()
        idle.close()

    def test_killed_it_can_start_again_at_once(self, server: Server) -> None:
        server.create_session()
        server.kill()
        assert runtime_files(server)
        server.start()
        assert server.get("/healthz").status_code == 200


HANGING = """
import sys
import time
from pathlib import Path

from collabpad import server
from collabpad.errors import StartError
from collabpad.settings import Settings


class Hanging:
    def wsgi(self, environ, respond):
        respond("200 OK", [])
        return [b""]

    def close(self):
        print("closing", flush=True)
        {hang}


server._application = lambda settings, token: (Hanging(), None)
folder = Path(sys.argv[1])
settings = Settings(port=0, data_dir=folder / "data", runtime_dir=folder / "run")
try:
    server.serve(settings, lambda running: print("serving", flush=True))
    print("left", flush=True)
except StartError as error:
    sys.exit(error.message)
"""


def hanging(folder: Path, hang: str) -> subprocess.Popen[str]:
    """A server whose application does not come to an end when it is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING.format(hang=hang), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "serving\n"
    process.terminate()
    assert process.stdout.readline() == "closing\n"
    return process


class TestHanging:
    def test_an_application_that_does_not_end_is_left_after_three_seconds(
        self, tmp_path: Path
    ) -> None:
        start = time.monotonic()
        with hanging(tmp_path, "time.sleep(600)") as process:
            told, complaint = process.communicate(timeout=60)
        assert (process.returncode, told) == (0, "left\n")
        assert "within 3 seconds" in complaint
        assert time.monotonic() - start > 2.5

    def test_a_second_signal_ends_it_at_once_even_in_a_busy_loop(self, tmp_path: Path) -> None:
        with hanging(tmp_path, "[None for _ in iter(int, 1)]") as process:
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 128 + signal.SIGINT
        assert list((tmp_path / "run").iterdir()) == []

    def test_a_failing_end_is_logged_and_no_success(self, tmp_path: Path) -> None:
        with hanging(tmp_path, "raise OSError('disk gone')") as process:
            _, complaint = process.communicate(timeout=20)
        assert process.returncode == 1
        assert "disk gone" in complaint
        assert "Traceback" not in complaint
        assert list((tmp_path / "run").iterdir()) == []


SIGNALLED = """
import os
import selectors
import signal

from gevent import get_hub, monkey, sleep, spawn

monkey.patch_all()
from gevent.event import Event

from collabpad.server import _woken_by_signals

loop, heard, busy = get_hub().loop, Event(), spawn(sleep, 60)
signal.signal(signal.SIGTERM, lambda *_: loop.run_callback_threadsafe(heard.set))
with _woken_by_signals():
    while True:
        heard.clear()
        os.write(1, b".")
        heard.wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_no_signal_is_slept_through() -> None:
    """One that comes just as the loop goes to sleep: about one in a thousand was, before."""
    with subprocess.Popen([sys.executable, "-c", SIGNALLED], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        waiter = selectors.DefaultSelector()
        waiter.register(process.stdout, selectors.EVENT_READ)
        try:
            for _ in range(3000):
                assert waiter.select(timeout=PATIENCE), "the signal was slept through"
                os.read(process.stdout.fileno(), 1)
                process.terminate()
        finally:
            process.kill()
            waiter.close()


PATCHED = """
import socket
import sys
import threading

from collabpad.server import _patch

_patch()
print(socket.socket.__module__, threading.Lock.__module__, "importlib.metadata" in sys.modules)
"""


def test_all_is_cooperative_and_no_time_goes_into_looking_for_plugins() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PATCHED], capture_output=True, check=True, text=True
    )
    assert done.stdout.split() == ["gevent._socket3", "gevent.thread", "False"]
