"""A process with all its descendants."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from collabpad.sandbox import process_tree
from tests.sandbox.stories import becomes_true

FAMILY = """
import os, sys, threading, time
def child():
    if os.fork() == 0:
        if os.fork() == 0:
            print("born", flush=True)
        time.sleep(600)
threading.Thread(target=child).start()
time.sleep(600)
"""


@pytest.fixture
def root() -> Iterator[int]:
    """A process with a child that a thread of it has, and a grandchild."""
    process = subprocess.Popen([sys.executable, "-S", "-c", FAMILY], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"born\n"
    yield process.pid
    process_tree.kill(process.pid)
    process.wait()
    process.stdout.close()


def test_descendants_are_found_whichever_thread_has_them(root: int) -> None:
    family = process_tree.members(root)
    assert family[0] == root
    assert len(family) == 3
    assert len(set(family)) == 3


def test_all_of_them_are_killed(root: int) -> None:
    family = process_tree.members(root)
    process_tree.kill(root, spare_root=True)
    assert becomes_true(lambda: not any(process_tree._alive(pid) for pid in family[1:]))
    assert process_tree._alive(root)


def test_what_is_gone_is_not_killed() -> None:
    process = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
    process.wait()
    process_tree.kill(process.pid)
