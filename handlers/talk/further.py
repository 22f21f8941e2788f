"""What else a message asks for besides its first request: known sentences by their words, everything else by its meaning. Pure."""

import re
from collections.abc import Sequence

from core.errors import WardroomError
from core.language.clauses import clauses
from core.language.intent import Intent
from core.language.understand import Understanding
from core.world import World
from handlers.inbound import Message
from handlers.talk import declaring, grasp, pointing, shifts
from handlers.talk.pending import Order, Wanted
from handlers.talk.reading import Understood, Verbs, understand
from handlers.verb import Verb

_LISTED = re.compile(r"\s*[,;]\s+(?:(?:and|then|also)\s+)*|\s+and\s+(?:(?:then|also)\s+)*", re.IGNORECASE)
_ID = re.compile(r"\b(?:INC|RUN|PG|AP)-\d+\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|this|that)\b", re.IGNORECASE)
_UPDATE = re.compile(
    r"(?P<post>(?:please )?(?:post|send|give|write|share) (?:an? |the )?(?:short |quick )?(?:status )?update)(?:\s?:\s?|\s(?:that|saying)\s)(?=\S)",
    re.IGNORECASE,
)
_MOST = 6
# An acknowledgement takes several at once.
_ORDERS = re.compile(
    r"\W*(?:(?:please|pls|can you|could you|wardroom|now|ok(?:ay)?|so|then|and)\b\W*){0,4}"
    r"(?:resolve|close|end|escalate|re-?open|assign|give|make|set|raise|lower|drop|downgrade|upgrade|mark|mitigate|show|open|cancel|stop|abort|pause|resume|retry)\b",
    re.IGNORECASE,
)
_IDS_LISTED = re.compile(
    r"\b(?P<kind>INC|RUN|PG)-\d{1,9}(?:(?:\s?,\s?(?:and )?|\s?[&+]\s?|\sand\s)(?P=kind)-\d{1,9})+\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\b(?:merge|link|into|with|same|duplicates?|related|between|compare)\b", re.IGNORECASE
)


def first_of(world: World, verbs: Verbs, said: Message) -> Message:
    """The message, or its first piece where that and a later one are sentences that are known: no one takes the rest for a title."""
    pieces = _pieces(world, verbs, said)
    is_known = len(pieces) > 1 and _exact(world, verbs, said, pieces[0]) is not None
    if is_known and any(_exact(world, verbs, said, piece) for piece in pieces[1:]):
        return said.model_copy(update={"text": pieces[0]})
    return said


def of_one(said: Message) -> Message:
    """The message, or what it orders of the first of several things that it lists: “resolve INC-1” of “resolve INC-1 and INC-2”."""
    each = _of_each(" ".join(said.text.split()))
    return said.model_copy(update={"text": each[0]}) if each else said


def others(world: World, verbs: Verbs, said: Message, meant: Understanding) -> tuple[Wanted, ...]:
    """What is asked for after the first request, in the order in which it was said."""
    weighed = list(meant.others)
    found: list[Wanted] = []
    for piece in _pieces(world, verbs, said)[1:]:
        known = _exact(world, verbs, said, piece)
        same = next((one for one in weighed if _is_same(one.text, piece)), None)
        if same is not None:
            weighed.remove(same)
        if known is not None:
            intent = grasp.ordered(known.verb, piece).intent
            found.append(Wanted(piece, intent, Order(known.verb.name, known.raw)))
        elif same is not None:
            found.append(Wanted(same.text, same.intent))
        elif _of_each(" ".join(said.text.split())):
            found.append(Wanted(piece, meant.intent))
    # What is wrong, and that an incident is wanted for it, are one wish.
    if meant.intent is Intent.INCIDENT_START:
        found = [one for one in found if not declaring.is_bare(one.text)]
    return tuple(found[:_MOST])


def are_several(said: Message) -> bool:
    """Whether a message may ask for more than one thing at all."""
    text = " ".join(said.text.split())  # a long run of blanks would be looked through again and again
    is_listed = _LISTED.search(text) or _IDS_LISTED.search(text)
    return is_listed is not None or len(clauses(said.text)) > 1


def _pieces(world: World, verbs: Verbs, said: Message) -> tuple[str, ...]:
    text = " ".join(said.text.split())
    if pointing.of_a_page(text) is not None or shifts.says_why(text):
        return (text,)  # why somebody cannot come is no request of its own
    if each := _of_each(text):
        return each
    listed = _named([piece for piece in _LISTED.split(text) if piece])
    if len(listed) > 1 and all(_exact(world, verbs, said, piece) for piece in listed):
        return listed
    return _named(clauses(text))


def _of_each(text: str) -> tuple[str, ...]:
    """What is ordered of each of several things that are listed by their ids; nothing where they belong together."""
    found = _IDS_LISTED.search(text) if _ORDERS.match(text) and not _TOGETHER.search(text) else None
    if found is None:
        return ()
    ids = dict.fromkeys(one.upper() for one in _ID.findall(found.group()))
    return tuple(f"{text[: found.start()]}{one}{text[found.end() :]}" for one in ids)


def _named(pieces: Sequence[str]) -> tuple[str, ...]:
    """The pieces with the id that the first of them names in the place of “it”, so that each stands alone."""
    ids = set(_ID.findall(pieces[0])) if pieces else set()
    if len(ids) != 1:
        return tuple(pieces)
    thing = ids.pop()
    later = (one if _ID.search(one) else _about(thing, one) for one in pieces[1:])
    return (pieces[0], *later)


def _about(thing: str, piece: str) -> str:
    """A piece that names no thing, with this one; what an update says is told as it was said."""
    posts = _UPDATE.match(piece)
    if posts is not None:
        return f"{posts['post']} of {thing}: {piece[posts.end() :]}"
    return _IT.sub(thing, piece, count=1)


def _exact(world: World, verbs: Verbs, said: Message, piece: str) -> Understood | None:
    """What a piece is by itself, if it is a sentence that is known; small talk asks for nothing."""
    try:
        found = understand(world, verbs, said.model_copy(update={"text": piece, "addressed": True}))
    except WardroomError:
        return None
    return found if found is not None and found.in_words and _asks(found.verb) else None


def _asks(verb: Verb) -> bool:
    return verb.name != "wardroom.chat"


def _is_same(told: str, piece: str) -> bool:
    """Whether these are the same words, but for “it”, in whose place a name may stand by now."""
    one, other = told.split(), piece.split()
    return told == piece or (len(one) == len(other) and one[:1] == other[:1])
