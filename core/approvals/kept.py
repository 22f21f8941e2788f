"""The parts of a request as they are kept: from JSON to nouns. Pure; what never changes is made once."""

from datetime import UTC, datetime
from functools import lru_cache

import orjson
from pydantic import TypeAdapter

from core.approvals.request import Rules, Seat, Vote

SEAT = ("person", "name", "groups", "level", "veto", "stands_for", "gone")
VOTE = ("person", "name", "choice", "reason", "at", "digest", "via", "strength")
"""What is kept of a seat and of a vote, in this order."""

_VOTES = TypeAdapter(tuple[Vote, ...])


@lru_cache(maxsize=4_096)
def rules(text: str) -> Rules:
    """The frozen terms."""
    return Rules.model_validate_json(text)


@lru_cache(maxsize=4_096)
def seats(text: str) -> tuple[Seat, ...]:
    """The seats, from a list of lists, by person."""
    made = (Seat(**dict(zip(SEAT, seat, strict=True))) for seat in orjson.loads(text))
    return tuple(sorted(made, key=lambda seat: seat.person))


def votes(text: str) -> tuple[Vote, ...]:
    """The votes, from a list of lists, in the order in which they were cast."""
    rows = [dict(zip(VOTE, vote, strict=True)) for vote in orjson.loads(text)]
    for row in rows:
        row["at"] = _moment(row["at"])
    made = _VOTES.validate_python(rows)
    return tuple(sorted(made, key=lambda vote: (vote.at, vote.person))) if len(made) > 1 else made


def _moment(text: str) -> datetime:
    """A moment inside JSON; one without a zone is in UTC."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
