"""Notices that wait for somebody's program to take them: which there are, and that one was taken.

The rows say all of it, so it does not matter to which process the program is connected.
"""

from dataclasses import replace

from core import outgoing
from core.errors import NotFound
from core.notify import records
from core.notify import units as notify
from core.notify.ledger import Entry, State
from core.notify.notice import Letter
from core.people.tokens import units as tokens
from core.store.engine import Unit
from core.text import one_line
from handlers.caller import Caller
from handlers.cards.link import page_url

WAY = "websocket"
_MOST = 50


def topic(person: str) -> str:
    """What is woken when somebody's program should look, or has taken something."""
    return f"notices:{person}"


def call(unit: Unit, person: str) -> None:
    """Let this person's programs look, wherever they are connected."""
    unit.wake(topic(person))


def waiting(unit: Unit, caller: Caller) -> list[Letter]:
    """What waits for the caller's own programs, oldest first; each with what its channel lists and no more.

    Raises:
        UnknownPerson: the token was revoked.
    """
    tokens.recheck(unit, caller.token)
    letters = []
    for entry in records.waiting(unit, caller.person.id, WAY, _MOST):
        wanted, _ = outgoing.wanted(unit, entry.about, entry.delivery)
        letters += [_letter(unit, caller, one) for one in wanted]
    return letters


def take(unit: Unit, caller: Caller, key: str) -> None:
    """One of the caller's programs took it: that counts as told.

    Raises:
        UnknownPerson: the token was revoked.
        NotFound: nothing waits under this key for this person.
    """
    tokens.recheck(unit, caller.token)
    mine = [one for one in records.of_delivery(unit, key) if _is_mine(one, caller)]
    if not any(one.state in (State.QUEUED, State.ACCEPTED) for one in mine):
        raise NotFound(
            f"No notice “{one_line(key, 30)}” waits for {caller.person.name}.",
            "Acknowledge the `id` of a notice as soon as it comes; later it has gone another way.",
        )
    open_ = [one for one in mine if one.state is State.QUEUED]
    notify.accepted(unit, open_, key, max((one.attempts for one in open_), default=0) + 1)
    unit.wake(topic(caller.person.id))


def is_taken(unit: Unit, key: str) -> bool:
    """Whether what goes out under this key was taken."""
    return any(one.state is State.ACCEPTED for one in records.of_delivery(unit, key))


def _is_mine(entry: Entry, caller: Caller) -> bool:
    return entry.way == WAY and entry.person == caller.person.id


def _letter(unit: Unit, caller: Caller, entry: Entry) -> Letter:
    world = caller.world
    letter = outgoing.letter(unit, world, [entry])
    return replace(
        letter, page=page_url(world.public_url, world.secret_key, letter.page) if letter.page else ""
    )
