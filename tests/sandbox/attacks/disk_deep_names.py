"""Fills folders nested deeper than a path can be long, by names as long as can be.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os
from collections.abc import Iterator
from io import FileIO

import common


def deep_files() -> Iterator[FileIO]:
    for _ in range(20):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    yield from common.new_files("fill")


common.fill(deep_files(), most=320)
