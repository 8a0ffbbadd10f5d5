"""The comparison of payloads with their types, which every story makes, does find what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conforming import check_acknowledgement, check_event

RIGHT = [
    ("removed", {"reason": "left"}),
    ("presence", {"participant_id": "a", "cursor": None}),
    ("presence", {"participant_id": "a", "cursor": {"anchor": {}, "head": 1}, "tab": 2}),
    ("session_update", {"may": ("write",), "rotation": None}),
    ("run_output", {"run_id": "a", "stream": "stdout", "data": "", "pieces": [["stderr", 3]]}),
    ("chat_history", {"messages": []}),
]
WRONG = [
    ("bored", {}),
    ("removed", {}),
    ("removed", {"reason": "bored"}),
    ("removed", {"reason": "left", "by": "a"}),
    ("admitted", {"resume": 3}),
    ("presence", {"participant_id": "a", "cursor": {"anchor": {}}}),
    ("session_update", {"may": ["fly"]}),
    ("session_update", {"waiting": [{"name": "Ann"}]}),
    ("doc_update", {"update": "", "seq": True}),
    ("run_waiting", {"run_id": "a", "waiting": 1}),
    ("run_output", {"run_id": "a", "stream": "stdout", "data": "", "pieces": [["stderr"]]}),
    ("participants_update", {"participants": {"a": {}}, "host_id": None, "writer_id": None}),
]


@pytest.mark.parametrize(("event", "payload"), RIGHT)
def test_what_is_in_the_contract(event: str, payload: Any) -> None:
    check_event(event, payload)


@pytest.mark.parametrize(("event", "payload"), WRONG)
def test_what_is_not(event: str, payload: Any) -> None:
    with pytest.raises((AssertionError, ValueError)):
        check_event(event, payload)


def test_acknowledgements() -> None:
    check_acknowledgement("doc_update", {"ok": True, "seq": 3})
    check_acknowledgement("last_run", {"ok": True, "run": None})
    with pytest.raises(AssertionError):
        check_acknowledgement("doc_update", {"ok": True})
    with pytest.raises(AssertionError):
        check_acknowledgement("gather", {"ok": True, "seq": 3})
