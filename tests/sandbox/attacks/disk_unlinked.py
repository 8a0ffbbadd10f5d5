"""Fills files that have no name any more.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os
from collections.abc import Iterator
from io import FileIO

import common


def unlinked_files() -> Iterator[FileIO]:
    kept = []
    for _ in range(50):
        file = FileIO("fill", "w")
        os.unlink("fill")
        kept.append(file)
        yield file


common.fill(unlinked_files(), most=320)
