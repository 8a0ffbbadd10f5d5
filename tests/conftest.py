"""Options of the whole suite."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--traces",
        default=os.environ.get("EDITING_TRACES"),
        help="folder with recorded editing sessions (josephg/editing-traces), to be replayed",
    )
