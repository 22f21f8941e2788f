"""Who somebody is and who is in a team, as everybody here may know it: no address and no number. Pure."""

from collections.abc import Mapping, Sequence

from core.people.person import Person
from core.people.team import Team
from core.text import moment, one_line
from core.world import World
from handlers.cards.card import Button, Card, Code, Fields, Line, Table, Text, line
from handlers.cards.home import Duty


def person(world: World, one: Person, duty: Duty, now: str) -> Card:
    """One person; `now` is what the clock shows where they are."""
    teams = [team.name for team in world.teams.values() if one.id in team.members]
    watches = [f"{title}{f' until {moment(ends)}' if ends else ''}" for title, ends in duty.on_call]
    items: list[tuple[str, Line]] = [
        ("Id", line(Code(text=one.id))),
        ("Team", line(", ".join(teams) or "none")),
        ("Roles", line(", ".join(sorted(one.roles)) or "none")),
        ("Time", line(f"{now} ({one.timezone})")),
        ("On call", line(", ".join(watches) or "not now")),
    ]
    if duty.away is not None:
        items.append(("Away", line(f"until {moment(duty.away)}")))
    said = f"{one.name} ({one.id}): team {', '.join(teams) or 'none'}, roles {', '.join(sorted(one.roles)) or 'none'}"
    on_call = f", on call for {', '.join(watches)}" if watches else ", not on call now"
    away = f", away until {moment(duty.away)}" if duty.away else ""
    return Card(title=one.name, parts=(Fields(items=tuple(items)),), summary=f"{said}{on_call}{away}.")


def meant(word: str, like: Person) -> Card:
    """Nobody is called so; who may have been meant."""
    words = f"I know nobody called “{one_line(word, 40)}”. Did you mean {like.name}?"
    show = Button(
        label=f"Show {like.name}", verb="oncall.who", args={"whom": like.id}, speak=f"Show who {like.name} is"
    )
    return Card(
        parts=(Text(line=line(words)),), controls=(show,), summary=words, hint=f"/oncall who {like.id}"
    )


def teams(world: World, shown: Sequence[Team], watching: Mapping[str, str]) -> Card:
    """Teams with who is in them and who of them is on call; `watching` is by schedule."""
    if not shown:
        words = "There is no team: the configuration names none under `teams:`."
        return Card(parts=(Text(line=line(words)),), summary=words)
    rows = tuple((one.name, _names(world, one.members), _watch(world, one, watching)) for one in shown)
    table = Table(
        head=("Team", "Members", "On call"),
        rows=tuple(tuple(line(one_line(cell, 300)) for cell in row) for row in rows),
    )
    said = "; ".join(f"{name}: {members}; on call: {watch}" for name, members, watch in rows)
    return Card(
        title="Teams" if len(shown) > 1 else f"Team {shown[0].name}", parts=(table,), summary=f"{said}."
    )


def _names(world: World, members: Sequence[str]) -> str:
    known = (world.people.get(one) for one in members)
    return ", ".join(one.name for one in known if one) or "nobody"


def _watch(world: World, team: Team, watching: Mapping[str, str]) -> str:
    on_call = world.people.get(watching.get(team.schedule or "", ""))
    return on_call.name if on_call else "nobody"
