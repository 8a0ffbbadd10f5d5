"""What a suite found, judged by what is refused on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """One row of the table."""

    suite: str
    cases: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    missing: str | None = None
    """What the suite needs and this machine has not, as one sentence."""

    @property
    def row(self) -> str:
        """The row of the table, in Markdown."""
        if self.missing is not None:
            return f"| {self.suite} | not run | | |"
        passed = self.cases - self.refused - len(self.faults)
        return f"| {self.suite} | {passed} | {self.refused} | {len(self.faults)} |"


HEADING = "| suite | as asked | refused on purpose | faults |\n|---|---|---|---|"


def judge(suite: str, errors: Mapping[str, str | None], purposeful: Mapping[str, str]) -> Outcome:
    """`errors` has each case and what was wrong with it; `purposeful` each one that may be wrong.

    A refusal that is no longer one is a fault too, so that the list stays true.
    """
    faults = []
    for case, error in errors.items():
        if error is not None and case not in purposeful:
            faults.append(f"{case}: {error}")
        elif error is None and case in purposeful:
            faults.append(f"{case}: is not refused any more, so it need not be listed")
    faults += [f"{case}: is listed, but no case" for case in purposeful if case not in errors]
    refused = sum(error is not None and case in purposeful for case, error in errors.items())
    return Outcome(suite, max(len(errors), refused + len(faults)), refused, faults)
