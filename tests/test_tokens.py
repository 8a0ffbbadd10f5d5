"""The operator token lasts, is private, and is never a weak one."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from collabpad.errors import StartError, UsageProblem
from collabpad.settings import Settings
from collabpad.tokens import chosen_token, kept_token

OWN = "correct-horse-battery"


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    first = kept_token(tmp_path)
    assert len(first) >= 43
    assert kept_token(tmp_path) == first


def test_two_servers_have_two(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert kept_token(tmp_path / "a") != kept_token(tmp_path / "b")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_its_file_is_private_even_when_it_was_not(tmp_path: Path) -> None:
    kept_token(tmp_path)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    kept_token(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("left", [b"", b"short", b"\xff\xfe", b"two words that are long enough"])
def test_one_that_a_crash_left_half_written_is_replaced(tmp_path: Path, left: bytes) -> None:
    token = kept_token(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(left)
    assert kept_token(tmp_path) != token
    assert len(kept_token(tmp_path)) >= 43


def test_a_folder_that_cannot_hold_it(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be saved"):
        kept_token(tmp_path / "missing")
    (tmp_path / "operator-token").mkdir()
    with pytest.raises(StartError, match="cannot be read"):
        kept_token(tmp_path)


def test_the_operators_own(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{OWN}\n")
    assert chosen_token(Settings(token_file=file)) == OWN
    assert chosen_token(Settings(token=OWN)) == OWN
    assert chosen_token(Settings()) is None


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 20, b"two\nlines-of-something"])
def test_a_token_file_that_will_not_do_is_named_and_not_repeated(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(UsageProblem) as caught:
        chosen_token(Settings(token_file=file))
    assert str(file) in caught.value.message
    assert "short" not in caught.value.message


def test_a_token_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="cannot be read"):
        chosen_token(Settings(token_file=tmp_path / "none"))
