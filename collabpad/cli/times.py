"""Times in words."""

from __future__ import annotations

from datetime import UTC, datetime

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def ago(time: object, now: datetime | None = None) -> str:
    """How long ago an ISO 8601 `time` was; empty for what is none."""
    try:
        then = datetime.fromisoformat(str(time))
    except ValueError:
        return ""
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    for unit, length in UNITS:
        count = int(seconds // length)
        if count > 0:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "now"
