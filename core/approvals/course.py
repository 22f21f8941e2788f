"""The course of a request as one can compare and read it: who was asked when, reminders, refusals, the end. Pure.

It is made from the events of the log, so that what was played and what really happened have one form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.approvals import words
from core.approvals.policy import Answer, Verdict
from core.approvals.request import ON_CALL, Request, Seat
from core.approvals.tally import Outcome, count
from core.approvals.telling.order import in_order
from core.errors import WardroomError
from core.people.availability import Standing, There, Whereabouts, there
from core.people.person import Person
from core.quantity import span

_ANY = timedelta(minutes=1)
_STANDING = {Standing.AWAY: " (away)", Standing.OUTSIDE: " (outside of their hours)"}
_VERBS = {"approve": "approves", "reject": "rejects", "abstain": "abstains"}


@dataclass(frozen=True)
class Asked:
    """A ring of people who were asked, so long after the question.

    `enough`: those asked by then who are there could finish it. `first` are those who are told at once; the others
    of the ring hear a little later by mail and text message.
    """

    after: timedelta
    level: int
    people: tuple[str, ...]
    enough: bool
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reminder:
    """A reminder, and who was missing then."""

    after: timedelta
    people: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """What somebody did that was not taken, and the code that says why."""

    after: timedelta
    person: str
    code: str


@dataclass(frozen=True)
class End:
    """How it stands at the end. REFUSED: it could not even be asked. `after` is None while it is open."""

    status: str
    code: str = ""
    after: timedelta | None = None
    by: str = ""


@dataclass(frozen=True)
class Course:
    """What the policies said and what came of it. `request` is None where nobody was asked."""

    verdict: Verdict
    request: Request | None
    asked: tuple[Asked, ...]
    reminders: tuple[Reminder, ...]
    refused: tuple[Refused, ...]
    end: End | None
    lines: tuple[tuple[timedelta, str], ...]


class Log:
    """Takes events in their order and makes a course of them."""

    def __init__(
        self,
        verdict: Verdict,
        start: datetime,
        away: Mapping[str, timedelta | None],
        people: Mapping[str, Person] | None = None,
        stagger: timedelta = _ANY,
    ) -> None:
        self._people = people or {}
        self._stagger = stagger
        self._verdict = verdict
        self._start = start
        self._away = away
        self._asked: list[Asked] = []
        self._reminders: list[Reminder] = []
        self._refused: list[Refused] = []
        self._lines: list[tuple[timedelta, str]] = []
        self._voted: set[str] = set()
        self._end: End | None = None
        self._effect: timedelta | None = None

    def course(self, request: Request | None) -> Course:
        """What was noted so far."""
        return Course(
            self._verdict,
            request,
            tuple(self._asked),
            tuple(self._reminders),
            tuple(self._refused),
            self._end or (End("PENDING") if request is not None else None),
            tuple(self._lines),
        )

    def asks(self, name: str) -> None:
        """The question, and what the policies say to it."""
        why = [f"{it.policy}: {it.message} ({it.code}, {it.severity})" for it in self._verdict.findings]
        said = {
            Answer.ALLOW: "no policy asks anybody",
            Answer.DENY: "this is denied, and nobody can approve it",
            Answer.REQUIRE: "people have to be asked",
        }[self._verdict.answer]
        self._line(timedelta(), "; ".join([f"{name} asks, and {said}", *why]))

    def impossible(self, error: WardroomError) -> None:
        """It could not be asked."""
        self._end = End("REFUSED", error.code, timedelta())
        self._line(timedelta(), f"it cannot be asked: {error.sentence()}")

    def refused(self, at: datetime, person: Person, doing: str, error: WardroomError) -> None:
        """Somebody did something that was not taken."""
        after = at - self._start
        code = str(error.data.get("code", error.code))
        self._refused.append(Refused(after, person.id, code))
        self._line(after, f"{person.name}: “{doing}” is not taken ({code}): {error.sentence()}")

    def happened(self, events: Iterable[Mapping[str, Any]], request: Request) -> None:
        """Note events of the log; `request` is as it stands after them."""
        for event in events:
            after = event["at"] - self._start
            data = event["data"]
            match event["kind"]:
                case "approval.requested":
                    self._ring(request, after, 0, f"{request.rules.needed} of those asked must approve")
                case "approval.escalated":
                    last = "emergency: " if data.get("emergency") else ""
                    self._ring(request, after, int(data["level"]), f"{last}{data['why']}")
                case "approval.decided":
                    self._vote(after, request, str(event["actor"]), data)
                case "approval.reminded":
                    self._remind(after, request)
                case "approval.closed":
                    self._ends(after, str(event["actor"]), data)
                case "approval.amended" | "approval.asked" | "approval.answered" | "approval.glass_broken":
                    self._beyond(str(event["kind"]), after, str(event["actor"]), data)
                case kind:
                    self._further(kind, after, str(event["actor"]), data)

    def _ends(self, after: timedelta, actor: str, data: Mapping[str, Any]) -> None:
        status, code = str(data["status"]), str(data["code"])
        if status == "APPROVED" and self._effect is not None:
            # A house that was busy serves it late, which nobody wanted.
            after = min(after, self._effect)
        self._end = End(status, code, after, actor)
        reason = f": {data['reason']}" if code == "EXPIRED" and data.get("reason") else ""
        self._line(after, f"it ends: {status} ({code}){reason}")

    def _beyond(self, kind: str, after: timedelta, actor: str, data: Mapping[str, Any]) -> None:
        """What people do besides yes and no."""
        who = self._people[actor].name if actor in self._people else actor
        match kind:
            case "approval.amended":
                # Who had voted is asked anew.
                self._voted.clear()
                told = ", ".join(f"{it['path']} {it['before']} → {it['after']}" for it in data["changes"])
                said = f"changes it: {told} “{data['reason']}”"
            case "approval.glass_broken":
                said = f"breaks the glass “{data['reason']}”"
            case _:
                said = f"{'asks' if kind == 'approval.asked' else 'answers'}: “{data['text']}”"
        self._line(after, f"{who} {said}")

    def _further(self, kind: str, after: timedelta, actor: str, data: Mapping[str, Any]) -> None:
        match kind:
            case "approval.agreed":
                self._effect = datetime.fromisoformat(str(data["takes_effect"])) - self._start
                self._line(
                    after, f"it is agreed, and takes effect at {span(self._effect)} unless somebody objects"
                )
            case "approval.objected":
                self._effect = None
                self._line(after, "it is not agreed any more")
            case "approval.extended":
                self._line(
                    after,
                    f"people get {span(timedelta(seconds=data['outage_seconds']))} more: the house was down",
                )
            case "approval.claimed":
                self._end = End("EXECUTING", "CLAIMED", after, actor)
                self._line(after, "the approval is used")
            case "approval.executed":
                self._end = End(str(data["status"]), str(data.get("code", "")), after, actor)
                self._line(after, f"what became of it: {data['status']}")

    def _ring(self, request: Request, after: timedelta, level: int, why: str) -> None:
        ring = [seat for seat in request.seats if seat.level == level]
        people = tuple(seat.person for seat in ring)
        enough = self._enough(request, after, level)
        standing = {seat.person: self._there(seat, after) for seat in ring}
        order, later = in_order(standing, request.priority, self._stagger)
        first = tuple(sorted(set(order) - later))
        self._asked.append(Asked(after, level, people, enough, first))
        named = [f"{name}{_STANDING.get(standing[name].standing, '')}" for name in people]
        told = words.list_of(named) if named else "nobody new"
        short = "" if enough else "; those who are there cannot finish it"
        self._line(after, f"level {level} asks {told}: {why}{short}")

    def _vote(self, after: timedelta, request: Request, person: str, data: Mapping[str, Any]) -> None:
        self._voted.add(person)
        seat = request.seat_of(person)
        reason = f" “{data['reason']}”" if data.get("reason") else ""
        self._line(after, f"{seat.name if seat else person} {_VERBS[str(data['choice'])]}{reason}")

    def _remind(self, after: timedelta, request: Request) -> None:
        level = self._asked[-1].level if self._asked else 0
        people = tuple(
            seat.person
            for seat in request.seats
            if seat.level <= level and seat.person not in self._voted | set(request.rules.excluded)
        )
        self._reminders.append(Reminder(after, people))
        self._line(after, f"reminder to {words.list_of(list(people)) or 'nobody'}")

    def _enough(self, request: Request, after: timedelta, level: int) -> bool:
        gone = tuple(name for name in self._away if self._is_away(name, after))
        rules = request.rules.model_copy(update={"excluded": (*request.rules.excluded, *gone)})
        seats = [seat for seat in request.seats if seat.level <= level]
        return count(rules, seats, (), request.digest).outcome is not Outcome.UNREACHABLE

    def _there(self, seat: Seat, after: timedelta) -> There:
        """How somebody stands at that moment, by their hours, their absence and being on call."""
        person = self._people.get(seat.person) or Person(id=seat.person, name=seat.name)
        now = self._start + after
        known = Whereabouts(
            person.timezone,
            person.hours,
            now + _ANY if self._is_away(seat.person, after) else None,
            on_call=any(group.startswith(ON_CALL) for group in seat.groups),
        )
        return there(known, now)

    def _is_away(self, person: str, after: timedelta) -> bool:
        return person in self._away and ((until := self._away[person]) is None or after < until)

    def _line(self, after: timedelta, text: str) -> None:
        self._lines.append((after, text))
