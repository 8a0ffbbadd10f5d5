"""Runs programs: one per key at a time, a fixed number at once, and a queue for the others.

Knows nothing of sessions or connections: a key stands for whatever may have one run at a time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import gevent

from ..errors import BadRequest, Busy, RunDisabled, TooLarge, Unavailable, UnknownRun
from ..protocol.enums import Obstacle
from ..protocol.views import LanguageView, SandboxView
from ..sandbox import Sandbox
from ..settings import Settings
from .events import RunEvent, RunRecord, RunResult
from .fair_semaphore import FairSemaphore
from .installed import Installed, survey
from .language import Language
from .languages import DEFAULT, Languages
from .run import Run

_CLOSE_SECONDS = 3.0


class Runner:
    """Starts, feeds and stops programs; needs gevent's loop."""

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._languages = Languages(settings.languages)
        self._semaphore = FairSemaphore(
            settings.max_runs or os.cpu_count() or 1, settings.run_queue
        )
        self._runs: dict[object, Run] = {}
        self._closed = False

    @cached_property
    def _survey(self) -> dict[str, Installed | Obstacle]:
        """Made when first asked for: the first page is served before."""
        return survey(self._languages, self._settings, self._sandbox)

    def language(self, name: str | None) -> Language:
        """The language of an ID or alias, the default for None; raises BadRequest for others."""
        found = self._languages.get(DEFAULT if name is None else name)
        if found is None:
            raise BadRequest("This server does not offer that `language`.")
        return found

    def knows(self, language_id: str) -> bool:
        """Whether documents may be in a language, runnable here or not."""
        return language_id in self._languages.ids

    def ending(self, language_id: str) -> str:
        """How names of files of a language end; one that was configured once may be gone."""
        found = self._languages.get(language_id)
        return ".txt" if found is None else found.endings[0]

    def languages_view(self, current: str | None = None) -> list[LanguageView]:
        """All languages for clients, each with whether it runs here, or else why not.

        `current` is shown even where it was configured once and is gone.
        """
        if current is None or self.knows(current):
            return self._language_views
        gone = Language(id=current, name=current, endings=(".txt",), mode="text")
        return [*self._language_views, self._language_view(gone)]

    @cached_property
    def _language_views(self) -> list[LanguageView]:
        return [self._language_view(each) for each in self._languages]

    def _language_view(self, language: Language) -> LanguageView:
        found = self._survey.get(language.id, Obstacle.NOT_INSTALLED)
        view: LanguageView = {
            "id": language.id,
            "title": language.name,
            "aliases": language.aliases,
            "endings": language.endings,
            "mode": language.mode,
            "indent": language.indent,
            "runnable": isinstance(found, Installed),
        }
        if isinstance(found, Obstacle):
            view["reason"] = found
        return view

    def sandbox_view(self) -> SandboxView:
        """What the page says of the isolation; the reason behind it is the operator's."""
        return {"name": self._sandbox.name, "isolated": self._sandbox.isolated}

    def run_once(self, code: str, language: str | None, stdin: str = "") -> RunResult:
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
            raise Busy("A program is already running here: stop it or wait for it to end.")
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
        """The run of a key that is under way, with its output so far."""
        run = self._runs.get(key)
        return None if run is None else run.record

    def close(self) -> None:
        """Stop all runs and wait for them; no run can start after that."""
        self._closed = True
        runs = list(self._runs.values())
        for run in runs:
            run.stop()
        gevent.joinall([gevent.spawn(run.wait) for run in runs], timeout=_CLOSE_SECONDS)

    def _run(self, key: object, run_id: str) -> Run:
        run = self._runs.get(key)
        if run is None or run.record.run_id != run_id:
            raise UnknownRun("This program is not running.")
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
        language: str | None,
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
        record = RunRecord(secrets.token_hex(8), installed.language.id)
        return Run(record, spec, self._sandbox, on_event)

    def _require(self, language: str | None) -> Installed:
        if self._sandbox.name == "off":
            raise RunDisabled("This server does not run programs.")
        if self._closed:
            raise Unavailable("The server is stopping.")
        found = self.language(language)
        installed = self._survey[found.id]
        if not isinstance(installed, Installed):
            raise BadRequest(f"{found.name} cannot be run on this server.")
        return installed


def _size(text: str) -> int:
    """The size of a text in UTF-8; raises BadRequest for half a character."""
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise BadRequest("The text contains half a character.") from None
