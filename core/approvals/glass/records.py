"""The rows of reviews, which are requests of ours: found by whom and by what they are about."""

import sqlalchemy as sa

from core.approvals.alone import REVIEWER
from core.approvals.records import APPROVAL, requests, whole
from core.approvals.request import Request, Status
from core.store.engine import Unit


def key_of(person: str, request_id: str) -> str:
    """The key under which a use of the glass is reviewed once."""
    return f"review/{person}/{request_id}"


def open_about(unit: Unit, person: str) -> list[Request]:
    """The reviews of this person that are not decided."""
    theirs = APPROVAL.c.key.startswith(key_of(person, ""), autoescape=True)
    pending = APPROVAL.c.status == str(Status.PENDING)
    return requests(unit, whole(unit).where(APPROVAL.c.requester == REVIEWER, pending, theirs))


def of(unit: Unit, request_id: str) -> str | None:
    """The id of the review of a request, if the glass was broken on it."""
    about = APPROVAL.c.key.endswith(f"/{request_id}", autoescape=True)
    statement = sa.select(APPROVAL.c.id).where(APPROVAL.c.requester == REVIEWER, about)
    found: str | None = unit.conn.execute(statement).scalar()
    return found
