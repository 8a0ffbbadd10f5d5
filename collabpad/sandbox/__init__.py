"""Running a program that nobody has read: `open_sandbox(settings).run(spec)` yields its events.

Nothing of languages or sessions lives here: a program is files, a command and caps. Begin with
`spec.py`, then `choose.py`, which picks a backend, and `execution.py`, which follows one process.
"""

from .choose import open_sandbox
from .interpreter import Interpreter, hidden_from_runs, needed_folders
from .spec import Caps, Event, Execution, Exit, Output, RunSpec, Sandbox, Started, Waiting

__all__ = [
    "Caps",
    "Event",
    "Execution",
    "Exit",
    "Interpreter",
    "Output",
    "RunSpec",
    "Sandbox",
    "Started",
    "Waiting",
    "hidden_from_runs",
    "needed_folders",
    "open_sandbox",
]
