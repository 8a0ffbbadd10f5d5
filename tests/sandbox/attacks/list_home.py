"""Lists the home of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os

try:
    print("ESCAPED", os.listdir(os.environ["CANARY_HOME"]))
except OSError as error:
    print("refused", error)
