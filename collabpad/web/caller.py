"""The sender of events: a Socket.IO client and its place in a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..sessions.roster import Connection
from ..sessions.session import Session
from .rate_limiter import RateLimiter


@dataclass
class Caller:
    """One Socket.IO client, and its place in a session."""

    sid: str
    network: str  # by which limits count
    rate_limiter: RateLimiter = field(default_factory=RateLimiter)
    session: Session | None = None
    named: str = ""  # the public ID it joined by; keeps working for it when links change
    knocking: Session | None = None
    tried: bool = False  # to join, rightly or not
    blocked_until: float = 0.0  # after too many misses

    @property
    def connection(self) -> Connection | None:
        """This client's connection in its session, or None if another replaced it."""
        if self.session is None or self.session.closed:
            return None
        return self.session.roster.connection(self.sid)
