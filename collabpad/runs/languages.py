"""All languages of a server: the built-in ones and those of its config file, found by any name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..errors import UsageProblem
from ..language_settings import LanguageSettings
from .builtin_languages import BUILTIN_LANGUAGES
from .language import Language, configured

DEFAULT: Final = "python"


class Languages:
    """The table, in the order in which it is shown.

    Raises UsageProblem where the config file names a language that is there already.
    """

    def __init__(self, more: Sequence[LanguageSettings] = ()) -> None:
        *code, text = BUILTIN_LANGUAGES
        self._rows = [*code, *map(configured, more), text]
        self.ids = frozenset(row.id for row in self._rows)
        self._by_name: dict[str, Language] = {}
        sources = {each.id: each.source for each in more}
        for row in sorted(self._rows, key=lambda row: row.id in sources):
            for name in (row.id, *row.aliases):
                other = self._by_name.setdefault(name, row)
                if other is not row:
                    raise UsageProblem(
                        f"{sources[row.id]} cannot have the name {name}, "
                        f"which {other.name} has already: choose another."
                    )

    def __iter__(self) -> Iterator[Language]:
        return iter(self._rows)

    def get(self, name: str) -> Language | None:
        """The language of that ID or alias."""
        return self._by_name.get(name.lower())
