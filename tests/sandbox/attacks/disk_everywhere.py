"""Fills every folder that it finds to be writable.

expect: ok, error, output_limit, timeout
limits: not run: it would find folders of the host
seconds: 8
"""

import os

total = 0
for root, folders, _files in os.walk("/"):
    if root in ("/proc", "/sys", "/usr"):
        folders.clear()
        continue
    if os.access(root, os.W_OK):
        try:
            for number in range(15):
                with open(f"{root}/fill-{number}", "wb", buffering=0) as file:
                    for _ in range(15):
                        total += file.write(bytes(1 << 20))
        except OSError as error:
            print(root, error)
print("ESCAPED" if total > 200 << 20 else "held", total >> 20, "MiB")
