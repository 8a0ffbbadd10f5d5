"""Who sends events: one Socket.IO client and its place in a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..sessions.roster import Connection
from ..sessions.session import Session
from .rate_limiter import RateLimiter


@dataclass
class Caller:
    """One connection, and the place it has in a session."""

    sid: str
    address: str
    rate_limiter: RateLimiter = field(default_factory=RateLimiter)
    session: Session | None = None
    named: str = ""  # the public ID by which it joined; goes on working for it when links change
    knocking: Session | None = None
    tried: bool = False  # to join, rightly or not
    blocked_until: float = 0.0  # after too many misses

    @property
    def connection(self) -> Connection | None:
        """This connection as one of its participant's, or None where another took its place."""
        if self.session is None or self.session.closed:
            return None
        return self.session.roster.connection(self.sid)
