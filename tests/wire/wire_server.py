"""A small real server around SocketIOServer, HttpHandler and Guard, run by the tests as a program.

Usage: python wire_server.py OPTIONS, a JSON object: `settings` for Settings, `ping` in seconds,
`name: value` of module constants under `patch`, how many `files` it may have open. Prints its port;
logs go to stderr.
"""

from __future__ import annotations

# ruff: noqa: E402  everything below has to see the patched modules
from gevent import monkey

monkey.patch_all()

import gc
import importlib
import json
import logging
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

import flask
import gevent

from collabpad.errors import ClientError, Forbidden
from collabpad.settings import Settings
from collabpad.web.guard import Guard
from collabpad.wire import flask_extension
from collabpad.wire.http_handler import HttpHandler
from collabpad.wire.http_server import HttpServer
from collabpad.wire.libraries import flask_socketio
from collabpad.wire.socketio_server import Ack, SocketIOServer


class EchoHandlers:
    """Does what the tests tell it by events, and remembers in which order."""

    def __init__(self) -> None:
        self.wire: SocketIOServer
        self.log: list[list[Any]] = []

    def connected(self, sid: str, address: str) -> None:
        if address == "198.51.100.1":
            raise Forbidden("You may not come in.")
        if address == "198.51.100.2":
            raise RuntimeError("broken on purpose")
        self.log.append(["connected", sid])

    def event(self, sid: str, name: str, args: list[Any], ack: Ack | None) -> None:
        self.log.append(["event", name, len(args)])
        handler = getattr(self, f"on_{name}", None)
        if handler is not None:
            handler(sid, *args)
        if ack is not None and name != "later":
            ack({"ok": True, "name": name, "args": args})
            ack({"ok": False, "twice": True})
        elif ack is not None:
            gevent.spawn_later(0.05, ack, {"ok": True, "name": name})

    def malformed(self, sid: str, ack: Ack | None, error: ClientError) -> None:
        self.log.append(["malformed", error.code])
        if ack is not None:
            ack({"ok": False, "error": {"code": error.code}})
        self.wire.emit("session_error", {"code": error.code, "message": error.message}, to=sid)

    def disconnected(self, sid: str) -> None:
        self.log.append(["disconnected", sid])

    def on_echo(self, sid: str, *args: Any) -> None:
        self.wire.emit("echo", {"args": args}, to=sid)

    def on_enter(self, sid: str, room: str) -> None:
        self.wire.enter_room(sid, room)

    def on_leave(self, sid: str, room: str) -> None:
        self.wire.leave_room(sid, room)

    def on_say(self, sid: str, room: str, text: Any) -> None:
        self.wire.emit("said", {"text": text}, to=room)

    def on_tell(self, sid: str, room: str, text: Any) -> None:
        self.wire.emit("said", {"text": text}, to=room, skip_sid=(sid,))

    def on_pour(self, sid: str, room: str, size: int, count: int) -> None:
        for number in range(count):
            self.wire.emit("poured", {"number": number, "text": "x" * size}, to=room)

    def on_slow(self, sid: str, number: int) -> None:
        gevent.sleep(0.05 if number % 2 else 0)
        self.log.append(["slow", number])

    def on_busy(self, sid: str) -> None:
        end = time.perf_counter() + 0.0003
        while time.perf_counter() < end:
            pass

    def on_fail(self, sid: str) -> None:
        raise RuntimeError("broken on purpose")

    def on_kick(self, sid: str) -> None:
        for number in range(20):
            self.wire.emit("said", {"text": "y" * 10_000, "number": number}, to=sid)
        self.wire.emit("removed", {"reason": "removed"}, to=sid)
        self.wire.disconnect(sid)

    def on_close_all(self, sid: str) -> None:
        self.wire.emit("session_closed", {"reason": "shutdown"}, to=sid)
        gevent.spawn(self.wire.close)


def make_app(handlers: EchoHandlers) -> flask.Flask:
    app = flask.Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True

    @app.get("/")
    def home() -> flask.Response:
        return flask.Response(f"<p>{flask.request.environ['collabpad.nonce']}</p>")

    @app.get("/state")
    def state() -> dict[str, Any]:
        gc.collect()
        clients = handlers.wire.eio.sockets.values()
        links = [client._websocket for client in clients if client._websocket is not None]
        statm = Path("/proc/self/statm").read_text(encoding="ascii").split()
        return {
            "log": handlers.log,
            "rss": int(statm[1]) * os.sysconf("SC_PAGE_SIZE"),
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "greenlets": sum(isinstance(each, gevent.Greenlet) for each in gc.get_objects()),
            "sockets": len(handlers.wire.eio.sockets),
            "rooms": len(handlers.wire._rooms),
            "outside": len(handlers.wire.eio.sockets) - len(handlers.wire._by_socket),
            "opening": handlers.wire.eio.opening.total(),
            "backlog": sum(len(part) for link in links for part in link._backlog),
            "bodies": app.extensions["guard"]._bodies.taken,
            "nodelay": all(link._sock.getsockopt(IPPROTO_TCP, TCP_NODELAY) for link in links),
        }

    @app.route("/environ", methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"])
    def environ() -> dict[str, Any]:
        body = flask.request.get_data()
        keys = ("REMOTE_ADDR", "SCRIPT_NAME", "PATH_INFO", "HTTP_HOST", "wsgi.url_scheme")
        answer = {key: flask.request.environ.get(key) for key in keys}
        ours = {
            key: value
            for key, value in flask.request.environ.items()
            if key.startswith("collabpad.") and isinstance(value, str | bool)
        }
        return {**answer, **ours, "body": len(body)}

    @app.get("/announce/<room>")
    def announce(room: str) -> dict[str, Any]:
        """What users of Flask-SocketIO do in their views."""
        extension = flask.current_app.extensions["socketio"]
        extension.emit("announced", {"to": room}, to=room)
        extension.emit("announced", {"to": "all"})
        flask_socketio.send("hello", namespace="/", to=room)
        return {"rooms": extension.server.rooms(flask.request.args.get("sid", ""))}

    @app.get("/fail")
    def fail() -> str:
        raise RuntimeError("broken on purpose")

    @app.get("/break-off")
    def break_off() -> flask.Response:
        def body() -> Iterator[bytes]:
            yield b"so far so good"
            raise RuntimeError("broken on purpose")

        return flask.Response(body())

    @app.get("/streamed")
    def streamed() -> flask.Response:
        return flask.Response(iter([b"piece by ", b"piece"]))

    @app.get("/large")
    def large() -> bytes:
        return b"x" * 5_000_000

    return app


def main() -> None:
    options = json.loads(sys.argv[1])
    for name, value in options.get("patch", {}).items():
        module, _, constant = name.rpartition(".")
        setattr(importlib.import_module(module), constant, value)
    if "files" in options:
        resource.setrlimit(resource.RLIMIT_NOFILE, (options["files"], options["files"]))
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s %(message)s")
    settings = Settings(**options.get("settings", {}))
    handlers = EchoHandlers()
    app = make_app(handlers)
    handlers.wire = SocketIOServer(handlers, settings.limits.frame)
    flask_extension.mount(handlers.wire, app)
    engine = handlers.wire.eio
    engine.ping_interval = engine.ping_timeout = options.get("ping", 10.0)
    app.extensions["guard"] = guard = Guard(app, settings)
    server = HttpServer(("127.0.0.1", 0), guard, handler_class=HttpHandler, log=None)
    server.start()
    print(server.server_port, flush=True)  # noqa: T201  what it is asked for
    server.serve_forever()


if __name__ == "__main__":
    main()
