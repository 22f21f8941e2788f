"""Telling people: who is to be told becomes rows, one a person and channel, and each outcome is written to them.

Each public function is one transaction, or part of a larger one.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.errors import Invalid
from core.ids import new_id
from core.notify import records, routing
from core.notify.channel import Channel
from core.notify.ledger import Entry, State
from core.notify.ledger import reached as anybody
from core.notify.routing import NOBODY, Reader, Route
from core.store import events, outbox
from core.store.engine import Unit
from core.text import one_line

CALLBACK = "callback"
_LONGEST_URL = 1_000
_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(?:[/?][!-~]*)?")
Readers = Callable[[str], Reader | None]


@dataclass(frozen=True)
class Occasion:
    """What is told: `about` which thing, why now (`cause`), with which digest, and until when it matters."""

    about: str
    cause: str
    digest: str
    expires: datetime


@dataclass(frozen=True)
class Together:
    """When a message leaves that waits for others to go with it, and which one it is; a new one if none waits yet."""

    leaves: datetime
    delivery: str = ""


def tell(
    unit: Unit,
    channels: Mapping[str, Channel],
    occasion: Occasion,
    names: Iterable[str],
    readers: Iterable[Reader],
    later: Collection[str] = (),
) -> None:
    """Tell these people by the named channels, and the channels' own addresses; nobody twice of one occasion.

    People in `later` are told in person another time.
    """
    readers = list(readers)
    by_id = {reader.person: reader for reader in readers}
    _send(unit, channels, occasion, routing.plan(channels, names, readers, later), by_id.get)


def send(unit: Unit, occasion: Occasion, routes: Iterable[Route]) -> None:
    """Tell by these routes and no others: nothing takes the place of one that fails."""
    _send(unit, {}, occasion, list(routes), lambda _person: None)


def send_together(unit: Unit, occasion: Occasion, route: Route, together: Together) -> str:
    """Tell by this route, in one message with what else leaves by it then; which message takes more of it."""
    delivery = together.delivery or new_id(unit.now)
    entry = replace(_entry(unit, occasion, route, delivery), leaves=together.leaves)
    if not records.add(unit, entry):
        return together.delivery
    if not together.delivery:
        outbox.notice(unit, lane_of(route.way, delivery), delivery, occasion.about, due=together.leaves)
    return delivery


def lane_of(way: str, delivery: str) -> str:
    """Where in the outbox a message waits: in nobody else's way."""
    return f"{way}:{delivery}"


def call_back(unit: Unit, occasion: Occasion, person: str) -> None:
    """Tell a program at the address that it gave, if it gave one."""
    url = records.callback_of(unit, occasion.about)
    if url is not None:
        route = Route(CALLBACK, CALLBACK, person, url)
        send(unit, occasion, [route])


def keep_callback(unit: Unit, about: str, person: str, url: str) -> None:
    """Keep where a program wants to be told how its request ended; the address that it gave first counts.

    Raises:
        Invalid: it is no address that can be called.
    """
    if len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        mend = f"Write https://host/path, without a password, in at most {_LONGEST_URL} characters."
        raise Invalid(f"“{one_line(url, 80)}” is no address to call back.", mend)
    records.keep_callback(unit, about, person, url)


def accepted(unit: Unit, entries: Iterable[Entry], provider: str, attempts: int) -> None:
    """The other side took it; `provider` is the id that it gave it."""
    ids = [entry.id for entry in entries]
    values = {"provider": provider[:200], "attempts": attempts, "detail": ""}
    records.settle(unit, ids, State.ACCEPTED, **values)


def heard(unit: Unit, occasion: Occasion, person: str) -> None:
    """Somebody was told of this where no channel leads: they were there when it came up."""
    route = Route("", routing.CHAT, person, person)
    entry = _entry(unit, occasion, route, new_id(unit.now))
    if records.add(unit, entry):
        accepted(unit, [entry], "", 1)


def waits(unit: Unit, entries: Iterable[Entry], detail: str, attempts: int) -> None:
    """It was not taken yet, and will be tried again."""
    ids = [entry.id for entry in entries]
    records.settle(unit, ids, State.QUEUED, detail=detail[:400], attempts=attempts)


def drop(unit: Unit, entries: Iterable[Entry], detail: str) -> None:
    """It is no longer wanted: it is not sent."""
    records.settle(unit, [entry.id for entry in entries], State.DROPPED, detail=detail[:400])


def failed(
    unit: Unit,
    channels: Mapping[str, Channel],
    reader_of: Readers,
    entries: Iterable[Entry],
    detail: str,
    attempts: int,
) -> None:
    """It will not be taken. Whoever their channel has failed altogether is told by its fallback."""
    entries = list(entries)
    records.settle(
        unit, [entry.id for entry in entries], State.FAILED, detail=detail[:400], attempts=attempts
    )
    for entry in entries:
        _fall_back(unit, channels, _occasion(entry), (entry.person, entry.channel), reader_of)


def overdue(
    unit: Unit, channels: Mapping[str, Channel], reader_of: Readers, entries: Iterable[Entry]
) -> None:
    """It may still arrive, but not soon: whoever has only this to hope for is told by the fallback as well."""
    late = list(entries)
    given_up = frozenset(entry.id for entry in late)
    for entry in late:
        whom = (entry.person, entry.channel)
        _fall_back(unit, channels, _occasion(entry), whom, reader_of, given_up)


def ledger(unit: Unit, about: str) -> list[Entry]:
    """Who was told of this thing, by what, and what became of it."""
    return records.about(unit, about)


def has_reached(unit: Unit, about: str) -> bool:
    """Whether anybody has been told that a decision on this is wanted."""
    return anybody(records.about(unit, about))


def is_unreachable(unit: Unit, about: str) -> bool:
    """Whether nobody could be told of this in time. Such a request is never approved by a policy's silence."""
    return records.is_unreachable(unit, about)


def mark_unreachable(unit: Unit, about: str) -> bool:
    """Keep that nobody could be told of this in time; False if that was known."""
    return records.mark_unreachable(unit, about)


def _send(
    unit: Unit, channels: Mapping[str, Channel], occasion: Occasion, routes: list[Route], reader_of: Readers
) -> None:
    shared: dict[tuple[str, str, str], str] = {}
    stuck: dict[tuple[str, str], None] = {}
    for route in routes:
        where = (route.channel, route.way, route.target)
        delivery = shared.get(where) if route.is_shared else None
        entry = _entry(unit, occasion, route, delivery or new_id(unit.now))
        if _is_told(unit, entry) or not records.add(unit, entry):
            continue
        if route.problem:
            stuck[route.person, route.channel] = None
        elif delivery is None:
            shared[where] = entry.delivery
            outbox.notice(unit, lane_of(route.way, entry.delivery), entry.delivery, occasion.about)
    for whom in stuck:
        _fall_back(unit, channels, occasion, whom, reader_of)


def _fall_back(
    unit: Unit,
    channels: Mapping[str, Channel],
    occasion: Occasion,
    whom: tuple[str, str],
    reader_of: Readers,
    given_up: frozenset[str] = frozenset(),
) -> None:
    """Tell a person by the fallback of a channel, once all its ways have failed for them or are `given_up`."""
    person, name = whom
    channel = channels.get(name)
    told = records.of_cause(unit, occasion.about, occasion.cause, person)
    if channel is None or channel.fallback is None:
        return
    mine = [entry for entry in told if entry.channel == name and entry.id not in given_up]
    if any(entry.state is not State.FAILED for entry in mine):
        return
    following = channels.get(channel.fallback)
    if following is None or any(entry.channel == channel.fallback for entry in told):
        return
    reader = reader_of(person) if person else None
    routes = routing.own_routes(following) if person == NOBODY else []
    if reader is not None:
        routes = routing.routes(following, reader)
        # A shared address of the fallback hears it for whoever could not be told in person.
        routes += [] if routes else routing.own_routes(following)
    _send(unit, channels, occasion, routes, reader_of)


def _is_told(unit: Unit, entry: Entry) -> bool:
    """Whether this address hears of the occasion already, through another channel."""
    told = records.of_cause(unit, entry.about, entry.cause, entry.person)
    return bool(entry.target) and any((one.way, one.target) == (entry.way, entry.target) for one in told)


def _entry(unit: Unit, occasion: Occasion, route: Route, delivery: str) -> Entry:
    return Entry(
        id=new_id(unit.now),
        about=occasion.about,
        cause=occasion.cause,
        digest=occasion.digest,
        person=route.person,
        channel=route.channel,
        way=route.way,
        target=route.target,
        place=route.place,
        state=State.FAILED if route.problem else State.QUEUED,
        detail=route.problem,
        attempts=0,
        provider="",
        delivery=delivery,
        expires=occasion.expires,
        created=unit.now,
        settled=unit.now if route.problem else None,
        used=None,
        wrong=0,
    )


def _occasion(entry: Entry) -> Occasion:
    return Occasion(entry.about, entry.cause, entry.digest, entry.expires)


def link_of(unit: Unit, entry_id: str, *, lock: bool = False) -> Entry | None:
    """The entry whose link this is; `lock` lets one answer at a time be given by it."""
    return records.get(unit, entry_id, lock=lock)


def use_link(unit: Unit, entry: Entry) -> bool:
    """Use a link up; False if it was."""
    return records.use(unit, entry.id)


def count_wrong_code(unit: Unit, entry: Entry) -> None:
    """Count a wrong code, and keep it for the audit."""
    records.wrong_code(unit, entry.id)
    data = {"notice": entry.id, "way": entry.way, "wrong": entry.wrong + 1}
    events.append(unit, "approval.code_refused", entry.about, actor=entry.person, data=data)
