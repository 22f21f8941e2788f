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
from handlers.talk import among, declaring, fitting, grasp, resolving, showing
from handlers.talk.reading import Understood, Verbs

_UPDATE, _DECLARE, _GRADE = "incident.update", "incident.declare", "incident.severity"
_RESOLVE, _REOPEN = "incident.resolve", "incident.reopen"
_BARE = re.compile(
    r"\W*(?:now |make it |it(?:['’]s| is) (?:a |now )?)?(?P<severity>sev\s?-?[1-5])[\s.!]*", re.IGNORECASE
)
_AGAIN = re.compile(r"\bre-?open\b|\bit(?:['’]s| is) back\b|\bhappen(?:s|ing|ed) again\b", re.IGNORECASE)
_ORDERS = re.compile(
    r"(?:(?:please|pls|now|and|ok) )*(?:update|tell|notify|inform|send|post|give|call|page|make|add|write|do|don['’]?t|take|put|move|change|silence|mute|approve|"
    r"reject|try|keep|use|let|stop|rerun|redo|undo|remind|invite|link|merge)\b",
    re.IGNORECASE,
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
    if here and said.named and _is_back(unit, here, text):
        return _offered(world, verbs, person, said, _REOPEN, {"id": here, "text": text})
    failure = reports.failure(text)
    return _failed(unit, world, verbs, person, said, failure) if failure is not None else None


def _is_back(unit: Unit, incident: str, text: str) -> bool:
    """Whether words tell that an incident which is over goes on."""
    is_told = _AGAIN.search(text) is not None and not text.endswith("?")
    return is_told and not incidents.get(unit, incident).is_open


def offered(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """What is said to the bot by name where an incident is worked on, and means nothing else: that it is over, or news of it."""
    text = " ".join(message(said.text).split())
    is_told = said.named and not text.startswith("/") and not is_in_another_language(text)
    here = rooms.about(unit, said.place) if is_told else None
    shape = frame(text, ())
    if not here or text.rstrip(" !.").endswith("?") or shape.asks_openly:
        return None
    if not incidents.get(unit, here).is_open:
        return None
    if resolving.is_over(text):
        cause = resolving.told_besides(text).strip(" .!") or resolving.cause_of(text)
        raw = {"id": here} | ({"cause": cause} if cause and cause != text.strip(" .!") else {})
        return _offered(world, verbs, person, said, _RESOLVE, raw)
    is_news = len(text.split()) >= _FEWEST and not (shape.orders or shape.looks or _ORDERS.match(text))
    return _offered(world, verbs, person, said, _UPDATE, {"id": here, "text": text}) if is_news else None


def _failed(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message, failure: Failure
) -> Understood:
    here = rooms.about(unit, said.place)
    if here and incidents.get(unit, here).is_open:
        return _offered(world, verbs, person, said, _UPDATE, {"id": here, "text": failure.title})
    meant = grasp.known(unit, world, person, failure.title, "INCIDENT_START")
    broken = [
        str(one.value)
        for one in meant.entities
        if one.type is EntityType.SERVICE and str(one.text) in failure.broken
    ]
    service = broken[0] if broken else declaring.service_of(meant)
    raw = {"title": failure.title} | ({"service": service} if service else {})
    if finding.same(unit, world, service, failure.title) is not None:
        return Understood(verbs.by_name[_DECLARE], raw)  # it asks whether it is that one
    return _offered(world, verbs, person, said, _DECLARE, raw)


def _offered(
    world: World, verbs: Verbs, person: Person, said: Message, verb: str, raw: dict[str, str]
) -> Understood:
    meant = grasp.ordered(verbs.by_name[verb], " ".join(message(said.text).split()))
    asked = replace(verbs.by_name[verb], shown_first=True)
    shown = fitting.grasped(grasp.ask_back(world, verbs.by_name, meant, "sure", asked, raw))
    return showing.allowed(world, verbs, person, shown)
