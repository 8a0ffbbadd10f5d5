"""Writes terminal escape sequences: titles, cursor, clipboard, links.

expect: ok
limits: contained
seconds: 8
"""

import os

os.write(
    1, b"\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\x1b]52;c;aGk=\x07\x1b]8;;http://127.0.0.1\x07x"
)
