"""One server from start to stop: lock, token, sockets, application, runtime file, signals.

The only place that monkey-patches: what needs gevent is imported after `serve` has done so.
"""

from __future__ import annotations

import dataclasses
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from . import __version__
from .addresses import lan_address, url_host
from .errors import StartError
from .listeners import open_listeners
from .locks import FolderLock
from .logs import start_logging
from .runtime import ServerRecord, publish
from .settings import ANY_ADDRESS, Settings, folder
from .tls import certificate
from .tokens import chosen_token, kept_token

if TYPE_CHECKING:
    import ssl

    from gevent.event import Event
    from gevent.pywsgi import WSGIServer

    from .sandbox import Sandbox
    from .web.app import Application

CLOSE_SECONDS: Final = 3.0
"""How long a stop may take: pages are told, runs end, the store is flushed."""
OPEN_FILES: Final = 65536
"""Descriptors that the server asks for, one a connection; the usual soft limit is 1,024."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """What there is to tell about a server that has just started."""

    settings: Settings
    server: ServerRecord
    sandbox: Sandbox

    @property
    def token_needed(self) -> bool:
        """Whether a browser needs the token to create sessions."""
        return not (self.settings.no_token or self.settings.trusts_local)

    @property
    def others_url(self) -> str | None:
        """The home page as others reach it; None while they cannot."""
        return others_url(self.settings)


def serve(settings: Settings, announce: Callable[[Running], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called once the first page can be had.

    `settings` come from `configuration.resolve`. Raises StartError, leaving nothing behind, when
    the server cannot start.
    """
    _patch()
    # The store's thread waits for the interpreter lock at every commit: with the usual 5 ms an
    # acknowledgement takes twice as long while the loop is busy (bench/store.py).
    sys.setswitchinterval(0.0005)
    start_logging(settings.log_level)
    _allow_many_connections()
    with ExitStack() as undo:
        # A collection while hundreds of modules load finds nothing, and costs the first page 30 ms.
        gc.disable()
        undo.callback(gc.enable)
        stopped = undo.enter_context(_stop_signals())
        running = _start(settings, undo)
        gc.freeze()
        gc.enable()
        announce(running)
        stopped.wait()
        log.info("Stopping")


def _start(settings: Settings, undo: ExitStack) -> Running:
    """Start everything, from the lock of the data folder to the runtime file."""
    data_dir = folder(settings.data_dir)
    undo.callback(FolderLock(data_dir).release)
    own_token = chosen_token(settings)
    token = own_token or kept_token(data_dir)
    shown = certificate(settings)
    context = shown.context() if shown else None
    listeners = open_listeners(settings.host, settings.port)
    for listener in listeners:
        undo.enter_context(listener)
    port = int(listeners[0].getsockname()[1])
    settings = dataclasses.replace(settings, port=port, token=own_token)
    application, sandbox = _application(settings, token)
    # Ended before the sockets are closed: polling clients need one more request to hear of it.
    for http_server in _http_servers(listeners, application, settings, context):
        undo.callback(http_server.close)
        http_server.start()
    undo.callback(_close, application)
    record = ServerRecord(
        url=own_url(settings),
        pid=os.getpid(),
        token=token,
        version=__version__,
        fingerprint=shown.fingerprint if shown else None,
    )
    undo.callback(publish(folder(settings.runtime_dir), port, record).withdraw)
    return Running(settings, record, sandbox)


def _patch() -> None:
    """Make the standard library cooperative, as gevent does it."""
    from gevent import events, monkey

    # It looks for plug-ins in every installed distribution, two dozen times: up to 80 ms.
    names = vars(events)
    searching = names["notify_and_call_entry_points"]
    names["notify_and_call_entry_points"] = names["notify"]
    try:
        monkey.patch_all()
    finally:
        names["notify_and_call_entry_points"] = searching


def _application(settings: Settings, token: str) -> tuple[Application, Sandbox]:
    import gevent

    # The sandbox is tried out by programs of its own, while this one loads the rest.
    opening = gevent.spawn(_try_sandbox, settings)
    gevent.sleep(0)
    from .web.app import create_app

    sandbox = opening.get()
    if isinstance(sandbox, StartError):
        raise sandbox
    return create_app(settings, sandbox=sandbox, operator_token=token), sandbox


def _try_sandbox(settings: Settings) -> Sandbox | StartError:
    """The sandbox, or why there is none: gevent would print what a greenlet raises."""
    from .sandbox import open_sandbox

    try:
        return open_sandbox(settings)
    except StartError as error:
        return error


def _http_servers(
    listeners: list[socket.socket],
    application: Application,
    settings: Settings,
    tls: ssl.SSLContext | None,
) -> Iterator[WSGIServer]:
    from .wire.http_handler import HttpHandler
    from .wire.http_server import HttpServer
    from .wire.tls_server import TlsServer

    kind = HttpServer if tls is None else TlsServer
    options: dict[str, Any] = {} if tls is None else {"ssl_context": tls}

    for listener in listeners:
        # Without a name, gevent would ask DNS for one, which can take seconds offline.
        environ = {"SERVER_NAME": str(listener.getsockname()[0])}
        yield kind(
            listener,
            application.wsgi,
            handler_class=HttpHandler,
            environ=environ,
            log=None,
            error_log=log,
            proxied=settings.trust_proxy > 0,
            **options,
        )


def _close(application: Application) -> None:
    """End what the application does; StartError, after all has been tried, if something failed."""
    from gevent import Timeout

    limit = Timeout.start_new(CLOSE_SECONDS)
    try:
        application.close()
    except Timeout as expired:
        if expired is not limit:
            raise
        log.warning("Not everything could be ended within %g seconds", CLOSE_SECONDS)
    except Exception as error:
        log.exception("Ending failed")
        raise StartError("The server did not end as it should: its log tells why.") from error
    finally:
        limit.close()


@contextmanager
def _stop_signals() -> Iterator[Event]:
    """An event that the first signal to stop sets; the second ends the process at once."""
    import gevent
    from gevent.event import Event

    stopped = Event()
    loop = gevent.get_hub().loop

    def stop(number: int, _frame: FrameType | None) -> None:
        if stopping:
            os._exit(128 + number)
        stopping.append(number)
        loop.run_callback_threadsafe(stopped.set)

    stopping: list[int] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [number for name in names if (number := getattr(signal, name, None)) is not None]
    # One that is ignored stays so: nohup asks for that.
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    with _woken_by_signals():
        before = {number: signal.signal(number, stop) for number in heeded}
        try:
            yield stopped
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _woken_by_signals() -> Iterator[None]:
    """Let every signal wake the event loop, so that its handler runs at once.

    A signal that comes after gevent has looked for one, and before it goes to sleep in the kernel,
    would else be handled only when something else happens.
    """
    import gevent

    def drain() -> None:
        while reader.recv(64):
            pass

    reader, writer = socket.socketpair()
    with reader, writer:
        waking = gevent.spawn(drain)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            waking.kill()


def _allow_many_connections() -> None:
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


# --- addresses ---------------------------------------------------------------------------------


def own_url(settings: Settings) -> str:
    """The home page as this machine reaches it, on loopback where the server listens there."""
    host = {"0.0.0.0": "127.0.0.1", "localhost": "127.0.0.1", "::": "::1"}.get(  # noqa: S104  compared with
        settings.host, settings.host
    )
    return _url(host, settings)


def others_url(settings: Settings) -> str | None:
    """The home page as others reach it, never with a token; None while they cannot."""
    if settings.public_url is not None:
        return settings.public_url
    if settings.bound_to_loopback:
        return None
    host = lan_address() if settings.host in ANY_ADDRESS else settings.host
    return _url(host, settings) if host else None


def _url(host: str, settings: Settings) -> str:
    scheme, usual = ("https", 443) if settings.speaks_tls else ("http", 80)
    port = "" if settings.port == usual else f":{settings.port}"
    return f"{scheme}://{url_host(host)}{port}{settings.base_path}"
