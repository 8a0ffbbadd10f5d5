"""Prints one line of two hundred million letters.

expect: output_limit, memory_limit
limits: contained
seconds: 8
"""

print("x" * 200_000_000)
