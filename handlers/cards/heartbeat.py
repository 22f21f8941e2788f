"""Heartbeats in a table: how each stands, and for those who may know it, where its beats go. Pure."""

from collections.abc import Mapping

from core.incidents.heartbeats.heartbeat import Heartbeat, address
from core.quantity import span
from core.world import World
from handlers.cards.card import Bold, Card, Code, Line, Part, Table, Text, When, line, plain


def listing(world: World, known: Mapping[str, Heartbeat], *, with_addresses: bool) -> Card:
    """Every heartbeat that the configuration names."""
    title = "Heartbeats"
    if not world.heartbeats:
        none = line(
            "Nothing here has to report in time. Whoever keeps wardroom.yaml says under ",
            Code(text="heartbeats:"),
            " what has to, and how often.",
        )
        return Card(title=title, parts=(Text(line=none),), summary=plain(none))
    rows = tuple(
        (line(name), line(f"every {span(config.every)}"), *_how(known.get(name)))
        for name, config in world.heartbeats.items()
    )
    parts: list[Part] = [
        Text(line=line(Bold(text=title))),
        Table(head=("Name", "Reports", "State", "Last"), rows=rows),
    ]
    if with_addresses:
        parts += [_address(world, name) for name in world.heartbeats]
    said = "; ".join(f"{plain(row[0])}: {plain(row[2])}" for row in rows)
    return Card(parts=tuple(parts), summary=f"{title}: {said}.", hint="/alerts heartbeats")


def _how(beat: Heartbeat | None) -> tuple[Line, Line]:
    if beat is None or beat.last is None:
        return line("missed" if beat and beat.missed else "waited for"), line("never")
    last = line(When(at=beat.last, style="date_time"), f", {beat.count:,} in all")
    return line("missed" if beat.missed else "fine"), last


def _address(world: World, name: str) -> Text:
    where = address(world.public_url, world.secret_key, name)
    if not where:
        return Text(
            line=line("Set WARDROOM_SECRET_KEY and WARDROOM_PUBLIC_URL to have addresses."), small=True
        )
    return Text(line=line(f"{name} reports by GET or POST to ", Code(text=where)), small=True)
