"""Changes the permissions of the home and the key of the server.

expect: ok
limits: escapes
seconds: 8
"""

import os

for path in (os.environ["CANARY_HOME"], os.environ["CANARY_KEY"]):
    try:
        os.chmod(path, 0o777)
        print("ESCAPED", path)
    except OSError as error:
        print("refused", error)
