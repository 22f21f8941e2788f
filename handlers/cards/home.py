"""A person's own page: what waits for them, what they asked for, what is going on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.approvals.request import Request
from core.people.person import Person
from core.text import cut, one_line
from handlers.cards import bulk
from handlers.cards.card import Bold, Button, Card, Code, Control, Fields, Part, Rule, Table, Text, When, line

_BUTTONS, _CALLS = 10, 3


@dataclass(frozen=True)
class Duty:
    """For what one is on call now and until when (None: no end in sight), until when one is away, and what calls one now.

    `calls` are pages that want an answer: id and title of each, and in words how they want it. `next` is where and when one is on call next, `ways` how
    one is called: by what, for what.
    """

    on_call: tuple[tuple[str, datetime | None], ...] = ()
    away: datetime | None = None
    calls: tuple[tuple[str, str, str], ...] = ()
    next: tuple[str, datetime] | None = None
    ways: tuple[tuple[str, str], ...] = ()


NO_DUTY = Duty()


def card(
    person: Person,
    waiting: Sequence[Request],
    mine: Sequence[Request],
    going_on: Sequence[tuple[str, str, str]],
    duty: Duty = NO_DUTY,
    left: str = "",
) -> Card:
    """The page. `going_on` is what is open besides approvals: id, state and title of each; `left` says what of it is not shown."""
    parts: list[Part] = [*_duty(duty), Text(line=line(Bold(text=f"Waiting for you ({len(waiting)})")))]
    parts.append(_requests(waiting) if waiting else Text(line=line(_nothing(duty))))
    parts += [Rule(), Text(line=line(Bold(text="What you asked for")))]
    parts.append(_requests(mine) if mine else Text(line=line("Nothing yet.")))
    parts += [Rule(), Text(line=line(Bold(text="Going on now")))]
    rows = tuple(
        (line(Code(text=ref)), line(state), line(one_line(title, 80))) for ref, state, title in going_on
    )
    parts.append(Table(head=("Id", "State", "What"), rows=rows) if rows else Text(line=line("All is quiet.")))
    parts += [Text(line=line(left), small=True)] if left else []
    parts += _watch(duty)
    looks: tuple[Control, ...] = tuple(
        Button(
            label=f"Open {request.id}",
            verb="approval.show",
            object=request.id,
            speak=f"Open {request.id}: {cut(request.title, 50)}",
        )
        for request in waiting[:_BUTTONS]
    )
    answers = tuple(
        Button(
            label=f"I take {ref}",
            verb="oncall.ack",
            object=ref,
            style="primary",
            speak=f"I take {ref}: {title}",
        )
        for ref, title, _ in duty.calls[:_CALLS]
    )
    change = Button(label="Change how I am paged…", verb="oncall.contact")
    called = "".join(f"{words}. " for _, _, words in duty.calls)
    return Card(
        title=f"Hello {person.name}",
        parts=tuple(parts),
        controls=(*answers, *bulk.buttons(waiting), *looks, *((change,) if duty.ways else ())),
        hint="/wardroom help",
        summary=f"{called}{len(waiting)} approvals wait for you.",
    )


def _nothing(duty: Duty) -> str:
    """That no approval waits for them; what calls them waits all the same."""
    return "No approval waits for you." if duty.calls else "Nothing. Nobody waits for you."


def _duty(duty: Duty) -> list[Part]:
    said: list[Part] = [
        Text(line=line(Bold(text=f"{words}: "), one_line(title, 120))) for _, title, words in duty.calls
    ]
    for title, until in duty.on_call:
        ends = line(" until ", When(at=until, style="date_time")) if until else ()
        spans = (*line(Bold(text=f"You are on call for {title}")), *ends, *line("."))
        said.append(Text(line=spans))
    if duty.away is not None:
        until_then = When(at=duty.away, style="date_time")
        said.append(Text(line=line("You are away until ", until_then, ". ", Code(text="/approvals back"))))
    return [*said, Rule()] if said else []


def _watch(duty: Duty) -> list[Part]:
    """When one is called, and how: what somebody checks before they go to sleep."""
    if not duty.ways:
        return []
    said: list[Part] = [Rule(), Text(line=line(Bold(text="On call, and how you are paged")))]
    if not duty.on_call and duty.next is None:
        said.append(Text(line=line("You are on call for nothing, and no shift of yours is ahead.")))
    if not duty.on_call and duty.next is not None:
        title, begins = duty.next
        said.append(
            Text(
                line=line(
                    f"You are not on call. Next: {title}, from ", When(at=begins, style="date_time"), "."
                )
            )
        )
    return [*said, Fields(items=tuple((name, line(words)) for name, words in duty.ways))]


def _requests(requests: Sequence[Request]) -> Table:
    rows = tuple(
        (
            line(Code(text=request.id)),
            line(request.status.lower().replace("_", " ")),
            line(one_line(request.title, 80)),
            line(When(at=request.expires, style="date_time")),
        )
        for request in requests
    )
    return Table(head=("Id", "Status", "What", "Until"), rows=rows)
