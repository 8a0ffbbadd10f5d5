"""Crashes, in the hope of a core file.

expect: killed
limits: contained
seconds: 8
"""

import os

os.abort()
