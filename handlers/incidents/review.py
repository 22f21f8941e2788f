"""The review of an incident when somebody asks: begin it, write in it, say whose it is, post it, finish it."""

from datetime import datetime, time
from typing import ClassVar
from zoneinfo import ZoneInfo

from core.errors import Conflict, Invalid
from core.ids import parse_numbered
from core.incidents.review import units
from core.incidents.review.review import SECTIONS
from core.incidents.units import PREFIX
from core.incidents.units import VIEW as INCIDENT
from core.incidents.whispers import units as whispers
from core.place import Place
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers import leading
from handlers.cards import postmortem as cards
from handlers.cards.card import Card, say
from handlers.cards.form import Form, FormField
from handlers.incidents import review_page
from handlers.incidents.named import OnIncident, Words, about, which
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person

_END_OF_WORK = time(18, 0)
_LONGEST = 3_000
_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"


class Postmortem(Words):
    """Which incident, and whose its review is until when. `post`: as a file, here."""

    owner: str = ""
    due: str = ""
    post: bool = False


class Write(OnIncident):
    """What is written in it; what is empty stays as it is. `version` is the one that the form showed.

    `page`: give the address of the page on which it is written.
    """

    carried: ClassVar[frozenset[str]] = Args.carried | {"version"}
    page: bool = False
    text: str = ""
    version: str = ""
    summary: str = ""
    impact: str = ""
    well: str = ""
    change: str = ""
    lessons: str = ""


def postmortem(unit: Unit, call: Call, args: Postmortem) -> Reply:
    """Begin the review unless it was begun, say whose it is, and show it; or post it as a file."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.postmortem", args, only_open=False)
    named, rest = leading.pairs(args.text, ("owner", "due"))
    args = args.model_copy(update=named)
    if rest:
        mend = f"For example `/incident postmortem {incident_id} owner=@bo due=2026-12-24`."
        raise Invalid(f"I do not know what “{one_line(rest, 60)}” is for.", mend)
    owner = find_person(call.world, call.place.platform, args.owner) if args.owner else None
    due = _day(call, args.due) if args.due else None
    units.begin(unit, call.world, incident_id, call.person, owner, due)
    if args.post:
        outbox.errand(unit, "file", call.place, {}, about=units.ref_of(incident_id))
        return Reply(card=say(f"The review of {incident_id} is posted here as a file."))
    return _shown(unit, call, incident_id)


def write(unit: Unit, call: Call, args: Write) -> Reply:
    """Write in it."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.review", args, only_open=False)
    units.begin(unit, call.world, incident_id, call.person)
    if args.page:
        return Reply(card=_desk(unit, call, incident_id))
    sections = {name: str(getattr(args, name)) for name in SECTIONS if getattr(args, name)}
    if not sections:
        return _shown(unit, call, incident_id)
    seen = int(args.version) if args.version.isdigit() else None
    review = units.write(unit, incident_id, call.person, sections, seen)
    return Reply(card=say(f"The review of {incident_id} is version {review.version} now.", tone="good"))


def _shown(unit: Unit, call: Call, incident_id: str) -> Reply:
    """Keep its card true in the incident's thread here, elsewhere in direct messages; who asks again sees it as it stands now."""
    ref, before = units.ref_of(incident_id), outbox.places(unit, units.VIEW, units.ref_of(incident_id))
    now = Reply(card=live(unit, call.world, ref))
    here = call.place if call.place.direct else _thread(unit, call, incident_id)
    if here is None:
        if not whispers.keep(unit, call.person, incident_id, (units.VIEW, ref), call.place.platform):
            return now
        where = "our direct messages"
    else:
        outbox.publish(unit, units.VIEW, ref, here)
        where = "our direct messages" if here.direct else "its thread here"
    if len(outbox.places(unit, units.VIEW, ref)) == len(before):
        return now
    return Reply(card=say(f"The review of {incident_id} is in {where}, and stays current there."))


def _thread(unit: Unit, call: Call, incident_id: str) -> Place | None:
    """The thread of the incident's card in this channel; None where the incident is not shown."""
    spot = (call.place.platform, call.place.channel)
    shown = [one for one in outbox.places(unit, INCIDENT, incident_id) if (one.platform, one.channel) == spot]
    return next((one.model_copy(update={"message": None}) if one.flat else one for one in shown), None)


def _desk(unit: Unit, call: Call, incident_id: str) -> Card:
    """The way to the page on which this person writes, for their eyes alone."""
    url = review_page.address(call.world, incident_id, call.person, unit.now)
    if not url:
        raise Conflict(
            "There is no address for a page.",
            "Ask an administrator to set WARDROOM_SECRET_KEY and WARDROOM_PUBLIC_URL, or press Write….",
        )
    return cards.desk(incident_id, url, unit.now + review_page.LASTS)


def finish(unit: Unit, call: Call, args: Words) -> Reply:
    """It is done."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.reviewed", args, only_open=False)
    units.finish(unit, incident_id, call.person)
    return Reply(card=say(f"The review of {incident_id} is done. Thank you.", tone="good"))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    return cards.card(world, units.look(unit, world.people, units.incident_of(ref)))


def _form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    """What stands in it, to be written on."""
    named, _ = leading.incident(known.get("text", ""))
    incident = known.get("id") or named
    if not incident or known.get("page") or known.get("words") or any(known.get(name) for name in SECTIONS):
        return None
    document = units.look(unit, world.people, parse_numbered(incident, PREFIX))
    review = document.review
    fields = tuple(
        FormField(
            name=name,
            label=heading,
            kind="long",
            required=False,
            default=review.sections.get(name, "")[:_LONGEST],
            hint=hint,
            max_length=_LONGEST,
        )
        for name, (heading, hint) in SECTIONS.items()
        if len(review.sections.get(name, "")) <= _LONGEST
    )
    return Form(
        title=f"Review of {document.incident.id}",
        verb="incident.review",
        object=document.incident.id,
        args={"version": str(review.version)},
        fields=fields,
        submit="Save",
    )


def _day(call: Call, text: str) -> datetime:
    """The end of work on that day, by the clock of whoever says it."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        raise Invalid(f"“{one_line(text, 40)}” is no day.", "Say one as 2026-12-24.") from None
    zone = ZoneInfo(call.person.timezone or call.world.timezone)
    return datetime.combine(day, _END_OF_WORK, zone)


VERBS = (
    Verb(
        name="incident.postmortem",
        command="incident postmortem",
        help="Begin the review of an incident, or show it; owner=@bo and due=2026-12-24 say whose it is.",
        example="/incident postmortem INC-1 owner=@bo",
        args=Postmortem,
        run=postmortem,
        rest="text",
        named=("owner", "due"),
        aliases=("incident retro", "incident retrospective"),
        patterns=(
            rf"(?:(?:please\s+)?(?:write|begin|start|open|show|make|do)\s+(?:me\s+)?(?:the|a)\s+)?(?:review|postmortem|post-mortem)\s+(?:of\s+|for\s+)?{_ID}[.!]*",
        ),
    ),
    Verb(
        name="incident.review",
        command="incident review",
        help="Write in the review: summary, impact, what went well, what to change, what was learnt; page=true on a page.",
        example="/incident review INC-1",
        args=Write,
        run=write,
        rest="text",
        permission="incident.postmortem",
        looks=_form,
        form_on="always",
    ),
    Verb(
        name="incident.reviewed",
        command="incident reviewed",
        help="Finish the review; nobody is reminded of it any more.",
        example="/incident reviewed INC-1",
        args=Words,
        run=finish,
        rest="text",
        permission="incident.postmortem",
    ),
)

VIEWS = {units.VIEW: live}
