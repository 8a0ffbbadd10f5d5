"""Make one file that runs collabpad on this platform with this version of Python; see scripts/pyz.

    python scripts/make_pyz.py [--output FOLDER]     FOLDER is dist/ unless told

The file unpacks itself at its first start (into SHIV_ROOT, or ~/.shiv) and names in its own name
where it runs; started elsewhere it says so in one sentence.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Run by shiv before collabpad is imported, when a wrong Python would fail on the first extension.
PREAMBLE = """\
import sys
import sysconfig

made_for = {made_for!r}
found = (sysconfig.get_platform(), "%d.%d" % sys.version_info[:2])
if found != made_for:
    sys.exit("This file is made for Python {{1}} on {{0}}.".format(*made_for)
             + " This is Python {{1}} on {{0}}.".format(*found))
"""


def target() -> tuple[str, str]:
    """The platform and the version of Python that the file is for."""
    return sysconfig.get_platform(), f"{sys.version_info.major}.{sys.version_info.minor}"


def preamble() -> str:
    """A program that ends with a sentence anywhere but where the file is for."""
    return PREAMBLE.format(made_for=target())


def file_name(version: str) -> str:
    """collabpad-VERSION-PLATFORM-PYTHON.pyz, the last two in the words of wheel names."""
    platform, python = target()
    return f"collabpad-{version}-{platform.replace('-', '_')}-cp{python.replace('.', '')}.pyz"


def make(folder: Path) -> Path:
    """Build the file in `folder` and return its path; raises CalledProcessError."""
    from collabpad import __version__

    folder.mkdir(parents=True, exist_ok=True)
    output = folder / file_name(__version__)
    with tempfile.TemporaryDirectory() as workshop:
        check = Path(workshop) / "preamble.py"
        check.write_text(preamble(), "utf-8")
        shiv = [sys.executable, "-m", "shiv", "--console-script", "collabpad"]
        options = ["--compressed", "--reproducible", "--python", "/usr/bin/env python3"]
        pip = ["--quiet", "--disable-pip-version-check"]
        constraints = ["--constraint", str(ROOT / "scripts" / "constraints.txt")]
        where = ["--output-file", str(output), "--preamble", str(check)]
        subprocess.run(
            [*shiv, *options, *where, *pip, *constraints, str(ROOT)],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
    return output


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make collabpad in one file.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", metavar="FOLDER")
    try:
        print(make(parser.parse_args().output))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
