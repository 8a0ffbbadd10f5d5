"""Fills its folder with files.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import common

common.fill(common.new_files("fill"), most=400)
