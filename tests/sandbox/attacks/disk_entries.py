"""Makes a great many empty files.

expect: ok, error, output_limit, timeout
limits: contained
seconds: 1
"""

try:
    for number in range(60_000):
        open(f"empty-{number}", "w").close()
except OSError as error:
    print("refused", error)
