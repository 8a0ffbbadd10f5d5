"""The small server of the wire's tests, which has the guard around it."""

from __future__ import annotations

from tests.wire.conftest import start_wire, wire

__all__ = ["start_wire", "wire"]
