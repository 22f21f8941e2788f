"""That others wait for news of an incident, for whoever speaks for it alone. Pure."""

from core.incidents.incident import Incident
from core.incidents.reminding.pace import Pace
from core.incidents.severity import label
from core.text import cut
from handlers.cards.card import Bold, Button, Card, Line, Part, Quote, Text, When, line, plain


def reminder(incident: Incident, known: Pace) -> Card:
    """What was told last and when, and buttons: tell, put it off, be reminded no more."""
    if not incident.is_open:
        return Card(
            parts=(Text(line=line(f"{incident.id} is {incident.state}. Nobody waits for news of it.")),),
            summary=f"{incident.id} is {incident.state}. Nobody waits for news of it.",
        )
    if incident.updated is not None:
        said = line("The last update was at ", When(at=incident.updated, ago=True), ".")
    else:
        said = line("Nothing was told since it began at ", When(at=incident.created, ago=True), ".")
    parts: list[Part] = [Text(line=line(cut(incident.title, 150))), Text(line=said)]
    if incident.update:
        parts.append(Quote(label=f"By {incident.update_by}", text=cut(incident.update, 600)))
    advice = "That nothing is new is news as well: say so, and when people hear more."
    parts.append(Text(line=line(advice), small=True))
    waits = known.off or known.late is not None or known.due is None
    title = (
        f"{label(incident.severity)} {incident.id}: {'others wait for news' if waits else 'the next update'}"
    )
    if (when := due(known)) is not None:
        said = (*said, *line(" The next one: "), *when, *line("."))
    return Card(
        title=title,
        tone="waiting",
        parts=tuple(parts),
        controls=_controls(incident, known),
        summary=f"{title}. {plain(said)} {advice}",
        hint=f"/incident update {incident.id}",
    )


def due(known: Pace) -> Line | None:
    """When news is due, for the incident's card."""
    if known.off:
        return line(f"{known.by} switched reminders off")
    if known.late is not None:
        return line(Bold(text="late"), " since ", When(at=known.late, ago=True))
    if known.due is None:
        return None
    return line(When(at=known.due), f", put off by {known.by}") if known.by else line(When(at=known.due))


def _controls(incident: Incident, known: Pace) -> tuple[Button, ...]:
    post = Button(
        label="Post update…",
        verb="incident.update",
        object=incident.id,
        style="primary",
        speak=f"Post an update of {incident.id}",
    )
    if known.off:
        return (post,)

    def wish(words: str, text: str, speak: str) -> Button:
        return Button(
            label=words, verb="incident.remind", object=incident.id, args={"text": text}, speak=speak
        )

    return (
        post,
        wish("+15 min", "15m", f"Put the update of {incident.id} off by 15 minutes"),
        wish("No more", "off", f"Be reminded of updates of {incident.id} no more"),
    )
