"""Short stories about collabpad: a server, people, what they see.

    with Server(tmp_path) as server:
        session = server.create_session()
        ann, bob = server.person("Ann").join(session), server.person("Bob").join(session)
        ann.writes("print(1)")
        bob.sees(text="print(1)")

Everything is asked of a real server over a real connection; waiting is always for something to be
seen.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pycrdt
import requests
import socketio

from tests.contract.conforming import check_acknowledgement, check_event
from tests.leaks import Known, faults

PATIENCE = 30.0
"""Seconds until something that should be seen counts as missing."""

CHECKED_OF_EACH = 20
"""Events of one name that one person compares with the contract."""

Payload = dict[str, Any]


class Missing(AssertionError):
    """What should have been seen was not."""


def eventually(seen: Callable[[], Any], what: str, *, patience: float = PATIENCE) -> Any:
    """The first true value of `seen`, asked again until it is there."""
    deadline = time.monotonic() + patience
    while not (value := seen()):
        if time.monotonic() > deadline:
            raise Missing(what)
        time.sleep(0.01)
    return value


class Server:
    """`collabpad serve` in a process of its own, on a free loopback port.

    Or in a network namespace, `within`; there `options` say at which address.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        environment: dict[str, str] | None = None,
        within: str | None = None,
        command: Sequence[str] = (sys.executable, "-m", "collabpad"),
    ):
        self.folder = folder
        self.command = command
        self.options = options
        self.environment = environment or {}
        self.prefix = ["ip", "netns", "exec", within] if within else []
        self.log = folder / "server.log"
        self.excused = "nothing is"  # what an error in the log may say
        self.known = Known()  # and what nothing in the log may say
        self.against_contract: list[str] = []  # what it said otherwise than its types say
        self.url = ""
        self.token = ""
        self._people: list[Person] = []
        self.process: subprocess.Popen[bytes]

    def start(self) -> Server:
        runtime = self.folder / "run"
        for left in runtime.glob("server-*.json"):
            left.unlink()
        port = self.url.rpartition(":")[2] or "0"
        command = [*self.prefix, *self.command, "serve", "--port", port]
        command += ["--data-dir", str(self.folder / "data"), *self.options]
        environment = {
            **os.environ,
            "COLLABPAD_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            **self.environment,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        found: Payload = eventually(
            lambda: self._runtime_file(runtime), f"a server that starts: {self.read_log()}"
        )
        self.url, self.token = str(found["url"]).rstrip("/"), str(found["token"])
        self.known.add(self.token)
        return self

    def _runtime_file(self, runtime: Path) -> Payload | None:
        if self.process.poll() is not None:
            raise Missing(f"the server ended: {self.read_log()}")
        for path in runtime.glob("server-*.json"):
            try:
                found: Payload = json.loads(path.read_text())
            except ValueError:
                return None
            return found
        return None

    def read_log(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Stop it and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.everybody_goes()
        self.stop()
        if kind is None:
            log = self.read_log()
            assert [each for each in faults(log) if self.excused not in each] == [], log
            assert self.known.leaked(log) == [], log
            assert self.against_contract == []

    # --- HTTP -------------------------------------------------------------------------------------

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        self.known.note(options.get("json"))
        self.known.add(path.partition("?")[2])
        answer = requests.request(method, self.url + path, timeout=PATIENCE + 20, **options)
        self.known.add(*filter(None, answer.cookies.values()))
        if answer.headers.get("Content-Type") == "application/json":
            self.known.note(answer.json())
        return answer

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, body: object = None, **options: Any) -> requests.Response:
        return self.request("POST", path, json=body, **options)

    @property
    def as_operator(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def create_session(self, **wanted: object) -> dict[str, str]:
        """A new session, as POST /create_session describes it."""
        response = self.post("/create_session", wanted, headers=self.as_operator)
        assert response.status_code == 200, response.text
        created: dict[str, str] = response.json()
        return created

    # --- people -----------------------------------------------------------------------------------

    def person(self, name: str, *, crdt: bool = False, polling: bool = False) -> Person:
        person = Person(self, name, crdt=crdt, polling=polling)
        self._people.append(person)
        return person

    def everybody_goes(self) -> None:
        while self._people:
            self._people.pop().goes()


def client_in_order() -> Any:
    """A Socket.IO client that hears everything in the order in which it came; by itself the library
    starts a thread for each packet."""
    client: Any = socketio.Client(reconnection=False)
    trigger = client.eio._trigger_event

    def one_after_the_other(event: str, *args: Any, **how: Any) -> Any:
        return trigger(event, *args, **{**how, "run_async": False})

    client.eio._trigger_event = one_after_the_other
    return client


class Person:
    """Somebody with a client of their own: plain, or keeping a CRDT."""

    def __init__(self, server: Server, name: str, *, crdt: bool = False, polling: bool = False):
        self.server = server
        self.name = name
        self.transport = "polling" if polling else "websocket"
        self.document: pycrdt.Doc[pycrdt.Text] | None = pycrdt.Doc() if crdt else None
        self.heard: list[tuple[str, Payload]] = []
        self._checked: Counter[str] = Counter()
        self.joined: Payload = {}
        self.session_id = ""
        self._news = threading.Condition()
        self._plain_text = ""
        self._client: Any = None

    # --- the connection ---------------------------------------------------------------------------

    def connect(self) -> Person:
        self._client = client_in_order()
        self._client.on("*", self._hear)
        self._client.on("disconnect", lambda *_: self._hear("disconnect", {}))
        self._client.connect(self.server.url, transports=[self.transport], wait_timeout=PATIENCE)
        return self

    @property
    def connected(self) -> bool:
        return bool(self._client is not None and self._client.connected)

    def goes(self) -> None:
        """Lose the connection."""
        if self._client is not None:
            self._client.disconnect()
            # What the library leaves open when it was the server who ended the connection.
            for left in (self._client.eio.http, getattr(self._client.eio.ws, "sock", None)):
                if left is not None:
                    left.close()
            self._client = None

    def _hear(self, event: str, payload: Payload | None = None) -> None:
        payload = payload or {}
        self.server.known.note(payload)
        self._hold_to_contract(event, payload)
        with self._news:
            if event == "doc_update" and self.document is not None:
                self.document.apply_update(base64.b64decode(payload["update"]))
            elif event == "code_update":
                self._plain_text = payload["content"]
            self.heard.append((event, payload))
            self._news.notify_all()

    def _hold_to_contract(self, event: str, payload: Payload) -> None:
        """The first few of each kind: a roster of hundreds takes a while to check."""
        self._checked[event] += 1
        if event != "disconnect" and self._checked[event] <= CHECKED_OF_EACH:
            try:
                check_event(event, payload)
            except AssertionError as error:  # on a thread whose errors nobody hears of
                self.server.against_contract.append(str(error))

    def call(self, event: str, **payload: object) -> Payload:
        """Send an event about the session that was joined and return its acknowledgement."""
        return self.call_raw(event, {"session_id": self.session_id, **payload})

    def call_raw(self, event: str, *args: object) -> Payload:
        for payload in args:
            self.server.known.note(payload)
        answer: Payload = self._client.call(event, args, timeout=PATIENCE)
        self.server.known.note(answer)
        if answer.get("ok"):
            check_acknowledgement(event, answer)
        return answer

    def send(self, event: str, **payload: object) -> None:
        """Send an event and ask for no acknowledgement."""
        self.server.known.note(payload)
        self._client.emit(event, {"session_id": self.session_id, **payload})

    def emit(self, event: str, payload: Payload, answered: Callable[[Payload], None]) -> None:
        """Send an event and go on; `answered` gets its acknowledgement, from another thread."""
        self.server.known.note(payload)
        self._client.emit(event, payload, callback=answered)

    def does(self, event: str, **payload: object) -> Payload:
        """`call` something that must be accepted."""
        answer = self.call(event, **payload)
        assert answer["ok"], (event, answer)
        return answer

    def refused(self, event: str, **payload: object) -> str:
        """`call` something that must be refused, and return the error's code."""
        answer = self.call(event, **payload)
        assert not answer["ok"], (event, answer)
        code: str = answer["error"]["code"]
        return code

    # --- coming and going -------------------------------------------------------------------------

    def join(
        self, session: dict[str, str] | str, *, as_host: bool = False, **more: object
    ) -> Person:
        """Join, and be let in."""
        answer = self.tries_to_join(session, as_host=as_host, **more)
        assert answer["ok"], answer
        return self

    def view(self, session: dict[str, str]) -> Person:
        """Join by the view link."""
        return self.join(session["view_id"])

    def tries_to_join(
        self, session: dict[str, str] | str, *, as_host: bool = False, **more: object
    ) -> Payload:
        """Join, and return whatever the answer is."""
        if not self.connected:
            self.goes()
            self.connect()
        if isinstance(session, dict):
            if as_host:
                more["host_key"] = session["host_key"]
            session = session["session_id"]
        self.session_id = session
        wanted: Payload = {"name": self.name, **more}
        if self.document is not None:
            wanted["state_vector"] = base64.b64encode(self.document.get_state()).decode()
        answer = self.call("join_session", **wanted)
        if answer["ok"]:
            self.joined = answer
            self.session_id = answer["session"]["session_id"]
            if self.document is not None:
                self._catch_up(answer)
        return answer

    def _catch_up(self, answer: Payload) -> None:
        assert self.document is not None
        with self._news:
            self.document.apply_update(base64.b64decode(answer["update"]))
            missing = self.document.get_update(base64.b64decode(answer["state_vector"]))
        if missing != b"\0\0":
            self.call("doc_update", update=base64.b64encode(missing).decode())

    def comes_back(self) -> Person:
        """Connect again as the same participant."""
        self.goes()
        return self.join(self.session_id, resume=self.joined["resume"])

    @property
    def id(self) -> str:
        participant: str = self.joined["participant_id"]
        return participant

    # --- writing and seeing -----------------------------------------------------------------------

    def writes(self, text: str) -> Payload:
        """Make the document this text."""
        if self.document is None:
            return self.does("code_change", content=text)
        return self.types(text, replacing=True)

    def types(self, text: str, *, replacing: bool = False) -> Payload:
        """Append to the document with a CRDT."""
        return self.does("doc_update", update=self.edit(text, replacing=replacing))

    def edit(self, text: str, *, replacing: bool = False) -> str:
        """Change the own document only; returns the update as it travels."""
        assert self.document is not None
        with self._news:
            before = self.document.get_state()
            content = self.document.get("content", type=pycrdt.Text)
            with self.document.transaction():
                if replacing:
                    content.clear()
                content += text
            update: bytes = self.document.get_update(before)
        return base64.b64encode(update).decode()

    def patch(self, at: int, deleted: int, inserted: str) -> str:
        """Change an ASCII document of one's own at one place; returns the update as it travels."""
        assert self.document is not None
        with self._news:
            updates: list[bytes] = []
            content = self.document.get("content", type=pycrdt.Text)
            subscription = self.document.observe(lambda event: updates.append(event.update))
            with self.document.transaction():
                if deleted:
                    del content[at : at + deleted]
                if inserted:
                    content.insert(at, inserted)
            self.document.unobserve(subscription)
        return base64.b64encode(updates[0] if updates else b"\0\0").decode()

    @property
    def text(self) -> str:
        with self._news:
            if self.document is None:
                return self._plain_text
            return str(self.document.get("content", type=pycrdt.Text))

    def hears(
        self, event: str, where: Callable[[Payload], Any] = lambda _: True, /, **fields: object
    ) -> Payload:
        """The first `event`, past or to come, with these fields and for which `where` holds."""

        def fits(name: str, payload: Payload) -> bool:
            same = all(payload.get(key) == value for key, value in fields.items())
            return name == event and same and bool(where(payload))

        deadline = time.monotonic() + PATIENCE
        with self._news:
            while True:
                for name, payload in self.heard:
                    if fits(name, payload):
                        return payload
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    names = [name for name, _ in self.heard[-20:]]
                    raise Missing(f"{self.name} did not hear {event} {fields}, but {names}")

    def forgets(self) -> Person:
        """Forget what was heard, so that only what is yet to come counts."""
        with self._news:
            self.heard.clear()
        return self

    def all_heard(self, event: str) -> list[Payload]:
        with self._news:
            return [payload for name, payload in self.heard if name == event]

    def sees(self, *, text: str) -> Person:
        """Wait until the document reads `text`."""
        eventually(lambda: self.text == text, f"{self.name} to see {text[:200]!r}")
        return self

    def sees_roster(self, where: Callable[[Payload], Any]) -> Payload:
        """Wait until the newest roster is one for which `where` holds."""

        def newest() -> Payload | None:
            rosters = self.all_heard("participants_update")
            with suppress(KeyError):  # somebody whom `where` asks for is not in it yet
                return rosters[-1] if rosters and where(rosters[-1]) else None
            return None

        roster: Payload = eventually(newest, f"{self.name} to see another roster")
        return roster

    @property
    def may(self) -> set[str]:
        """What this person may do, as they were told last."""
        told = [each["may"] for each in self.all_heard("session_update") if "may" in each]
        return set((told or [self.joined["session"]["may"]])[-1])

    def sees_pen_with(self, other: Person | None) -> None:
        wanted = other.id if other else None
        self.sees_roster(lambda roster: roster["writer_id"] == wanted)

    def sees_host(self, other: Person | None) -> None:
        wanted = other.id if other else None
        self.sees_roster(lambda roster: roster["host_id"] == wanted)

    def settles(self) -> Person:
        """Wait until all that was told to this client before now has been heard (events keep their
        order)."""
        self.call_raw("no_such_event")
        return self
