"""What whoever answers a page is told: what is theirs, and what still calls them. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.paging.answering.units import Answered, Taking
from core.paging.page import Origin, Page, State
from core.text import cut
from handlers.cards.card import Button

ALL = "all"
"""What means every page that calls somebody, or that they have."""
BOTH = "both"
_SHOWN, _TITLE = 5, 80
_FEW, _PAIR = 3, 2


@dataclass(frozen=True)
class Wording:
    """How an answer is worded: what to say for a page, and whether it may tell what pages are about."""

    ack: str = "`/oncall ack {}`"
    full: bool = True


CHAT = Wording()


def answered(
    told: Answered,
    left: Sequence[Page] = (),
    wording: Wording = CHAT,
    *,
    others: Sequence[Page] = (),
) -> str:
    """What became of the answer, which `others` were meant that do not call them, and what is `left` that still does."""
    takings = told.takings
    few = len(takings) <= _FEW
    said = [_one(taking, wording) for taking in takings] if few else list(_many(takings, wording))
    over = [f"{_ids(told.over)} {'is' if len(told.over) == 1 else 'are'} over by now."] if told.over else []
    return " ".join(one for one in (*said, *over, *_not_theirs(others), still(left, wording)) if one)


def controls(left: Sequence[Page]) -> tuple[Button, ...]:
    """Buttons that take what still calls whoever has answered: all of it, or the first one by one."""
    each = tuple(
        Button(
            label=f"I take {one.id}",
            verb="oncall.ack",
            object=one.id,
            speak=f"I take {one.id}: {_title(one)}",
        )
        for one in left[:_FEW]
    )
    if len(left) <= 1:
        return each
    whole = BOTH if len(left) == _PAIR else f"all {len(left)}"
    label = f"I take {whole}"
    return (
        Button(
            label=label,
            verb="oncall.ack",
            object=ALL,
            style="primary",
            speak=f"{label} pages that still call me",
        ),
        *each,
    )


def _one(taking: Taking, wording: Wording) -> str:
    page = taking.page
    about = f": {_title(page)}" if wording.full else ""
    match taking.outcome:
        case "taken" if page.origin is Origin.TEST:
            return f"{page.id} reached you, and your answer reached me. That was the test."
        case "taken" if taking.before.owner:
            return f"{page.id} is yours{about}. {taking.before.owner_name} had it until now."
        case "taken":
            return f"{page.id} is yours{about}. Nobody else is called."
        case "yours":
            return f"{page.id} is yours already{about}."
        case "theirs":
            return (
                f"{page.owner_name} has {page.id} and was first{about}. You need not do anything; "
                f"`/oncall take {page.id}` takes it over."
            )


def _many(takings: Sequence[Taking], wording: Wording) -> Iterator[str]:
    """One sentence for those that are theirs now, and one for those that somebody else has."""
    mine = [one.page for one in takings if one.outcome != "theirs"]
    others = [one.page for one in takings if one.outcome == "theirs"]
    if mine:
        yield f"{_count(mine)} yours: {_first(mine, wording)}. Nobody else is called for {'it' if len(mine) == 1 else 'them'}."
    if others:
        yield f"{_count(others)} somebody else's, who was first: {_first(others, wording)}."


def _not_theirs(pages: Sequence[Page]) -> Iterator[str]:
    if pages:
        do, stay = ("does", "stays as it is") if len(pages) == 1 else ("do", "stay as they are")
        yield f"{_ids(pages)} {do} not call you, and {stay}."


def _count(pages: Sequence[Page]) -> str:
    return "1 page is" if len(pages) == 1 else f"{len(pages)} pages are"


def _first(pages: Sequence[Page], wording: Wording) -> str:
    named = [f"{one.id} ({_title(one)})" if wording.full else one.id for one in pages[:_FEW]]
    more = f" and {len(pages) - _FEW} more" if len(pages) > _FEW else ""
    return f"{', '.join(named)}{more}"


def still(left: Sequence[Page], wording: Wording = CHAT) -> str:
    """What still calls whoever has answered, and what takes it; empty if nothing does."""
    if not left:
        return ""
    ack = wording.ack.format(left[0].id)
    if len(left) == 1:
        about = f": {_title(left[0])}" if wording.full else ""
        return f"{calls(left[0], 'still ')}{about}. {ack} takes it."
    named = [f"{one.id} ({_title(one)})" if wording.full else one.id for one in left[:_SHOWN]]
    more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
    waits = "wait for your answer" if any(one.state is State.TAKEN for one in left) else "call you"
    return f"{', '.join(named)}{more} still {waits}. {ack} takes the first of these, {wording.ack.format(ALL)} all."


def calls(page: Page, still: str = "") -> str:
    """That a page wants somebody's answer: it calls them, or whoever has it offers it to them."""
    if page.state is State.TAKEN:
        return f"{page.owner_name} {still}asks you to take {page.id} over"
    if page.state is State.HELD:
        return f"{page.id} is held and calls nobody now"
    return f"{page.id} {still}calls you"


def _ids(pages: Sequence[Page]) -> str:
    return ", ".join(one.id for one in pages)


def _title(page: Page) -> str:
    return cut(page.title, _TITLE).rstrip(". ")
