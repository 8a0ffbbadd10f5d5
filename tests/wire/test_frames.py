"""The frame codec against another implementation of the same RFC, and against noise."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto import ConnectionType
from wsproto.connection import Connection as Peer
from wsproto.events import BytesMessage, Ping, TextMessage

from collabpad.wire.frames import (
    UNRESERVED,
    CloseCode,
    Decoder,
    Fault,
    Frame,
    Opcode,
    encode,
    encode_close,
)
from collabpad.wire.handshake import accept_token
from collabpad.wire.memory_quota import MemoryQuota

LIMIT = 100_000


def peer(side: ConnectionType) -> Peer:
    return Peer(side, trailing_data=b"")


def decoded(data: bytes, cuts: list[int], quota: MemoryQuota | None = None) -> list[Frame]:
    """What a decoder makes of `data` when it comes in pieces."""
    decoder = Decoder(LIMIT, quota or MemoryQuota(10**9))
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [frame for a, b in pairwise(edges) for frame in decoder.feed(data[a:b])]


messages = st.one_of(
    st.builds(TextMessage, data=st.text(max_size=500), message_finished=st.booleans()),
    st.builds(BytesMessage, data=st.binary(max_size=70_000), message_finished=st.just(True)),
    st.builds(Ping, payload=st.binary(max_size=125)),
)


@given(st.lists(messages, max_size=5), st.lists(st.integers(0, 200_000), max_size=8))
def test_what_another_implementation_sends_is_understood(
    sent: list[TextMessage | BytesMessage | Ping], cuts: list[int]
) -> None:
    sender = peer(ConnectionType.CLIENT)
    data, expected = b"", []
    fragments: list[str] = []
    for message in sent:
        if isinstance(message, BytesMessage) and fragments:
            continue  # a message of another kind cannot begin within one
        data += sender.send(message)
        if isinstance(message, Ping):
            expected.append(Frame(Opcode.PING, bytes(message.payload)))
        elif isinstance(message, BytesMessage):
            expected.append(Frame(Opcode.BINARY, bytes(message.data)))
        else:
            fragments.append(message.data)
            if message.message_finished:
                expected.append(Frame(Opcode.TEXT, "".join(fragments).encode()))
                fragments = []
    assert decoded(data, cuts) == expected


@given(st.text(max_size=200).map(str.encode), st.sampled_from([0, 1, 125, 126, 65_535, 65_536]))
def test_what_we_send_is_understood_by_another_implementation(text: bytes, padding: int) -> None:
    receiver = peer(ConnectionType.CLIENT)
    receiver.receive_data(encode(Opcode.TEXT, text + b"x" * padding))
    told = "".join(event.data for event in receiver.events() if isinstance(event, TextMessage))
    assert told.encode() == text + b"x" * padding


@given(st.binary(max_size=2000), st.lists(st.integers(0, 2000), max_size=5))
def test_noise_is_a_fault_or_waited_for_and_nothing_else(data: bytes, cuts: list[int]) -> None:
    with suppress(Fault):
        assert all(isinstance(frame, Frame) for frame in decoded(data, cuts))


@given(st.binary(max_size=300_000))
def test_what_is_held_is_reserved_and_given_back(data: bytes) -> None:
    quota = MemoryQuota(10**9)
    decoder = Decoder(LIMIT, quota)
    try:
        list(decoder.feed(data))
    except Fault:
        pass
    else:
        assert quota.taken >= max(0, len(decoder._buffer) - UNRESERVED)
    decoder.release()
    assert quota.taken == 0


def test_a_decoder_without_budget_faults_only_for_what_is_large() -> None:
    begin = b"\x81\xff" + (90_000).to_bytes(8, "big") + b"\0\0\0\0"
    decoder = Decoder(LIMIT, MemoryQuota(0))
    assert not list(decoder.feed(begin + b"x" * (UNRESERVED - 100)))
    with pytest.raises(Fault) as fault:
        list(decoder.feed(b"x" * 200))
    assert fault.value.code == CloseCode.TRY_AGAIN_LATER


def test_the_accept_token_of_the_rfc() -> None:
    assert accept_token("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_close_frames_fit_whatever_the_reason() -> None:
    frame = encode_close(CloseCode.POLICY, "é" * 200)
    assert frame[1] <= 125
    frame[4:].decode("utf-8")
    assert encode_close(CloseCode.NO_STATUS) == b"\x88\x00"
