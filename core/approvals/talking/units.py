"""Comments, questions and answers: said in the thread of every copy, kept in the history, and never a decision.

Each raises the version of the request, so that whoever waits for its next change hears of a question too; the digest,
to which votes are bound, stays what it is.
"""

from collections.abc import Mapping

from core.approvals import records as requests
from core.approvals import words
from core.approvals.ageing import units as ageing
from core.approvals.request import Request
from core.approvals.settling import units as settling
from core.approvals.talking import records
from core.approvals.talking.remark import Kind, Remark, unanswered
from core.errors import Conflict, Invalid, NotFound, TooMany
from core.people.person import Person
from core.store import events
from core.store.engine import Unit
from core.text import cut

LONGEST = 2_000
MOST, MOST_OPEN = 200, 10
_IN_THREAD = 1_000
_EVENTS: Mapping[Kind, str] = {
    "comment": "approval.commented",
    "question": "approval.asked",
    "answer": "approval.answered",
}


def comment(unit: Unit, request_id: str, person: Person, text: str) -> Request:
    """Say something about a request.

    Raises:
        NotFound: there is no such request.
        Invalid, TooMany: nothing was said, or too much.
    """
    request = requests.get(unit, request_id)
    said = f"{person.name} about {request_id}: “{cut(text, _IN_THREAD)}”"
    return _keep(unit, request, person, "comment", text, said)


def ask(unit: Unit, request_id: str, person: Person, text: str, people: Mapping[str, Person]) -> Request:
    """Ask something about a request that is open; whoever wants it is called, and it stands on the card until answered.

    Raises:
        NotFound: there is no such request.
        Conflict: it is decided.
        Invalid, TooMany: nothing was asked, or too much is open.
    """
    request = ageing.caught_up(unit, requests.get(unit, request_id))
    if not request.is_pending:
        raise Conflict(f"{words.present(request)}, so nobody has to answer.", "You can still comment on it.")
    if len(unanswered(records.of(unit, request_id))) >= MOST_OPEN:
        raise TooMany(f"{MOST_OPEN} questions about {request_id} are open.", "Let some be answered first.")
    said = f"{person.name} asks about {request_id}: “{cut(text, _IN_THREAD)}”"
    return _keep(unit, request, person, "question", text, said, ping=(behind(request, people),))


def answer(unit: Unit, request_id: str, person: Person, text: str, question: int | None = None) -> Request:
    """Answer a question, the oldest that is open if none is named; that closes it.

    Raises:
        NotFound: there is no such request, or no such question that is open.
        Invalid, TooMany: nothing was said, or too much.
    """
    request = requests.get(unit, request_id)
    waiting = unanswered(records.of(unit, request_id))
    meant = next((one for one in waiting if question in (None, one.number)), None)
    if meant is None:
        still = ", ".join(f"#{one.number}" for one in waiting)
        raise NotFound(
            f"There is no such question about {request_id} that is open.",
            f"Open: {still}." if still else "All of them are answered.",
        )
    said = f"{person.name} answers {meant.name} about {request_id}: “{cut(text, _IN_THREAD)}”"
    return _keep(unit, request, person, "answer", text, said, ping=(meant.author,), answers=meant.number)


def behind(request: Request, people: Mapping[str, Person]) -> str:
    """The human who wants this: who asked, or who answers for the program that did."""
    asker = people.get(request.requester)
    return asker.owner if asker is not None and asker.owner else request.requester


def _keep(  # noqa: PLR0913 - who says what about which, and who is called
    unit: Unit,
    request: Request,
    person: Person,
    kind: Kind,
    text: str,
    said: str,
    *,
    ping: tuple[str, ...] = (),
    answers: int | None = None,
) -> Request:
    if not text.strip():
        raise Invalid(f"There is nothing in this {kind}.", "Write a sentence.")
    if len(text) > LONGEST:
        raise Invalid(f"This {kind} has {len(text):,} characters.", f"{LONGEST:,} are the most.")
    number = len(records.of(unit, request.id)) + 1
    if number > MOST:
        raise TooMany(
            f"{MOST} things were said about {request.id}, which is the most.", "Talk in the thread."
        )
    saved = requests.save(unit, request)
    remark = Remark(
        number=number, kind=kind, author=person.id, name=person.name, at=unit.now, text=text, answers=answers
    )
    records.add(unit, request.id, remark)
    facts = {"number": number, "text": text, "answers": answers}
    events.append(unit, _EVENTS[kind], request.id, actor=person.id, data=facts)
    settling.announce(unit, saved, said, ping=ping)
    return saved
