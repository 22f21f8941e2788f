"""What whoever silences alerts, or lets them be heard again, is told of these and of the pages. Pure."""

from collections.abc import Sequence

from core.incidents.muting.units import Begun, Ended
from core.paging.page import Page, State
from core.text import moment

_SHOWN = 3


def kept_quiet(begun: Begun) -> str:
    """How many alerts a new silence keeps quiet, and what becomes of the pages of their incidents."""
    number = begun.covered
    if not number:
        return "It keeps none of the alerts quiet that fire now. Those that come are kept, and told when it ends if they still fire."
    many = "1 alert that fires now is" if number == 1 else f"{number:,} alerts that fire now are"
    said = [f"{many} kept quiet by it.", *_pages(begun.pages)]
    return " ".join([*said, "What is kept quiet is not lost: what still fires when it ends is told then."])


def heard_again(ended: Ended) -> str:
    """How many alerts fire that a silence kept quiet until now, how many of them are news, and which pages call again."""
    number, told = ended.firing, ended.told
    if not number:
        return "None of the alerts fires now that it kept quiet."
    many = (
        "1 alert that it kept quiet still fires"
        if number == 1
        else f"{number:,} alerts that it kept quiet still fire"
    )
    news = _news(number, told)
    again = (
        f" {_named(ended.pages)} {_verb(ended.pages, 'calls', 'call')} again, from the beginning."
        if ended.pages
        else ""
    )
    return f"{many}{news}.{again}"


def _news(number: int, told: int) -> str:
    if not told:
        return "; people were told of it before" if number == 1 else "; people were told of them before"
    if told == number:
        return ", and is told now" if number == 1 else ", and are told now"
    return f"; {told:,} of them {'is' if told == 1 else 'are'} told only now"


def _pages(pages: Sequence[Page]) -> list[str]:
    """Those that are held now, those that somebody has, and those that call on."""
    held = [one for one in pages if one.state is State.HELD]
    taken = [one.id for one in pages if one.state is State.TAKEN]
    calling = [one.id for one in pages if one.state is State.CALLING]
    said = []
    if held:
        by, until = held[0].quiet_by, held[0].quiet_until
        ids = [one.id for one in held]
        said.append(
            f"{_named(ids)} {_verb(ids, 'is', 'are')} held{f' until {moment(until)}' if until else ''} by {by}: "
            f"nobody more is called, and whoever was may still answer."
        )
    if taken:
        said.append(f"Who has {_named(taken)} keeps {_verb(taken, 'it', 'them')}.")
    if calling:
        said.append(
            f"{_named(calling)} {_verb(calling, 'calls', 'call')} on: not all alerts of {_verb(calling, 'its incident', 'their incidents')} are quiet, or people declared {_verb(calling, 'it', 'them')}."
        )
    return said


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return f"{', '.join(ids[:_SHOWN])}{more}"


def _verb(ids: Sequence[str], one: str, several: str) -> str:
    return one if len(ids) == 1 else several
