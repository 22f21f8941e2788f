"""Alerts and silences as cards, and what an incident's card says of its alerts. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.incidents.alerts.alert import OURS, Alert, Group, State, sender
from core.incidents.alerts.search.records import Heard, Tally
from core.incidents.silences.silence import Silence, called, is_window
from core.text import cut, one_line
from core.world import World
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Fields,
    Line,
    Link,
    Part,
    Quote,
    Span,
    Table,
    Text,
    When,
    line,
    literals,
    plain,
)
from handlers.cards.link import page_url

PAGE, OF = "ALERTS", "OF"
_SERVICES = 30
_SHORT = 8
_WHERE = ("instance", "pod", "host", "node", "device", "component", "source")
_NAMED = 4


def state_of(alert: Alert) -> str:
    """Firing, over, and what else matters of it."""
    if alert.flapping:
        return "comes and goes"
    if alert.state is State.RESOLVED:
        return "over"
    if is_window(alert.muted):
        return f"quiet by {called(alert.muted)}"
    return f"silenced ({alert.muted})" if alert.muted else "firing"


def listing(
    world: World, alerts: Sequence[Alert], groups: Mapping[str, Group], title: str, total: int
) -> Card:
    """Alerts in a table, firing ones first, the gravest of these at the top."""
    url = page_url(world.public_url, world.secret_key, PAGE)
    if not alerts:
        said = "There are none. Alerts arrive at /hooks/…; `wardroom check` says which senders are known."
        return Card(title=title, parts=(Text(line=literals(said)),), summary=f"{title}: none.", link=url)
    rows = tuple(_row(one, groups.get(one.group)) for one in alerts)
    head = ("State", "Alert", "Severity", "Service", "Since", "Told", "Group", "Incident", "Id")
    more = f" The first {len(alerts)} of {total:,}." if total > len(alerts) else ""
    names = "; ".join(f"{one.name}{_where(one)}: {state_of(one)}" for one in alerts[:_NAMED])
    return Card(
        title=title,
        parts=(Table(head=head, rows=rows), *((Text(line=line(more.strip()), small=True),) if more else ())),
        summary=f"{title}: {names}.{more}",
        link=url,
        hint="/alerts show ID",
    )


def filtered(world: World, card: Card, kinds: Sequence[str], services: Sequence[str]) -> Card:
    """The page of alerts with links to those of a kind or of a service alone."""
    refs = [(kind, PAGE if kind == "all" else f"{PAGE}-{kind.upper()}") for kind in kinds]
    refs += [(name, f"{PAGE}-{OF}-{name}") for name in services[:_SERVICES]]
    links: list[str | Span] = ["Only: "]
    for number, (name, ref) in enumerate(refs):
        url = page_url(world.public_url, world.secret_key, ref)
        links += [" · "] if number else []
        links.append(Link(text=name, url=url) if url else name)
    return card.model_copy(update={"parts": (Text(line=line(*links)), *card.parts)})


def one(world: World, alert: Alert, group: Group) -> Card:
    """One alert with everything that is known of it."""
    summary = alert.annotations.get("summary", "")
    items: list[tuple[str, Line]] = [
        ("State", line(Bold(text=state_of(alert)))),
        ("Severity", line(alert.severity or "not said")),
        ("Service", line(alert.service or "none that I know")),
        ("Since", line(When(at=alert.started, style="date_time"))),
        ("Reported", line(f"{_times(alert.count)}, last ", When(at=alert.seen, style="date_time"))),
        ("Incident", line(Code(text=group.incident) if group.incident else "none")),
        ("From", line(sender(alert.source))),
        ("Group", line(cut(group.key, 200))),
    ]
    if alert.ended is not None:
        items.append(("Ended", line(When(at=alert.ended, style="date_time"))))
    labels = "\n".join(f"{name}={value}" for name, value in sorted(alert.labels.items()))
    notes = "\n".join(
        f"{name}: {value}" for name, value in sorted(alert.annotations.items()) if value != summary
    )
    parts: list[Part] = [Fields(items=tuple(items))]
    parts += [Quote(label="The sender says", text=summary)] if summary else []
    parts += [Quote(label="Labels", text=labels)] if labels else []
    parts += _notes(alert, cut(notes, 1_500)) if notes else []
    parts += (
        [Text(line=line("Where the sender shows it: ", Code(text=alert.url)), small=True)]
        if alert.url
        else []
    )
    return Card(
        title=f"{cut(alert.name, 100)}{_where(alert)}",
        tone="good" if alert.state is State.RESOLVED else "bad",
        parts=tuple(parts),
        controls=_controls(group),
        footer=line(f"alert {alert.id}"),
        summary=f"{alert.name}{_where(alert)}: {state_of(alert)}. {one_line(summary, 200)}",
        link=page_url(world.public_url, world.secret_key, PAGE),
        hint=f"/alerts show {alert.id[:_SHORT]}",
    )


def _notes(alert: Alert, notes: str) -> list[Part]:
    """More that is said of it: strangers are quoted, and the house speaks for itself."""
    if alert.source in OURS:
        return [Text(line=literals(notes))]
    return [Quote(label="More of the sender's words", text=notes)]


def silences(found: Sequence[Silence], windows: Sequence[tuple[str, datetime]]) -> Card:
    """What is kept quiet now, until when, by whom and why; windows of the file that are open."""
    title = "Silences"
    if not found and not windows:
        said = "Nothing is silenced."
        return Card(
            title=title, parts=(Text(line=line(said)),), summary=said, hint="/alerts silence 2h service=…"
        )
    rows = [
        (
            line(Code(text=each.id)),
            line(" ".join(str(matcher) for matcher in each.matchers)),
            line(When(at=each.ends, style="date_time")),
            line(each.by_name),
            line(each.reason or "no reason given"),
        )
        for each in found
    ]
    rows += [
        (line("window"), line(name), line(When(at=ends, style="date_time")), line("wardroom.yaml"), line(""))
        for name, ends in windows
    ]
    said = "; ".join(f"{plain(row[0])} {plain(row[1])} until {plain(row[2])}" for row in rows)
    buttons = tuple(
        Button(label=f"End {each.id}", verb="alert.unsilence", object=each.id, speak=f"End silence {each.id}")
        for each in found[:5]
    )
    return Card(
        title=title,
        parts=(Table(head=("Id", "Alerts", "Until", "By", "Why"), rows=tuple(rows)),),
        controls=buttons,
        summary=f"{title}: {said}.",
        hint="/alerts unsilence SIL-…",
    )


def of_incident(heard: Heard) -> list[Part]:
    """What an incident's card says of its alerts: which, how many, since when, how often told."""
    if not heard.groups:
        return []
    said: list[str | Span] = [Bold(text="Alerts: "), _figures(heard.tally)]
    if heard.tally.since is not None:
        said += [", since ", When(at=heard.tally.since, style="date_time")]
    if heard.tally.seen is not None:
        many, last = _times(heard.tally.count), ", the last at " if heard.tally.count > 1 else ", at "
        said += [f"; reported {many}", last, When(at=heard.tally.seen)]
    senders = ", ".join(dict.fromkeys(sender(group.source) for group in heard.groups))
    parts: list[Part] = [Text(line=line(*said, f", by {senders}"))]
    parts += [Text(line=line(_named(one), small_words(one)), small=True) for one in heard.samples]
    left = heard.tally.announced - sum(one.announced for one in heard.samples)
    left_out = sum(group.left_out for group in heard.groups)
    if left > 0:
        parts.append(Text(line=line(f"and {left:,} more: /alerts list"), small=True))
    if left_out:
        many = "1 more alert" if left_out == 1 else f"{left_out:,} more alerts"
        parts.append(
            Text(
                line=line(f"The sender has left out {many} of its group; only it can show them."), small=True
            )
        )
    if not all(group.has_route for group in heard.groups):
        parts.append(
            Text(
                line=literals("No route matches: it came by the catch-all. `alerts.routes` can name it."),
                small=True,
            )
        )
    return parts


def small_words(alert: Alert) -> str:
    """What the sender says of it, in a few words."""
    summary = one_line(alert.annotations.get("summary", ""), 150)
    state = "" if alert.state is State.FIRING and not alert.flapping else f" · {state_of(alert)}"
    return f"{state} · {summary}" if summary else state


def _figures(tally: Tally) -> str:
    total = f"{tally.alerts:,} alert{'' if tally.alerts == 1 else 's'}"
    if tally.alerts == tally.flapping == 1:
        return "1 alert, which comes and goes"
    said = f"{tally.announced:,} of {total} {'fires' if tally.announced == 1 else 'fire'}"
    if not tally.announced:
        said = f"{'the alert is' if tally.alerts == 1 else f'all {total} are'} over"
    quiet = f", {tally.muted:,} silenced" if tally.muted else ""
    return f"{said}{quiet}" + _flapping(tally.flapping)


def _flapping(number: int) -> str:
    return f", {number:,} {'comes and goes' if number == 1 else 'come and go'}" if number else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _controls(group: Group) -> tuple[Button, ...]:
    if not group.incident:
        return ()
    speak = f"Show {group.incident}, which this alert belongs to"
    return (Button(label=f"Show {group.incident}", verb="incident.show", object=group.incident, speak=speak),)


def _row(alert: Alert, group: Group | None) -> tuple[Line, ...]:
    return (
        line(state_of(alert)),
        line(one_line(f"{alert.name}{_where(alert)}", 80)),
        line(one_line(alert.severity, 20)),
        line(alert.service),
        line(When(at=alert.started, style="date_time")),
        line(f"{alert.count}"),
        line(one_line(group.key, 60) if group else ""),
        line(Code(text=group.incident)) if group is not None and group.incident else line("none"),
        line(Code(text=alert.id[:_SHORT])),
    )


def _named(alert: Alert) -> str:
    return one_line(f"{alert.name}{_where(alert)}", 120)


def _where(alert: Alert) -> str:
    where = next((alert.labels[name] for name in _WHERE if alert.labels.get(name)), "")
    return f" ({one_line(where, 60)})" if where else ""
