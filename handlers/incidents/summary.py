"""The verb by which people get an incident in words, for those who work on it, for managers or for the public."""

from core.errors import Invalid, NotFound
from core.incidents import records
from core.incidents.summaries import address, units
from core.incidents.summaries.summary import Audience
from core.incidents.units import PREFIX
from core.source import nearest
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import summary as cards
from handlers.cards.card import Card
from handlers.cards.link import page_url
from handlers.incidents.named import OnIncident, about, which
from handlers.verb import Call, Reply, Verb

_ALSO = {
    "": Audience.RESPONDERS,
    "team": Audience.RESPONDERS,
    "us": Audience.RESPONDERS,
    "management": Audience.MANAGERS,
    "executives": Audience.MANAGERS,
    "customers": Audience.PUBLIC,
    "users": Audience.PUBLIC,
    "status": Audience.PUBLIC,
}
_WORDS = {str(one): one for one in Audience} | _ALSO


class Summary(OnIncident):
    """Which incident, and for whom: responders, managers, public."""

    audience: str = ""


def summary(unit: Unit, call: Call, args: Summary) -> Reply:
    """The incident in words, as it stands now."""
    incident_id, args = about(unit, call, args, "audience")
    if incident_id is None:
        return which(unit, call, "incident.summary", args, only_open=False)
    audience = _audience(args.audience)
    incident = records.get(unit, incident_id)
    words = units.tell(unit, call.world, incident, audience)
    return Reply(card=cards.summary(incident, audience, words, _link(call.world, incident.id, audience)))


def page(unit: Unit, world: World, ref: str) -> Card:
    """The words for an audience as they stand now; `ref` is what `page_ref` gives."""
    named, _, incident_id = ref.partition("-")
    audience = Audience(named.lower())
    return cards.page(audience, units.tell(unit, world, records.get(unit, incident_id), audience))


def public(unit: Unit, world: World, token: str) -> Card:
    """The words for the public, by the last part of their address.

    Raises:
        NotFound: the address was not made here, or its incident is gone.
    """
    number = address.number_of(world.secret_key, token) if world.secret_key else None
    if number is None:
        raise NotFound("There is no such page.", "Ask whoever gave you the address.")
    incident = records.get(unit, f"{PREFIX}-{number}")
    words = units.tell(unit, world, incident, Audience.PUBLIC)
    return cards.public(units.public_name(unit, world, incident), words)


def _link(world: World, incident: str, audience: Audience) -> str:
    """Where the words are kept true: by a key of its own for each audience, and for the public without a name of ours."""
    if audience is not Audience.PUBLIC:
        return page_url(world.public_url, world.secret_key, cards.page_ref(incident, audience))
    token = address.token_of(world.secret_key, int(incident.rpartition("-")[2])) if world.secret_key else ""
    return f"{world.public_url.rstrip('/')}/s/{token}" if world.public_url and token else ""


def _audience(words: str) -> Audience:
    word = words.strip().casefold().removeprefix("for ").removeprefix("the ")
    if word in _WORDS:
        return _WORDS[word]
    close = nearest(word, _WORDS)
    hint = f" Did you mean {_WORDS[close]}?" if close else ""
    raise Invalid(f"“{one_line(words, 40)}” is no audience.", f"Choose {', '.join(Audience)}.{hint}")


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"

VERBS = (
    Verb(
        name="incident.summary",
        command="incident summary",
        help="Say it in words to copy: for responders, managers or the public.",
        example="/incident summary INC-1 public",
        args=Summary,
        run=summary,
        reads=True,
        rest="audience",
        aliases=("incident catchup",),
        permission="incident.read",
        patterns=(
            rf"(?:summari[sz]e|sum\s+up|catch\s+me\s+up\s+on)\s+{_ID}(?:\s+for\s+(?P<audience>[\w ]+?))?[.!?]*",
        ),
        choices={"audience": lambda _world, _typed: [(str(one), str(one)) for one in Audience]},
    ),
)

VIEWS = {"incident_words": page}
