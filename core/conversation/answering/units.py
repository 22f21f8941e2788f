"""Asking a question in a chat, and answering it piece by piece: each one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.conversation.answering import records
from core.conversation.answering.grounding import unsupported
from core.conversation.answering.inquiry import Inquiry, State
from core.digest import digest
from core.errors import Conflict, Forbidden, TooMany
from core.people.person import Person
from core.place import Place
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number

VIEW = "answer"
TOPIC = "inquiries"
TRIES = 3
_AT_ONCE = 3


@dataclass(frozen=True)
class Asked:
    """A question, by whom and where, and what is said to it without a model.

    An answer to the same question of the same person may be `cache` old; `anew`: no old one will do.
    """

    question: str
    hint: str
    by: Person
    key: str
    place: Place
    cache: timedelta
    anew: bool = False


@dataclass(frozen=True)
class Found:
    """What came of asking the model: its words, what it looked up and what that said, and what it would have people do."""

    words: str
    model: str
    looked: Sequence[str] = ()
    seen: Sequence[str] = ()
    offers: Sequence[str] = ()


def ask(unit: Unit, asked: Asked) -> Inquiry:
    """Have a question answered: the card is there at once, and fills while the answer comes.

    Raises:
        TooMany: several questions of this person have no answer yet.
    """
    known = records.of_key(unit, asked.key)
    if known is not None:
        return records.get(unit, known)
    # An answer may rest on what was said in its place, so it is given again in that place alone.
    same = digest([asked.place.lane(), " ".join(asked.question.casefold().split())])
    before = None if asked.anew else records.answered(unit, asked.by.id, same, unit.now - asked.cache)
    if before is not None:
        inquiry = records.get(unit, before)
        outbox.publish(unit, VIEW, inquiry.id, asked.place)
        return inquiry
    if len(records.open_of(unit, asked.by.id)) >= _AT_ONCE:
        what = f"{_AT_ONCE} questions of yours are being answered."
        raise TooMany(what, "Wait for them, or stop one.", retry_after=30.0)
    inquiry = Inquiry(
        id=next_number(unit, "ASK"),
        state=State.ASKING,
        by=asked.by.id,
        question=asked.question,
        hint=asked.hint,
        place=asked.place,
        created_at=unit.now,
    )
    records.add(unit, inquiry, asked.key, same)
    events.append(unit, "inquiry.asked", inquiry.id, actor=asked.by.id)
    outbox.publish(unit, VIEW, inquiry.id, asked.place)
    unit.wake(TOPIC)
    return inquiry


def claim(unit: Unit, lease: timedelta) -> Inquiry | None:
    """Take the next question; None if there is none. One whose workers died again and again is given up."""
    inquiry = records.waiting(unit)
    if inquiry is None:
        return None
    inquiry.fence += 1
    inquiry.until = unit.now + lease
    if inquiry.fence > TRIES:
        _end(unit, inquiry, "It was begun several times and never ended.")
        return None
    inquiry.words = ""
    records.save(unit, inquiry)
    return inquiry


def give_back(unit: Unit, taken: Inquiry) -> None:
    """Let others take it at once; it was not ended."""
    inquiry = records.find(unit, taken.id, lock=True)
    if inquiry is not None and inquiry.fence == taken.fence and inquiry.state is State.ASKING:
        inquiry.until = None
        records.save(unit, inquiry)
        unit.wake(TOPIC)


def heard(unit: Unit, taken: Inquiry, words: str) -> None:
    """So much of the answer is there.

    Raises:
        Conflict: another process took it over, or it was stopped.
    """
    inquiry = _mine(unit, taken)
    inquiry.words = words
    records.save(unit, inquiry)
    outbox.refresh(unit, VIEW, inquiry.id)


def answered(unit: Unit, taken: Inquiry, found: Found) -> None:
    """The answer is whole.

    Raises:
        Conflict: another process took it over, or it was stopped.
    """
    inquiry = _mine(unit, taken)
    inquiry.words, inquiry.model = found.words, found.model
    inquiry.looked, inquiry.offers = list(found.looked), list(found.offers)
    inquiry.doubts = list(unsupported(found.words, [inquiry.question, *found.looked, *found.seen]))
    inquiry.state, inquiry.until, inquiry.answered_at = State.ANSWERED, None, unit.now
    records.save(unit, inquiry)
    facts = {"model": found.model, "looked": inquiry.looked, "doubts": len(inquiry.doubts)}
    events.append(unit, "inquiry.answered", inquiry.id, actor=f"model:{found.model}"[:128], data=facts)
    outbox.refresh(unit, VIEW, inquiry.id, urgent=True)


def fell_back(unit: Unit, taken: Inquiry, why: str) -> None:
    """There is no answer of a model: what is said without one counts.

    Raises:
        Conflict: another process took it over, or it was stopped.
    """
    _end(unit, _mine(unit, taken), why)


def is_wanted(unit: Unit, taken: Inquiry) -> bool:
    """Whether its answer is still waited for, and from this process."""
    inquiry = records.find(unit, taken.id)
    return inquiry is not None and inquiry.fence == taken.fence and inquiry.state is State.ASKING


def stop(unit: Unit, inquiry_id: str, person: Person) -> Inquiry:
    """Whoever asked wants no answer any more; nothing happens if it is there already.

    Raises:
        NotFound: there is no such question.
        Forbidden: somebody else asked it.
    """
    inquiry = records.get(unit, inquiry_id, lock=True)
    if inquiry.by != person.id:
        raise Forbidden(f"{inquiry.id} is somebody else's question.", "Whoever asked it may stop it.")
    if inquiry.state is State.ASKING:
        _stopped(unit, inquiry, "You stopped it.")
    return inquiry


def open_here(unit: Unit, person: Person, place: Place) -> Inquiry | None:
    """What this person asked last in that conversation and has no answer yet; None if nothing of theirs is being answered there."""
    here = [one for one in records.open_of(unit, person.id) if _is_here(one, place)]
    return here[-1] if here else None


def forget(unit: Unit, person: Person) -> None:
    """Delete what somebody asked; what is being answered ends, and its message keeps none of their words."""
    records.forget_person(unit, person.id)
    for one in records.open_of(unit, person.id):
        inquiry = records.get(unit, one.id, lock=True)
        inquiry.question = inquiry.hint = ""
        _stopped(unit, inquiry, "It was erased, as you wished.")


def _is_here(inquiry: Inquiry, place: Place) -> bool:
    asked = inquiry.place
    in_thread = not place.thread or place.thread in (asked.thread, asked.message)
    return asked.lane() == place.lane() and in_thread


def _stopped(unit: Unit, inquiry: Inquiry, why: str) -> None:
    inquiry.state, inquiry.words, inquiry.until = State.STOPPED, "", None
    inquiry.problem, inquiry.answered_at = why, unit.now
    records.save(unit, inquiry)
    events.append(unit, "inquiry.stopped", inquiry.id, actor=inquiry.by)
    outbox.refresh(unit, VIEW, inquiry.id, urgent=True)
    unit.wake(TOPIC)


def _mine(unit: Unit, taken: Inquiry) -> Inquiry:
    inquiry = records.find(unit, taken.id, lock=True)
    if inquiry is None or inquiry.fence != taken.fence or inquiry.state is not State.ASKING:
        raise Conflict(f"{taken.id} was taken over or stopped.", "Look at it again.")
    return inquiry


def _end(unit: Unit, inquiry: Inquiry, why: str) -> None:
    inquiry.state, inquiry.words, inquiry.until = State.FELL_BACK, "", None
    inquiry.problem, inquiry.answered_at = why, unit.now
    records.save(unit, inquiry)
    events.append(unit, "inquiry.unanswered", inquiry.id, actor="system", data={"why": why})
    outbox.refresh(unit, VIEW, inquiry.id, urgent=True)
