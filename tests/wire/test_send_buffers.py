"""What clients have not read: one bound for all, and whoever holds the most goes first."""

from __future__ import annotations

from collabpad.wire.send_buffers import SendBuffers


class Reader:
    """Holds what it is sent until it reads it or is cut off."""

    def __init__(self, send_buffers: SendBuffers) -> None:
        self.send_buffers = send_buffers
        self.frames: list[bytes] = []
        self.cut_off = False

    def gets(self, *frames: bytes) -> Reader:
        for frame in frames:
            self.frames.append(frame)
            self.send_buffers.add(self, frame, len(frame))
        return self

    def reads(self) -> None:
        while self.frames:
            frame = self.frames.pop()
            self.send_buffers.remove(self, frame, len(frame))

    def abort(self) -> None:
        self.cut_off = True
        self.reads()


def frames(count: int, size: int) -> list[bytes]:
    return [bytes(size) for _ in range(count)]


def test_a_frame_for_many_counts_once() -> None:
    send_buffers = SendBuffers(1000)
    (frame,) = frames(1, 900)
    readers = [Reader(send_buffers).gets(frame) for _ in range(50)]
    assert send_buffers.taken == 900
    for reader in readers:
        assert not reader.cut_off
        reader.reads()
    assert send_buffers.taken == 0


def test_whoever_holds_the_most_is_cut_off() -> None:
    send_buffers = SendBuffers(1000)
    small, large = Reader(send_buffers).gets(bytes(100)), Reader(send_buffers).gets(*frames(6, 100))
    late = Reader(send_buffers).gets(*frames(4, 100))
    assert large.cut_off
    assert not small.cut_off
    assert not late.cut_off
    assert send_buffers.taken == 500


def test_the_bound_holds_whoever_comes() -> None:
    send_buffers = SendBuffers(1000)
    readers = [Reader(send_buffers) for _ in range(100)]
    for reader in readers:
        reader.gets(*frames(2, 300))
        assert send_buffers.taken <= 1000
    assert sum(not reader.cut_off for reader in readers) == 1


def test_nothing_is_kept_of_those_who_have_gone() -> None:
    send_buffers = SendBuffers(1000)
    for _ in range(100):
        Reader(send_buffers).gets(*frames(3, 400)).reads()
    assert send_buffers.taken == 0
    assert not send_buffers._shares
    assert not send_buffers._references
