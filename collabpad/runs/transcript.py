"""The text of a run: its bytes decoded as they come, kept in order and by stream."""

from __future__ import annotations

import codecs

from ..protocol.enums import Stream
from .events import RunRecord

_MOST_PIECES = 1000
"""Pieces of a record kept in strict order; beyond, a piece joins the last one of its stream."""


class Transcript:
    """Everything that one run has said so far; undecodable bytes become U+FFFD."""

    def __init__(self, record: RunRecord) -> None:
        self._record = record
        self._decoders = {
            "stdout": codecs.getincrementaldecoder("utf-8")("replace"),
            "stderr": codecs.getincrementaldecoder("utf-8")("replace"),
        }
        self._texts: dict[Stream, list[str]] = {"stdout": [], "stderr": []}
        self._output: list[str] = []

    def add_bytes(self, stream: Stream, data: bytes, *, final: bool = False) -> str:
        """Add what arrived and return its text, empty while a character is incomplete."""
        text = self._decoders[stream].decode(data, final)
        if text:
            self._texts[stream].append(text)
            self._output.append(text)
            self._keep(stream, text)
        return text

    def add_input(self, text: str) -> None:
        """Add an echo of what the program was given; it is no output."""
        self._keep("stdin", text)

    def text(self, stream: Stream) -> str:
        return "".join(self._texts[stream])

    @property
    def output(self) -> str:
        return "".join(self._output)

    def _keep(self, stream: Stream, text: str) -> None:
        pieces = self._record.output
        if len(pieces) < _MOST_PIECES:
            merge = len(pieces) - 1 if pieces and pieces[-1][0] == stream else -1
        else:
            of_stream = (at for at in range(len(pieces) - 1, -1, -1) if pieces[at][0] == stream)
            merge = next(of_stream, -1)
        if merge < 0:
            pieces.append((stream, text))
        else:
            pieces[merge] = (stream, pieces[merge][1] + text)
