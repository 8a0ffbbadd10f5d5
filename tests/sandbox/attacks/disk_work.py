"""Fills its folder with files.

expect: ok, error, output_limit
limits: contained
seconds: 8
"""

total = 0
try:
    for number in range(40):
        with open(f"fill-{number}", "wb", buffering=0) as file:
            for _ in range(15):
                total += file.write(bytes(1 << 20))
except OSError as error:
    print("refused", error)
print("ESCAPED" if total > 400 << 20 else "held", total >> 20, "MiB")
