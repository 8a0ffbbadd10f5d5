"""Run some programs of `endings` with one backend and write what they said, as JSON.

A script of its own, for it is started as an ordinary user.
"""

from __future__ import annotations

import json
import sys

from collabpad.errors import StartError
from collabpad.sandbox import Output, open_sandbox
from collabpad.settings import Settings
from tests.runs.endings import PROGRAMS
from tests.runs.here import installed

CHOSEN = ("python", "javascript", "c", "perl", "shell")
BY_NAME = """
cat /dev/stdin
echo err >/dev/stderr
touch /tmp/mine-$$ && chmod +x /tmp/mine-$$ && rm /tmp/mine-$$
"""


def main(backend: str) -> dict[str, str]:
    """What each said, by language."""
    settings = Settings(run_backend=backend)
    try:
        sandbox = open_sandbox(settings)
    except StartError as problem:
        return {"problem": problem.message}
    here = installed(settings, sandbox)
    codes = {language: PROGRAMS[language] for language in CHOSEN if language in here}
    said = {}
    for name, code in {**codes, "by name": BY_NAME}.items():
        language = here["shell" if name == "by name" else name]
        spec = language.spec(
            code.encode(), stdin=b"Ada\n", interactive=False, timeout=30.0, output=1 << 18
        )
        events = [event for event in sandbox.run(spec) if isinstance(event, Output)]
        said[name] = b"".join(event.data for event in events).decode()
    return said


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
