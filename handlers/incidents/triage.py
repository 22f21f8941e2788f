"""The verbs by which people look at what an incident may be, and say what they think caused it."""

from core.errors import Invalid
from core.incidents import records
from core.incidents.triage import units
from core.incidents.triage.category import CATEGORIES
from core.incidents.triage.hypothesis import Verdict
from core.language.intent import Intent
from core.store.engine import Unit
from handlers.cards import triage as cards
from handlers.cards.card import say
from handlers.incidents.named import OnIncident, Words, about, which
from handlers.talk import heard
from handlers.verb import Call, Reply, Verb


class Judged(OnIncident):
    """Which possible cause, by its key, or which category, and why; `value` is what a menu says."""

    text: str = ""
    value: str = ""


def triage(unit: Unit, call: Call, args: Words) -> Reply:
    """What it is likely to be."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.triage", args, only_open=False)
    incident = records.get(unit, incident_id)
    return Reply(card=cards.triage(incident, units.look(unit, call.world, incident)))


def category(unit: Unit, call: Call, args: Judged) -> Reply:
    """Say which sort of disturbance it is."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.category", args)
    named, _, why = (args.value or args.text).strip().partition(" ")
    if not named:
        raise Invalid("Which category?", f"Choose {', '.join(CATEGORIES)}.")
    incident = units.categorise(unit, incident_id, call.person, named, why.strip())
    return Reply(
        card=say(f"{incident.id} counts as {incident.category} now; runbooks that are for it may apply.")
    )


def suspect(unit: Unit, call: Call, args: Words) -> Reply:
    """Name a possible cause."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.suspect", args)
    made = units.suspect(unit, incident_id, call.person, args.text)
    return Reply(
        card=say(
            f"It is {made.key} of {incident_id} now. When you know: "
            f"`/incident confirm {incident_id} {made.key}`, or `/incident ruleout {incident_id} {made.key} why`."
        )
    )


def confirm(unit: Unit, call: Call, args: Judged) -> Reply:
    """It was this."""
    return _judge(unit, call, args, Verdict.CONFIRMED)


def rule_out(unit: Unit, call: Call, args: Judged) -> Reply:
    """It was not this."""
    return _judge(unit, call, args, Verdict.RULED_OUT)


def _judge(unit: Unit, call: Call, args: Judged, verdict: Verdict) -> Reply:
    name = "incident.confirm" if verdict is Verdict.CONFIRMED else "incident.ruleout"
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, name, args)
    key, _, why = (args.value or args.text).strip().partition(" ")
    if not key:
        raise Invalid("Which cause?", f"`/incident triage {incident_id}` lists them with their keys.")
    made = units.judge(unit, call.world, incident_id, call.person, (key, verdict, why.strip()))
    return Reply(card=say(f"{made.key} of {incident_id} is {made.verdict}: {made.text}."))


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"

VERBS = (
    Verb(
        name="incident.triage",
        command="incident triage",
        help="Show what it is likely to be: category, what it reaches, possible causes, each with why.",
        example="/incident triage INC-1",
        intents=(Intent.EXPLAIN, Intent.RECOMMEND),
        hears=heard.incident,
        args=Words,
        run=triage,
        reads=True,
        rest="text",
        aliases=("incident hypotheses", "incident causes"),
        permission="incident.read",
        patterns=(rf"(?:triage|what\s+caused|what\s+is\s+behind)\s+{_ID}[.!?]*",),
    ),
    Verb(
        name="incident.category",
        command="incident category",
        help="Say which sort of disturbance it is, where the triage does not know or is wrong.",
        example="/incident category INC-1 data the export is empty",
        args=Judged,
        run=category,
        rest="text",
        permission="incident.triage",
    ),
    Verb(
        name="incident.suspect",
        command="incident suspect",
        help="Name a possible cause.",
        example="/incident suspect INC-1 the disk of db-1 is full",
        args=Words,
        run=suspect,
        rest="text",
        permission="incident.triage",
    ),
    Verb(
        name="incident.confirm",
        command="incident confirm",
        help="Say that it was this, by its key.",
        example="/incident confirm INC-1 H1 the graphs agree",
        args=Judged,
        run=confirm,
        rest="text",
        permission="incident.triage",
    ),
    Verb(
        name="incident.ruleout",
        command="incident ruleout",
        help="Say that it was not this, by its key.",
        example="/incident ruleout INC-1 H1 it has room",
        args=Judged,
        run=rule_out,
        rest="text",
        permission="incident.triage",
    ),
)
