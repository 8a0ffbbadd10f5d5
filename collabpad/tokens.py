"""The operator token: one of the operator's own, else one that is kept in the data folder."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from .coercion import operator_token
from .errors import StartError, UsageProblem
from .locks import PRIVATE_FILE, create_private
from .settings import Settings

FILE: Final = "operator-token"
BYTES: Final = 32


def chosen_token(settings: Settings) -> str | None:
    """The token that the operator chose, if any; UsageProblem for one that cannot be used."""
    path = settings.token_file
    if path is None:
        return settings.token
    try:
        return operator_token(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(f"The token file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageProblem(f"The token file {path} is not text.") from None
    except ValueError as error:
        raise UsageProblem(f"The token in {path} {error}.") from None


def kept_token(data_dir: Path) -> str:
    """The token kept in `data_dir`, made at the first start; the caller has locked the folder."""
    path = data_dir / FILE
    try:
        path.chmod(PRIVATE_FILE)
        return operator_token(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except ValueError:
        with suppress(OSError):  # then it cannot be made either, which is told
            path.unlink()  # left half-written by a crash
    except OSError as error:
        raise StartError(f"The token in {path} cannot be read: {error.strerror}.") from None
    token = secrets.token_urlsafe(BYTES)
    try:
        with create_private(path) as file:
            file.write(token.encode())
    except OSError as error:
        raise StartError(f"The token cannot be saved in {path}: {error.strerror}.") from None
    return token
