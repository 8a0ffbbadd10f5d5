"""Keeps files that have no name by a page of each in its memory.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import common

common.fill(common.mapped_files("fill", unlink_first=False), most=320)
