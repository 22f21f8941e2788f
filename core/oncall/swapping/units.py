"""Proposing a swap, answering it, taking it back, and what follows if nobody answers; each public function one transaction."""

from collections.abc import Iterator

from core.errors import Conflict, Forbidden
from core.oncall import records as overrides
from core.oncall import units as oncall
from core.oncall.exchange import is_theirs, rest
from core.oncall.exchange import overrides as exchanged
from core.oncall.scene import Scene
from core.oncall.schedule import Schedule
from core.oncall.swapping import records
from core.oncall.swapping.swap import State, Swap, due, name_of, teams_of, title_of
from core.people import records as accounts
from core.people.contact import CHATS
from core.people.person import Person
from core.place import Place
from core.store import deadlines, events, outbox, turns
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import as_reason, moment

VIEW, OWN = "swap", "swap_own"
"""The card of whoever is asked, and that of whoever asks."""

PREFIX = "SW"
DUE = "oncall.swap_due"
_LOCAL = "local"


def propose(
    unit: Unit, scene: Scene, schedule: Schedule, people: tuple[Person, Person], place: Place, reason: str
) -> Swap:
    """The first of two people asks the second to exchange the shifts that they have next; nothing changes until they agree.

    Raises:
        Invalid: it is one person.
        Conflict: one of them has no shift ahead, or one without an end; or one of them has asked the other already.
    """
    by, other = people
    turns.take(unit, oncall.turn_of(schedule.name))
    gives, takes = oncall.to_swap(unit, schedule, by, other)
    for known in records.open_now(unit, by.id):
        if known.schedule == schedule.name and {known.by, known.other} == {by.id, other.id}:
            is_mine = known.by == by.id
            mend = f"`/oncall {'withdraw' if is_mine else 'accept'} {known.id}`"
            asked = f"You asked {other.name}" if is_mine else f"{other.name} asked you"
            raise Conflict(f"{asked} that already: {known.id}.", mend)
    # `to_swap` gives shifts that have an end.
    first, second = (gives.begins, gives.ends or unit.now), (takes.begins, takes.ends or unit.now)
    swap = Swap(
        next_number(unit, PREFIX),
        schedule.name,
        by.id,
        other.id,
        *(*first, *second),
        reason=as_reason(reason),
        place=place.model_copy(update={"message": None}),
        created=unit.now,
        due=due(first, second, unit.now),
    )
    records.add(unit, swap)
    deadlines.set(unit, DUE, swap.id, swap.due)
    data = {"schedule": schedule.name, "other": other.id, "due": swap.due, "reason": swap.reason}
    events.append(unit, "oncall.swap_proposed", swap.id, actor=by.id, data=data)
    for view, person in ((OWN, by), (VIEW, other)):
        _next_place(unit, scene, swap, view, person)
    return swap


def accept(unit: Unit, scene: Scene, swap_id: str, by: Person) -> Swap:
    """Whoever was asked agrees: each is on call for the other from now on. What cannot be any more is over without effect.

    Raises:
        Forbidden: somebody else was asked.
        Conflict: it is over.
    """
    turns.take(unit, oncall.turn_of(records.get(unit, swap_id).schedule))
    swap = _to_answer(unit, scene, swap_id, by)
    if unit.now >= swap.due:
        return _close(unit, scene, swap, State.LAPSED, "system")
    if not _still_holds(unit, scene, swap):
        return _close(unit, scene, swap, State.OVERTAKEN, "system")
    gives, takes = rest(swap.gives, unit.now), rest(swap.takes, unit.now)
    oncall.exchange(unit, swap.schedule, exchanged(swap.schedule, gives, takes, by.id), swap.id)
    return _close(unit, scene, swap, State.ACCEPTED, by.id)


def decline(unit: Unit, scene: Scene, swap_id: str, by: Person, reason: str = "") -> Swap:
    """Whoever was asked does not want to: nothing changes, and whoever asked is told the reason.

    Raises:
        Forbidden: somebody else was asked.
        Conflict: it is over.
    """
    swap = _to_answer(unit, scene, swap_id, by)
    return _close(unit, scene, swap, State.DECLINED, by.id, reason)


def withdraw(unit: Unit, scene: Scene, swap_id: str, by: Person, reason: str = "") -> Swap:
    """Whoever proposed it takes it back: nothing changes, and whoever was asked is told the reason.

    Raises:
        Forbidden: somebody else proposed it.
        Conflict: it is over.
    """
    swap = records.get(unit, swap_id, lock=True)
    if by.id != swap.by:
        raise Forbidden(
            f"{name_of(swap.by, scene.people)} proposed {swap.id}, and only they can withdraw it.",
            f"Whoever was asked can decline it: `/oncall decline {swap.id}`.",
        )
    _check_open(scene, swap)
    return _close(unit, scene, swap, State.WITHDRAWN, by.id, reason)


def on_due(unit: Unit, scene: Scene, ref: str) -> None:
    """The first of the shifts begins, and nobody has answered: nothing changes, and whoever asked is told."""
    swap = records.get(unit, ref, lock=True)
    if swap.state is State.ASKED:
        _close(unit, scene, swap, State.LAPSED, "system")


def on_lost(unit: Unit, scene: Scene, ref: str, view: str, _lost: Place) -> None:
    """A card could not be posted: it goes to where its reader is next, at last to where the team is."""
    swap = records.get(unit, ref)
    person = scene.people.get(swap.by if view == OWN else swap.other)
    if swap.state is State.ASKED and person is not None:
        _next_place(unit, scene, swap, view, person)


def alone(unit: Unit, scene: Scene, near: Place, person: Person) -> Iterator[Place]:
    """Where somebody can be told something alone: on the chat of a place, then on others."""
    here = near.platform
    known = {one.platform: one.user for one in accounts.accounts_of(unit, person.id)} | person.accounts
    for platform in sorted(CHATS, key=lambda one: one != here):
        # Everybody has an account in the local workspace, used or not.
        if platform in known and (platform in (here, *_used(scene)) or platform != _LOCAL):
            workspace = near.workspace if platform == here else ""
            yield Place(platform=platform, channel=f"@{known[platform]}", workspace=workspace, direct=True)


def _next_place(unit: Unit, scene: Scene, swap: Swap, view: str, person: Person) -> None:
    """Show the card at the first place that was not tried yet; if there is none for whoever is asked, whoever asks is told."""
    tried = {(place.platform, place.channel) for place in outbox.places(unit, view, swap.id)}
    for place in _places(unit, scene, swap, person):
        if (place.platform, place.channel) not in tried:
            outbox.publish(unit, view, swap.id, place)
            return
    if view == VIEW:
        words = (
            f"I could not reach {person.name} for {swap.id}. Tell them yourself: `/oncall accept {swap.id}` accepts it. "
            f"`/oncall withdraw {swap.id}` takes it back."
        )
        _tell(unit, swap, OWN, swap.by, words)


def _tell(unit: Unit, swap: Swap, view: str, whom: str, words: str) -> None:
    """Say something to one of the two, where they have their card."""
    for place in outbox.places(unit, view, swap.id)[-1:]:
        outbox.say(unit, place, words, about=swap.id, ping=() if place.direct else (whom,))


def _places(unit: Unit, scene: Scene, swap: Swap, person: Person) -> Iterator[Place]:
    """Where somebody can be shown it: alone, with their team, where it was said."""
    yield from alone(unit, scene, swap.place, person)
    for team in scene.teams.values():
        if team.schedule == swap.schedule:
            yield from team.places
    # Where it was said in private, only whoever said it reads.
    if person.id == swap.by or not swap.place.direct:
        yield swap.place


def _used(scene: Scene) -> set[str]:
    return {place.platform for one in scene.channels.values() for place in one.places}


def _to_answer(unit: Unit, scene: Scene, swap_id: str, by: Person) -> Swap:
    swap = records.get(unit, swap_id, lock=True)
    if by.id != swap.other:
        raise Forbidden(
            f"{swap.id} asks {name_of(swap.other, scene.people)}, and only they can answer it.",
            f"Whoever proposed it can withdraw it: `/oncall withdraw {swap.id}`.",
        )
    _check_open(scene, swap)
    return swap


def _check_open(scene: Scene, swap: Swap) -> None:
    if swap.state is not State.ASKED:
        mend = f"To propose another: `/oncall swap {teams_of(swap, scene.teams)[0]} …`."
        raise Conflict(f"{swap.id} is {swap.state} already.", mend)


def _still_holds(unit: Unit, scene: Scene, swap: Swap) -> bool:
    """Whether both still have the shifts that were to be swapped, and are here."""
    schedule = scene.schedules.get(swap.schedule)
    by = scene.people.get(swap.by)
    if schedule is None or by is None or not by.active:
        return False
    known = oncall.read(unit, schedule, unit.now)
    over = overrides.overrides(unit, [schedule.name], unit.now)[schedule.name]
    return all(is_theirs(rest(one, unit.now), known, over) for one in (swap.gives, swap.takes))


def _close(unit: Unit, scene: Scene, swap: Swap, state: State, actor: str, reason: str = "") -> Swap:
    """It is over: the cards say so, and whoever has not done it is told in words."""
    saved = records.close(unit, swap, state, unit.now)
    deadlines.clear(unit, DUE, swap.id)
    reason = as_reason(reason)
    data = {"schedule": swap.schedule, "by": swap.by, "other": swap.other, "reason": reason}
    events.append(unit, f"oncall.swap_{state}", swap.id, actor=actor, data=data)
    for view in (VIEW, OWN):
        outbox.refresh(unit, view, swap.id, urgent=True)
    whom, view = (swap.other, VIEW) if state is State.WITHDRAWN else (swap.by, OWN)
    words = _words(scene, saved)
    _tell(unit, swap, view, whom, f"{words} Reason: {reason}" if reason else words)
    return saved


def _words(scene: Scene, swap: Swap) -> str:
    by, other = name_of(swap.by, scene.people), name_of(swap.other, scene.people)
    gives, takes = (rest(one, swap.closed or swap.created) for one in (swap.gives, swap.takes))
    until, to = moment(swap.gives_ends), moment(swap.takes_ends)
    # Who is on call by now is not said: a shift may be over, or somebody else's.
    stands = f"`/oncall show {teams_of(swap, scene.teams)[0]}` says how it stands"
    match swap.state:
        case State.ACCEPTED:
            return (
                f"{other} accepted {swap.id}: they are on call for {title_of(swap, scene.teams)} "
                f"from {moment(gives.begins)} until {until}, and you from {moment(takes.begins)} until {to}."
            )
        case State.DECLINED:
            return f"{other} declined {swap.id}, so nothing was swapped. {stands}."
        case State.LAPSED:
            return f"{other} has not answered {swap.id} in time, so nothing was swapped. {stands}."
        case State.OVERTAKEN:
            return (
                f"{other} accepted {swap.id}, but the schedule had changed since you asked, so nothing was swapped. "
                f"{stands}; propose it anew if you still want it."
            )
        case _:
            return f"{by} withdrew {swap.id}: nothing is swapped, and you need not answer."


LOST = dict.fromkeys((VIEW, OWN), on_lost)
