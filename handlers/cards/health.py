"""How services are: the board of all, one in detail, and a time in which one was not healthy. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from core.catalogue.deployments.deployment import Deployment, Kind
from core.catalogue.model import Service
from core.health.aggregate import Part, Report, Seen
from core.health.check import Status
from core.health.spell import Change, Spell, Stretch
from core.health.units import lasted
from core.incidents.incident import Incident
from core.incidents.severity import label
from core.quantity import span
from core.text import cut, nth, one_line
from core.world import World
from handlers.cards.card import Bold, Button, Card, Code, Line, Link, Span, Table, Text, Tone, When, line
from handlers.cards.card import Part as CardPart
from handlers.cards.link import page_url

BOARD, ONE = "SERVICES", "SVC"
MARKS = {Status.HEALTHY: "✓", Status.DEGRADED: "▲", Status.UNHEALTHY: "✗", Status.UNKNOWN: "?"}
_TONES: dict[Status, Tone] = {
    Status.HEALTHY: "good",
    Status.UNKNOWN: "waiting",
    Status.DEGRADED: "waiting",
    Status.UNHEALTHY: "bad",
}
_ROWS, _REASONS, _BOOKS, _INCIDENTS = 20, 3, 2, 10
_PAST = 8
DEPLOYMENTS = 3
_SHIPPED: dict[Kind, str] = {
    "deployed": "",
    "upgraded": ", an upgrade",
    "rolledback": ", a rollback",
    "removed": ", removed",
}


def board(world: World, reports: Sequence[Report], incidents: Sequence[Incident] = ()) -> Card:
    """All services: what is not healthy with its reasons, the worst first, and the rest in a line; and what people work on."""
    order = tuple(Status)
    watched = [each for each in reports if each.checks]
    bad = sorted(
        (each for each in watched if each.status is not Status.HEALTHY),
        key=lambda each: (-order.index(each.status), each.service.tier, each.service.name),
    )
    parts: list[CardPart] = _open(incidents)
    if bad:
        rows = tuple(_row(each) for each in bad[:_ROWS])
        parts.append(Table(head=("Service", "Status", "Since", "Why"), rows=rows))
    if len(bad) > _ROWS:
        parts.append(Text(line=line(f"… and {len(bad) - _ROWS} more.")))
    well = [each.service.name for each in watched if each.status is Status.HEALTHY]
    if well:
        parts.append(Text(line=line(Bold(text=f"✓ Healthy ({len(well)}): "), one_line(", ".join(well), 600))))
    bare = [each.service.name for each in reports if not each.checks]
    if bare:
        parts.append(Text(line=line(f"Without checks: {one_line(', '.join(bare), 300)}."), small=True))
    if not watched:
        parts.append(
            Text(line=line("No service has a check. Add some under ", Code(text="health:"), " of a service."))
        )
    good = f"all {len(well)} watched services are healthy" if watched else "none is watched"
    said = "; ".join(_said(each) for each in bad) or good
    return Card(
        title=f"Services: {_counted(watched)}",
        tone=_TONES[max((each.status for each in watched), key=order.index, default=Status.UNKNOWN)],
        parts=tuple(parts),
        controls=tuple(_look(each.service.name) for each in bad[:5]),
        footer=_footer(reports),
        summary=cut(f"Services: {said}.{_worked_on(incidents)}", 1_000),
        link=page_url(world.public_url, world.secret_key, BOARD),
        hint="/status SERVICE",
    )


def _open(incidents: Sequence[Incident]) -> list[CardPart]:
    """The incidents that are open, the worst first: checks may be well while something is wrong all the same."""
    told: list[CardPart] = [
        Text(
            line=line(
                Bold(text=f"{label(one.severity)} "),
                Code(text=one.id),
                f"{f' of {one.service}' if one.service else ''} is {one.state}: {cut(one.title, 120)}",
            )
        )
        for one in incidents[:_INCIDENTS]
    ]
    if len(incidents) > _INCIDENTS:
        count = f"{_INCIDENTS} of {len(incidents)} open incidents. All of them: "
        told.append(Text(line=line(count, Code(text="/incident list")), small=True))
    return told


def _worked_on(incidents: Sequence[Incident]) -> str:
    said = ", ".join(f"{one.id} ({label(one.severity)})" for one in incidents[:_INCIDENTS])
    more = f" and {len(incidents) - _INCIDENTS} more" if len(incidents) > _INCIDENTS else ""
    return f" Open: {said}{more}." if said else ""


def detail(
    world: World,
    report: Report,
    spells: Sequence[Spell],
    shipped: Sequence[Deployment] = (),
    incidents: Sequence[Incident] = (),
) -> Card:
    """One service: its checks, what it needs and who needs it, what was deployed, and when it was not healthy lately."""
    service = report.service
    said: list[str | Span] = [Bold(text=f"{MARKS[report.status]} {report.status}")]
    if report.since is not None:
        said += [" since ", When(at=report.since, style="date_time")]
    if not report.checks:
        said += [": it has no check. Add some under ", Code(text="health:"), " of the service."]
    parts: list[CardPart] = [Text(line=line(*said)), *_open(incidents)]
    parts += _described(service)
    if report.checks:
        rows = tuple(_check(each) for each in report.checks)
        parts.append(Table(head=("Check", "Status", "Since", "Saw"), rows=rows))
    if report.needs:
        rows = tuple(_need(each) for each in report.needs)
        parts.append(Table(head=("Depends on", "Status", "Why"), rows=rows))
    needed = [other.name for other in world.services.values() if service.name in other.depends_on]
    if needed:
        parts.append(Text(line=line(f"Needed by: {one_line(', '.join(needed), 300)}."), small=True))
    if shipped:
        rows = tuple(_shipped(each) for each in shipped)
        parts.append(Table(head=("Deployed", "When", "By"), rows=rows))
    if spells:
        rows = tuple(_past(one, each) for one in spells for each in reversed(one.stretches))[:_PAST]
        parts.append(Table(head=("Not healthy", "From", "For"), rows=rows))
    reasons = "; ".join(f"{part.name}: {part.why}" for part in report.reasons[:_REASONS])
    newest = f" {shipped[0].said} at {shipped[0].at:%Y-%m-%d %H:%M} UTC." if shipped else ""
    return Card(
        title=f"{service.name}: {report.status}",
        tone=_TONES[report.status],
        parts=tuple(parts),
        footer=_footer([report]),
        summary=f"{service.name} is {report.status}{f': {reasons}' if reasons else ''}.{_worked_on(incidents)}{newest}",
        link=page_url(world.public_url, world.secret_key, f"{ONE}-{service.name}"),
        hint=f"/status {service.name}",
    )


def spell(world: World, one: Spell, incident: str = "") -> Card:
    """The live card of a time in which a service is not healthy, and the incident that has come of it."""
    service = world.services.get(one.service, Service(name=one.service))
    last = one.changes[-1]
    parts: list[CardPart] = [Text(line=_how(one))]
    parts += _described(service)
    if incident:
        parts.append(Text(line=line("It is ", Code(text=incident), ": people are told and called there.")))
    if one.ended is None:
        parts += [Text(line=line(f"· {cut(why, 300)}")) for why in last.why[:_REASONS]]
    needed = [other.name for other in world.services.values() if one.service in other.depends_on]
    if needed and one.ended is None:
        parts.append(Text(line=line(f"Needed by: {one_line(', '.join(needed), 300)}.")))
    if len(one.changes) > 1:
        rows = tuple(map(_changed, _told_apart(one.changes)))[-8:]
        parts.append(Table(head=("When", "Became", "Why"), rows=rows))
    owner = f" · team {service.owner}" if service.owner else ""
    controls = (_look(one.service), *_actions(world, service)) if one.ended is None else ()
    return Card(
        title=f"{MARKS[one.status]} {one.service} is {one.status}",
        tone=_TONES[one.status] if one.ended is None or one.status is Status.HEALTHY else "ended",
        parts=tuple(parts),
        controls=controls,
        footer=line(f"{one.id} · tier {service.tier}{owner}"),
        summary=_summary(one, last),
        link=page_url(world.public_url, world.secret_key, one.id),
        hint=f"/status {one.service}",
        revision=one.version,
    )


def _described(service: Service) -> Iterable[Text]:
    if service.description:
        yield Text(line=line(service.description), small=True)


def _row(each: Report) -> tuple[Line, ...]:
    why = "; ".join(f"{part.name}: {part.why}" for part in each.reasons[:_REASONS])
    return (line(each.service.name), _mark(each.status), _since(each.since), line(one_line(why, 240)))


def _check(each: Seen) -> tuple[Line, ...]:
    name = each.check.name if each.check.critical else f"{each.check.name} (not critical)"
    flaps = " · flapping, so it has to be well for longer" if each.is_flapping else ""
    since = each.standing.since if each.standing.judged and each.part.status is each.standing.status else None
    return (
        line(name),
        _mark(each.part.status),
        _since(since),
        line(one_line(f"{each.part.why}{flaps}", 240)),
    )


def _need(part: Part) -> tuple[Line, ...]:
    return (line(part.name), _mark(part.status), line(one_line(part.why, 240)))


def _past(one: Spell, each: Stretch) -> tuple[Line, ...]:
    took = span(each.ended - each.began) if each.ended else "until now"
    return (line(Code(text=one.id)), line(When(at=each.began, style="date_time")), line(took))


def _changed(change: Change) -> tuple[Line, ...]:
    why = one_line("; ".join(change.why[:_REASONS]), 200)
    return (
        line(When(at=change.at, style="time")),
        _mark(change.status),
        line(why or "all checks are healthy"),
    )


def _told_apart(changes: Sequence[Change]) -> Iterable[Change]:
    """Changes that can be told from the one before, by what is shown of them."""
    pairs = zip((None, *changes), changes, strict=False)
    return (
        one
        for before, one in pairs
        if before is None or (before.status, before.why[:_REASONS]) != (one.status, one.why[:_REASONS])
    )


def _how(one: Spell) -> Line:
    since = one.stretches[-1].began
    if one.ended is None:
        earlier = f"; not healthy for the {nth(len(one.stretches))} time" if len(one.stretches) > 1 else ""
        return line("Since ", When(at=since, style="date_time", ago=True), earlier)
    word = "Healthy again" if one.status is Status.HEALTHY else "Not watched any more"
    return line(f"{word} after {lasted(one)}, since ", When(at=one.ended, style="date_time"))


def _summary(one: Spell, last: Change) -> str:
    if one.ended is not None:
        return f"{one.service} is {one.status}, after {lasted(one)}. {one.id}."
    return f"{one.service} is {one.status}: {'; '.join(last.why[:_REASONS])}. {one.id}."


def _actions(world: World, service: Service) -> Iterable[Button]:
    for name in [book for book in service.runbooks if book in world.runbooks][:_BOOKS]:
        args = {"runbook": name, "service": service.name}
        speak = f"Run {name} for {service.name}"
        yield Button(label=cut(f"Run {name}…", 30), verb="runbook.run", args=args, speak=speak)


def _shipped(one: Deployment) -> tuple[Line, ...]:
    where = f" in {one.environment}" if one.environment else ""
    what = f"{one.version or 'no version said'}{where}{_SHIPPED[one.kind]}"
    by = one.by or one.via
    named = Link(text=one_line(by, 80), url=one.url) if one.url.startswith("https://") else one_line(by, 80)
    return line(one_line(what, 200)), line(When(at=one.at, style="relative")), line(named)


def _look(service: str) -> Button:
    return Button(
        label=cut(f"Look at {service}", 30),
        verb="health.show",
        args={"service": service},
        speak=f"Show how {service} is",
    )


def _mark(status: Status) -> Line:
    return line(f"{MARKS[status]} {status}")


def _since(at: datetime | None) -> Line:
    return line(When(at=at, style="date_time")) if at is not None else line("–")


def _said(each: Report) -> str:
    why = "; ".join(f"{part.name}: {part.why}" for part in each.reasons[:_REASONS])
    return f"{each.service.name} is {each.status} ({why})"


def _counted(reports: Sequence[Report]) -> str:
    if not reports:
        return "none is watched"
    numbers: Mapping[Status, int] = {
        status: sum(each.status is status for each in reports) for status in reversed(Status)
    }
    return ", ".join(f"{number} {status}" for status, number in numbers.items() if number)


def _footer(reports: Sequence[Report]) -> Line:
    looked = max((each.looked_at for each in reports if each.looked_at), default=None)
    return line("Looked at ", When(at=looked, style="relative")) if looked else ()
