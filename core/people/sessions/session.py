"""A session: one browser in which one person is signed in, until it ends. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Way = Literal["oidc", "slack", "discord", "chat"]
LIFETIME = timedelta(hours=12)
FRESH = timedelta(minutes=30)
"""For so long a sign-in at the organisation's own issuer counts as a second factor."""


@dataclass(frozen=True)
class Session:
    """A session as it is kept: never with its secret.

    `way` is how the person signed in. `authenticated` is when the organisation's own issuer last asked the person
    who they are; None where nobody but a chat vouches for it. `browser` is what the browser calls itself.
    """

    id: str
    person: str
    way: Way
    browser: str
    created: datetime
    expires: datetime
    authenticated: datetime | None = None
    ended: datetime | None = None


def factor_of(session: Session | None, now: datetime) -> str:
    """The second factor that this session is by itself: `oidc` while its sign-in is fresh, else none.

    A chat that was stolen can sign in by chat, so only the organisation's own issuer counts, and only if it
    has asked within half an hour: a session that was stolen is older.
    """
    if session is None or session.way != "oidc" or session.authenticated is None:
        return ""
    return "oidc" if now - FRESH <= session.authenticated <= now + timedelta(minutes=1) else ""
