"""The verbs by which people end an incident, close it, and open it again."""

from core.ids import parse_numbered
from core.incidents import records, units
from core.incidents.closing import units as closing
from core.incidents.ending import units as ending
from core.incidents.ending.units import End
from core.incidents.incident import Incident, State
from core.incidents.tasks import records as jobs
from core.incidents.triage import records as triage
from core.incidents.triage.hypothesis import Verdict
from core.incidents.units import PREFIX
from core.language.intent import Intent
from core.store.engine import Unit
from core.world import World
from handlers import leading
from handlers.cards import tasks
from handlers.cards.card import Bold, Button, Card, Code, Text, line, say
from handlers.cards.form import Form, FormField
from handlers.incidents import forms
from handlers.incidents.named import OnIncident, Words, about, unsecret, which
from handlers.talk import heard
from handlers.verb import Call, Reply, Verb


class Resolve(OnIncident):
    """Why it happened, what was done, what is to be done later; and why it is over although there are signs of it."""

    cause: str = ""
    resolution: str = ""
    follow_ups: str = ""
    anyway: str = ""


class Close(OnIncident):
    """Why it happened, where it is not resolved yet."""

    cause: str = ""


def resolve(unit: Unit, call: Call, args: Resolve) -> Reply:
    """It is over; where what began it is still there, somebody has to say why it is over all the same."""
    incident_id, args = about(unit, call, args, "cause")
    if incident_id is None:
        return which(unit, call, "incident.resolve", args)
    state = records.get(unit, incident_id).state
    if state is State.CLOSED:
        return Reply(card=say(f"{incident_id} is closed already."))
    if state is State.RESOLVED:
        return Reply(card=_over(incident_id))
    pairs, cause = leading.pairs(args.cause, ("anyway", "cause"))
    cause = f"{pairs.pop('cause', '')} {cause}".strip()
    args = args.model_copy(update=pairs | {"cause": cause})
    doubt = ending.doubts(unit, call.world, records.get(unit, incident_id))
    if doubt and not args.anyway:
        return Reply(card=_doubted(unit, call, incident_id, args, doubt))
    said = End(args.cause, args.resolution, args.follow_ups, args.anyway)
    incident = ending.end(unit, call.world, incident_id, call.person, said)
    more = "" if incident.cause else f" When the cause is known, keep it: /incident timeline {incident.id} …"
    left = tasks.left(jobs.of(unit, incident_id))
    more += f" {left}" if left else ""
    return Reply(card=say(f"{incident.id} is resolved.{more}", tone="good"))


def _over(incident_id: str) -> Card:
    """It is resolved already: whoever wants it out of the way closes it."""
    button = Button(
        label="Close it", verb="incident.close", object=incident_id, speak=f"Close {incident_id} for good"
    )
    command = f"/incident close {incident_id}"
    return Card(
        parts=(
            Text(
                line=line(f"{incident_id} is resolved already. ", Code(text=command), " closes it for good.")
            ),
        ),
        controls=(button,),
        summary=f"{incident_id} is resolved already. {command} closes it for good.",
        hint=command,
    )


def reopen(unit: Unit, call: Call, args: Words) -> Reply:
    """It is not over."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.reopen", args, only_open=False)
    incident = units.reopen(unit, incident_id, call.person, args.text)
    return Reply(card=say(f"{incident.id} is open again."))


def close(unit: Unit, call: Call, args: Close) -> Reply:
    """Close what is resolved; what is not is resolved first, with its cause."""
    incident_id, args = about(unit, call, args, "cause")
    if incident_id is None:
        return which(unit, call, "incident.close", args, only_open=False)
    incident = records.get(unit, incident_id)
    if not incident.is_open:
        closed = closing.close(unit, incident_id, call.person)
        return Reply(card=say(f"{closed.id} is closed.", tone="good"))
    if args.cause:
        return resolve(unit, call, Resolve(id=incident.id, cause=args.cause))
    return Reply(card=_not_over(incident))


def resolve_form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    """Cause, what was done, what is left; and why it is over, where the signs speak against it."""
    named, rest = leading.incident(known.get("cause", ""))
    kept = records.peek_words(unit, known["words"]) if known.get("words") else {}
    incident_id = known.get("id") or named
    doubt = (
        ending.doubts(unit, world, records.get(unit, parse_numbered(incident_id, PREFIX)))
        if incident_id
        else ""
    )
    if known.get("anyway") or ((rest or kept.get("cause")) and not (kept and doubt)):
        return None
    fields = [
        FormField(
            name="cause",
            label="What was the cause?",
            kind="long",
            default=kept.get("cause") or _confirmed(unit, incident_id),
            hint="As far as it is known.",
        ),
        FormField(name="resolution", label="What was done about it?", kind="long", required=False),
        FormField(name="follow_ups", label="What is to be done later?", kind="long", required=False),
    ]
    if doubt:
        fields.append(
            FormField(name="anyway", label="Why is it over all the same?", hint="It stands with the cause.")
        )
    made = forms.on_incident(
        "Resolve the incident", "incident.resolve", incident_id, tuple(fields), "Resolve"
    )
    carried = {"words": known["words"]} if kept else {}
    left = tasks.left(jobs.of(unit, parse_numbered(incident_id, PREFIX))) if incident_id else ""
    return made.model_copy(update={"intro": f"{doubt} {left}".strip(), "args": carried})


def reopen_form(_world: World, known: dict[str, str]) -> Form | None:
    """Why it is open again; asked unless it was said."""
    named, rest = leading.incident(known.get("text", ""))
    if rest or known.get("words"):
        return None
    why = FormField(name="text", label="Why is it open again?", kind="long")
    return forms.on_incident("Open it again", "incident.reopen", known.get("id") or named, (why,), "Reopen")


def _confirmed(unit: Unit, incident_id: str) -> str:
    """What people have confirmed as the cause, so that nobody has to write it twice."""
    known = triage.kept(unit, parse_numbered(incident_id, PREFIX)) if incident_id else []
    return "; ".join(one.text for one in known if one.verdict is Verdict.CONFIRMED)


def _doubted(unit: Unit, call: Call, incident_id: str, args: Resolve, doubt: str) -> Card:
    said = {name: value for name, value in args.model_dump(exclude_defaults=True).items() if name != "id"}
    words = records.keep_words(unit, call.person.id, unsecret(call, said)) if said else ""
    button = Button(
        label="It is over all the same…",
        verb="incident.resolve",
        object=incident_id,
        args={"words": words} if words else {},
        style="danger",
        speak=f"Resolve {incident_id} although {doubt}",
    )
    asked = "Wait until that is over, or say why it is over all the same."
    return Card(
        title=f"{incident_id} is not resolved",
        tone="waiting",
        parts=(Text(line=line(Bold(text=doubt))), Text(line=line(asked))),
        controls=(button,),
        summary=f"{incident_id} is not resolved. {doubt} {asked}",
        hint=f'/incident resolve {incident_id} anyway="…" the cause',
    )


def _not_over(incident: Incident) -> Card:
    words = (
        f"{incident.id} is {incident.state}. It is resolved first, with its cause; then it closes by itself."
    )
    button = Button(
        label="Resolve…", verb="incident.resolve", object=incident.id, speak=f"Resolve {incident.id}"
    )
    return Card(
        parts=(Text(line=line(words)),),
        controls=(button,),
        summary=f"{words} Say: /incident resolve {incident.id}, and the cause.",
        hint=f"/incident resolve {incident.id}",
    )


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"
_BECAUSE = r"(?:\s*[:,–-]\s*|\s+(?:because\s+)?)?"

VERBS = (
    Verb(
        name="incident.resolve",
        command="incident resolve",
        help="Resolve an incident, with its cause; what began it is looked at first.",
        example="/incident resolve INC-1 a bad deploy, rolled back",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.resolved,
        args=Resolve,
        run=resolve,
        rest="cause",
        named=("resolution", "anyway"),
        prose=("resolution", "follow_ups"),
        aliases=("incident end",),
        looks=resolve_form,
        form_on="always",
        shown_first=True,
        patterns=(rf"(?:resolve|close|end)\s+{_ID}{_BECAUSE}(?P<cause>\S.*)?",),
    ),
    Verb(
        name="incident.reopen",
        command="incident reopen",
        help="Open an incident again that was resolved, and say why.",
        example="/incident reopen INC-1 it is back",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.reopened,
        args=Words,
        run=reopen,
        rest="text",
        form=reopen_form,
        form_on="always",
        patterns=(rf"reopen\s+{_ID}{_BECAUSE}(?P<text>\S.*)?",),
    ),
    Verb(
        name="incident.close",
        command="incident close",
        help="Close what is resolved; after some days that happens by itself.",
        example="/incident close INC-1",
        args=Close,
        run=close,
        rest="cause",
        permission="incident.resolve",
    ),
)
