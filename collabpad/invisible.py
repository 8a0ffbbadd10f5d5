"""What cannot be seen in a name: characters that look like nothing, or like a blank."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RANGES: Final = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
    # The above are Unicode's Default_Ignorable_Code_Point; these are blank, and not among them.
    (0x2800, 0x2800),
    (0xFFF9, 0xFFFB),
    (0x16FE4, 0x16FE4),
    (0x1D159, 0x1D159),
)
INVISIBLE: Final = re.compile(
    "[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _RANGES) + "]"
)
_JOINERS: Final = "\u200c\u200d"  # Persian, Indic scripts and emoji are written with them
_EMOJI_STYLE: Final = "\ufe0e\ufe0f"
_FLAG: Final = "\U0001f3f4"
_TAGS: Final = range(0xE0020, 0xE0080)


def hides_something(text: str) -> bool:
    """Whether it holds invisible characters that shape nothing beside them."""
    return any(not _has_a_use(text, found.start()) for found in INVISIBLE.finditer(text))


def _has_a_use(text: str, at: int) -> bool:
    char, before = text[at], text[at - 1 : at]
    if char in _JOINERS:
        return True
    if char in _EMOJI_STYLE:
        return bool(before) and unicodedata.category(before)[0] not in "LMZC"
    in_flag = bool(before) and (before == _FLAG or ord(before) in _TAGS)
    return in_flag and ord(char) in _TAGS


def shows_something(text: str) -> bool:
    """Whether anything of it can be seen."""
    return bool(INVISIBLE.sub("", text).strip())
