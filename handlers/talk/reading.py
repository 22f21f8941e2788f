"""Which verb a message, a command or a press names, word by word; what only means something is for others. Pure."""

import re
from dataclasses import dataclass
from typing import Protocol

from core.conversation.memory.hiding import hidden
from core.errors import Invalid, NotFound
from core.language.smalltalk import without_greeting
from core.language.understand import Understanding
from core.place import Place
from core.runbooks.from_language import candidates
from core.text import cut, message
from core.world import World
from handlers import arguments
from handlers.inbound import Asked, Click, Command, Message, Submit
from handlers.talk import asked_of, listing, paged, pointing, shifts, wishes
from handlers.talk.pending import Wanted
from handlers.verb import Verb


class LostError(Invalid):
    """It was said to us, and means nothing to us."""


class Verbs(Protocol):
    """The registry, as the pipeline sees it."""

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """Every verb."""
        ...

    @property
    def by_name(self) -> dict[str, Verb]:
        """Verbs by `area.verb`."""
        ...

    @property
    def by_command(self) -> dict[str, Verb]:
        """Verbs by the words after the slash."""
        ...

    def nearest(self, words: str) -> str | None:
        """The command that was probably meant."""
        ...


@dataclass(frozen=True)
class Understood:
    """A verb and what it is to work on; `meant` where it came from words that were weighed.

    `in_words`: it was said in a sentence that is known, and not as a command. `answers`: it answers what the bot asked, so
    it was said to the bot, whether that was named or not. `others` is what the same message asks for besides. `points`: which
    incident or run it is about is only known from what was spoken of before.
    """

    verb: Verb
    raw: dict[str, str]
    meant: Understanding | None = None
    in_words: bool = False
    answers: bool = False
    others: tuple[Wanted, ...] = ()
    points: bool = False


def understand(world: World, verbs: Verbs, inbound: Asked, *, in_room: bool = False) -> Understood | None:
    """The verb that is meant; None when this was not said to us. `in_room`: it was said where one incident is worked on.

    Raises:
        Invalid: it was said to us, and means nothing to us.
    """
    match inbound:
        case Click() | Submit():
            return _pressed(verbs, inbound)
        case Command():
            return _command(verbs, f"{inbound.area} {message(inbound.text)}".strip(), inbound.options)
        case Message():
            return _words(world, verbs, inbound, in_room=in_room)


def _pressed(verbs: Verbs, inbound: Click | Submit) -> Understood:
    verb = verbs.by_name.get(inbound.verb)
    if verb is None:
        raise NotFound(
            "This button is from an older version.", "Ask for the card again, for example `/approvals list`."
        )
    return Understood(verb, arguments.from_button(inbound))


def _command(verbs: Verbs, text: str, options: dict[str, str]) -> Understood:
    words = text.split()
    if _asks_how(verbs, words):
        return Understood(verbs.by_command["wardroom help"], {"area": words[0]})
    for length in (2, 1):
        verb = verbs.by_command.get(" ".join(words[:length]).lower())
        if verb is not None and (length > 1 or len(words) == 1 or verb.command == words[0].lower()):
            rest = text.split(None, length)[length:]
            return Understood(verb, arguments.from_words(verb, rest[0] if rest else "") | options)
    raise _unknown(verbs, f"/{text}", " ".join(words[:2]))


def _asks_how(verbs: Verbs, words: list[str]) -> bool:
    """`/incident help`, which no area has for itself."""
    said = " ".join(words).lower()
    areas = {verb.command.partition(" ")[0] for verb in verbs.verbs}
    return said not in verbs.by_command and said in {f"{area} help" for area in areas}


def _words(world: World, verbs: Verbs, inbound: Message, *, in_room: bool) -> Understood | None:
    listens = inbound.addressed or in_room or is_known(world, inbound.place)
    if not listens or (not inbound.addressed and len(inbound.text) > ORDER_LIMIT):
        return None
    text = " ".join(message(inbound.text).split())
    text = text if inbound.addressed else _without_name(world, text)
    if inbound.addressed and _is_command(verbs, text):
        return _command(verbs, text.removeprefix("/"), {})
    found = _in_its_place(verbs, text, in_room=in_room) if inbound.addressed else None
    found = found or _said(world, verbs, text, addressed=inbound.addressed)
    if found is None and inbound.addressed:
        found = _of_a_run(world, verbs, text) or _pointed(verbs, text, in_room=in_room)
    if found is None and inbound.addressed:
        rest = without_greeting(text)
        found = (_said(world, verbs, rest, addressed=True) if rest != text else None) or _asked(
            world, verbs, rest
        )
    if found is not None:
        return found
    if inbound.addressed:
        return _lost(world, verbs, text)
    return None


def _without_name(world: World, text: str) -> str:
    """The words behind the bot's name where that is typed and no mention: “wardroom, who is on call?”."""
    names = "|".join(re.escape(name) for name in sorted(world.names.bot))
    called = re.match(rf"(?:{names})\s*[,:]\s*(?=\S)", text, re.IGNORECASE) if names else None
    return text[called.end() :] if called else text


_ASKED_FOR = re.compile(
    r"\W*(?:(?:please|pls|kindly|(?:can|could|would|will) (?:you|u))\b\W*)+(?=\w)", re.IGNORECASE
)
_PLEASE = re.compile(r"(?:\W+(?:please|pls|thanks|thank you|asap))*[\s?!.]*$", re.IGNORECASE)


def _asked(world: World, verbs: Verbs, text: str) -> Understood | None:
    """The same without what only makes it polite, “could you page bo, please?”, where that looks, is shown first or is of an incident."""
    polite = _ASKED_FOR.match(text) if len(text) <= ORDER_LIMIT else None
    plain = _PLEASE.sub("", text[polite.end() :], count=1) if polite else ""
    found = _said(world, verbs, plain, addressed=True) if plain else None
    if found is not None and (found.verb.reads or found.verb.shown_first):
        return found
    return _pointed(verbs, plain, in_room=False) if plain else None


def _of_a_name(world: World, verbs: Verbs, text: str) -> Understood | None:
    """What a sentence asks about a runbook, a service or a person that is known, or about what was done to them."""
    about = re.fullmatch(listing.OF_A_RUNBOOK, text, re.IGNORECASE)
    if about and about["runbook"] in world.runbooks:
        return Understood(verbs.by_name["runbook.show"], {"runbook": about["runbook"]})
    planned = re.fullmatch(listing.PLANNED, text, re.IGNORECASE)
    raw = wishes.spelt_out(world, {"runbook": "", "said": planned["said"]}) if planned else {"runbook": ""}
    if planned and raw["runbook"]:
        return _planned(world, verbs, raw, planned["said"])
    for name, asked in asked_of.OF_NAMES:
        found = asked(world, text)
        if found is not None:
            return Understood(verbs.by_name[name], found, in_words=True)
    return None


def _planned(world: World, verbs: Verbs, raw: dict[str, str], said: str) -> Understood:
    """The plan, where everything that it takes was said; else who may do such a thing, and who has to agree."""
    try:
        wishes.make_plan(world, wishes.Wish.model_validate(raw))
    except (Invalid, NotFound):
        return Understood(verbs.by_name["runbook.permitted"], {"said": said}, in_words=True)
    return Understood(verbs.by_name["runbook.plan"], raw)


def _said(world: World, verbs: Verbs, text: str, *, addressed: bool) -> Understood | None:
    """The verb that a sentence means which is known."""
    named = _of_a_name(world, verbs, text) if addressed else None
    if named is not None:
        return named
    for verb in verbs.verbs:
        if not addressed and not verb.reads and text.rstrip().endswith("?"):
            continue  # people who ask each other order nothing
        for pattern in _heard(verb, addressed=addressed):
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            if found and not _points(found):
                raw = {name: value for name, value in found.groupdict().items() if value}
                return Understood(verb, raw, in_words=True)
    return None


def _of_a_run(world: World, verbs: Verbs, text: str) -> Understood | None:
    """What is ordered of the run that was spoken of; where a runbook is there to take things back, that is for the runbook."""
    has_own = any(candidates(world.runbooks, word) for word in ("rollback", "roll"))
    sentences = dict(pointing.OF_A_RUN) | ({} if has_own else {"runbook.rollback": pointing.TAKEN_BACK})
    for name, pattern in sentences.items():
        if re.fullmatch(pattern, text, re.IGNORECASE):
            return Understood(verbs.by_name[name], {}, in_words=True, points=True)
    return None


def _in_its_place(verbs: Verbs, text: str, *, in_room: bool) -> Understood | None:
    """What a sentence means for whoever a page calls, or where an incident is worked on, whatever it may mean elsewhere."""
    return _of_a_page(verbs, text) or (_pointed(verbs, text, in_room=True) if in_room else None)


def _of_a_page(verbs: Verbs, text: str) -> Understood | None:
    """That somebody else is to be called, for what calls whoever says so."""
    raw = pointing.of_a_page(text)
    if raw is None:
        return None
    return Understood(verbs.by_name["oncall.handover"], raw, in_words=True, points=True)


def _pointed(verbs: Verbs, text: str, *, in_room: bool) -> Understood | None:
    """The verb on an incident that is not named: “resolve this: the index was stale”."""
    found = pointing.pointed(text, in_room=in_room)
    if found is None:
        return None
    name, raw = found
    return Understood(verbs.by_name[name], raw, in_words=True, points=not in_room and "id" not in raw)


def _heard(verb: Verb, *, addressed: bool) -> tuple[str, ...]:
    """The sentences that mean this verb."""
    if addressed:
        asked = (listing.ASKED, paged.ASKED, shifts.ASKED)
        return (*verb.patterns, *(one for table in asked for one in table.get(verb.name, ())))
    return () if verb.when_named else verb.patterns


def _points(found: re.Match[str]) -> bool:
    """Whether words stand where a name should, that mean what was said before."""
    return any(
        value and value.casefold() in ("it", "that", "this", "they") for value in found.groupdict().values()
    )


# Without being named, the bot takes only short sentences that say exactly what it knows.
ORDER_LIMIT = 300


def _is_command(verbs: Verbs, text: str) -> bool:
    words = text.lower().split()
    return text.startswith("/") or " ".join(words[:2]) in verbs.by_command


def _lost(world: World, verbs: Verbs, text: str) -> Understood:
    if not text:
        return Understood(verbs.by_command["wardroom help"], {})
    error = _unknown(verbs, text, text)
    if world.llm_model:
        error.mend += " If no runbook does what you want, I can have one drafted: `/runbook draft …`."
    raise error


def is_known(world: World, place: Place) -> bool:
    """Whether the configuration names this channel: people need not call the bot by its name there."""
    return any(_same_channel(place, known) for channel in world.channels.values() for known in channel.places)


def _same_channel(one: Place, other: Place) -> bool:
    return (one.platform, one.channel) == (other.platform, other.channel)


def _unknown(verbs: Verbs, text: str, words: str) -> LostError:
    if shifts.speaks_of_shifts(text) and not text.startswith("/"):
        return LostError(f"I did not understand “{cut(hidden(text), 80)}”.", shifts.HOW)
    nearest = verbs.nearest(words)
    known = verbs.by_command.get(nearest) if nearest else None
    hint = (
        f"Did you mean `/{nearest}`? For example `{known.example}`."
        if known
        else "`/wardroom help` shows what I can do."
    )
    return LostError(f"I did not understand “{cut(hidden(text), 80)}”.", hint)
