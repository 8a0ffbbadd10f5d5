"""The text of a run, however its bytes are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collabpad.runs.events import RunRecord
from collabpad.runs.transcript import Transcript

Pieces = list[tuple[str, bytes]]
PIECES = st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.binary(max_size=20)))


def finish(transcript: Transcript) -> None:
    transcript.add_bytes("stdout", b"", final=True)
    transcript.add_bytes("stderr", b"", final=True)


@given(PIECES)
def test_each_stream_is_its_bytes_decoded(pieces: Pieces) -> None:
    record = RunRecord("id", "python")
    transcript = Transcript(record)
    for stream, data in pieces:
        transcript.add_bytes(stream, data)  # type: ignore[arg-type]
    finish(transcript)
    for stream in ("stdout", "stderr"):
        whole = b"".join(data for name, data in pieces if name == stream)
        assert transcript.text(stream) == whole.decode("utf-8", "replace")  # type: ignore[arg-type]
        told = "".join(text for name, text in record.output if name == stream)
        assert told == transcript.text(stream)  # type: ignore[arg-type]
    assert len(transcript.output) == len(transcript.text("stdout") + transcript.text("stderr"))


@given(st.text(), st.data())
def test_text_survives_every_cut(text: str, data: st.DataObject) -> None:
    encoded = text.encode("utf-8", "surrogatepass")
    cut = data.draw(st.integers(0, len(encoded)))
    transcript = Transcript(RunRecord("id", "python"))
    transcript.add_bytes("stdout", encoded[:cut])
    transcript.add_bytes("stdout", encoded[cut:])
    finish(transcript)
    assert transcript.output == encoded.decode("utf-8", "replace")


def test_streams_that_alternate_for_ever_stay_a_few_pieces() -> None:
    record = RunRecord("id", "python")
    transcript = Transcript(record)
    for _ in range(5000):
        transcript.add_bytes("stdout", b"o")
        transcript.add_bytes("stderr", b"e")
        transcript.add_input("i")
    assert len(record.output) <= 1003
    assert sum(len(text) for _, text in record.output) == 15_000
    assert transcript.output == "oe" * 5000


def test_an_echo_is_in_the_record_alone() -> None:
    record = RunRecord("id", "python")
    transcript = Transcript(record)
    transcript.add_bytes("stdout", b"? ")
    transcript.add_input("yes\n")
    assert record.output == [("stdout", "? "), ("stdin", "yes\n")]
    assert transcript.output == "? "
