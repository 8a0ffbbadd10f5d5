"""Takes memory until something gives.

expect: memory_limit, error
limits: contained
seconds: 12
"""

blocks = []
for step in range(40):
    blocks.append(bytearray(b"x") * (64 << 20))
    if step > 20:
        print("ESCAPED", 64 * step, "MiB", flush=True)
