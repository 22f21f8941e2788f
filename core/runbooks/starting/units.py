"""Runs that the clock, an alert or a call from outside begins: once each, judged like anybody's, refusals told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from core import cel
from core.catalogue.model import Environment, Service
from core.digest import digest
from core.errors import Conflict, Forbidden, Invalid, NotFound, VersionConflict
from core.people.person import Person
from core.place import Place
from core.runbooks import expressions, machine, plan, records
from core.runbooks.definition import Runbook, Trigger
from core.runbooks.execution import Execution
from core.runbooks.gate import BY_ITSELF
from core.runbooks.params import Names
from core.runbooks.references import SEEN
from core.runbooks.starting import schedule
from core.runbooks.starting.schedule import Schedule
from core.runbooks.units import runs
from core.runbooks.units.commit import VIEW, Scene, commit, turn_of
from core.store import deadlines, events, outbox
from core.store.engine import Unit
from core.text import moment, one_line

DEADLINE = "runbook.cron"
GRACE = timedelta(minutes=1)
"""What is served later than this was missed: no process was there."""
_ELSEWHERE = timedelta(seconds=20)
Kind = Literal["cron", "webhook", "alert"]
_WHO = {"cron": "the schedule", "webhook": "a webhook", "alert": "an alert"}


class Stage(Scene, Protocol):
    """What of the world is needed to begin a run that nobody asks for in person."""

    @property
    def timezone(self) -> str:
        """The time zone of the workspace."""
        ...

    @property
    def runbooks(self) -> Mapping[str, Runbook]:
        """Every runbook, by name."""
        ...

    @property
    def services(self) -> Mapping[str, Service]:
        """Every service, by name."""
        ...

    @property
    def environments(self) -> Mapping[str, Environment]:
        """Every environment, by name."""
        ...


Starts = Callable[[Unit, runs.Start, Stage], Execution]


@dataclass(frozen=True)
class Occasion:
    """What begins a run: by which kind of trigger, what its expressions see, and the key of a repeat."""

    kind: Kind
    book: Runbook
    trigger: Trigger
    seen: dict[str, Any]
    key: str
    incident: str = ""

    @property
    def by(self) -> Person:
        """Who asks: the trigger. It is nobody's vote, and nobody is left out for it."""
        name = f"{_WHO[self.kind]} of {self.book.name}"
        return Person(id=f"{BY_ITSELF}{self.kind}", name=name, kind="agent")


@dataclass(frozen=True)
class Call:
    """A call from outside that has proved itself: to which runbook, with what, and the key of a repeat."""

    runbook: str
    body: Any
    key: str


@dataclass(frozen=True)
class Began:
    """What came of a call: the run and whether it is new; or none, and why."""

    execution: Execution | None = None
    fresh: bool = False
    why: str = ""


def arm(unit: Unit, stage: Stage) -> None:
    """Let every schedule have its next due time, and forget those that no file has any more.

    One that is overdue stays: it was missed, and is served as its file says.
    """
    known = schedule.schedules(stage.runbooks, stage.timezone)
    armed = set()
    for waiting in deadlines.of_kind(unit, DEADLINE):
        name, _ = schedule.parse(waiting.ref)
        armed.add(name)
        if name not in known:
            deadlines.clear(unit, DEADLINE, waiting.ref)
    for name in known.keys() - armed:
        _arm(unit, known[name], unit.now)


def on_cron_due(unit: Unit, stage: Stage, ref: str) -> None:
    """A schedule's time has come, or went by while no process was there."""
    name, due = schedule.parse(ref)
    found = schedule.schedules(stage.runbooks, stage.timezone).get(name)
    if found is None:
        # A newer process has this schedule and this one does not know it yet; whoever does takes it.
        deadlines.set(unit, DEADLINE, ref, unit.now + _ELSEWHERE)
        return
    is_missed = unit.now - due > GRACE
    if is_missed and found.trigger.on_missed == "skip":
        _arm(unit, found, unit.now - GRACE)
        facts = {"due": due.isoformat(), "trigger": "cron"}
        events.append(unit, "trigger.missed", found.book.name, actor=f"{BY_ITSELF}cron", data=facts)
        words = f"{found.book.name} was due at {moment(due)}, when I was not there. It was not run: its file says skip."
        _say(unit, stage, found.book, found.trigger, words)
        return
    _arm(unit, found, unit.now if is_missed else due)
    seen = {"due": due.isoformat().replace("+00:00", "Z")}
    _begin(unit, stage, Occasion("cron", found.book, found.trigger, seen, f"{BY_ITSELF}cron/{ref}"))


def on_alert_fired(unit: Unit, stage: Stage, ref: str, data: Mapping[str, Any]) -> None:
    """An alert fires: begin every runbook with a trigger that it matches, once for each time it fires."""
    seen = _alert(ref, data)
    alert = seen["alert"]
    for book, index, trigger in _waiting(stage.runbooks, seen):
        fired = digest([book.name, index, alert["source"], alert["fingerprint"], alert.get("started")])
        key = f"{BY_ITSELF}alert/{fired}"
        incident = str(alert.get("incident") or "")
        _begin(unit, stage, Occasion("alert", book, trigger, seen, key, incident))


def is_waited_for(books: Mapping[str, Runbook], ref: str, data: Mapping[str, Any]) -> bool:
    """Whether any runbook begins by an alert like this."""
    return next(_waiting(books, _alert(ref, data)), None) is not None


def _alert(ref: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a condition sees of an alert."""
    alert = {"fingerprint": ref, "labels": {}, "source": "", "service": "", "severity": ""} | dict(data)
    return {"labels": alert["labels"], "alert": alert}


def _waiting(books: Mapping[str, Runbook], seen: Mapping[str, Any]) -> Iterator[tuple[Runbook, int, Trigger]]:
    for book in books.values():
        for index, trigger in enumerate(book.triggers):
            if trigger.alert and _holds(trigger.alert, "alert", seen):
                yield book, index, trigger


def on_call(unit: Unit, stage: Stage, call: Call) -> Began:
    """A call from outside, which has proved itself, asks for a run.

    Raises:
        NotFound: the runbook waits for no call.
        Invalid: the parameters that its body makes are wrong, or it has no key.
        Forbidden: a policy denies it.
        Conflict: another run holds the lock, or the key was used for something else.
    """
    book, trigger = hook_of(stage.runbooks, call.runbook)
    hook = trigger.webhook
    seen = {"body": call.body}
    if hook is not None and hook.when and not _holds(hook.when, "webhook", seen):
        return Began(why="The condition of this runbook does not hold for this body.")
    key = digest(expressions.fill(hook.key, seen)) if hook is not None and hook.key else call.key
    if not key:
        raise Invalid(
            "This call has nothing by which a repeat could be recognised.",
            "Send an Idempotency-Key, the same one when you try again, or give the trigger a `key`.",
        )
    occasion = Occasion("webhook", book, trigger, seen, f"{BY_ITSELF}webhook/{book.name}/{digest(key)}")
    made = _plan(stage, occasion)
    known = records.id_of_key(unit, occasion.key)
    if known is not None:
        before = records.get(unit, known)
        if before.params != made.params:
            raise Conflict(
                f"This key was used for {known}, which was told something else.",
                "Use a new key.",
                code="KEY_USED",
            )
        return Began(before)
    came: dict[str, bool] = {}

    def start(unit: Unit, wish: runs.Start, stage: Stage) -> Execution:
        # Somebody else may have begun it since it was looked for.
        execution, came["fresh"] = runs.started(unit, wish, stage)
        return execution

    return Began(_start(unit, stage, occasion, made, start), fresh=came["fresh"])


def hook_of(books: Mapping[str, Runbook], name: str) -> tuple[Runbook, Trigger]:
    """The runbook of this name and its trigger that waits for a call.

    Raises:
        NotFound: there is none.
    """
    book = books.get(name)
    for trigger in book.triggers if book else ():
        if book is not None and trigger.webhook is not None:
            return book, trigger
    raise NotFound(
        f"No runbook “{one_line(name, 60)}” waits for a call.", "Give one a trigger `webhook` in its file."
    )


def _holds(condition: str, kind: Kind, seen: Mapping[str, Any]) -> bool:
    try:
        return cel.compile(condition, SEEN[kind]).holds(seen)
    except Invalid:
        return False  # an alert without the label that is asked for is not the one that is meant


def begin(unit: Unit, wish: runs.Start, stage: Stage) -> Execution:
    """Let a run begin that nobody asks for in person; one that is refused once it is written down ends at once.

    Raises:
        Conflict, Forbidden, Invalid, NotFound: see `runs.started`; nothing was written down.
    """
    try:
        return runs.start(unit, wish, stage)
    except VersionConflict:
        raise
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        begun = records.id_of_key(unit, wish.key)
        if begun is None:
            raise
        # It was written down before it could be refused; its end is told like any other.
        turn = turn_of(unit, begun, wish.by.id)
        machine.refuse(turn, error.sentence())
        return commit(unit, stage, turn)


def _begin(unit: Unit, stage: Stage, occasion: Occasion) -> None:
    """Begin it once; whatever keeps it from that is told where the run would be shown."""
    if records.id_of_key(unit, occasion.key) is not None:
        return
    try:
        _start(unit, stage, occasion, _plan(stage, occasion), begin)
    except VersionConflict:
        raise
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        facts = {"why": error.what, "trigger": occasion.kind}
        events.append(unit, "trigger.refused", occasion.book.name, actor=occasion.by.id, data=facts)
        words = (
            f"{occasion.book.name} was to be run by {_WHO[occasion.kind]}, and was not: {error.sentence()}"
        )
        _say(unit, stage, occasion.book, occasion.trigger, words)


def _plan(stage: Stage, occasion: Occasion) -> plan.Plan:
    given = expressions.fill(occasion.trigger.params, occasion.seen)
    return plan.make(occasion.book, given, Names(stage.services, stage.environments, stage.runbooks))


def _start(
    unit: Unit, stage: Stage, occasion: Occasion, made: plan.Plan, start: Starts = runs.start
) -> Execution:
    places = _places(stage, occasion.book, occasion.trigger)
    first = places[0] if places else None
    wish = runs.Start(made, occasion.by, occasion.key, first, occasion.incident, by_file=True)
    execution = start(unit, wish, stage)
    for place in places[1:]:
        outbox.publish(unit, VIEW, execution.id, place)
    return execution


def _arm(unit: Unit, one: Schedule, since: datetime) -> None:
    due = one.after(since)
    if due is not None:
        deadlines.set(unit, DEADLINE, one.ref(due), due)


def _places(stage: Stage, book: Runbook, trigger: Trigger) -> list[Place]:
    """Where a run is shown: the channel that the trigger names, else the channels of those who own the runbook."""
    if trigger.channel:
        named = stage.channels.get(trigger.channel)
        return list(named.places) if named is not None else []
    teams = [stage.teams[owner] for owner in book.owners if owner in stage.teams]
    return list(dict.fromkeys(place for team in teams for place in team.places))


def _say(unit: Unit, stage: Stage, book: Runbook, trigger: Trigger, words: str) -> None:
    for place in _places(stage, book, trigger):
        outbox.say(unit, place, words)
