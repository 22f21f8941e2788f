"""How a team does with its incidents, as a card: each figure with what it was before. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from core.incidents.practice.causes import Cause
from core.incidents.practice.figures import Practice, Spread, trend
from core.incidents.practice.units import PREFIX, Compared
from core.incidents.review.markdown import span
from core.incidents.severity import label
from core.text import moment, one_line
from core.world import World
from handlers.cards.card import Card, Code, Fields, Line, Span, Table, Text, line
from handlers.cards.link import page_url

_SHOWN = 8
# Of fewer than that, a part in a hundred says less than the two numbers.
_ENOUGH = 20


def card(world: World, compared: Compared) -> Card:
    """The figures; those of people are how often each was called."""
    now, before = compared.now, compared.before
    title, ref = _period(compared)
    facts = tuple(_facts(now, before))
    pages = _pages(world, now)
    rows = tuple((line(name), line(words)) for name, words in _counts(now) if words)
    return Card(
        title=title,
        parts=(
            Fields(items=facts),
            Table(head=("By", "How many"), rows=rows),
            *((causes,) if (causes := _causes(now)) else ()),
            *((pages,) if pages else ()),
            *_how_to_read(facts, compared.days),
        ),
        summary=f"{title}: " + "; ".join(f"{name} {_said(value)}" for name, value in facts) + ".",
        link=page_url(world.public_url, world.secret_key, ref),
        hint="/wardroom stats 90d",
    )


def _period(compared: Compared) -> tuple[str, str]:
    """Of which time it tells, and the id of its page."""
    if compared.is_until_now:
        return f"Incidents of the last {_days(compared.days)}", f"{PREFIX}{compared.days}d"
    since, until = compared.now.since, compared.now.until
    ref = f"{PREFIX}{since.timestamp():.0f}-{until.timestamp():.0f}"
    return f"Incidents from {moment(since)} to {moment(until)}", ref


def _how_to_read(facts: Iterable[tuple[str, Line]], days: int) -> tuple[Text, ...]:
    """What the brackets mean, where there are any."""
    if not any(_said(value).endswith(")") for _, value in facts):
        return ()
    return (Text(line=line(f"In brackets: against the {_days(days)} before."), small=True),)


def _facts(now: Practice, before: Practice) -> list[tuple[str, Line]]:
    called, called_before = sum(now.pages.values()), sum(before.pages.values())
    at_night, nights_before = sum(now.night.values()), sum(before.night.values())
    noise = _noise(now.noise, now.alerts) if now.noise is not None else "–, no alert is over"
    return [
        ("Incidents", _compared(str(now.incidents), now.incidents, before.incidents)),
        ("Time to acknowledge", _time(now.acknowledge, before.acknowledge)),
        ("Time to mitigate", _time(now.mitigate, before.mitigate)),
        ("Time to resolve", _time(now.resolve, before.resolve)),
        ("Pages", _compared(str(called), called, called_before)),
        ("Pages at night", _compared(str(at_night), at_night, nights_before)),
        ("Noise", _compared(noise, now.noise, before.noise)),
    ]


def _noise(part: float, alerts: int) -> str:
    """How many alerts nobody acted on, and which part that is where there are enough of them."""
    said = f"nobody acted on {round(part * alerts):,} of {alerts:,} alert{'' if alerts == 1 else 's'}"
    return f"{said}, {part:.0%}" if alerts >= _ENOUGH else said


def _time(now: Spread, before: Spread) -> Line:
    if not now.count:
        return line("–")
    words = f"{span(now.median)}, 90 % within {span(now.p90)}"
    return _compared(words, _seconds(now.median), _seconds(before.median))


def _compared(words: str, now: float | None, before: float | None) -> Line:
    change = trend(now, before)
    return line(f"{words} ({change})" if change else words)


def _counts(now: Practice) -> list[tuple[str, str]]:
    grades = ", ".join(f"{label(grade)} {number}" for grade, number in now.severities.items())
    return [("Severity", grades), ("Service", _some(now.services))]


def _some(counted: Mapping[str, int]) -> str:
    shown = [f"{one_line(name, 60)} {number}" for name, number in list(counted.items())[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(counted) - _SHOWN} others" if len(counted) > _SHOWN else "")


def _causes(now: Practice) -> Table | None:
    """Each with incidents to look at, and what else people called it."""
    if not now.causes:
        return None
    rows = tuple((line(one.words), line(str(one.count)), _examples(one)) for one in now.causes[:_SHOWN])
    left = sum(one.count for one in now.causes[_SHOWN:])
    more = ((line("others"), line(str(left)), line("")),) if left else ()
    return Table(head=("Cause", "How often", "For example"), rows=(*rows, *more))


def _examples(cause: Cause) -> Line:
    said: list[str | Span] = []
    for incident in cause.incidents:
        said += [", "] if said else []
        said.append(Code(text=incident))
    also = ", ".join(f"“{words}”" for words in cause.also)
    return line(*said, f"; also: {also}" if also else "")


def _pages(world: World, now: Practice) -> Table | None:
    if not now.pages:
        return None
    rows = tuple(
        (
            line(world.people[person].name if person in world.people else person),
            line(str(number)),
            line(str(now.night.get(person, 0))),
        )
        for person, number in list(now.pages.items())[:_SHOWN]
    )
    return Table(head=("Who was paged", "How often", "At night"), rows=rows)


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"


def _seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None


def _said(value: Line) -> str:
    return "".join(piece.text for piece in value if piece.kind == "plain")
