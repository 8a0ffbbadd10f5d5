"""Fills a folder that its owner gave himself no right to read.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

import os

import common

os.mkdir("unreadable", 0o300)
common.fill(common.new_files("unreadable/fill"), most=320)
