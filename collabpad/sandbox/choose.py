"""Which backend a server runs programs with: tried by a real run, never a lesser one silently.

`auto` takes bubblewrap, else Landlock; bare limits only where nobody but this machine can reach the
server, or where the operator insists. A backend that was asked for by name works, or the server
does not start.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from ..errors import StartError
from ..settings import Settings
from . import bubblewrap, container, interpreter, seccomp
from .interpreter import Interpreter
from .off import Off
from .process import keep_own_descriptors
from .spec import Exit, Output, RunSpec, Sandbox
from .supervised_backends import Landlock, Limits

_ANSWER = b"it works\n"
_PROBE = "import json; print('it works')"
_PROBE_SECONDS = 10.0


def open_sandbox(settings: Settings) -> Sandbox:
    """Return the backend to use, after a run in it.

    Raises StartError if the one that the settings name does not work, or is no isolation while
    others can reach the server.
    """
    name = settings.run_backend
    if name == "off":
        return Off("It was switched off with --run-backend off.", Interpreter("", ()))
    if sys.platform == "linux":
        keep_own_descriptors()
    python = interpreter.find(settings)
    if name == "auto":
        return _best(settings, python)
    if name == "limits" and not _limits_allowed(settings):
        raise StartError(
            "--run-backend limits isolates nothing, and others can reach this server: "
            "add --unsafe-run to let them run programs as you anyway."
        )
    found = _opened(name, settings, python, "")
    if isinstance(found, str):
        raise StartError(f"--run-backend {name} does not work here: {found}.")
    return found


def _best(settings: Settings, python: Interpreter) -> Sandbox:
    failures: list[str] = []
    allowed = _limits_allowed(settings)
    for name in ("bubblewrap", "landlock", "limits") if allowed else ("bubblewrap", "landlock"):
        found = _opened(name, settings, python, _sentence(failures))
        if not isinstance(found, str):
            return found
        failures.append(found)
    if not allowed:
        failures.append("--unsafe-run would let others run programs as you")
    return Off(_sentence(failures), python)


def _limits_allowed(settings: Settings) -> bool:
    return settings.bound_to_loopback or settings.unsafe_run


def _sentence(parts: list[str]) -> str:
    text = "; ".join(dict.fromkeys(parts))
    return text and f"{text[0].upper()}{text[1:]}."


def _opened(name: str, settings: Settings, python: Interpreter, reason: str) -> Sandbox | str:
    """Open a backend and run something in it; the plain reason if that does not work."""
    found: Sandbox | str
    if name == "container":
        return container.find(settings)
    if name == "limits":
        found = Limits(interpreter.for_nobody(python, settings), reason)
    elif sys.platform != "linux":
        found = "this system has no isolation but --run-backend container"
    elif name == "bubblewrap":
        found = bubblewrap.find(python)
    elif seccomp.supported():
        found = Landlock(interpreter.for_nobody(python, settings), reason)
    else:
        found = "there is no system call filter for this machine's processor"
    failure = None if isinstance(found, str) else _failure(found)
    if failure is not None and isinstance(found, Landlock):
        found = replace(found, private=False)
        failure = _failure(found)
    if failure is None:
        return found
    return bubblewrap.explain(failure) if name == "bubblewrap" else f"{name} failed ({failure})"


def _failure(backend: Sandbox) -> str | None:
    """Run a probe; return what went wrong, or None."""
    said = bytearray()
    executable = backend.python.executable
    spec = RunSpec(
        command=(executable, "-I", "-S", "-c", _PROBE),
        readable=backend.python.readable,
        timeout=_PROBE_SECONDS,
    )
    for event in backend.run(spec):
        if isinstance(event, Output):
            said += event.data
        elif isinstance(event, Exit) and event.detail:
            return event.detail
    if bytes(said) == _ANSWER:
        return None
    return said.decode("utf-8", "replace").strip() or f"{executable} says nothing"
