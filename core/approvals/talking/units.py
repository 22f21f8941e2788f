"""Comments and questions: said in the thread of every copy, kept in the history, and never a decision."""

from core.approvals import records
from core.approvals.request import Request
from core.approvals.settling.units import VIEW
from core.errors import Invalid
from core.people.person import Person
from core.store import events, outbox
from core.store.engine import Unit

_LONGEST = 2_000


def comment(unit: Unit, request_id: str, person: Person, text: str) -> Request:
    """Say something about a request.

    Raises:
        NotFound: there is no such request.
        Invalid: nothing was said, or too much.
    """
    request = records.get(unit, request_id)
    if not text.strip():
        raise Invalid("There is nothing in this comment.", "Write a sentence.")
    if len(text) > _LONGEST:
        raise Invalid(f"This comment has {len(text):,} characters.", f"{_LONGEST:,} are the most.")
    events.append(unit, "approval.commented", request_id, actor=person.id, data={"text": text})
    outbox.announce(unit, VIEW, request_id, f"{person.name} about {request_id}: “{text}”", urgent=False)
    unit.wake(f"approval:{request_id}")
    return request
