"""Docker or Podman: runs in a container of an image that the operator names, with its tools.

The code goes in as the first line of the input, so that no folder of this machine is mounted.
The container ends itself soon after its time, for the day when the server dies and cannot end it.
"""

from __future__ import annotations

import base64
import dataclasses
import math
import secrets
import shlex
import shutil
from dataclasses import dataclass

from ..settings import Settings
from ..units import MIB
from .environment import variables
from .execution import ProcessExecution
from .interpreter import Interpreter
from .process_spec import PHASE_FD, PHASE_RUNNING, PHASE_STARTED, STATUS_FD, ProcessSpec
from .spec import WORK_FOLDER, Execution, Exit, Name, Output, RunSpec, Tools

_ENGINES = ("podman", "docker")
_START_SECONDS = 30.0
_LIST_TOOLS = 'IFS=:; for folder in $PATH; do ls -1 "$folder" 2>/dev/null; done; exit 0'


@dataclass(frozen=True)
class Container:
    """The backend; `engine` is the program, `image_programs` the names of the image's programs."""

    engine: str
    image: str
    image_programs: frozenset[str] = frozenset()
    python: Interpreter = dataclasses.field(default=Interpreter("python3", ()))
    reason: str = ""

    name: Name = "container"
    isolated: bool = True
    tools: Tools = "image"

    def run(self, spec: RunSpec) -> Execution:
        files = b"".join(base64.b64encode(data) + b"\n" for data in spec.files.values())
        timeout = spec.timeout + (spec.compile_timeout if spec.compile else 0)
        return ProcessExecution(
            self.process_spec(spec, f"collabpad-{secrets.token_hex(8)}"),
            dataclasses.replace(spec, stdin=files + spec.stdin, timeout=timeout),
        )

    def process_spec(self, spec: RunSpec, name: str) -> ProcessSpec:
        """Say how to start it, as a container of that name."""
        create = shlex.join((self.engine, "create", *self._options(spec, name)))
        start = shlex.join((self.engine, "start", "--attach", "--interactive", name))
        script = (
            f"{create} {STATUS_FD}>&- {PHASE_FD}>&- >/dev/null || exit\n"
            f"echo {PHASE_STARTED} >&{PHASE_FD}; echo {PHASE_RUNNING} >&{PHASE_FD}\n"
            f"{start} {STATUS_FD}>&- {PHASE_FD}>&-\n"
            f"""printf '{{"exit-code": %d}}\\n' $? >&{STATUS_FD}\n"""
        )
        return ProcessSpec(
            argv=("/bin/sh", "-c", script),
            inherits_environment=True,
            preparation=_START_SECONDS,
            kill_command=(self.engine, "kill", name),
        )

    def _options(self, spec: RunSpec, name: str) -> tuple[str, ...]:
        caps = spec.caps
        folder = f"rw,exec,nosuid,nodev,mode=1777,size={caps.disk}"
        environment = variables(spec)
        del environment["PATH"]  # the image knows better
        return (
            *("--name", name, "--rm", "--interactive", "--init", "--log-driver", "none"),
            *("--network", "none", "--hostname", "pad", "--read-only", "--user", "65534:65534"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
            *("--memory", str(caps.memory), "--memory-swap", str(caps.memory)),
            *("--pids-limit", str(caps.processes), "--shm-size", str(16 * MIB)),
            *("--ulimit", "core=0:0", "--ulimit", f"nofile={caps.files_open}:{caps.files_open}"),
            *("--ulimit", f"fsize={caps.file_size}:{caps.file_size}"),
            *("--tmpfs", f"{WORK_FOLDER}:{folder}", "--tmpfs", f"/tmp:{folder}"),  # noqa: S108 - inside
            *("--workdir", WORK_FOLDER),
            *(f"--env={name}={value}" for name, value in environment.items()),
            *("--entrypoint", "/bin/sh", self.image, "-c", _inside(spec)),
        )


def _inside(spec: RunSpec) -> str:
    """What the container's shell does: take the files, compile, run, not for ever."""
    lines = [
        f'IFS= read -r file && printf %s "$file" | base64 -d >{shlex.quote(name)} || exit 126'
        for name in spec.files
    ]
    if spec.compile is not None:
        seconds = math.ceil(spec.compile_timeout)
        lines.append(f"timeout -s KILL {seconds} {shlex.join(spec.compile)} </dev/null || exit $?")
    lines.append(f"exec timeout -s KILL {math.ceil(spec.timeout) + 1} {shlex.join(spec.command)}")
    return "\n".join(lines)


def find(settings: Settings) -> Container | str:
    """Return the backend with what its image has installed, or the plain reason for none."""
    engine = next(filter(None, map(shutil.which, _ENGINES)), None)
    if engine is None:
        return "neither podman nor docker is installed"
    if settings.run_image is None:
        return "it needs an image with the tools for programs: --run-image NAME"
    container = Container(engine, settings.run_image)
    listing, failure = bytearray(), ""
    for event in container.run(RunSpec(command=("/bin/sh", "-c", _LIST_TOOLS), timeout=10.0)):
        if isinstance(event, Output) and event.stream == "stdout":
            listing += event.data
        elif isinstance(event, Exit) and event.exit_code != 0:
            failure = event.detail or "it could not list the programs of the image"
    if failure:
        return f"{engine} cannot run {settings.run_image} ({failure})"
    return dataclasses.replace(container, image_programs=frozenset(listing.decode().split("\n")))
