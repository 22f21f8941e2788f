"""What the page behind a link in a mail or a text message shows, and what a decision sent from it does.

Looking never decides. A decision needs the link, the code from the same message or a sign-in as its reader, and a
form sent by a person; it then goes the way of every vote, a second factor included where a policy asks for it.
"""

from dataclasses import dataclass
from typing import Literal

from core.approvals import records, words
from core.approvals.request import Choice, Request
from core.errors import NotFound
from core.notify import links
from core.notify import units as notify
from core.notify.ledger import Entry
from core.people.passes.one_time import Errand, path_of
from core.people.permissions import may
from core.people.person import Person
from core.people.sessions.session import factor_of
from core.people.sessions.units import SignedIn
from core.store.engine import Unit
from core.text import clean, cut
from core.world import World
from handlers.approvals import factor
from handlers.cards import approval as cards
from handlers.cards.card import Card

Standing = Literal["open", "used", "outdated", "ended", "expired", "blocked", "gone"]
_REASON = 2_000
_CHOICES = {str(choice): choice for choice in Choice}
_IN_CHAT = "You can still decide in the chat."


@dataclass(frozen=True)
class Sight:
    """The page as it stands: whether it can decide, why not, and the card of now."""

    entry: Entry
    request: Request
    person: Person | None
    standing: Standing
    words: str
    card: Card


@dataclass(frozen=True)
class Answer:
    """What was sent from the page. `key` is the link's, `code` the one from the message."""

    key: str
    code: str
    choice: str
    reason: str


@dataclass(frozen=True)
class Told:
    """What became of an answer: the page of now, what to say, and whether the decision was taken.

    `link` is where it waits for a second factor.
    """

    sight: Sight
    words: str
    is_taken: bool = False
    link: str = ""


def look(unit: Unit, world: World, entry_id: str, key: str, *, lock: bool = False) -> Sight | None:
    """What the page shows; None if the link is not one of ours. `lock`: to answer by it."""
    entry = notify.link_of(unit, entry_id, lock=lock)
    if entry is None or not entry.person or not world.secret_key:
        return None
    if not links.fits_key(world.secret_key, entry, key):
        return None
    try:
        request = records.get(unit, entry.about)
    except NotFound:
        return None
    person = world.people.get(entry.person)
    standing, said = _standing(unit, request, entry, person)
    return Sight(entry, request, person, standing, said, cards.card(world, request))


def is_theirs(sight: Sight, signed: SignedIn | None) -> bool:
    """Whether the person whom the link is for is signed in, which stands in for the code of the message."""
    return signed is not None and sight.person is not None and signed.person.id == sight.person.id


def decide(
    unit: Unit, world: World, entry_id: str, answer: Answer, signed: SignedIn | None = None
) -> Told | None:
    """Take a decision from the page; None if the link is not one of ours. A refusal is told, not raised."""
    sight = look(unit, world, entry_id, answer.key, lock=True)
    if sight is None:
        return None
    if sight.standing != "open" or sight.person is None:
        return Told(sight, sight.words)
    if not is_theirs(sight, signed) and not links.fits_code(world.secret_key, sight.entry, answer.code):
        return _wrong_code(unit, world, sight, answer.key)
    fresh = factor_of(signed.session, unit.now) if signed and is_theirs(sight, signed) else ""
    return _take(unit, world, sight, sight.person, answer, fresh)


def _take(unit: Unit, world: World, sight: Sight, person: Person, answer: Answer, fresh: str) -> Told:
    """Take the decision of whoever has shown that they may send it; `fresh` is a second factor, if there is one."""
    choice = _CHOICES.get(answer.choice)
    if choice is None:
        return Told(sight, "Choose what you decide.")
    if not may(person, f"approval.{choice}", world.roles):
        return Told(sight, f"Your roles do not let you {choice} requests. Ask an administrator.")
    reason = cut(clean(answer.reason), _REASON)
    entry = sight.entry
    errand = Errand(str(choice), entry.about, entry.digest, reason, entry.way)
    held = factor.decide(unit, world, person, errand, fresh)
    if held.link:
        told = f"A yes to {entry.about} needs your second factor. Nothing is recorded yet."
        return Told(sight, told, link=path_of(world.secret_key, held.link))
    if held.decided.refusal is None:
        notify.use_link(unit, entry)
    after = look(unit, world, entry.id, answer.key) or sight
    return Told(after, held.decided.words, is_taken=held.decided.refusal is None)


def _wrong_code(unit: Unit, world: World, sight: Sight, key: str) -> Told:
    notify.count_wrong_code(unit, sight.entry)
    left = links.WRONG_CODES - sight.entry.wrong - 1
    if left <= 0:
        after = look(unit, world, sight.entry.id, key) or sight
        return Told(after, after.words)
    return Told(sight, f"That is not the code from the message. {left} more tries, then this link is closed.")


def _standing(unit: Unit, request: Request, entry: Entry, person: Person | None) -> tuple[Standing, str]:
    """Whether this link can decide now, and what to say if it cannot; the gravest reason first."""
    revokes = request.approved_until is not None and request.status == "APPROVED"
    reasons: tuple[tuple[bool, Standing, str], ...] = (
        (person is None or not person.active, "gone", "You are not among the people I know any more."),
        (entry.used is not None, "used", "You have decided with this link; it counts once."),
        (
            request.digest != entry.digest,
            "outdated",
            f"{request.id} has changed since that message was sent. Below is how it stands now. {_IN_CHAT}",
        ),
        (
            not request.is_pending and not (revokes and _may_revoke(request, entry)),
            "ended",
            f"{words.present(request)}. There is nothing left to decide.",
        ),
        (entry.expires <= unit.now, "expired", f"This link has run out. {_IN_CHAT}"),
        (
            entry.wrong >= links.WRONG_CODES,
            "blocked",
            f"Too many wrong codes were given, so this link is closed. {_IN_CHAT}",
        ),
    )
    found = next(((standing, said) for applies, standing, said in reasons if applies), None)
    return found or ("open", "")


def _may_revoke(request: Request, entry: Entry) -> bool:
    seat = request.seat_of(entry.person)
    return seat is not None and seat.veto
