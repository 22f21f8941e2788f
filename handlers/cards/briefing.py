"""What somebody who takes on a part in an incident needs at once, as a card for their eyes alone. Pure."""

from core.incidents.incident import Incident
from core.incidents.roles.role import DUTIES, Role, holder, unclaimed
from core.incidents.severity import WORDS, label
from core.text import cut, one_line
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Fields,
    Line,
    Part,
    Quote,
    Select,
    Text,
    When,
    line,
    literals,
    plain,
)

_OPENINGS = {
    Role.COMMANDER: "You lead {id} now.",
    Role.COMMUNICATIONS: "You speak for {id} now.",
    Role.SCRIBE: "You keep the notes of {id} now.",
}
_NEXT = {
    Role.COMMANDER: "Say what is done next, and who does it. Nobody waits for you to be sure.",
    Role.COMMUNICATIONS: "Say what is known, and when people hear more. Never what is only supposed.",
    Role.SCRIBE: "Write what is seen, decided and done: `/incident timeline {id} …`, or in its thread.",
}

WORK = {
    Role.COMMANDER: "post updates",
    Role.COMMUNICATIONS: "post updates",
    Role.SCRIBE: "write on the timeline",
}
"""What the part is for, as it is said of somebody who may not do it."""


def briefing(incident: Incident, role: Role, *, is_newest: bool = True, lacks: str = "") -> Card:
    """What the part is, how it stands, who has the other parts; `lacks` is the permission that its holder needs and has not.

    Once somebody else was given the part (the card is not the newest of it), or it is over, nothing is left to do here.
    """
    person, name = holder(incident, role)
    opening = _OPENINGS[role].format(id=incident.id)
    if not person or not incident.is_open or not is_newest:
        return _passed(incident, role, name)
    parts: list[Part] = [
        Text(line=line(Bold(text=cut(incident.title, 150)))),
        Text(line=line(f"{str(role).capitalize()}: {DUTIES[role]}.")),
        Fields(items=tuple(_facts(incident, role))),
    ]
    if incident.update:
        parts.append(Quote(label=f"Newest, by {incident.update_by}", text=cut(incident.update, 600)))
    cannot = f"⚠ You may not {WORK[role]}: that needs the permission `{lacks}`. Hand the part over, or ask an administrator."
    if lacks:
        parts.append(Text(line=literals(cannot)))
    else:
        parts.append(Text(line=line(_NEXT[role].format(id=incident.id)), small=True))
    said = "; ".join(f"{name}: {plain(value)}" for name, value in _facts(incident, role))
    return Card(
        title=opening,
        parts=tuple(parts),
        controls=_controls(incident, role)[1 if lacks else 0 :],
        summary=f"{opening} {one_line(incident.title, 150)}. {said}.{f' {cannot}' if lacks else ''}",
        hint=f"/incident show {incident.id}",
        tone="good",
    )


def _passed(incident: Incident, role: Role, name: str) -> Card:
    """That it is not with them any more."""
    had = "was" if not incident.is_open else "is"
    words = f"{incident.id} is {incident.state}; {name or 'nobody'} {had} {role}."
    title = line(Bold(text=cut(incident.title, 150)))
    return Card(
        title=words,
        parts=(Text(line=title), Text(line=line("There is nothing for you to do here any more."))),
        summary=f"{words} {one_line(incident.title, 150)}",
        hint=f"/incident show {incident.id}",
        tone="ended",
    )


def roles_menu(incident: Incident) -> Select:
    """The menu by which one takes a part."""
    said = {
        Role.COMMANDER: "I lead (commander)",
        Role.COMMUNICATIONS: "I tell others (communications)",
        Role.SCRIBE: "I keep the notes (scribe)",
    }
    options = tuple((words, str(role)) for role, words in said.items())
    return Select(label="Take a role", verb="incident.role", object=incident.id, options=options)


def roles_line(incident: Incident) -> Line:
    """Who has the parts besides command, and which nobody has."""
    named = {role: holder(incident, role)[1] for role in (Role.COMMUNICATIONS, Role.SCRIBE)}
    return line(", ".join(f"{role}: {name or 'nobody yet'}" for role, name in named.items()))


def _facts(incident: Incident, role: Role) -> list[tuple[str, Line]]:
    facts = [
        ("State", line(f"{incident.state}, {label(incident.severity)} ({WORDS[incident.severity]})")),
        ("Since", line(When(at=incident.created, style="date_time", ago=True))),
    ]
    if incident.service:
        facts.append(("Service", line(incident.service)))
    others = [
        f"{one}: {holder(incident, one)[1]}" for one in Role if one is not role and holder(incident, one)[0]
    ]
    if others:
        facts.append(("Others", line(one_line(", ".join(others), 200))))
    missing = [str(one) for one in unclaimed(incident) if one is not role]
    if missing:
        facts.append(("Nobody has", line(" and ".join(missing))))
    return facts


def _controls(incident: Incident, role: Role) -> tuple[Button, ...]:
    return (
        Button(
            label="Post update…",
            verb="incident.update",
            object=incident.id,
            style="primary",
            speak=f"Post an update of {incident.id}",
        ),
        Button(
            label="Hand over…",
            verb="incident.role",
            object=incident.id,
            speak=f"Hand over {role} of {incident.id}",
        ),
        Button(
            label="Timeline", verb="incident.history", object=incident.id, speak=f"Timeline of {incident.id}"
        ),
    )
