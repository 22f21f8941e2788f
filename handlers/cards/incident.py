"""An incident as a card: how grave, how far, who leads, what is known, what runs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.incidents.alerts.search.records import NOTHING_HEARD, Heard
from core.incidents.incident import Incident, State
from core.incidents.links.link import Link
from core.incidents.remedies.remedy import Outlook
from core.incidents.reminding.pace import Pace
from core.incidents.rooms.room import Room
from core.incidents.severity import WORDS, Assessment, label, options
from core.incidents.tasks.task import Task
from core.incidents.triage.judge import Triage
from core.runbooks.execution import Execution
from core.text import cut, one_line
from core.world import World
from handlers.cards import alerts, briefing, links, remedies, reminder, rooms, severity, tasks, triage
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Quote,
    Select,
    Span,
    Text,
    Tone,
    When,
    Who,
    line,
    literals,
)
from handlers.cards.link import page_url

_TONES: dict[State, Tone] = {
    State.ACKNOWLEDGED: "partial",
    State.MITIGATING: "partial",
    State.MONITORING: "waiting",
    State.RESOLVED: "good",
    State.CLOSED: "ended",
}
_LEFT_OUT = "What you said is kept until then without what looks like a secret in it."
_GRAVE = 2


@dataclass(frozen=True)
class Known:
    """What the house knows of an incident by itself: its alerts, how grave it is, what may help, who is called.

    `gap` says that nobody is called although it is grave, and what calls somebody.
    """

    heard: Heard = NOTHING_HEARD
    assessed: Assessment | None = None
    triage: Triage | None = None
    outlook: Outlook = field(default_factory=Outlook)
    pace: Pace = field(default_factory=Pace)
    tasks: tuple[Task, ...] = ()
    links: tuple[Link, ...] = ()
    called: tuple[Line, ...] = ()
    rooms: tuple[Room, ...] = ()
    gap: str = ""
    beside: tuple[Incident, ...] = ()


_NOTHING = Known()


def card(world: World, incident: Incident, runs: Sequence[Execution] = (), known: Known = _NOTHING) -> Card:
    """The live card, the same on every platform."""
    parts: list[Part] = [Fields(items=tuple(_facts(world, incident, known.pace)))]
    if known.gap:
        parts.append(Text(line=literals(f"⚠ {known.gap}")))
    if known.assessed is not None:
        parts.append(Text(line=severity.assessed(incident, known.assessed), small=True))
    parts += [Text(line=line(Bold(text="Paging: "), *one)) for one in known.called]
    parts += alerts.of_incident(known.heard)
    if known.triage is not None:
        parts += triage.brief(incident, known.triage)
    parts += links.merged(incident)
    parts += links.beside(incident, known.beside)
    parts += _told(incident)
    parts += tasks.brief(known.tasks)
    parts += links.brief(known.links)
    parts += rooms.brief(known.rooms)
    parts += [Text(line=_run(run)) for run in runs]
    parts += remedies.parts(known.outlook)
    return Card(
        title=_title(incident),
        tone=_tone(incident),
        parts=tuple(parts),
        controls=_controls(world, incident, known),
        footer=_footer(incident),
        summary=" ".join((_summary(incident), *((known.gap.replace("`", ""),) if known.gap else ()))),
        link=page_url(world.public_url, world.secret_key, incident.id),
        hint=f"/incident show {incident.id}",
        revision=incident.version,
    )


def choose(incidents: Sequence[Incident], verb: str, words: str, *, is_whole: bool = True) -> Card:
    """Which incident is meant: the last open ones as buttons. `is_whole`: nothing secret was left out of the words."""
    asked = "Which incident do you mean?"
    carried = {"words": words} if words else {}
    return Card(
        parts=(Text(line=line(asked)), *(() if is_whole else (Text(line=line(_LEFT_OUT), small=True),))),
        controls=tuple(choice(one, verb, carried) for one in incidents),
        tone="waiting",
        summary=f"{asked} {', '.join(f'{one.id}: {one.title}' for one in incidents)}.",
        hint="Say its id next time, or say it in its thread.",
    )


def ask_title(severity: int | None = None) -> Card:
    """A button that opens the form, where words alone cannot; a severity that was said goes with it."""
    args = {"severity": str(severity)} if severity else {}
    graded = f"a {label(severity)} incident" if severity else "an incident"
    return Card(
        parts=(Text(line=line("What is wrong? One line is enough; all else has a default.")),),
        controls=(Button(label="Declare an incident…", verb="incident.declare", args=args, style="primary"),),
        summary=f"What is wrong? Say for example: declare {graded}: checkout is down.",
        hint=f"declare {graded}: checkout is down",
    )


def _title(incident: Incident) -> str:
    test = "TEST · " if incident.is_test else ""
    return f"{test}{label(incident.severity)} · {incident.id} · {cut(incident.title, 110)}"


def _tone(incident: Incident) -> Tone:
    if incident.state is State.OPEN:
        return "bad" if incident.severity <= _GRAVE else "waiting"
    return _TONES[incident.state]


def _facts(world: World, incident: Incident, pace: Pace) -> list[tuple[str, Line]]:
    nobody = "nobody yet" if incident.is_open else "nobody"
    lead = _person(world, incident.lead, incident.lead_name) if incident.lead else nobody
    since: list[str | Span] = [When(at=incident.created, style="date_time", ago=incident.is_open)]
    items = [
        ("State", line(Bold(text=str(incident.state)))),
        ("Severity", line(f"{label(incident.severity)} ({WORDS[incident.severity]})")),
        ("Lead", line(lead)),
        ("Started", line(*since)),
    ]
    if incident.service:
        service = world.services.get(incident.service)
        team = service.owner if service is not None and service.owner and not incident.team else ""
        items.append(("Service", line(f"{incident.service}{f', team {team}' if team else ''}")))
    if incident.team or incident.owner:
        items.append(("Belongs to", _owners(world, incident)))
    if incident.is_open and (incident.state is not State.OPEN or incident.comms or incident.scribe):
        items.append(("Roles", briefing.roles_line(incident)))
    if (due := reminder.due(pace)) is not None and incident.is_open:
        items.append(("Next update", due))
    if incident.resolved is not None:
        items.append(("Resolved", line(When(at=incident.resolved, style="date_time"))))
    return items


def _owners(world: World, incident: Incident) -> Line:
    pieces: list[str | Span] = [f"team {incident.team}"] if incident.team else []
    if incident.owner:
        pieces += [", "] if pieces else []
        pieces.append(_person(world, incident.owner, incident.owner_name))
    return line(*pieces)


def _told(incident: Incident) -> list[Part]:
    parts: list[Part] = []
    if incident.update:
        parts.append(Quote(label=f"Newest, by {incident.update_by}", text=cut(incident.update, 1_000)))
    if not incident.is_open:
        parts.append(Text(line=line(Bold(text="Cause: "), cut(incident.cause, 1_000) or "not known yet")))
        if incident.resolution:
            parts.append(Text(line=line(Bold(text="Done: "), cut(incident.resolution, 1_000))))
        if incident.follow_ups:
            parts.append(Text(line=line(Bold(text="To do: "), cut(incident.follow_ups, 1_000))))
    return parts


def _run(run: Execution) -> Line:
    state = str(run.state).lower().replace("_", " ")
    steps = [step for step in run.of_phase() if step.node.parent is None]
    done = sum(step.state.is_settled for step in steps)
    how_far = (
        f", step {min(done + 1, len(steps))} of {len(steps)}" if steps and not run.state.is_final else ""
    )
    asked = {run.request, *(step.request for step in steps if step.state == "WAITING_APPROVAL")} - {""}
    waiting = run.state == "WAITING_APPROVAL" or (run.state == "PENDING" and bool(run.request))
    approval = f", waiting for {' and '.join(sorted(asked))}" if waiting and asked else ""
    return line(Bold(text="Run: "), run.runbook, " (", Code(text=run.id), f"): {state}{how_far}{approval}")


def _controls(world: World, incident: Incident, known: Known) -> tuple[Control, ...]:
    timeline_button = _button("Timeline", "incident.history", incident)
    if incident.merged_into:
        go_on = _button(f"Show {incident.merged_into}", "incident.show", incident)
        return (timeline_button, go_on.model_copy(update={"object": incident.merged_into}))
    if not incident.is_open:
        review = _button("Review…", "incident.postmortem", incident)
        return (timeline_button, review, _button("Reopen", "incident.reopen", incident))
    controls: list[Control] = [_button("Post update…", "incident.update", incident)]
    if incident.state is State.OPEN:
        controls.insert(0, _button("Acknowledge", "incident.ack", incident, "primary"))
    page = _button("Page somebody…", "incident.page", incident)
    controls += [page] if known.gap else []
    controls += remedies.buttons(world, incident, known.outlook)
    controls += [timeline_button, _button("Resolve…", "incident.resolve", incident)]
    controls += [] if known.gap else [page.model_copy(update={"quiet": True})]
    grades = Select(label="Severity", verb="incident.severity", object=incident.id, options=options())
    return (*controls, grades, briefing.roles_menu(incident))


def _button(words: str, verb: str, incident: Incident, style: str = "plain") -> Button:
    speak = f"{words.rstrip('…')} {incident.id}: {cut(incident.title, 50)}"
    primary = style == "primary"
    return Button(
        label=words, verb=verb, object=incident.id, style="primary" if primary else "plain", speak=speak
    )


def choice(incident: Incident, verb: str, args: dict[str, str]) -> Button:
    """A button that names an incident, and does this with it."""
    return Button(
        label=cut(f"{incident.id} {incident.title}", 30),
        verb=verb,
        object=incident.id,
        args=args,
        speak=f"{incident.id}: {cut(incident.title, 60)}",
    )


def _footer(incident: Incident) -> Line:
    pieces: list[str | Span] = [f"{incident.id} · declared by {incident.declared_name}"]
    if incident.updated is not None:
        pieces += [" · updated ", When(at=incident.updated), f" by {incident.update_by}"]
    return line(*pieces)


def _summary(incident: Incident) -> str:
    nobody = "nobody leads yet" if incident.is_open else "nobody led it"
    lead = f"led by {incident.lead_name}" if incident.lead_name else nobody
    said = f" Newest: {one_line(incident.update, 300)}" if incident.update and incident.is_open else ""
    cause = "" if incident.is_open else f" Cause: {one_line(incident.cause, 300) or 'not known yet'}."
    return f"{_title(incident)}. It is {incident.state}, {lead}.{said}{cause}"


def _person(world: World, person: str, name: str) -> Who:
    known = world.people.get(person)
    return Who(name=name, ids=dict(known.accounts) if known else {})
