"""The bodies of HTTP requests and answers."""

from __future__ import annotations

from dataclasses import dataclass

from .enums import JoinPolicy, RunPolicy, WriteMode
from .fields import (
    document_text,
    flag,
    join_policy,
    opaque,
    optional,
    passcode_or_none,
    required,
    run_code,
    run_policy,
    stdin,
    title,
    write_mode,
)


@dataclass(frozen=True, kw_only=True)
class CreateSession:
    title: str | None = optional(title)
    language: str | None = optional(opaque)
    content: str | None = optional(document_text)
    example: bool = optional(flag, False)
    write_mode: WriteMode = optional(write_mode, WriteMode.HANDOFF)
    run_policy: RunPolicy = optional(run_policy, RunPolicy.WRITERS)
    join_policy: JoinPolicy = optional(join_policy, JoinPolicy.OPEN)
    passcode: str | None = optional(passcode_or_none)


@dataclass(frozen=True, kw_only=True)
class RunCode:
    code: str = required(run_code)
    language: str | None = optional(opaque)
    stdin: str | None = optional(stdin)
