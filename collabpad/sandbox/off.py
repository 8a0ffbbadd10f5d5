"""The backend of a server that runs no programs."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import RunDisabled
from .interpreter import Interpreter
from .spec import Execution, Name, RunSpec, Tools


@dataclass(frozen=True)
class Off:
    """Refuses every run; `reason` says why and how to fix that."""

    reason: str
    python: Interpreter

    name: Name = "off"
    isolated: bool = False
    tools: Tools = "host"
    image_programs: frozenset[str] = frozenset()

    def run(self, spec: RunSpec) -> Execution:
        raise RunDisabled("This server does not run programs.")
