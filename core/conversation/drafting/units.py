"""Wishing for a draft, writing it, and what people do with it: each one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.conversation.drafting import records
from core.conversation.drafting.draft import Draft, State
from core.errors import Conflict, StaleDigest, TooMany
from core.people.person import Person
from core.place import Place
from core.runbooks import records as runs
from core.runbooks.definition import Runbook
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number

VIEW = "draft"
TOPIC = "drafts"
TRIES = 3
_AT_ONCE = 3


@dataclass(frozen=True)
class Wish:
    """What somebody wants drafted, where it was asked for, and the key that recognises a repeat."""

    words: str
    by: Person
    key: str
    place: Place
    expire: timedelta


def ask(unit: Unit, wish: Wish) -> Draft:
    """Have a runbook drafted: the card is there at once, and says how it goes.

    Raises:
        TooMany: several are being written for this person.
    """
    known = records.of_key(unit, wish.key)
    if known is not None:
        return records.get(unit, known)
    if records.writing(unit, wish.by.id) >= _AT_ONCE:
        raise TooMany(f"{_AT_ONCE} drafts are being written for you.", "Wait for them.", retry_after=30.0)
    draft = Draft(
        id=next_number(unit, "DR"),
        state=State.WRITING,
        by=wish.by.id,
        wish=wish.words,
        place=wish.place,
        created_at=unit.now,
        expires_at=unit.now + wish.expire,
    )
    records.add(unit, draft, wish.key)
    events.append(unit, "draft.asked", draft.id, actor=wish.by.id)
    outbox.publish(unit, VIEW, draft.id, wish.place)
    unit.wake(TOPIC)
    return draft


def claim(unit: Unit, lease: timedelta) -> Draft | None:
    """Take the next one that is to be written or saved; None if there is none.

    One whose workers died again and again is given up.
    """
    draft = records.waiting(unit)
    if draft is None:
        return None
    draft.fence += 1
    draft.until = unit.now + lease
    if draft.fence > TRIES and draft.state is State.WRITING:
        return _close(unit, draft, ["This was begun several times and never ended, so it is given up."])
    records.save(unit, draft)
    return draft


def give_back(unit: Unit, taken: Draft) -> None:
    """Let others take it at once; it was not ended."""
    draft = records.get(unit, taken.id, lock=True)
    if draft.fence == taken.fence:
        draft.until = None
        records.save(unit, draft)
        unit.wake(TOPIC)


def written(unit: Unit, taken: Draft, text: str, book: Runbook, model: str) -> None:
    """The model wrote a runbook that can be used.

    Raises:
        Conflict: another process took it over, or it was discarded.
    """
    draft = _mine(unit, taken)
    draft.text, draft.book, draft.model = text, book.model_dump(mode="json", by_alias=True), model
    draft.state, draft.until = State.READY, None
    records.save(unit, draft)
    facts = {"runbook": book.name, "digest": draft.digest, "model": model}
    events.append(unit, "draft.written", draft.id, actor=f"model:{model}"[:128], data=facts)
    outbox.refresh(unit, VIEW, draft.id, urgent=True)


def refused(unit: Unit, taken: Draft, problems: Sequence[str], text: str = "", model: str = "") -> None:
    """Nothing that can be used was written: these are the reasons.

    Raises:
        Conflict: another process took it over, or it was discarded.
    """
    draft = _mine(unit, taken)
    draft.text, draft.model = text, model
    _close(unit, draft, list(problems))


def discard(unit: Unit, draft_id: str, person: Person) -> Draft:
    """Throw it away. A run of it that is asked for or under way is not touched.

    Raises:
        NotFound: there is none with that id.
    """
    draft = records.get(unit, draft_id, lock=True)
    if draft.state is not State.DISCARDED:
        draft.state, draft.saving, draft.fence = State.DISCARDED, "", draft.fence + 1
        records.save(unit, draft)
        events.append(unit, "draft.discarded", draft.id, actor=person.id)
        outbox.refresh(unit, VIEW, draft.id, urgent=True)
    return draft


def take(unit: Unit, draft_id: str, shown: str) -> Draft:
    """The draft, to run or to save it, if it is what was `shown` (a digest; empty if nothing was).

    Raises:
        NotFound: there is none with that id.
        Conflict: it cannot be used.
        StaleDigest: another one was shown.
    """
    draft = records.get(unit, draft_id, lock=True)
    draft.usable(unit.now)
    if shown and not draft.digest.startswith(shown):
        raise StaleDigest(f"{draft.id} is not what was shown.", "Look at it again.")
    return draft


def not_running(unit: Unit, draft: Draft) -> None:
    """Check that no run of it is asked for or under way.

    Raises:
        Conflict: there is one.
    """
    if draft.execution and not runs.get(unit, draft.execution).state.is_final:
        raise Conflict(
            f"{draft.execution} is a run of {draft.id} already.", "Wait for its end, or cancel it."
        )


def started(unit: Unit, draft: Draft, execution: str, person: Person) -> None:
    """A run of it was asked for."""
    draft.execution = execution
    records.save(unit, draft)
    facts = {"execution": execution, "digest": draft.digest}
    events.append(unit, "draft.started", draft.id, actor=person.id, data=facts)
    outbox.refresh(unit, VIEW, draft.id, urgent=True)


def to_be_saved(unit: Unit, draft: Draft, person: Person) -> None:
    """Have it written to a file; done again, it is told what became of the first time."""
    if draft.saving in ("waiting", "saved"):
        return
    draft.saving, draft.saved_by, draft.file = "waiting", person.id, ""
    records.save(unit, draft)
    outbox.refresh(unit, VIEW, draft.id, urgent=True)
    unit.wake(TOPIC)


def saved(unit: Unit, taken: Draft, file: str, fault: str = "") -> None:
    """It is in this file; or it is not, and why.

    Raises:
        Conflict: another process took it over, or it was discarded.
    """
    draft = _mine(unit, taken)
    draft.saving, draft.until = ("failed" if fault else "saved"), None
    draft.file = fault or file
    records.save(unit, draft)
    kind = "draft.not_saved" if fault else "draft.saved"
    facts = {"why": fault} if fault else {"file": file, "digest": draft.digest}
    events.append(unit, kind, draft.id, actor=draft.saved_by, data=facts)
    outbox.refresh(unit, VIEW, draft.id, urgent=True)


def _mine(unit: Unit, taken: Draft) -> Draft:
    draft = records.get(unit, taken.id, lock=True)
    if draft.fence != taken.fence:
        raise Conflict(f"{draft.id} was taken over or discarded.", "Look at it again.")
    return draft


def _close(unit: Unit, draft: Draft, problems: list[str]) -> Draft | None:
    draft.state, draft.problems, draft.until = State.REFUSED, problems, None
    records.save(unit, draft)
    events.append(unit, "draft.refused", draft.id, actor="system", data={"problems": len(problems)})
    outbox.refresh(unit, VIEW, draft.id, urgent=True)
    return None
