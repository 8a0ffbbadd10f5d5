"""Prints lines for ever.

expect: output_limit
limits: contained
seconds: 8
"""

while True:
    print("All work and no play makes Jack a dull boy.")
