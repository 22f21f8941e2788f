"""The pages of a time: what they were about, whom they called, and who answered after how long. Pure."""

from collections.abc import Sequence

from core.approvals.words import list_of
from core.incidents.review.markdown import span
from core.paging.page import Page
from core.text import cut
from core.world import World
from handlers.cards.card import Button, Card, Code, Table, Text, When, line
from handlers.cards.page import Sight, state


def listing(world: World, sights: Sequence[Sight], total: int, when: str) -> Card:
    """One a row, the newest first; `total` is how many there were, if not all are shown."""
    if not sights:
        none = f"Nobody was paged {when}."
        return Card(parts=(Text(line=line(none)),), summary=none, hint="/oncall pages")
    title = f"Pages {when}" if len(sights) == total else f"Pages {when}, {len(sights)} of {total}"
    rows = tuple(
        (
            line(Code(text=one.page.id)),
            line(cut(one.page.title, 80)),
            line(When(at=one.page.created, style="date_time")),
            line(_called(world, one)),
            line(_answered(one.page)),
        )
        for one in sights
    )
    told = (f"{one.page.id} called {_called(world, one)}: {_answered(one.page)}." for one in sights)
    return Card(
        title=title,
        parts=(Table(head=("Id", "What", "Since", "Called", "How it went"), rows=rows),),
        controls=tuple(
            Button(
                label=cut(f"{one.page.id} {one.page.title}", 30),
                verb="oncall.page",
                object=one.page.id,
                speak=f"Show {one.page.id}: {cut(one.page.title, 60)}",
            )
            for one in sights[:5]
        ),
        summary=cut(f"{title}. {' '.join(told)}", 1_000),
        hint="/oncall page PG-…",
    )


def _called(world: World, sight: Sight) -> str:
    """Everybody who was called, in order."""
    people = dict.fromkeys(one.person for one in sight.calls)
    return list_of([world.people[one].name if one in world.people else one for one in people]) or "nobody"


def _answered(page: Page) -> str:
    """Who answered after how long, or how it stands."""
    if page.taken is None:
        return "nobody answered" if page.ended is not None else state(page).lower()
    return f"{page.owner_name} answered after {span(page.taken - page.began)}"
