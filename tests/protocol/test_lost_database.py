"""The database is removed or replaced under a running server: people and the operator are told."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.harness import Person, Server, eventually

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="platform: Windows removes no file that is open"
)


@pytest.mark.slow
def test_a_replaced_database_is_said_and_nothing_is_acknowledged_into_it(
    tmp_path: Path, pair_at_own_server: tuple[Server, Person, Person]
) -> None:
    database = tmp_path / "data" / "collabpad.db"
    server, ann, bob = pair_at_own_server
    assert server.get("/healthz").json()["status"] == "ok"
    kept = tmp_path / "kept.db"
    kept.hardlink_to(database)
    shutil.copy(database, tmp_path / "other.db")
    (tmp_path / "other.db").replace(database)  # without a moment in which there is none
    # Nobody writes: it is noticed all the same.
    bob.hears("session_update", saving=False)
    health = server.get("/healthz")
    assert (health.status_code, health.json()["error"]["code"]) == (503, "not_saved")
    assert health.json()["error"]["message"]
    (line,) = [each for each in server.read_log().splitlines() if "was replaced" in each]
    assert "Changes cannot be saved and are kept in memory: the database file" in line
    unsaved = ann.edit("meanwhile")
    assert ann.refused("doc_update", update=unsaved) == "not_saved"
    bob.sees(text="before meanwhile")
    kept.replace(database)
    bob.hears("session_update", saving=True)
    assert ann.does("doc_update", update=unsaved)["seq"] == 2
    assert server.get("/healthz").status_code == 200
    server.kill()
    server.start()
    late = server.person("Late", crdt=True).join(ann.session_id)
    assert late.text == "before meanwhile"


@pytest.mark.slow
def test_a_removed_folder_is_made_anew_with_all_that_was_in_it(tmp_path: Path) -> None:
    with Server(tmp_path, "--no-rate-limits") as server:
        session, other = server.create_session(), server.create_session(content="untouched")
        ann = server.person("Ann", crdt=True).join(session, as_host=True)
        ann.types("one ")
        shutil.rmtree(tmp_path / "data")
        ann.types("two")
        eventually(
            lambda: "is gone: all was written to a new one" in server.read_log(), "a line about it"
        )
        assert server.get("/healthz").status_code == 200
        server.kill()
        server.start()
        assert server.person("Late", crdt=True).join(session).text == "one two"
        assert server.person("Late", crdt=True).join(other).text == "untouched"
