"""What is shown before it is done, or refused before it is shown: an order said in a sentence, and what is unsure."""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from core.errors import Invalid
from core.incidents.paging import units as tie
from core.incidents.rooms import units as rooms
from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.leaning import wavering
from core.language.leaning.turns import ids_of
from core.people import permissions
from core.people.person import Person
from core.runbooks.units.commit import VIEW
from core.store import outbox
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Message
from handlers.talk import declaring, fitting, grasp, heard, own_runs
from handlers.talk import lately as talk
from handlers.talk.reading import Understood, Verbs
from handlers.verb import Verb

_WHY = {"approval.break_glass": "reason"}
"""What is refused without a reason, and which argument that is."""


def shown(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message, understood: Understood
) -> Understood:
    """An order that takes something away, calls people or names nothing itself: what was understood comes before it is done.

    Raises:
        Invalid: it is about a run that nobody spoke of.
    """
    verb, raw = understood.verb, understood.raw
    spoken = raw.get("id") or _spoken_of(unit, world, person, said, verb) if understood.points else ""
    raw = {"id": spoken, **raw} if spoken else raw
    # Where nobody knows of what it is said, that is asked first.
    is_known = spoken or not understood.points
    is_asked = Intent.INCIDENT_UPDATE in verb.intents and heard.only_asks(said.text)  # “this is sev1, right?”
    # Of words that take something back nobody knows whether all of it was heard.
    is_unsure = is_asked or (wavering.wavers(said.text) and not verb.reads)
    is_shown = (
        understood.in_words and is_known and (verb.shown_first or is_unsure or (spoken and not verb.reads))
    )
    may = permissions.may(person, verb.needs(), world.roles)
    if not (is_shown and may) or _lacks(world, verb.name, raw):
        return replace(understood, raw=raw)
    is_of_one = (verb.name == "incident.resolve" or is_asked) and not raw.get("id")
    here = rooms.about(unit, said.place) if is_of_one else None
    raw = {**raw, "id": here} if here else raw  # what is over is not offered to be ended
    meant = grasp.ordered(verb, " ".join(said.text.split()))
    asked = replace(verb, shown_first=True)
    return fitting.grasped(grasp.ask_back(world, verbs.by_name, meant, "sure", asked, raw))


def allowed(world: World, verbs: Verbs, person: Person, found: Understood) -> Understood:
    """The same; what somebody may not do is refused before they are asked whether to go on."""
    verb = verbs.by_name.get(found.raw.get("verb", "")) if found.verb.name == grasp.MEANING else None
    if verb is None or permissions.may(person, verb.needs(), world.roles):
        return found
    return replace(found, verb=verb, raw=orjson.loads(found.raw["order"]))


def _lacks(world: World, verb: str, raw: Mapping[str, str]) -> bool:
    """Whether it would only ask for what is missing, so that there is nothing to show before it."""
    wanted = _WHY.get(verb)
    return declaring.lacks_title(world, verb, raw) or (wanted is not None and not raw.get(wanted))


def _spoken_of(unit: Unit, world: World, person: Person, said: Message, verb: Verb) -> str:
    """The one incident or run that was spoken of last here, or the page that calls them; "" where there is none, or more than one.

    Of several runs, and where none was spoken of, the last that this person asked for here.

    Raises:
        Invalid: it is about a run, and there is none.
    """
    place = said.place
    if verb.name == "oncall.handover":
        page = tie.to_pass_on(unit, person, rooms.about(unit, place))
        return page.id if page is not None else ""
    is_run = verb.name.startswith("runbook.")
    here = outbox.where_shown(unit, VIEW, place, newest=True) if is_run else None
    kind = EntityType.EXECUTION_ID if is_run else EntityType.INCIDENT_ID
    told = ids_of(talk.history(unit, person, place))
    found = [here] if here else [str(one.value) for one in told if one.type is kind]
    found = [one for one in found if here or not is_run or own_runs.fits(unit, one, verb.name)]
    if is_run and len(found) != 1:
        own = own_runs.last(unit, person, place, verb.name, (), own_runs.of_kind(world, said.text))
        found = [own] if own else []
    if is_run and not found:
        raise Invalid(
            "Which run do you mean?",
            f"None of yours here is one that this can be about. Say its id: `{verb.example}`.",
        )
    return found[0] if len(found) == 1 else ""
