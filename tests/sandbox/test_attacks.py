"""The attack corpus against every backend of this machine, as an ordinary user's server and root's.

`limits` is no isolation: there the attacks that are expected to get through have to, which shows
that they are able to, and that the others meet something.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.sandbox import shooting_range
from tests.sandbox.servers import SERVERS, Server, give, run_script
from tests.sandbox.shooting_range import ATTACKS, Shot, header
from tests.sandbox.stories import lacking

pytestmark = pytest.mark.slow

NAMES = sorted(path.stem for path in ATTACKS.glob("*.py") if path.stem != "common")


@cache
def shots(server: Server) -> dict[str, Shot] | str:
    """Fire all attacks at once; the plain reason if the backend does not work."""
    attacks = [
        name
        for name in NAMES
        if server.backend != "limits" or not header(name).limits.startswith("not run")
    ]
    place = Path(tempfile.mkdtemp())
    try:
        return _parsed(_fire(server, attacks, place))
    finally:
        shutil.rmtree(place)


def _fire(server: Server, attacks: list[str], place: Path) -> str:
    place.chmod(0o755)
    home = place / "home"
    home.mkdir()
    for folder in (place, home):
        give(folder, server.uid)
    done = run_script(
        server, shooting_range.__file__, *attacks, home=home, temporary=place, timeout=240
    )
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1]
    return done.stdout


def _parsed(said: str) -> dict[str, Shot] | str:
    if not said.startswith("{"):
        return said
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines.pop() == {"left": []}, "a run's folder stays behind"
    return {line["attack"]: Shot(**line) for line in lines}


@pytest.fixture(params=SERVERS, ids=str, scope="module")
def fired(request: pytest.FixtureRequest) -> tuple[Server, dict[str, Shot]]:
    """All attacks on a server, already fired."""
    server: Server = request.param
    if server.user == "root" and os.geteuid() != 0:
        pytest.skip("kernel: the tests are not run by root")
    found = shots(server)
    if isinstance(found, str):
        lacking(server.backend, found)
    return server, found


def test_the_corpus_is_a_corpus() -> None:
    assert len(NAMES) >= 40
    for name in NAMES:
        wanted = header(name)
        assert wanted.title.endswith(".")
        assert wanted.limits.partition(":")[0] in {
            "contained",
            "escapes",
            "may escape",
            "not run",
        }


@pytest.mark.parametrize("attack", NAMES)
def test_the_attack_is_contained(fired: tuple[Server, dict[str, Shot]], attack: str) -> None:
    server, all_shots = fired
    wanted = header(attack)
    if server.backend == "limits" and wanted.limits.startswith("not run"):
        assert attack not in all_shots
        return
    shot = all_shots[attack]
    if server.backend == "limits" and wanted.limits == "may escape":
        return
    if server.backend == "limits" and wanted.limits == "escapes":
        # Root's files are safe from nobody, so only an ordinary user's server shows it.
        assert shot.hit or server.user == "root", f"this attack is harmless: {shot.said}"
        return
    assert shot.hit == [], shot.said
    assert "ModuleNotFoundError" not in shot.said, "it has not even begun"
    assert verdict(shot) in wanted.expect, shot.said


def verdict(shot: Shot) -> str:
    if shot.cause != "exit":
        return shot.cause
    if shot.signal is not None:
        return "killed"
    return "ok" if shot.exit_code == 0 else "error"
