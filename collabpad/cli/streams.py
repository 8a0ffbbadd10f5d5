"""The standard streams: closed, full, or in an encoding that has not every character."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from ..errors import StartError, UsageProblem

STANDARD = (0, 1, 2)


class OutputError(StartError):
    """Output could not be written."""


def prepare() -> None:
    """Prepare the standard streams, so that no character and no closed stream is a failure.

    A closed descriptor is taken by the next file that is opened: what a library then prints to
    standard error would go into the database.
    """
    for descriptor in STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            _take_up(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _take_up(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)


def echo(text: str, *, err: bool = False, nl: bool = True, color: bool | None = None) -> None:
    """Print, unless the stream is closed. Raises OutputError where it cannot be written.

    To the stream itself, since click would replace one in ASCII by one in UTF-8.
    """
    with _written_to("Standard error" if err else "Standard output"):
        stream = sys.stderr if err else sys.stdout
        if stream is not None:
            click.echo(text, file=stream, nl=nl, color=color)


def write(data: bytes) -> None:
    """Write bytes to standard output; raises where they cannot be written."""
    if sys.stdout is None:
        raise UsageProblem("Standard output is closed: give a file with --output.")
    with _written_to("Standard output"):
        sys.stdout.buffer.write(data)


def flush() -> None:
    with _written_to("Standard output"):
        if sys.stdout is not None:
            sys.stdout.flush()


@contextmanager
def _written_to(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{name} cannot be written: {error.strerror}.") from None


def read(largest: int = -1) -> bytes:
    """Bytes from standard input, `largest` at most."""
    if sys.stdin is None:
        raise UsageProblem("Standard input is closed: give a file.")
    return sys.stdin.buffer.read(largest)


def abandon() -> None:
    """Discard what could not be written: Python would try again at its end, and fail."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def typed_text(argument: str) -> str:
    """An argument as text, whatever encoding Python took it to be in: terminals speak UTF-8."""
    return os.fsencode(argument).decode("utf-8", "replace")
