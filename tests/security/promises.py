"""Which tests show each promise of docs/security.md, and whether a run of the suite has run them.

A whole run fails where a promise was not shown: where one of its tests failed, was skipped, left
out or is gone. Of a test with parameters one set has to pass and none may fail. What a machine
cannot show for want of something (see scripts/run_tests.py) is told and fails nothing.
`pytest --promises` runs these tests alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

SHOWN_BY: dict[int, list[str]] = {
    1: [
        "protocol/test_joining.py::test_an_unknown_session_is_said_to_be_unknown",
        "security/test_guessing.py::test_after_ten_misses_the_next_are_answered_late_and_as_rate_limited",
        "security/test_guessing.py::test_every_wrong_id_key_or_token_counts",
    ],
    2: [
        "security/test_viewers.py::test_no_event_lets_a_viewer_write_run_or_rise",
        "security/test_viewers.py::test_no_address_tells_a_viewer_more",
        "protocol/test_joining.py::test_viewers_learn_no_session_id",
        "protocol/test_joining.py::test_a_viewer_cannot_use_the_host_key",
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
    7: [
        "sandbox/test_attacks.py::test_the_attack_is_contained",
        "sandbox/test_execution.py::test_stop_kills_all_the_children",
    ],
    8: [
        "sandbox/test_choose.py::test_where_others_come_nothing_runs_unprotected",
        "sandbox/test_choose.py::test_unless_the_operator_insists",
        "browser/test_running.py::test_a_server_without_a_sandbox_warns_everybody",
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
"""The tests of each promise by its number: files below tests/, and names."""

WANTING = ("kernel", "platform", "program")


@dataclass
class Seen:
    """What became of one test, with all its parameters."""

    passed: bool = False
    failed: bool = False
    skips: list[str] = field(default_factory=list)

    def take(self, report: pytest.TestReport) -> None:
        if report.failed or hasattr(report, "wasxfail"):
            self.failed = True
        elif report.skipped:
            self.skips.append(_reason(report))
        elif report.when == "call":
            self.passed = True

    @property
    def fault(self) -> str | None:
        """Why this is no proof, whatever the machine."""
        if self.failed:
            return "failed"
        if self.passed:
            return None
        others = [each for each in self.skips if each.partition(":")[0] not in WANTING]
        if others or not self.skips:
            return f"was skipped: {others[0]}" if others else "was not run"
        return None

    @property
    def wanting(self) -> str | None:
        """What this machine lacks to show it."""
        return self.skips[0] if self.skips and not self.passed and not self.fault else None


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


class Promises:
    """A plugin of pytest that watches over `shown_by` in a run of the whole suite."""

    def __init__(self, shown_by: Mapping[int, Sequence[str]] = SHOWN_BY) -> None:
        self._shown_by = shown_by
        self._seen: dict[str, Seen] = defaultdict(Seen)
        self.whole = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file, *names = report.nodeid.partition("[")[0].split("::")
        for name in names:  # of a class too
            self._seen[f"{file.removeprefix('tests/')}::{name}"].take(report)

    def faults(self) -> Iterator[str]:
        for number, test in self._tests():
            if fault := self._seen[test].fault:
                yield f"Promise {number} of docs/security.md is not shown: {test} {fault}"

    def wanting(self) -> Iterator[str]:
        for number, test in self._tests():
            if wanting := self._seen[test].wanting:
                yield f"Promise {number} of docs/security.md is not shown here: {wanting} ({test})"

    def _tests(self) -> Iterator[tuple[int, str]]:
        for number, tests in self._shown_by.items():
            for test in tests:
                yield number, test

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.whole = is_whole(session.config)
        if self.whole and session.exitstatus == pytest.ExitCode.OK and any(self.faults()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.whole:
            return
        for line in self.wanting():
            terminalreporter.line(line)
        for line in self.faults():
            terminalreporter.line(line, red=True)


def is_whole(config: pytest.Config) -> bool:
    """Whether this run leaves out nothing but the soaks, or was asked for the promises."""
    narrowed = ("collectonly", "keyword", "deselect", "ignore", "lf", "stepwise")
    if any(config.getoption(each, default=None) for each in narrowed):
        return False
    if config.getoption("promises", default=False):
        return True
    every_file = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return every_file and bool(config.option.markexpr == "not soak")
