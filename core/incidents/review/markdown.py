"""A review as Markdown. Everything that people or senders wrote is escaped, so that it is read and does nothing. Pure."""

import re
from datetime import UTC, datetime, timedelta

from core.incidents.review.review import SECTIONS, Document, Figures
from core.incidents.severity import WORDS, label
from core.text import clean, cut, one_line

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~:@=])")
_ITEM = re.compile(r"\s*[-*•]\s+(.*)")
_LINE, _TEXT = 1_000, 20_000


def escape(text: str) -> str:
    """Words that mean nothing to Markdown, nor to HTML inside of it."""
    safe = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", safe)


def render(document: Document) -> str:
    """The whole document."""
    incident, review = document.incident, document.review
    parts = [
        f"# Review of {incident.id}: {escape(one_line(incident.title, 300))}",
        _facts(document),
        *_figures(document.figures),
    ]
    for name, (heading, hint) in SECTIONS.items():
        parts += [f"## {heading}", _written(review.sections.get(name, ""), hint)]
    parts += ["## Cause", _written(incident.cause, "Not known yet."), "## What was done"]
    parts += [_written(incident.resolution, "Nobody wrote it down."), "## Action items", _tasks(document)]
    parts += ["## Timeline", "Times are UTC.", _timeline(document)]
    return "\n\n".join(parts) + "\n"


def span(length: timedelta | None) -> str:
    """`2 h 5 min`; a dash where it never came to that."""
    if length is None:
        return "–"
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    named = ((days, "d"), (hours, "h"), (minutes, "min"))
    said = [f"{number} {unit}" for number, unit in named if number]
    return " ".join(said[:2]) or f"{seconds} s"


def _facts(document: Document) -> str:
    incident, review = document.incident, document.review
    owner = _cell(review.owner_name) or "nobody"
    state = (
        f"done {_utc(review.done)}" if review.done else f"due {_utc(review.due)}" if review.due else "open"
    )
    rows = (
        ("Severity", f"{label(incident.severity)} ({WORDS[incident.severity]})"),
        ("State", str(incident.state)),
        ("Service", _cell(incident.service) or "–"),
        ("Declared", f"{_utc(incident.created)} by {_cell(incident.declared_name)}"),
        ("Led by", _cell(incident.lead_name) or "nobody"),
        ("Resolved", _utc(incident.resolved)),
        ("Review", f"{owner}, {state}, version {review.version}"),
    )
    return _table(("", ""), rows)


def _figures(figures: Figures) -> tuple[str, str]:
    people = ", ".join(_cell(name) for name in figures.people) or "–"
    rows = (
        ("Time to acknowledge", span(figures.acknowledge)),
        ("Time to mitigate", span(figures.mitigate)),
        ("Time to resolve", span(figures.resolve)),
        ("Alerts", str(figures.alerts)),
        ("Pages", str(figures.pages)),
        ("Runs", str(figures.runs)),
        ("Updates", str(figures.updates)),
        ("People", f"{len(figures.people)}: {people}" if figures.people else people),
    )
    return "## In figures", _table(("", ""), rows)


def _written(text: str, hint: str) -> str:
    """What somebody wrote, line by line; lines that begin with a dash stay a list."""
    if not text.strip():
        return f"*{hint}*"
    return "\n".join(_one(line) for line in cut(clean(text), _TEXT).splitlines())


def _one(line: str) -> str:
    item = _ITEM.fullmatch(line)
    words = line.strip()
    return f"- {escape(item[1])}" if item else f"{escape(words)}  " if words else ""


def _tasks(document: Document) -> str:
    if not document.tasks:
        return "*None were named.*"
    return "\n".join(f"- [{'x' if is_done else ' '}] {_cell(text)}" for text, is_done in document.tasks)


def _timeline(document: Document) -> str:
    rows = tuple(
        (_at(line.at), _cell(line.author), _cell(line.mark + line.deed)) for line in document.timeline
    )
    return _table(("When", "Who", "What"), rows) if rows else "*Nothing stands on it.*"


def _cell(text: str) -> str:
    return escape(one_line(text, _LINE)).strip()


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _utc(moment: datetime | None) -> str:
    """The moment with its zone, where nothing around it says that."""
    return f"{_at(moment)} UTC" if moment is not None else "–"


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment is not None else "–"
