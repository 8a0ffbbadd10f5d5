"""What users of Flask-SocketIO find in an application that our server is mounted in."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path
from urllib.request import urlopen

import flask
import pytest

from collabpad.wire import flask_extension
from collabpad.wire.libraries import flask_socketio
from collabpad.wire.socketio_server import SocketIOServer
from tests.wire.wire_harness import PollingClient, RawClient, WireServer


def test_a_view_emits_to_a_room_and_to_everybody(wire: WireServer) -> None:
    with RawClient(wire) as ann, RawClient(wire) as bob:
        ann.call("enter", "studio")
        with urlopen(f"{wire.url}/announce/studio?sid={ann.sid}") as answer:
            assert json.load(answer) == {"rooms": ["studio"]}
        assert ann.receive_event() == ["announced", {"to": "studio"}]
        assert ann.receive_event() == ["announced", {"to": "all"}]
        assert ann.receive_event() == ["message", "hello"]
        assert bob.receive_event() == ["announced", {"to": "all"}]
        assert bob.is_well()


def test_polling_clients_hear_it_as_well(wire: WireServer) -> None:
    client = PollingClient(wire)
    with urlopen(f"{wire.url}/announce/nobody"):
        pass
    assert client.poll() == ['42["announced",{"to":"all"}]']


def test_the_libraries_are_used_by_their_public_names_alone() -> None:
    """Then any of their minor versions will do: see pyproject.toml."""
    source = inspect.getsource(flask_extension)
    names = {"flask_socketio", "socketio", "extension"}
    used = [
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
    ]
    assert used
    assert not [name for name in used if name.startswith("_")]
    assert not [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.ClassDef)]
    package = Path(flask_extension.__file__).parent.parent
    importers = [
        path.name
        for path in package.rglob("*.py")
        if re.search(
            r"^from \.libraries import|wire\.libraries", path.read_text("utf-8"), re.MULTILINE
        )
    ]
    assert importers == ["flask_extension.py"]


@pytest.fixture
def extension() -> flask_socketio.SocketIO:
    app = flask.Flask(__name__)
    flask_extension.mount(SocketIOServer(None, 1000), app)  # type: ignore[arg-type]
    return app.extensions["socketio"]


def test_the_extension_is_flask_socketios_own(extension: flask_socketio.SocketIO) -> None:
    assert type(extension) is flask_socketio.SocketIO
    assert extension.async_mode == extension.server.eio.async_mode == "gevent"


def test_background_tasks_and_rooms_of_nobody(extension: flask_socketio.SocketIO) -> None:
    done: list[int] = []
    extension.start_background_task(done.append, 1).join()
    extension.sleep(0)
    assert done == [1]
    extension.close_room("nowhere")
    extension.emit("event", "data", to="nowhere", include_self=False, skip_sid="ann")
    assert extension.server.rooms("nobody") == []


def test_what_would_never_happen_is_said_at_once(extension: flask_socketio.SocketIO) -> None:
    with pytest.raises(NotImplementedError, match="Handlers"):
        extension.on("event")(lambda: None)
    with pytest.raises(NotImplementedError, match="acknowledgement"):
        extension.emit("event", callback=lambda: None)
