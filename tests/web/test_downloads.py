"""Downloads are few at a time, and nobody keeps a place without reading."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, repeat

import gevent
import pytest
from flask import Flask

from collabpad.errors import Busy, Damaged
from collabpad.web.downloads import (
    AT_ONCE,
    PATIENCE_SECONDS,
    SLOWEST,
    Downloads,
    GivenUp,
    TransferSlots,
)
from collabpad.wire.error_responses import retry_after


def test_who_finds_no_place_is_told_when_to_come_again() -> None:
    turns = TransferSlots(1, waiting=1, seconds=0.01)
    with turns.one():
        with pytest.raises(Busy) as refused:
            turns.take()
        assert retry_after(refused.value) == "5"
    with turns.one():
        pass


def test_a_few_wait_for_a_place_and_no_more() -> None:
    turns = TransferSlots(1, waiting=2, seconds=60)
    turns.take()
    waiting = [gevent.spawn(turns.take) for _ in range(2)]
    gevent.sleep(0)
    with pytest.raises(Busy):
        turns.take()
    for each in waiting:
        turns.give_back()
        each.join()
    turns.give_back()


def test_errors_without_a_time_have_no_header() -> None:
    assert retry_after(Busy("")) is None
    assert retry_after(Damaged("")) is None


class Reader:
    """Somebody who reads pieces, by a clock of the test's own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.downloads = Downloads(lambda: self.now)

    def start(self, pieces: Iterator[bytes], method: str = "GET") -> Iterator[bytes]:
        with Flask("test").test_request_context(method=method):
            response = self.downloads.answer(lambda: pieces, "text/plain")
            return iter(response({"REQUEST_METHOD": method}, lambda *_: bytearray().extend))


def test_who_reads_slowly_is_given_up_and_who_reads_fast_is_not() -> None:
    for speed, expected in ((SLOWEST / 2, GivenUp), (SLOWEST * 2, None)):
        reader = Reader()
        answer = reader.start(repeat(bytes(SLOWEST), 100))
        raised: type[BaseException] | None = None
        try:
            for piece in answer:
                reader.now += len(piece) / speed
        except OSError as error:
            raised = type(error)
        assert raised is expected
        if raised:
            assert reader.now < PATIENCE_SECONDS + 5


def test_every_end_frees_the_place() -> None:
    reader = Reader()

    def fails() -> Iterator[bytes]:
        yield b"x"
        raise Damaged("cannot be read")

    for _ in range(AT_ONCE + 1):
        with pytest.raises(GivenUp):
            b"".join(broken := reader.start(fails()))
        broken.close()  # type: ignore[attr-defined]
        never_read = reader.start(repeat(b"x"))
        never_read.close()  # type: ignore[attr-defined]
        part = reader.start(repeat(b"x"))
        next(part)
        part.close()  # type: ignore[attr-defined]
        assert b"".join(reader.start(repeat(b"x"), "HEAD")) == b""
        with pytest.raises(ZeroDivisionError):
            reader.start(repeat(bytes(1 // 0)))
    whole = reader.start(iter([b"a", b"b"]))
    assert b"".join(whole) == b"ab"


def test_a_piece_is_made_when_the_one_before_was_sent() -> None:
    reader, made = Reader(), count()
    answer = reader.start(bytes([next(made)]) for _ in range(100))
    assert next(made) == 0
    assert [next(answer), next(answer)] == [b"\x01", b"\x02"]
    assert next(made) == 3
