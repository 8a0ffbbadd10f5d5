"""Running programs that nobody has read: `open_sandbox(settings).run(spec)` gives their events."""

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
