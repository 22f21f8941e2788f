"""Who may answer pages, and what becomes of an answer to one or to several; each public function is one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import Conflict, Forbidden
from core.paging import records
from core.paging.motion.units import answered, over, people
from core.paging.page import Origin, Page, State
from core.paging.ringing import units as ringing
from core.paging.telling import units as telling
from core.people.person import Person
from core.store.engine import Unit


@dataclass(frozen=True)
class Taking:
    """What became of an answer: it counts, it had counted before, or somebody else was first.

    `before` is the page as it was: who had it until then, if anybody did.
    """

    page: Page
    outcome: Literal["taken", "yours", "theirs"]
    before: Page


@dataclass(frozen=True)
class Answered:
    """What became of an answer to several pages, in their order, and which of them were over by then."""

    takings: tuple[Taking, ...]
    over: tuple[Page, ...]


def take(unit: Unit, page_id: str, by: Person, via: str, *, from_owner: bool = False) -> Taking:
    """Somebody answers: from then on it is theirs, and nobody else is called.

    Args:
        unit: the unit of work.
        page_id: which page.
        by: who answers.
        via: by what, for the audit.
        from_owner: take it also from somebody who has it.

    Raises:
        Conflict: it is over.
    """
    return take_each(unit, [page_id], by, via, from_owner=from_owner).takings[0]


def take_each(
    unit: Unit, page_ids: Iterable[str], by: Person, via: str, *, from_owner: bool = False
) -> Answered:
    """Somebody answers several at once; each stands by itself, and others are told of all of them together.

    Raises:
        Conflict: all of them are over.
    """
    ids = list(dict.fromkeys(page_ids))
    # Two who answer the same lock them in the same order.
    found = {one: records.get(unit, one, lock=True) for one in sorted(ids)}
    takings = [
        _take(unit, found[one], by, via, from_owner=from_owner)
        for one in ids
        if found[one].state is not State.OVER
    ]
    if not takings:
        raise Conflict(_over(ids), "Nothing is left to do about it.")
    new = [one for one in takings if one.outcome == "taken"]
    told = [(one.page, {*people(unit, one.before), one.before.owner} - {by.id}) for one in new]
    telling.tell_others(unit, told)
    done = [_tested(unit, one, by) for one in takings]
    return Answered(tuple(done), tuple(one for one in found.values() if one.state is State.OVER))


def _take(unit: Unit, page: Page, by: Person, via: str, *, from_owner: bool) -> Taking:
    if page.state is State.TAKEN and page.owner == by.id:
        return Taking(page, "yours", page)
    if page.state is State.TAKEN and not from_owner and page.offered != by.id:
        return Taking(page, "theirs", page)
    ringing.silence(unit, records.calls(unit, page))
    return Taking(answered(unit, page, by, via), "taken", page)


def _over(ids: Sequence[str]) -> str:
    return f"{ids[0]} is over." if len(ids) == 1 else "These pages are over."


def _tested(unit: Unit, taking: Taking, by: Person) -> Taking:
    """A test is over with the answer to it."""
    if taking.page.origin is not Origin.TEST or taking.outcome != "taken":
        return taking
    return Taking(over(unit, taking.page, by.id), "taken", taking.before)


def to_answer(unit: Unit, delivery: str, named: str = "") -> list[Page]:
    """The pages of one message that are not over, or the one of them that is named.

    Raises:
        Conflict: all that are meant are over.
    """
    meant = [one for one in records.in_message(unit, delivery) if not named or one.id == named]
    found = [one for one in meant if one.state is not State.OVER]
    if not found:
        raise Conflict(_over([one.id for one in meant]), "Nothing is left to do about it.")
    return found


def may_answer(unit: Unit, page: Page, person: Person, *, by_role: bool) -> None:
    """Whether somebody may answer a page: whoever it called, and whose role allows it.

    Raises:
        Forbidden: they may not.
    """
    is_called = person.id in {*people(unit, page), page.owner, page.offered, page.by}
    if not person.is_human:
        raise Forbidden(f"{person.name} is a program; a page wants a human.", "Let its owner answer.")
    if not (is_called or by_role):
        raise Forbidden(
            f"{page.id} has not called you.",
            "Ask an administrator for the permission `oncall.ack`, or whoever it called.",
        )


def answerable(
    unit: Unit, pages: Iterable[Page], person: Person, *, by_role: bool
) -> tuple[list[Page], list[Page]]:
    """Which of these pages somebody may answer, and which they may not: one that calls anew has called others.

    Raises:
        Forbidden: they may answer none.
    """
    mine: list[Page] = []
    refused: list[tuple[Page, Forbidden]] = []
    for page in pages:
        try:
            may_answer(unit, page, person, by_role=by_role)
            mine.append(page)
        except Forbidden as error:
            refused.append((page, error))
    if refused and not mine:
        raise refused[0][1]
    return mine, [page for page, _ in refused]
