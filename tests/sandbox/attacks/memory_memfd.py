"""Keeps memory in files without a name, which no process maps.

expect: ok, error
limits: contained
seconds: 8
"""

import os
from collections.abc import Iterator
from io import FileIO

import common


def files_without_name() -> Iterator[FileIO]:
    kept = []
    for _ in range(20):
        file = FileIO(os.memfd_create("hoard"), "w")
        kept.append(file)
        yield file


common.fill(files_without_name(), most=100)
