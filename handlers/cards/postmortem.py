"""The review of an incident as a card: its figures, what is written in it and what is not, whose it is and until when. Pure."""

from datetime import datetime

from core.incidents.review.markdown import span
from core.incidents.review.review import SECTIONS, Document
from core.incidents.review.units import ref_of
from core.text import cut, one_line
from core.world import World
from handlers.cards.card import Bold, Button, Card, Fields, Line, Part, Quote, Text, When, line, plain
from handlers.cards.link import document_url, page_url

_SHOWN = 600


def card(world: World, document: Document) -> Card:
    """The card, which stays current."""
    incident, review = document.incident, document.review
    parts: list[Part] = [Fields(items=tuple(_facts(document)))]
    for name, (heading, _) in SECTIONS.items():
        if text := review.sections.get(name):
            parts.append(Quote(label=heading, text=cut(text, _SHOWN)))
    if review.empty:
        parts.append(Text(line=line(Bold(text="To be written: "), ", ".join(review.empty)), small=True))
    if document.tasks:
        said = "; ".join(f"{one_line(text, 120)}{' ✓ done' if done else ''}" for text, done in document.tasks)
        parts.append(Text(line=line(Bold(text="Action items: "), cut(said, _SHOWN))))
    ref = ref_of(incident.id)
    state = "done" if review.done else "open"
    return Card(
        title=f"Review of {incident.id} · {one_line(incident.title, 100)}",
        tone="good" if review.done else "waiting",
        parts=tuple(parts),
        controls=_controls(world, document),
        footer=_footer(document),
        summary=f"The review of {incident.id} is {state}, owned by {review.owner_name or 'nobody'}. "
        f"To be written: {', '.join(review.empty) or 'nothing'}.",
        link=page_url(world.public_url, world.secret_key, ref),
        hint=f"/incident postmortem {incident.id}",
        revision=review.version,
    )


def desk(incident: str, url: str, until: datetime) -> Card:
    """The way to the page on which one person writes, for their eyes alone."""
    words = f"This page is yours alone: whoever opens it writes in the review of {incident} as you. It opens until "
    said = line(words, When(at=until, style="date_time"), ".")
    button = Button(
        label="Open the page", url=url, style="primary", speak=f"Open the page of the review of {incident}"
    )
    return Card(parts=(Text(line=said),), controls=(button,), summary=f"{plain(said)} {url}")


def _facts(document: Document) -> list[tuple[str, Line]]:
    review, counted = document.review, document.figures
    items: list[tuple[str, Line]] = [
        ("Owner", line(review.owner_name or "nobody")),
        ("Due", line(When(at=review.due, style="date_time")) if review.due else line("–")),
        ("Acknowledged after", line(span(counted.acknowledge))),
        ("Mitigated after", line(span(counted.mitigate))),
        ("Resolved after", line(span(counted.resolve))),
        ("Alerts, pages, runs", line(f"{counted.alerts}, {counted.pages}, {counted.runs}")),
        ("People", line(str(len(counted.people)))),
    ]
    if review.done:
        items[1] = ("Done", line(When(at=review.done, style="date_time")))
    return items


def _controls(world: World, document: Document) -> tuple[Button, ...]:
    incident, review = document.incident, document.review
    speak = f"the review of {incident.id}"
    write = Button(
        label="Write…", verb="incident.review", object=incident.id, style="primary", speak=f"Write {speak}"
    )
    post = Button(
        label="Post as a file",
        verb="incident.postmortem",
        object=incident.id,
        args={"post": "true"},
        speak=f"Post {speak} as a file",
    )
    page = Button(
        label="Write on a page…",
        verb="incident.review",
        object=incident.id,
        args={"page": "true"},
        speak=f"Write on a page: {speak}",
    )
    done = Button(label="Done", verb="incident.reviewed", object=incident.id, speak=f"Finish {speak}")
    url = document_url(world.public_url, world.secret_key, ref_of(incident.id))
    document_page = (Button(label="Markdown", url=url, speak=f"Open {speak} as Markdown"),) if url else ()
    pages = (page,) if url else ()
    return (write, *pages, post, *(() if review.done else (done,)), *document_page)


def _footer(document: Document) -> Line:
    review = document.review
    if review.written is None:
        return line("Nothing is written yet.")
    return line(
        f"Version {review.version} by {review.written_by}, ", When(at=review.written, style="date_time")
    )
