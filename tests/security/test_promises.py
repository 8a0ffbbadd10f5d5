"""Every promise of docs/security.md has tests, and its numbers are those of the settings."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from collabpad.sessions import document
from collabpad.settings import Settings
from collabpad.web import address_limits
from collabpad.wire import engine_server, http_server

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = {int(number) for number in re.findall(r"^(\d+)\. ", TEXT, re.MULTILINE)}

KEPT = {
    1: [
        "protocol/test_joining.py::test_an_unknown_session_is_said_to_be_unknown",
        "security/test_guessing.py::test_after_ten_misses_the_next_are_answered_late_and_as_rate_limited",
        "security/test_guessing.py::test_every_wrong_id_key_or_token_counts",
    ],
    2: [
        "security/test_viewers.py::test_no_event_lets_a_viewer_write_run_or_rise",
        "security/test_viewers.py::test_no_address_tells_a_viewer_more",
        "protocol/test_joining.py::test_viewers_learn_no_session_id",
    ],
    3: [
        "protocol/test_editing.py::test_refused_updates_reach_nobody",
        "protocol/test_editing.py::test_nothing_is_hidden_beside_the_text",
    ],
    4: ["protocol/test_administration.py::test_who_is_removed_is_out"],
    5: [
        "security/test_cross_site.py::test_a_page_on_another_port_of_this_machine",
        "security/test_cross_site.py::test_a_name_that_is_rebound_to_this_server",
        "security/test_cross_site.py::test_a_page_on_the_network_and_a_server_on_the_network",
        "web/test_guard.py::test_only_json_bodies_pass",
        "web/test_guard.py::test_preflights_are_granted_nothing",
    ],
    6: [
        "protocol/test_http.py::test_pages_carry_the_security_headers",
        "security/test_hostile_text.py::test_what_people_type_is_never_markup",
        "security/test_hostile_text.py::test_bare_answers_are_no_pages",
    ],
    7: ["sandbox/test_attacks.py::test_the_attack_is_contained"],
    8: [
        "sandbox/test_choose.py::test_where_others_come_nothing_runs_unprotected",
        "sandbox/test_choose.py::test_unless_the_operator_insists",
    ],
    9: [
        "protocol/test_wild_input.py::test_any_payload_is_answered",
        "security/test_memory.py::test_readers_that_do_not_read",
        "security/test_memory.py::test_frames_of_200_mb",
        "security/test_memory.py::test_connections_that_say_nothing",
        "security/test_bombs.py::test_events",
        "security/test_bombs.py::test_an_update_of_many_places",
        "wire/test_fairness.py::test_a_flood_of_frames_holds_nobody_up",
        "wire/test_fairness.py::test_a_flood_of_requests_holds_nobody_up",
        "sessions/test_costly_edits.py::test_after_a_long_edit_the_session_waits_nine_times_as_long",
    ],
    10: [
        "security/test_logs.py::test_a_busy_storys_log_has_no_secrets",
        "test_leaks.py::test_what_is_known_is_found_in_records_alone",
        "wire/test_access_log.py::test_ids_and_keys_are_cut_wherever_they_stand",
    ],
    11: [
        "security/test_limits.py::test_an_address_makes_so_many_sessions_an_hour",
        "security/test_limits.py::test_an_address_runs_programs_for_so_many_seconds_a_minute",
        "security/test_guessing.py::test_a_guesser_holds_up_nobody_behind_the_same_address",
        "security/test_floods.py::test_every_kind_of_event_has_its_limit_and_then_the_connection_ends",
        "wire/test_fairness.py::test_an_address_has_so_many_connections_of_any_kind",
    ],
    12: [
        "security/test_https.py::test_the_operators_cookie_is_for_https_alone",
        "security/test_https.py::test_old_protocols_are_refused",
        "security/test_https.py::test_commands_find_it_and_pin_its_certificate",
    ],
}


@cache
def names(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_promise_is_kept_by_a_test() -> None:
    assert set(KEPT) == PROMISES


@pytest.mark.parametrize("test", [test for tests in KEPT.values() for test in tests])
def test_that_test_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names(file)


def test_its_numbers_are_those_of_the_settings() -> None:
    rows = re.findall(r"^\| .* \| (\d+) \| `(\w+)` \|$", TEXT, re.MULTILINE)
    assert len(rows) == 6
    for number, name in rows:
        assert getattr(Settings(), name) == float(number), name
    assert engine_server.UNREAD_BYTES == engine_server.UNFINISHED_BYTES == 32 * 1024 * 1024
    assert (address_limits.FIRST_DELAY, address_limits.LONGEST_DELAY) == (0.5, 8)
    told = {int(number.replace(",", "")) for number in re.findall(r"\d{1,2},\d{3}", TEXT)}
    assert told == {http_server.MOST_CONNECTIONS, engine_server.MOST_OPENING, document.MAX_PLACES}
