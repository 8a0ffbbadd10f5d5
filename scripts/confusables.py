#!/usr/bin/env python3
"""Makes collabpad/sessions/confusables.txt of Unicode's table of characters that look alike.

scripts/confusables.py PATH    of https://www.unicode.org/Public/security/latest/confusables.txt
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from unicodedata import normalize

TARGET = Path(__file__).parent.parent / "collabpad" / "sessions" / "confusables.txt"
HEADER = """\
# Characters that look alike, made by scripts/confusables.py from confusables.txt of
# Unicode Security Mechanisms for UTS #39, version {version}.
# Copyright Unicode, Inc.; used under https://www.unicode.org/license.txt
# Each line: what is seen, and what looks like it, but for what NFKC replaces.
"""


def main(source: Path) -> None:
    version, alike = "", defaultdict(set)
    for line in source.read_text("utf-8-sig").splitlines():
        facts, _, remark = line.partition("#")
        if remark.strip().startswith("Version:"):
            version = remark.partition(":")[2].strip()
        if not facts.strip():
            continue
        char, target, _ = (each.strip() for each in facts.split(";"))
        if normalize("NFKC", chr(int(char, 16))) == chr(int(char, 16)):
            alike[target].add(char)
    lines = (f"{target}: {' '.join(sorted(chars))}\n" for target, chars in sorted(alike.items()))
    TARGET.write_text(HEADER.format(version=version) + "".join(lines), "ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
