"""Several pages that called somebody with one message: each with how it stands, taken one by one or together. Pure."""

from collections.abc import Sequence

from core.paging.page import Page
from core.text import cut
from core.world import World
from handlers.cards import page as one_page
from handlers.cards.card import Button, Card, Code, Control, Table, line
from handlers.cards.link import page_url

_SHOWN, _BUTTONS = 20, 5
_PAIR = 2


def card(world: World, delivery: str, pages: Sequence[Page]) -> Card:
    """The live card of the pages that went out with one message."""
    waiting = [one for one in pages if one.is_unanswered]
    head = f"{len(waiting)} of {len(pages)}" if len(waiting) < len(pages) else f"{len(pages)}"
    title = f"{head} pages wait for an answer" if waiting else f"{len(pages)} pages, all answered or over"
    rows = tuple(
        (line(Code(text=one.id)), line(cut(one.title, 100)), line(one_page.state(one)))
        for one in [*waiting, *(one for one in pages if not one.is_unanswered)][:_SHOWN]
    )
    named = ", ".join(f"{one.id} {cut(one.title, 80)}" for one in waiting[:_BUTTONS])
    return Card(
        title=title,
        tone="waiting" if waiting else "ended",
        parts=(Table(head=("Id", "What", "How it stands"), rows=rows),),
        controls=_controls(delivery, waiting),
        summary=f"{title}{f': {named}' if named else ''}.",
        link=page_url(world.public_url, world.secret_key, "PAGES"),
        hint="/oncall ack all"
        if len(waiting) > 1
        else f"/oncall ack {waiting[0].id}"
        if waiting
        else "/oncall pages",
        revision=sum(one.version for one in pages),
    )


def _controls(delivery: str, waiting: Sequence[Page]) -> tuple[Control, ...]:
    each = tuple(
        Button(
            label=f"I take {one.id}",
            verb="oncall.ack",
            object=one.id,
            style="primary" if len(waiting) == 1 else "plain",
            speak=f"I take {one.id}: {cut(one.title, 50)}",
        )
        for one in waiting[:_BUTTONS]
    )
    if len(waiting) <= 1:
        return each
    every = Button(
        label=f"I take {_all(waiting)}",
        verb="oncall.ack",
        args={"message": delivery},
        style="primary",
        speak=f"I take {_all(waiting)} pages of this message",
    )
    return (every, *each)


def _all(waiting: Sequence[Page]) -> str:
    return "both" if len(waiting) == _PAIR else f"all {len(waiting)}"
