"""The application factory: wiring only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
from flask import Flask
from jinja2 import StrictUndefined

from ..runs.runner import Runner
from ..sandbox import Sandbox
from ..sessions.context import Context
from ..sessions.registry import Registry
from ..settings import Settings, folder
from ..storage.memory import MemoryStore
from ..storage.store import Store
from ..wire import flask_extension
from ..wire.socketio_server import SocketIOServer
from . import api, error_answers, pages
from .address_limits import AddressLimits
from .assets import Assets
from .auth import OperatorToken
from .guard import Guard
from .sockets import Sockets


class GeventScheduler:
    """Time, and delayed calls on the event loop."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)

    def call_later(self, delay: float, call: Callable[[], None]) -> None:
        gevent.spawn_later(delay, call) if delay > 0 else gevent.spawn(call)


@dataclass(frozen=True)
class Application:
    """The parts of a server. An HTTP server calls `wsgi`."""

    wsgi: Callable[..., Any]
    flask: Flask
    registry: Registry
    socketio: SocketIOServer
    runner: Runner
    store: Store

    def close(self) -> None:
        """Tell every page that the server stops, end all runs, and save everything."""
        self.registry.close()
        self.runner.close()
        self.socketio.close()
        self.store.close()


def create_app(settings: Settings, *, sandbox: Sandbox, operator_token: str | None) -> Application:
    """Wire everything for `settings`. Raises `StartError` if a part is missing."""
    flask = Flask("collabpad", static_folder=None)
    flask.jinja_env.undefined = StrictUndefined
    flask.json.ensure_ascii = False  # type: ignore[attr-defined]
    assets = Assets(settings.base_path)
    addresses, operator = AddressLimits(settings), OperatorToken(settings, operator_token)
    store, runner = _open_store(settings), Runner(sandbox, settings)

    sockets = Sockets(addresses)
    socketio = SocketIOServer(sockets, settings.limits.frame)
    flask_extension.mount(socketio, flask)
    registry = Registry(Context(settings, socketio, GeventScheduler(), store, runner))
    sockets.serve(registry)
    registry.run_housekeeping()

    pages.add_template_names(flask, settings, assets)
    error_answers.add_to(flask, registry, operator, addresses)
    flask.register_blueprint(pages.blueprint(settings, registry, operator, assets))
    flask.register_blueprint(api.blueprint(settings, registry, operator, addresses))

    guard = Guard(flask.wsgi_app, settings, render_error=error_answers.renderer(flask))
    return Application(guard, flask, registry, socketio, runner, store)


def _open_store(settings: Settings) -> Store:
    if settings.ephemeral:
        return MemoryStore()
    from ..storage.sqlite import FILE_NAME, SqliteStore

    return SqliteStore(
        folder(settings.data_dir) / FILE_NAME,
        strict=settings.durability == "strict",
        history_cap=settings.history_cap,
    )
