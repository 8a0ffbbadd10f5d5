"""The page's types and numbers are those of the server's classes."""

from __future__ import annotations

import ast
import re

import pytest

import wire_types
from collabpad.protocol import fields
from collabpad.settings import Limits

TEXT = wire_types.PAGE.read_text(encoding="utf-8")


def test_the_types_of_the_page_are_made_from_the_classes() -> None:
    assert wire_types.written(TEXT) == TEXT, "run scripts/check fix"


def test_a_type_is_made_as_the_page_needs_it() -> None:
    types = wire_types.Types()
    hints = {
        str | None: "string | null",
        bytes: "string",
        list[int]: "number[]",
        tuple[str, ...]: "string[]",
        tuple[str, int]: "[string, number]",
        dict[str, bool]: "Record<string, boolean>",
    }
    assert {hint: types.of(hint) for hint in hints} == hints
    with pytest.raises(TypeError):
        types.of(set[str])


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        ("MAX_CARETS", fields.MAX_CARETS),
        ("MESSAGE_LENGTH", Limits().message),
        ("UPDATE_BYTES", Limits().update),
    ],
)
def test_numbers(constant: str, value: int) -> None:
    (shown,) = re.findall(rf"^export const {constant} = ([\d_* ]+);$", TEXT, re.MULTILINE)
    product = 1
    for factor in shown.split("*"):
        product *= ast.literal_eval(factor.strip())
    assert product == value
