"""A page as a card: what it is about, who is called and by what, who has it, what comes next. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.notify.ledger import Entry, way_word
from core.notify.ledger import State as Sent
from core.paging import course
from core.paging.page import Called, Origin, Page, Plan, State, Step
from core.quantity import span
from core.text import cut, nth
from core.world import World
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Span,
    Table,
    Text,
    Tone,
    When,
    Who,
    line,
    plain,
)
from handlers.cards.link import page_url

_TONES: dict[State, Tone] = {
    State.CALLING: "waiting",
    State.HELD: "neutral",
    State.TAKEN: "partial",
    State.OVER: "ended",
}
_SHOWN = 12
_NOBODY: Mapping[str, str] = {}
_MARKS = {Sent.ACCEPTED: "✓", Sent.FAILED: "✗", Sent.QUEUED: "…", Sent.DROPPED: "–"}


@dataclass(frozen=True)
class Sight:
    """A page with whom it called since its calling began, and what became of each message.

    `expected` is who the schedules of its next step mean, by `schedule` and `following`, as far as that is known.
    """

    page: Page
    calls: Sequence[Called]
    entries: Sequence[Entry]
    expected: Mapping[str, str] = field(default_factory=dict)


def card(world: World, sight: Sight) -> Card:
    """The live card, the same on every platform."""
    page = sight.page
    parts: list[Part] = [Fields(items=tuple(_facts(world, sight)))]
    if sight.calls:
        is_calling = page.state is State.CALLING
        rows = tuple(
            _call(world, one, sight.entries, is_calling=is_calling and one.person not in page.instead)
            for one in sight.calls[-_SHOWN:]
        )
        parts.append(Table(head=("Called", "Since", "By"), rows=rows))
    parts += _plan(world, page)
    return Card(
        title=_title(page),
        tone="bad" if page.unanswered and page.state is State.CALLING else _TONES[page.state],
        parts=tuple(parts),
        controls=_controls(page),
        footer=line(f"{page.id} · begun by {page.by_name} ", When(at=page.created, style="date_time")),
        summary=f"{_title(page)}. {state(page)}.",
        link=page_url(world.public_url, world.secret_key, page.id),
        hint=f"/oncall ack {page.id}",
        revision=page.version,
    )


def going_on(world: World, sight: Sight) -> Line:
    """One line: who is called or has it, and what comes next."""
    page = sight.page
    if page.state is State.TAKEN:
        return line(_who(world, page.owner), " has ", Code(text=page.id), ".")
    if page.state is State.HELD:
        until: list[str | Span] = [" until ", When(at=page.quiet_until)] if page.quiet_until else []
        return line(
            Code(text=page.id), " is held", *until, f" by {page.quiet_by}; nobody is called meanwhile."
        )
    people = list(dict.fromkeys(one.person for one in sight.calls if one.person not in page.instead))
    said: list[str | Span] = [Code(text=page.id), " calls "]
    for number, person in enumerate(people):
        said += [", " if number else "", _who(world, person)]
    said += [" " if people else "nobody ", "since ", When(at=page.began), "; "]
    return line(*said, "next ", *_next(world, sight))


def listing(world: World, sights: Sequence[Sight], total: int) -> Card:
    """Everything that is going on, one a row; `total` is how many there are, if not all are shown."""
    title = "Pages" if len(sights) == total else f"Pages, {len(sights)} of {total}"
    if not sights:
        return Card(title=title, parts=(Text(line=line("Nobody is called.")),), summary="Nobody is called.")
    return _table(world, sights, title)


def own(world: World, sights: Sequence[Sight], calling: int, who: str) -> Card:
    """What concerns one person: `calling` of them want their answer, the others are theirs; `who` is “you” or their name."""
    pages = "No page calls" if not calling else "1 page calls" if calling == 1 else f"{calling} pages call"
    title = f"{pages} {who}"
    if not sights:
        none = f"{title}, and {'you have' if who == 'you' else f'{who} has'} none."
        return Card(parts=(Text(line=line(none)),), summary=none)
    shown = _table(world, sights, title)
    return shown.model_copy(update={"summary": f"{title}. {shown.summary}"})


def _table(world: World, sights: Sequence[Sight], title: str) -> Card:
    rows = tuple(
        (line(Code(text=one.page.id)), line(_about(one.page)), going_on(world, one)) for one in sights
    )
    return Card(
        title=title,
        parts=(Table(head=("Id", "What", "How it stands"), rows=rows),),
        controls=tuple(
            Button(
                label=cut(f"{one.page.id} {one.page.title}", 30),
                verb="oncall.page",
                object=one.page.id,
                speak=f"Show {one.page.id}: {cut(one.page.title, 60)}",
            )
            for one in sights[:5]
        ),
        summary=" ".join(f"{_about(one.page)}: {plain(going_on(world, one))}" for one in sights),
        link=page_url(world.public_url, world.secret_key, "PAGES"),
        hint="/oncall page PG-…",
    )


def _about(page: Page) -> str:
    return f"{'TEST · ' if page.origin is Origin.TEST else ''}{cut(page.title, 80)}"


def _title(page: Page) -> str:
    test = "TEST · " if page.origin is Origin.TEST else ""
    return f"{test}{page.id} · {cut(page.title, 150)}"


def state(page: Page) -> str:
    """How it stands, in a few words."""
    match page.state:
        case State.TAKEN:
            return f"{page.owner_name} has it"
        case State.OVER:
            return f"Over; {page.owner_name} had it" if page.owner else "Over"
        case State.HELD:
            return f"Held by {page.quiet_by}: nobody is called meanwhile"
        case State.CALLING if page.unanswered:
            return "Nobody has answered yet, and everybody was called"
        case State.CALLING:
            return "Nobody has answered yet"


def _facts(world: World, sight: Sight) -> list[tuple[str, Line]]:
    page = sight.page
    items: list[tuple[str, Line]] = [("State", line(Bold(text=state(page))))]
    items.append(("Urgency", line("wakes people" if page.urgency == "high" else "can wait")))
    if page.state is State.CALLING:
        items.append(("Next", line(*_next(world, sight))))
        items += [
            ("Instead", line(_who(world, to), " for ", _who(world, who))) for who, to in page.instead.items()
        ]
    if page.state is State.HELD:
        again: list[str | Span] = [When(at=page.quiet_until), ": "] if page.quiet_until else []
        items.append(("Next", line(*again, "calling begins anew, if its alerts still fire")))
    if page.taken is not None:
        items.append(("Answered", line(When(at=page.taken, style="date_time"))))
    if page.offered:
        items.append(("Handing over to", line(_who(world, page.offered))))
    if page.incident:
        items.append(("Incident", line(Code(text=page.incident))))
    return items


def _next(world: World, sight: Sight) -> list[str | Span]:
    page = sight.page
    if page.due is None:
        return ["nothing by itself"]
    following = course.following(page.plan, page.at)
    step = course.step_at(page.plan, following)
    named = dict.fromkeys(page.instead.get(one, one) for one in step.people)
    step = step.model_copy(update={"people": tuple(named)})
    is_last = course.is_final(page.plan, following)
    whom = (
        "the alarm is raised" if is_last and page.unanswered is None else _whom(world, step, sight.expected)
    )
    whom = "the test ends" if page.origin is Origin.TEST else whom or "everybody was called once more"
    again = f", for the {nth(following.round + 1)} time" if following.round and not is_last else ""
    return [When(at=page.due), f": {whom}{again}"]


def _whom(world: World, step: Step, expected: Mapping[str, str] = _NOBODY) -> str:
    """Whom a step calls; who stands behind a schedule with their name, where that is `expected`."""
    said = [world.people[one].name for one in step.people if one in world.people]
    names = {name: world.people[one].name for name, one in expected.items() if one in world.people}
    if step.schedule:
        said.append(_behind(names.get("schedule"), "on call", step.schedule))
    if step.following:
        said.append(_behind(names.get("following"), "next", step.following))
    said += [f"team {step.team}"] if step.team else []
    return ", ".join([*said, *(f"#{name}" for name in step.channels)])


def _behind(name: str | None, how: str, schedule: str) -> str:
    return f"{name} ({how} in {schedule})" if name else f"who is {how} in {schedule}"


def _plan(world: World, page: Page) -> list[Part]:
    """Which version of its escalation it follows, where that is another one than the present."""
    now = world.escalations.get(page.plan.name)
    if not page.plan.name or page.state is State.OVER or now is None or now == page.plan:
        return []
    said = (
        f"{page.plan.name} was changed since. This page goes on with the version it began with "
        f"({page.plan.version}; now {now.version}): {_steps(world, page.plan)}."
    )
    return [Text(line=line(said), small=True)]


def _steps(world: World, plan: Plan) -> str:
    return "; ".join(f"{_whom(world, one)}, {span(one.wait)}" for one in plan.steps)


def _call(world: World, called: Called, entries: Sequence[Entry], *, is_calling: bool) -> tuple[Line, ...]:
    mine = [one for one in entries if one.cause.startswith(called.cause)]
    said: list[str | Span] = [""]
    for one in mine:
        said += [f"{', ' if said != [''] else ''}{way_word(one)} {_MARKS[one.state]}"]
        if one.state is Sent.FAILED:
            said += [f" ({cut(one.detail, 60)})"]
        if one.state is Sent.QUEUED and one.leaves:
            said.append(" in one message with others")
    to_come = called.rungs[called.rung :] if is_calling else ()
    for rung in to_come:
        said += [f"{', ' if said != [''] else ''}{rung.way} at ", When(at=called.starts + rung.after)]
    return (
        line(_who(world, called.person)),
        line(When(at=called.starts)),
        line("nothing leads to them") if said == [""] else line(*said),
    )


def _controls(page: Page) -> tuple[Control, ...]:
    about = cut(page.title, 50)
    if page.state is State.OVER:
        return ()
    take = Button(
        label="I take it",
        verb="oncall.ack",
        object=page.id,
        style="primary",
        speak=f"Take {page.id}: {about}",
    )
    if page.state is State.TAKEN:
        keep = (
            Button(
                label="Hand over…",
                verb="oncall.handover",
                object=page.id,
                speak=f"Hand over {page.id}: {about}",
            ),
            Button(
                label="Give back",
                verb="oncall.release",
                object=page.id,
                speak=f"Give back {page.id}: {about}",
            ),
        )
        return (take, *keep) if page.offered else keep
    if page.origin is Origin.TEST:
        return (take,)
    call = Button(
        label="Call the next",
        verb="oncall.escalate",
        object=page.id,
        speak=f"Call the next people for {page.id}",
    )
    return (take, call)


def _who(world: World, person: str) -> Who:
    known = world.people.get(person)
    return Who(name=known.name if known else person, ids=dict(known.accounts) if known else {})
