"""Large JSON is read as any other, in steps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabpad.errors import BadRequest
from collabpad.web.large_json import parse_large_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=6) | JSON, st.sampled_from([None, 1]))
def test_it_says_what_pythons_own_parser_says(value: Any, indent: int | None) -> None:
    for ascii_only in (True, False):
        text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
        try:
            raw = f" {text}\n".encode()
        except UnicodeEncodeError:
            continue
        if value not in (float("inf"), float("-inf")) and "Infinity" not in text:
            assert parse_large_json(raw, 1000) == json.loads(text)


@pytest.mark.slow
@given(st.dictionaries(st.text(), JSON, min_size=1, max_size=4), st.data())
def test_what_is_cut_off_is_refused(value: Any, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(1, len(text) - 1))
    with pytest.raises(BadRequest):
        parse_large_json(text[:cut].encode(), 1000)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[",
        b'{"a"}',
        b'{"a":}',
        b'{"a":1,}',
        b'{"a":1 "b":2}',
        b'{"a":[1,]}',
        b'{"a":[1 2]}',
        b'{"a":[,]}',
        b"{a:1}",
        b"{1:1}",
        b'{"a":1}}',
        b'{"a":NaN}',
        b'{"a":[Infinity]}',
        b'{"a":1e999}',
        b'{"a":"\n"}',
        b"\xff",
        b'{"a":' + b"[" * 100_000,
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_large_json(raw, 1_000_000)


def test_an_empty_body_is_an_empty_object() -> None:
    assert parse_large_json(b" \n", 10) == {}
    assert parse_large_json(b"\xef\xbb\xbf{}", 10) == {}


def test_values_are_counted_and_not_what_strings_hold() -> None:
    assert parse_large_json(json.dumps({"a": "[,{" * 1000}).encode(), 10)
    with pytest.raises(BadRequest, match="too many values"):
        parse_large_json(json.dumps({"a": [0] * 20}).encode(), 10)
