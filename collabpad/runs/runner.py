"""Everything that this server runs: one program a key at a time, so many at once, so many waiting.

Knows nothing of sessions or connections: a key stands for whatever may have one run at a time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath

import gevent

from ..errors import BadRequest, Busy, RunDisabled, TooLarge, Unavailable, UnknownRun
from ..protocol.enums import Obstacle
from ..protocol.views import LanguageView, SandboxView
from ..sandbox import Sandbox
from ..settings import Settings
from . import languages
from .events import RunEvent, RunRecord, RunResult
from .fair_semaphore import FairSemaphore
from .languages import Installed, Language
from .run import Run

_CLOSE_SECONDS = 3.0


class Runner:
    """Starts, feeds and stops programs; needs gevent's loop."""

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._semaphore = FairSemaphore(
            settings.max_runs or os.cpu_count() or 1, settings.run_queue
        )
        self._runs: dict[object, Run] = {}
        self._closed = False

    @cached_property
    def _survey(self) -> dict[str, Installed | Obstacle]:
        """Made when first asked for: the first page is served before."""
        return languages.survey(self._settings, self._sandbox)

    def _installed(self, language: str) -> Installed | None:
        found = self._survey.get(language)
        return found if isinstance(found, Installed) else None

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that this server can run."""
        found = self._survey.values()
        return tuple(each.language for each in found if isinstance(each, Installed))

    @property
    def default_language(self) -> str:
        return languages.DEFAULT

    def knows(self, language: str) -> bool:
        """Whether documents may be in a language, runnable here or not."""
        return language in languages.BY_ID

    def example(self, language: str) -> str:
        """A small program to begin with; empty for what is no program."""
        return languages.BY_ID[language].example

    def suffix(self, language: str) -> str:
        """How files of a language are named, dot included."""
        return PurePath(languages.BY_ID[language].file_name).suffix or ".txt"

    def languages_view(self) -> list[LanguageView]:
        """All languages for the page, each with whether it runs here, or else why not."""
        return [_language_view(each, self._survey[each.id]) for each in languages.TABLE]

    def sandbox_view(self) -> SandboxView:
        """What the page says of the isolation; the reason behind it is the operator's."""
        return {"name": self._sandbox.name, "isolated": self._sandbox.isolated}

    def run_once(self, code: str, language: str, stdin: str = "") -> RunResult:
        """Run a program to its end, the loop going on meanwhile."""
        run = self._new_run(code, language, stdin, interactive=False, on_event=lambda _: None)
        key = object()
        self._begin(key, run)
        try:
            result = run.wait()
        finally:
            run.stop()
        if result is None:
            raise Unavailable("The server is stopping.")
        return result

    def start(
        self,
        key: object,
        *,
        code: str,
        language: str,
        stdin: str,
        on_event: Callable[[RunEvent], None],
    ) -> str:
        """Start a program and return its run ID; its events follow, none before this returns.

        Raises Busy while the key's last run goes on or the line is full, RunDisabled where nothing
        is run, BadRequest for a language that cannot be, TooLarge for too much code or input.
        """
        if key in self._runs:
            raise Busy("A program is running here already; stop it or wait for its end.")
        run = self._new_run(code, language, stdin, interactive=True, on_event=on_event)
        self._begin(key, run)
        return run.record.run_id

    def write_stdin(self, key: object, run_id: str, data: str, eof: bool = False) -> None:
        """Feed a program; raises UnknownRun, or TooLarge beyond all the input that one may get."""
        run = self._run(key, run_id)
        size = _size(data)
        if run.input_given + size > self._settings.limits.stdin:
            raise TooLarge(f"A program gets at most {self._settings.limits.stdin} bytes of input.")
        run.input_given += size
        run.write_stdin(data, eof)

    def stop(self, key: object, run_id: str) -> None:
        """Stop a program, or take it out of the line; raises UnknownRun."""
        self._run(key, run_id).stop()

    def current(self, key: object) -> RunRecord | None:
        """The key's run under way, with its output so far."""
        run = self._runs.get(key)
        return None if run is None else run.record

    def close(self) -> None:
        """Stop everything and wait for it; nothing can be started any more."""
        self._closed = True
        runs = list(self._runs.values())
        for run in runs:
            run.stop()
        gevent.joinall([gevent.spawn(run.wait) for run in runs], timeout=_CLOSE_SECONDS)

    def _run(self, key: object, run_id: str) -> Run:
        run = self._runs.get(key)
        if run is None or run.record.run_id != run_id:
            raise UnknownRun("This program is not running, or no longer.")
        return run

    def _begin(self, key: object, run: Run) -> None:
        run.begin(self._semaphore, lambda: self._forget(key, run))
        self._runs[key] = run

    def _forget(self, key: object, run: Run) -> None:
        if self._runs.get(key) is run:
            del self._runs[key]

    def _new_run(
        self,
        code: str,
        language: str,
        stdin: str,
        *,
        interactive: bool,
        on_event: Callable[[RunEvent], None],
    ) -> Run:
        installed = self._require(language)
        limits = self._settings.limits
        if _size(code) > limits.run_code:
            raise TooLarge(f"At most {limits.run_code} bytes of code can be run.")
        if _size(stdin) > limits.stdin:
            raise TooLarge(f"A program gets at most {limits.stdin} bytes of input.")
        spec = installed.spec(
            code.encode(),
            stdin=stdin.encode(),
            interactive=interactive,
            timeout=self._settings.run_timeout,
            output=limits.run_output,
        )
        spec = replace(spec, input_wait=self._settings.input_wait)
        record = RunRecord(secrets.token_hex(8), language)
        return Run(record, spec, self._sandbox, on_event)

    def _require(self, language: str) -> Installed:
        if self._sandbox.name == "off":
            raise RunDisabled("This server does not run programs.")
        if self._closed:
            raise Unavailable("The server is stopping.")
        if language not in languages.BY_ID:
            raise BadRequest("`language` is none that this server offers.")
        installed = self._installed(language)
        if installed is None:
            title = languages.BY_ID[language].title
            raise BadRequest(f"{title} cannot be run on this server.")
        return installed


def _language_view(language: Language, found: Installed | Obstacle) -> LanguageView:
    if isinstance(found, Obstacle):
        return {"id": language.id, "title": language.title, "runnable": False, "reason": found}
    return {"id": language.id, "title": language.title, "runnable": True}


def _size(text: str) -> int:
    """The size of a text in UTF-8; raises BadRequest for half a character."""
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise BadRequest("The text holds half of a character.") from None
