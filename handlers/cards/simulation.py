"""What would be asked, as a card: who speaks and why, whom it asks, who hears when, and when it ends. Pure."""

from collections.abc import Iterator

from core.approvals import words
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Finding, Request, Seat, Watch
from core.approvals.timing import later
from core.text import cut, one_line
from handlers.cards.card import Bold, Card, Code, Line, Part, Table, Text, When, line

_NOTHING = "Nothing was asked, and nothing is kept."


def card(title: str, verdict: Verdict, request: Request | None, said: str) -> Card:
    """What the policies say, with what every reason saw, and the course of the `request`, if people are needed.

    `said` is the verdict in a sentence.
    """
    parts: list[Part] = [Text(line=line(Bold(text="Then: "), said))]
    if verdict.findings:
        rows = tuple(_reason(finding) for finding in verdict.findings)
        parts.append(Table(head=("Severity", "Policy", "Because", "Saw"), rows=rows))
    if request is not None:
        parts.append(Table(head=("When", "What"), rows=tuple(_course(request))))
    parts.append(Text(line=line(_NOTHING), small=True))
    return Card(
        title=f"Simulated: {cut(title, 120)}",
        parts=tuple(parts),
        tone="bad" if verdict.answer is Answer.DENY else "neutral",
        summary=f"Simulated: {title}. {said} {_NOTHING}",
    )


def _reason(finding: Finding) -> tuple[Line, ...]:
    saw = ", ".join(f"{name}={value}" for name, value in finding.inputs.items())
    return (
        line(finding.severity),
        line(finding.policy),
        line(one_line(finding.message, 160)),
        line(Code(text=one_line(saw, 200))) if saw else line(""),
    )


def _course(request: Request) -> Iterator[tuple[Line, ...]]:
    """Its moments in their order, as if nobody answered."""
    rules = request.rules
    yield line("at once"), line(f"asks {_names([seat for seat in request.seats if seat.level == 0])}")
    found = [
        (at, f"reminds those who have not answered ({number} of {len(rules.reminders)})")
        for number, at in enumerate(rules.reminders, start=1)
    ]
    end = request.expires
    for step in rules.steps:
        at = step.at
        also = f"also asks {_names(step.seats, step.watches)}"
        if step.emergency:
            also = f"emergency: {also}"
        if step.extends is not None:
            at, end = end, later(end, step.extends, rules.hours)
            also += f", and gives {words.left(step.extends)} more"
        found.append((at, also))
    for at, what in sorted(found, key=lambda one: one[0]):
        yield line(When(at=at, style="date_time")), line(what)
    silent = "is approved by its policy, unless anything speaks against it" if rules.silence else "expires"
    yield line(When(at=end, style="date_time")), line(f"{silent}, if nobody has answered")


def _names(seats: list[Seat] | tuple[Seat, ...], watches: tuple[Watch, ...] = ()) -> str:
    told = [f"{seat.name} ({', '.join(seat.groups)})" for seat in seats]
    told += [f"whoever is {watch.group} then" for watch in watches]
    return one_line(words.list_of(told) if told else "nobody new", 400)
