"""The verbs by which incidents are linked, merged, and recognised as one that is open."""

import re

from core.errors import Invalid
from core.ids import parse_numbered
from core.incidents.finding import units as finding
from core.incidents.links import units as linking
from core.incidents.merging import units as merging
from core.incidents.severity import in_title, just, parse
from core.incidents.units import PREFIX
from core.people.permissions import may
from core.store.engine import Unit
from handlers import leading
from handlers.cards import links as cards
from handlers.cards.card import say
from handlers.incidents.named import OnIncident, about, which
from handlers.verb import Call, Reply, Verb

_INC = r"inc-?\s?\d{1,12}"
_INTO = re.compile(
    rf"(?P<more>(?:[\s,]*(?:and|,|\+)\s*{_INC}){{0,9}})(?:\s*(?:into|with|to|->|→)\s*|\s+)?(?P<target>{_INC})[.!]*",
    re.IGNORECASE,
)


class Linked(OnIncident):
    """What it has to do with, and why."""

    to: str = ""
    note: str = ""


class Merged(OnIncident):
    """The incident that it becomes a part of."""

    into: str = ""


class Seen(OnIncident):
    """What somebody else saw of it."""

    title: str = ""
    source_text: str = ""
    severity: str = ""
    service: str = ""
    source_link: str = ""
    source_at: str = ""
    source_by: str = ""


def link(unit: Unit, call: Call, args: Linked) -> Reply:
    """Say that it has to do with another incident, a run, a request or a page."""
    incident_id, args = about(unit, call, args, "to")
    if incident_id is None:
        return which(unit, call, "incident.link", args, only_open=False)
    to, _, rest = args.to.strip().partition(" ")
    if not to:
        raise Invalid("To what?", "For example: `/incident link INC-1 RUN-7 it began with that`.")
    made = linking.link(unit, incident_id, call.person, to, args.note or rest)
    return Reply(card=say(f"{incident_id} is linked to {made.to}."))


def unlink(unit: Unit, call: Call, args: Linked) -> Reply:
    """Take a link away."""
    incident_id, args = about(unit, call, args, "to")
    if incident_id is None:
        return which(unit, call, "incident.unlink", args, only_open=False)
    made = linking.unlink(unit, incident_id, call.person, args.to)
    return Reply(card=say(f"{incident_id} is not linked to {made.to} any more."))


def merge(unit: Unit, call: Call, args: Merged) -> Reply:
    """Make an incident a part of another."""
    incident_id, args = about(unit, call, args, "into")
    if incident_id is None:
        return which(unit, call, "incident.merge", args)
    found = _INTO.fullmatch(args.into)
    if found is None:
        raise Invalid(
            f"Into which incident does {incident_id} go?",
            f"Say it like: `/incident merge {incident_id} into INC-1`.",
        )
    target = _named(found["target"])
    merged = list(dict.fromkeys((incident_id, *map(_named, re.findall(_INC, found["more"], re.IGNORECASE)))))
    for one in merged:
        merging.merge(unit, one, target, call.person)
    are, their = ("is a part", "its") if len(merged) == 1 else ("are parts", "their")
    words = f"{' and '.join(merged)} {are} of {target} now, with {their} alerts, timeline, tasks and links."
    return Reply(card=say(words))


def _named(words: str) -> str:
    return parse_numbered(leading.incident(words)[0], PREFIX)


def same(unit: Unit, call: Call, args: Seen) -> Reply:
    """It is one that is open: what was seen stands on its timeline, and its card where it was said."""
    incident_id, args = about(unit, call, args, "title")
    if incident_id is None:
        return which(unit, call, "incident.same", args)
    said = _grave(args)
    seen = "\n".join(one for one in (args.title, args.source_text) if one)
    here = call.place.model_copy(update={"thread": None, "message": None})
    joined = finding.join(unit, incident_id, call.person, seen, here)
    before = joined.severity
    if may(call.person, "incident.severity", call.world.roles):
        joined = finding.raised(unit, joined, call.person, said)
    return Reply(card=say(cards.joined(joined, before, said)))


def _grave(args: Seen) -> int | None:
    """How grave they say it is, apart or at an end of their words; None if they do not."""
    return parse(args.severity) if args.severity else just(args.title) or in_title(args.title)[0]


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"

VERBS = (
    Verb(
        name="incident.link",
        command="incident link",
        help="Say what it has to do with: another incident, a run, a request, a page.",
        example="/incident link INC-1 RUN-7 it began with that",
        args=Linked,
        run=link,
        rest="to",
        named=("note",),
        prose=("note",),
        patterns=(rf"link\s+{_ID}\s+(?:to|with)\s+(?P<to>\S.*)",),
    ),
    Verb(
        name="incident.unlink",
        command="incident unlink",
        help="Take a link away.",
        example="/incident unlink INC-1 RUN-7",
        args=Linked,
        run=unlink,
        rest="to",
        permission="incident.link",
    ),
    Verb(
        name="incident.merge",
        command="incident merge",
        help="Make an incident a part of another one; that is not taken back.",
        example="/incident merge INC-2 into INC-1",
        args=Merged,
        run=merge,
        rest="into",
        shown_first=True,
        patterns=(rf"merge\s+{_ID}\s+(?P<into>(?:into|with|to)\s+inc-\d+)[.!]*",),
    ),
    Verb(
        name="incident.same",
        command="incident same",
        help="Say that you see the same as an open incident.",
        example="/incident same INC-1 orders fail here too",
        args=Seen,
        run=same,
        rest="title",
        permission="incident.declare",
        aliases=("incident metoo",),
    ),
)
