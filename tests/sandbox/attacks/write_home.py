"""Leaves something in the home of the server: a key, a start-up file.

expect: ok
limits: escapes
seconds: 8
"""

import os

for name in ("authorized_keys", ".bashrc"):
    try:
        with open(os.path.join(os.environ["CANARY_HOME"], name), "w") as file:
            file.write("mine")
        print("ESCAPED", name)
    except OSError as error:
        print("refused", error)
