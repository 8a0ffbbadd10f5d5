"""The story of story.mjs, told by a released python-socketio.

    python story.py FOLDER URL TRANSPORT SESSION KEY

FOLDER is where pip has installed the client. Prints a line of JSON a step: [step, error or null].
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

PATIENCE = 60.0  # seconds; python-socketio 5.0 leaves polling without a word, noticed after 30
Payload = dict[str, Any]


class Person:
    def __init__(self, url: str, transport: str, session_id: str) -> None:
        self._url = url
        self._transports = ["polling", "websocket"] if transport == "upgrade" else [transport]
        self._session_id = session_id
        self._heard: list[tuple[str, Payload]] = []
        self._news = threading.Condition()
        self._connections = 0
        self.connect()

    def connect(self) -> None:
        """Connect with a new client: one that has left is not done with its threads."""
        import socketio

        self.client: Any = socketio.Client(reconnection=False)
        self.client.on("connect", self._connected)
        for event in ("code_update", "chat_message", "participants_update"):
            self.client.on(event, lambda payload, event=event: self._hear(event, payload))
        wanted = self._connections + 1
        self.client.connect(self._url, transports=self._transports)
        self._wait_for(lambda: self._connections == wanted, "connect")  # 5.0 does not wait

    def _connected(self) -> None:
        with self._news:
            self._connections += 1
            self._news.notify_all()

    def _hear(self, event: str, payload: Payload) -> None:
        with self._news:
            self._heard.append((event, payload))
            self._news.notify_all()

    def hears(self, event: str, where: Callable[[Payload], bool]) -> None:
        """Wait for such an event, past or to come."""
        self._wait_for(
            lambda: any(name == event and where(payload) for name, payload in self._heard), event
        )

    def _wait_for(self, seen: Callable[[], bool], what: str) -> None:
        with self._news:
            if not self._news.wait_for(seen, PATIENCE):
                raise TimeoutError(f"{what} did not come")

    def call(self, event: str, **payload: object) -> Payload:
        whole = {"session_id": self._session_id, **payload}
        answer: Payload = self.client.call(event, whole, timeout=PATIENCE)
        return answer


class Story:
    def __init__(self, url: str, transport: str, session_id: str, host_key: str) -> None:
        self._arguments = (url, transport, session_id)
        self._host_key = host_key
        self._joined: Payload = {}
        self._ann: Person
        self._bob: Person

    def connect(self) -> None:
        self._ann, self._bob = Person(*self._arguments), Person(*self._arguments)
        wanted = "polling" if self._arguments[1] == "polling" else "websocket"
        found = self._ann.client.transport()
        assert found == wanted, f"it is on {found}"

    def join(self) -> None:
        self._joined = self._ann.call("join_session", name="Ann", host_key=self._host_key)
        assert self._joined["ok"], self._joined
        other = self._bob.call("join_session", name="Bob")
        assert other["ok"], other

    def edit(self) -> None:
        text = "print('héllo 👋')\n"
        assert self._ann.call("code_change", content=text)["ok"]
        self._bob.hears("code_update", lambda payload: payload["content"] == text)

    def chat(self) -> None:
        assert self._bob.call("send_message", message="ciao")["ok"]
        self._ann.hears(
            "chat_message", lambda line: (line["name"], line["message"]) == ("Bob", "ciao")
        )

    def ack(self) -> None:
        answer = self._bob.call("code_change", content="mine")
        assert answer["error"]["code"] == "not_writer", answer

    def reconnect(self) -> None:
        self._ann.client.disconnect()
        self._ann.connect()
        again = self._ann.call("join_session", name="Ann", resume=self._joined["resume"])
        assert again["participant_id"] == self._joined["participant_id"], again
        assert self._ann.call("code_change", content="again")["ok"]
        self._bob.hears("code_update", lambda payload: payload["content"] == "again")

    def leave(self) -> None:
        self._bob.client.disconnect()

        def is_gone(payload: Payload) -> bool:
            people = payload["participants"].values()
            return any(each["name"] == "Bob" and not each["online"] for each in people)

        self._ann.hears("participants_update", is_gone)
        self._ann.client.disconnect()


def main(folder: str, *arguments: str) -> None:
    sys.path.insert(0, folder)
    story = Story(*arguments)
    error = None
    for step in ("connect", "join", "edit", "chat", "ack", "reconnect", "leave"):
        if error is None:
            try:
                getattr(story, step)()
            except Exception as problem:  # noqa: BLE001  whatever it is, it is the step's result
                error = repr(problem)
        print(json.dumps([step, error]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
