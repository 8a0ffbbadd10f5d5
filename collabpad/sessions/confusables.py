"""Names that look the same, by UTS 39: https://www.unicode.org/reports/tr39/

`confusables.txt` beside this is made of Unicode's by scripts/confusables.py.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import normalize

from ..invisible import INVISIBLE


@lru_cache(4096)
def skeletons(name: str) -> frozenset[str]:
    """Names that share one of these look the same. Case is folded and confusable characters are
    replaced, in both orders: a small letter may look like other letters than its capital does.
    """
    plain = " ".join(INVISIBLE.sub("", normalize("NFKC", name)).split())
    folded = plain.casefold()
    return frozenset({normalize("NFD", folded), _skeleton(plain).casefold(), _skeleton(folded)})


def _skeleton(text: str) -> str:
    return normalize("NFD", normalize("NFD", text).translate(_prototypes()))


@cache
def _prototypes() -> dict[int, str]:
    """The prototype of each confusable character; read when it is first needed."""
    prototypes = {}
    table = files(__package__).joinpath("confusables.txt").read_text(encoding="ascii")
    for line in table.splitlines():
        if not line.startswith("#"):
            target, _, sources = line.partition(":")
            looks = "".join(chr(int(each, 16)) for each in target.split())
            prototypes.update(dict.fromkeys((int(each, 16) for each in sources.split()), looks))
    return prototypes
