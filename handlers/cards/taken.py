"""What whoever answers a page is told: what is theirs, and what still calls them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.paging.page import Origin, Page
from core.paging.units import Taking
from core.text import cut

ALL = "all"
"""What takes every page that calls somebody."""
_SHOWN, _TITLE = 5, 80


@dataclass(frozen=True)
class Wording:
    """How an answer is worded: what to say for a page, and whether it may tell what pages are about."""

    ack: str = "`/oncall ack {}`"
    full: bool = True


CHAT = Wording()


def answered(takings: Sequence[Taking], left: Sequence[Page] = (), wording: Wording = CHAT) -> str:
    """What became of the answer, and what is `left` that still calls them."""
    said = [_one(taking, wording) for taking in takings]
    return " ".join([*said, *([_still(left, wording)] if left else [])])


def _one(taking: Taking, wording: Wording) -> str:
    page = taking.page
    about = f": {_title(page)}" if wording.full else ""
    match taking.outcome:
        case "taken" if page.origin is Origin.TEST:
            return f"{page.id} reached you, and your answer reached me. That was the test."
        case "taken":
            return f"{page.id} is yours{about}. Nobody else is called."
        case "yours":
            return f"{page.id} is yours already{about}."
        case "theirs":
            return (
                f"{page.owner_name} has {page.id} and was first{about}. You need not do anything; "
                f"`/oncall take {page.id}` takes it over."
            )


def _still(left: Sequence[Page], wording: Wording) -> str:
    ack = wording.ack.format(left[0].id)
    if len(left) == 1:
        about = f": {_title(left[0])}" if wording.full else ""
        return f"{left[0].id} still calls you{about}. {ack} takes it."
    named = [f"{one.id} ({_title(one)})" if wording.full else one.id for one in left[:_SHOWN]]
    more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
    return f"{', '.join(named)}{more} still call you. {ack} takes the first of these, {wording.ack.format(ALL)} all."


def _title(page: Page) -> str:
    return cut(page.title, _TITLE).rstrip(". ")
