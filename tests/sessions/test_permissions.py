"""The table of permissions against its text here, and against what the operations let through."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from collabpad.protocol.enums import Action, RunPolicy, WriteMode
from collabpad.sessions.permissions import RULES, RUN_RULES, Permissions, permissions
from collabpad.storage.records import ParticipantRow, Roles

# Who is what, in each mode; `+` is a host who has the pen, `acting` one without the host link.
# An `x` stands for what somebody may do whatever the run policy is.
TABLE = """
                    | handoff:                                     | open:
                    | viewer reader pen host host+ acting acting+  | viewer writer muted host acting
write               |   .      .     x   .     x     .      x      |   .      x      .    x     x
request_write       |   .      x     x   x     x     x      x      |   .      x      x    x     x
release_write       |   .      .     x   .     x     .      x      |   .      .      .    .     .
grant_write         |   .      .     x   x     x     x      x      |   .      .      .    x     x
revoke_write        |   .      .     .   x     x     x      x      |   .      .      .    x     x
take_over           |   .      x     x   x     x     x      x      |   .      x      x    x     x
transfer_host       |   .      .     .   x     x     x      x      |   .      .      .    x     x
set_rotation        |   .      .     .   x     x     x      x      |   .      .      .    x     x
rotation_next       |   .      .     x   x     x     x      x      |   .      .      .    x     x
skip_own_turn       |   .      x     x   x     x     x      x      |   .      x      x    x     x
skip_any_turn       |   .      .     .   x     x     x      x      |   .      .      .    x     x
feed_own_run        |   .      x     x   x     x     x      x      |   .      x      x    x     x
feed_any_run        |   .      .     x   x     x     x      x      |   .      .      .    x     x
stop_own_run        |   .      x     x   x     x     x      x      |   .      x      x    x     x
stop_any_run        |   .      .     .   x     x     x      x      |   .      .      .    x     x
read_runs           |   x      x     x   x     x     x      x      |   x      x      x    x     x
chat                |   x      x     x   x     x     x      x      |   x      x      x    x     x
rename              |   x      x     x   x     x     x      x      |   x      x      x    x     x
show_cursor         |   x      x     x   x     x     x      x      |   x      x      x    x     x
point               |   x      x     x   x     x     x      x      |   x      x      x    x     x
gather              |   .      .     x   x     x     x      x      |   .      x      .    x     x
invite              |   .      x     x   x     x     x      x      |   .      x      x    x     x
admit               |   .      .     .   x     x     x      x      |   .      .      .    x     x
remove              |   .      .     .   x     x     x      x      |   .      .      .    x     x
remove_key_holder   |   .      .     .   x     x     .      .      |   .      .      .    x     .
set_language        |   .      .     x   x     x     x      x      |   .      x      .    x     x
set_options         |   .      .     .   x     x     x      x      |   .      .      .    x     x
set_passcode        |   .      .     .   x     x     .      .      |   .      .      .    x     .
lock                |   .      .     .   x     x     .      .      |   .      .      .    x     .
rotate_links        |   .      .     .   x     x     .      .      |   .      .      .    x     .
close_session       |   .      .     .   x     x     .      .      |   .      .      .    x     .
run: off            |   .      .     .   .     .     .      .      |   .      .      .    .     .
run: host           |   .      .     .   x     x     x      x      |   .      .      .    x     x
run: writers        |   .      .     x   x     x     x      x      |   .      x      .    x     x
run: everyone       |   .      x     x   x     x     x      x      |   .      x      x    x     x
"""


@dataclass(frozen=True)
class State:
    """One column: what somebody is, in which mode."""

    mode: WriteMode
    name: str

    @property
    def viewer(self) -> bool:
        return self.name == "viewer"

    @property
    def hosting(self) -> bool:
        return self.name.startswith(("host", "acting"))

    @property
    def roles(self) -> Roles:
        return Roles(
            write_mode=self.mode,
            host_id="me" if self.hosting else "somebody",
            acting=self.name.startswith("acting"),
            pen_id="me" if self.name == "pen" or self.name.endswith("+") else "somebody",
            muted=frozenset({"me"} if self.name == "muted" else ()),
        )

    def permissions(self, policy: RunPolicy) -> Permissions:
        row = ParticipantRow(
            id="me",
            resume_hash="",
            name="Me",
            color="",
            viewer=self.viewer,
            holds_key=False,
            joined_at=0.0,
        )
        return permissions(row, self.roles, policy)


def read_table() -> dict[tuple[State, RunPolicy], set[Action]]:
    _, heads, *lines = TABLE.strip("\n").splitlines()
    _, in_handoff, in_open = heads.split("|")
    states = [State(WriteMode.HANDOFF, each) for each in in_handoff.split()]
    states += [State(WriteMode.OPEN, each) for each in in_open.split()]
    table: dict[tuple[State, RunPolicy], set[Action]] = {
        (state, policy): set() for state in states for policy in RunPolicy
    }
    for line in lines:
        name, marks = line.split("|", 1)
        action, _, policy = name.strip().partition(": ")
        policies = [RunPolicy(policy)] if policy else list(RunPolicy)
        for state, mark in zip(states, marks.replace("|", " ").split(), strict=True):
            if mark == "x":
                for each in policies:
                    table[state, each].add(Action(action))
    return table


EXPECTED = read_table()


def test_every_action_has_one_row() -> None:
    assert set(RULES) | {Action.RUN} == set(Action)
    assert Action.RUN not in RULES
    assert set(RUN_RULES) == set(RunPolicy)
    assert all(action.value in TABLE for action in Action)


@pytest.mark.parametrize("policy", RunPolicy)
def test_the_table_holds(policy: RunPolicy) -> None:
    states = {state for state, each in EXPECTED if each is policy}
    granted = {state: set(state.permissions(policy).granted) for state in states}
    assert granted == {state: EXPECTED[state, policy] for state in states}


def test_what_a_page_is_sent_is_in_the_order_of_the_table() -> None:
    for (state, policy), granted in EXPECTED.items():
        view = state.permissions(policy).view
        assert view == tuple(action for action in Action if action in granted)


def test_the_same_permissions_are_the_same_object() -> None:
    state = State(WriteMode.HANDOFF, "host")
    assert state.permissions(RunPolicy.HOST) is state.permissions(RunPolicy.HOST)
    assert state.permissions(RunPolicy.HOST) is not state.permissions(RunPolicy.OFF)
