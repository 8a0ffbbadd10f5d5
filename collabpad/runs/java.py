"""Java: which class of a file to start, and any public class in a file that is called Main.java.

`java Main.java` starts the first class of a file, whichever has `main`; `javac` wants each public
class in a file of its name. So `public` in front of a type of the file is blanked out, which keeps
every line and column in its place.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
    //[^\n]* | /\*.*?(?:\*/|\Z)                             # comments
    | \"\"\"(?:\\.|.)*?(?:\"\"\"|\Z)                        # text blocks
    | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'?           # strings and characters
    | (?P<word>[^\W\d][\w$]*)
    | (?P<sign>[(){};.@])
    """,
    re.VERBOSE | re.DOTALL,
)
_TYPES = frozenset({"class", "interface", "enum", "record"})
_DEFAULT = "Main"  # what the compiler calls a class that only a file's `main` implies


def prepare(code: bytes) -> tuple[bytes, str]:
    """Return the source to compile as Main.java, and the full name of the class to start."""
    source = code.decode()
    reader = _Reader(source)
    for token in _TOKEN.finditer(source):
        if token["word"]:
            reader.word(token["word"], token.start())
        elif token["sign"]:
            reader.sign(token["sign"])
    return reader.blanked().encode(), reader.main_class()


class _Reader:
    """Follows a file from token to token: how deep it is, and in which type of the file."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._package = ""
        self._types: list[str] = []
        self._runnable: dict[str, bool] = {}  # whose `main` was found, and whether it is static
        self._publics: list[int] = []
        self._braces = self._parentheses = 0
        self._statement: list[str] = []  # the words since the last `;` or brace

    def word(self, word: str, start: int) -> None:
        if self._parentheses:
            return
        if self._braces == 0 and word == "public":
            self._publics.append(start)
        elif self._braces == 0 and self._statement and self._statement[-1] in _TYPES:
            self._types.append(word)
        self._statement.append(word)

    def sign(self, sign: str) -> None:
        if sign == "(":
            if not self._parentheses:
                self._look_for_main()
            self._parentheses += 1
        elif sign == ")":
            self._parentheses = max(self._parentheses - 1, 0)
        elif sign in "{};" and not self._parentheses:
            self._braces = max(self._braces + {"{": 1, "}": -1, ";": 0}[sign], 0)
            if self._braces == 0 and self._statement[:1] == ["package"]:
                self._package = ".".join(self._statement[1:])
            self._statement = []

    def _look_for_main(self) -> None:
        if self._statement[-2:] != ["void", "main"] or self._braces > 1:
            return
        owner = self._types[-1] if self._braces == 1 and self._types else _DEFAULT
        is_static = "static" in self._statement
        self._runnable[owner] = self._runnable.get(owner, False) or is_static

    def blanked(self) -> str:
        source = self._source
        for start in self._publics:
            source = source[:start] + " " * len("public") + source[start + len("public") :]
        return source

    def main_class(self) -> str:
        static = [name for name, is_static in self._runnable.items() if is_static]
        found = [*static, *self._runnable, *self._types, _DEFAULT][0]
        return f"{self._package}.{found}" if self._package else found
