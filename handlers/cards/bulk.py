"""The cards of many requests at once: a list, what would be approved of it, and what became of each. Pure."""

from collections.abc import Iterable, Sequence

from core.approvals.draft import Decided
from core.approvals.request import Request
from core.digest import short
from core.text import one_line
from handlers.cards.card import Bold, Button, Card, Code, Part, Table, Text, When, line

VERB = "approval.approve_all"
_SEVERAL = 2


def listing(requests: Iterable[Request], title: str) -> Card:
    """Several requests, one a row."""
    rows = tuple(
        (
            line(Code(text=request.id)),
            line(request.status.lower().replace("_", " ")),
            line(one_line(request.title, 80)),
            line(request.requester_name),
            line(When(at=request.expires, style="date_time")),
        )
        for request in requests
    )
    if not rows:
        return Card(
            title=title, parts=(Text(line=line("There are none.")),), summary=f"{title}: there are none."
        )
    table = Table(head=("Id", "Status", "What", "Asked by", "Until"), rows=rows)
    return Card(title=title, parts=(table,), summary=f"{title}: {len(rows)}.", hint="/approvals show AP-…")


def low(requests: Sequence[Request]) -> list[Request]:
    """Those that may be decided together: of LOW severity, and needing neither words nor a second factor."""
    easy = (one for one in requests if not one.rules.reason_to_approve and not one.rules.second_factor)
    return [one for one in easy if one.severity == "LOW"]


def buttons(waiting: Sequence[Request]) -> tuple[Button, ...]:
    """The one that leads to the list, if there is more than one to decide; only from there anything is decided."""
    count = len(low(waiting))
    if count < _SEVERAL:
        return ()
    speak = f"Look at all {count} requests of low severity, to approve them together"
    return (Button(label=f"Approve all {count}…", verb=VERB, speak=speak),)


def asks(requests: Sequence[Request], mark: str, *, is_new: bool) -> Card:
    """Exactly what one press would approve. `is_new`: it is not what was shown before, so nothing was decided."""
    if not requests:
        words = "Nothing of LOW severity waits for you."
        return Card(parts=(Text(line=line(words)),), summary=words)
    changed = "What waits for you has changed, so nothing was decided. This is how it is now."
    parts: list[Part] = [Text(line=line(Bold(text=changed)))] if is_new else []
    rows = tuple(
        (
            line(Code(text=one.id)),
            line(one_line(one.title, 100)),
            line(one.requester_name),
            line(Code(text=short(one.digest))),
        )
        for one in requests
    )
    parts.append(Table(head=("Id", "What", "Asked by", "Digest"), rows=rows))
    parts.append(
        Text(line=line("Each is decided by itself, as if you had pressed its own button."), small=True)
    )
    count = len(requests)
    press = Button(
        label=f"Approve these {count}",
        verb=VERB,
        args={"mark": mark},
        style="primary",
        speak=f"Approve these {count} requests",
    )
    listed = ", ".join(one.id for one in requests)
    return Card(
        title=f"Approve all {count}?",
        parts=tuple(parts),
        controls=(press,),
        summary=f"{changed + ' ' if is_new else ''}Approve all {count}: {listed}?",
    )


def done(decided: Sequence[Decided]) -> Card:
    """What became of each; those that were not taken say why."""
    taken = [one for one in decided if one.refusal is None]
    rows = tuple(
        (
            line(Code(text=one.request.id)),
            line("✓" if one.refusal is None else "✗"),
            line(one_line(one.words, 200)),
        )
        for one in decided
    )
    said = f"{len(taken)} of {len(decided)} approved."
    return Card(
        title=said,
        tone="good" if len(taken) == len(decided) else "partial",
        parts=(Table(head=("Id", "", "What came of it"), rows=rows),),
        summary=" ".join([said, *(one.words for one in decided if one.refusal is not None)]),
    )
