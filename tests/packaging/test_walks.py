"""The walks in docs/development.md are those of the server of today, and stay short."""

from __future__ import annotations

import re

import pytest

import walks

pytestmark = pytest.mark.slow

TEXT = walks.DOCUMENT.read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w/]+\.py)` \| (.*) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def found() -> list[walks.Walk]:
    return walks.walks()


def told(walk: walks.Walk) -> set[walks.Call]:
    """The functions that the document has for this walk."""
    begin, end = walks.marks(walk.name)
    table = TEXT.partition(begin)[2].partition(end)[0]
    return {
        (path, function)
        for path, functions in ROW.findall(table)
        for function in re.findall("`([^`]+)`", functions)
    }


def test_the_document_tells_what_the_server_does(found: list[walks.Walk]) -> None:
    """What belongs to a walk every time is told, and what never does is not."""
    for walk in found:
        assert walk.always <= told(walk) <= walk.ever, f"{walk.name}: run scripts/walks --write"


def test_no_walk_is_too_long_to_follow(found: list[walks.Walk]) -> None:
    for walk in found:
        most = walks.MOST.get(walk.name)
        if most is not None:
            assert walk.calls <= most.calls, walk.name
            assert len(walk.steps) <= most.files, walk.name
