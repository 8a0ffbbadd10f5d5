"""What clients have not read: one bound for all, and whoever holds the most goes first."""

from __future__ import annotations

from collabpad.web.backlogs import Backlogs


class Reader:
    """Holds what it is sent until it reads it or is cut off."""

    def __init__(self, backlogs: Backlogs) -> None:
        self.backlogs = backlogs
        self.frames: list[bytes] = []
        self.cut_off = False

    def gets(self, *frames: bytes) -> Reader:
        for frame in frames:
            self.frames.append(frame)
            self.backlogs.add(self, frame, len(frame))
        return self

    def reads(self) -> None:
        while self.frames:
            frame = self.frames.pop()
            self.backlogs.remove(self, frame, len(frame))

    def abort(self) -> None:
        self.cut_off = True
        self.reads()


def frames(count: int, size: int) -> list[bytes]:
    return [bytes(size) for _ in range(count)]


def test_a_frame_for_many_counts_once() -> None:
    backlogs = Backlogs(1000)
    (frame,) = frames(1, 900)
    readers = [Reader(backlogs).gets(frame) for _ in range(50)]
    assert backlogs.taken == 900
    for reader in readers:
        assert not reader.cut_off
        reader.reads()
    assert backlogs.taken == 0


def test_whoever_holds_the_most_is_cut_off() -> None:
    backlogs = Backlogs(1000)
    small, large = Reader(backlogs).gets(bytes(100)), Reader(backlogs).gets(*frames(6, 100))
    late = Reader(backlogs).gets(*frames(4, 100))
    assert large.cut_off
    assert not small.cut_off
    assert not late.cut_off
    assert backlogs.taken == 500


def test_the_bound_holds_whoever_comes() -> None:
    backlogs = Backlogs(1000)
    readers = [Reader(backlogs) for _ in range(100)]
    for reader in readers:
        reader.gets(*frames(2, 300))
        assert backlogs.taken <= 1000
    assert sum(not reader.cut_off for reader in readers) == 1


def test_nothing_is_kept_of_those_who_have_gone() -> None:
    backlogs = Backlogs(1000)
    for _ in range(100):
        Reader(backlogs).gets(*frames(3, 400)).reads()
    assert backlogs.taken == 0
    assert not backlogs._shares
    assert not backlogs._references
