"""What words that only tell something are taken for: news of an incident, or an incident that is declared. Nothing is done here."""

import re
from dataclasses import replace

from core.incidents import records as incidents
from core.incidents.finding import units as finding
from core.incidents.rooms import units as rooms
from core.language import reports
from core.language.entity import EntityType
from core.language.leaning.frame import frame
from core.language.other_languages import is_in_another_language
from core.language.reports import Failure
from core.people.person import Person
from core.store.engine import Unit
from core.text import message
from core.world import World
from handlers.inbound import Asked, Message
from handlers.talk import among, declaring, fitting, grasp
from handlers.talk.reading import Understood, Verbs
from handlers.verb import Verb

_UPDATE, _DECLARE, _GRADE = "incident.update", "incident.declare", "incident.severity"
_BARE = re.compile(
    r"\W*(?:now |make it |it(?:['’]s| is) (?:a |now )?)?(?P<severity>sev\s?-?[1-5])[\s.!]*", re.IGNORECASE
)
_FEWEST = 3  # words


def addressed(unit: Unit, world: World, said: Asked) -> Asked:
    """What was said, a message as one to the bot where it begins with the id of the incident in whose thread it stands, and asks nobody there."""
    if not isinstance(said, Message) or (said.addressed and said.named):
        return said
    text = message(said.text)
    named, told = reports.begins_with(text)
    if not named or told.rstrip(" !.").endswith("?") or rooms.about(unit, said.place) != named:
        return said
    if among.is_to_somebody(world, said.model_copy(update={"addressed": True, "named": False, "text": told})):
        return said
    return said.model_copy(update={"addressed": True, "named": True})


def told(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """What a report is taken for; None if words are none, or people tell it each other."""
    if not said.named and among.is_among(said):
        return None
    text = " ".join(message(said.text).split())
    news, here = reports.news(text), rooms.about(unit, said.place)
    if news is not None and (news.marked or news.incident == here):
        raw = {"id": news.incident, "text": news.text}
        return Understood(verbs.by_name[_UPDATE], raw, answers=True)  # its words order nothing besides
    grade = _BARE.fullmatch(text) if here and said.named else None
    if grade is not None:
        return Understood(verbs.by_name[_GRADE], {"id": here or "", "severity": grade["severity"]})
    failure = reports.failure(text)
    return _failed(unit, world, verbs, person, said, failure) if failure is not None else None


def offered(unit: Unit, world: World, verbs: Verbs, said: Message) -> Understood | None:
    """What is said to the bot by name where an open incident is worked on, and means nothing else: perhaps news of it."""
    text = " ".join(message(said.text).split())
    is_told = said.named and len(text.split()) >= _FEWEST and not text.startswith("/")
    here = rooms.about(unit, said.place) if is_told and not is_in_another_language(text) else None
    shape = frame(text, ())
    asks = text.rstrip(" !.").endswith("?") or shape.asks_openly or shape.orders or shape.looks
    if not here or asks or not incidents.get(unit, here).is_open:
        return None
    return _offered(world, verbs, verbs.by_name[_UPDATE], {"id": here, "text": text})


def _failed(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message, failure: Failure
) -> Understood:
    here = rooms.about(unit, said.place)
    if here and incidents.get(unit, here).is_open:
        return _offered(world, verbs, verbs.by_name[_UPDATE], {"id": here, "text": failure.title})
    meant = grasp.known(unit, world, person, failure.title, "INCIDENT_START")
    broken = [
        str(one.value)
        for one in meant.entities
        if one.type is EntityType.SERVICE and str(one.text) in failure.broken
    ]
    service = broken[0] if broken else declaring.service_of(meant)
    raw = {"title": failure.title} | ({"service": service} if service else {})
    verb = verbs.by_name[_DECLARE]
    if finding.same(unit, world, service, failure.title) is not None:
        return Understood(verb, raw)  # it asks whether it is that one
    return _offered(world, verbs, verb, raw)


def _offered(world: World, verbs: Verbs, verb: Verb, raw: dict[str, str]) -> Understood:
    meant = grasp.ordered(verb, raw.get("title") or raw["text"])
    asked = replace(verb, shown_first=True)
    return fitting.grasped(grasp.ask_back(world, verbs.by_name, meant, "sure", asked, raw))
