"""Keeps files in /tmp that have no name by a page of each in its memory.

expect: ok, error, output_limit
limits: may escape
seconds: 8
"""

import os

import common

common.fill(common.mapped_files(f"/tmp/fill-{os.getpid()}", unlink_first=True), most=320)
