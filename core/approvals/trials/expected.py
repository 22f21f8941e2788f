"""What a case expects next to what came of it: one line for each thing that was asked for. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.approvals.course import Asked, Course, End
from core.approvals.trials.cases import AskedCase, EndCase, Expected
from core.quantity import span


@dataclass(frozen=True)
class Compared:
    """One thing a case expects: what, and what came, both in words."""

    what: str
    expected: str
    got: str

    @property
    def holds(self) -> bool:
        """It came as expected."""
        return self.expected == self.got


def compare(expected: Expected, course: Course) -> tuple[Compared, ...]:
    """Each thing that the case expects, in the order of the file's keys. Orders of people do not matter."""
    return tuple(_compared(expected, course))


def in_short(course: Course) -> str:
    """The course in a few words: `REQUIRE, EXPIRED at 13h`."""
    return course.verdict.answer.value + (f", {ended(course.end)}" if course.end else "")


def ended(end: End | None) -> str:
    """An end in words: `EXPIRED at 13h`, with its code where that says more."""
    if end is None:
        return "nobody was asked"
    code = f" ({end.code})" if end.code not in ("", end.status) else ""
    return f"{end.status}{code}" + (f" at {span(end.after)}" if end.after is not None else "")


def ring(asked: Asked) -> str:
    """A ring in words: `9h eve`."""
    return _told(AskedCase(at=asked.after, people=asked.people))


def _compared(expected: Expected, course: Course) -> Iterator[Compared]:
    for what, wanted, got in (
        *_judged(expected, course),
        *_framed(expected, course),
        *_counted(expected, course),
    ):
        if wanted is not None:
            yield Compared(what, wanted, got)
    if expected.asked is not None:
        yield _rings(expected.asked, course.asked)
    if expected.end is not None:
        yield _ending(expected.end, course.end)


Row = tuple[str, str | None, str]


def _judged(expected: Expected, course: Course) -> Iterator[Row]:
    findings = course.verdict.findings
    yield "outcome", expected.outcome, course.verdict.answer.value
    yield "policies", _maybe(expected.policies), _listed({finding.policy for finding in findings})
    yield "codes", _maybe(expected.codes), _listed({finding.code for finding in findings})


def _framed(expected: Expected, course: Course) -> Iterator[Row]:
    request = course.request
    needed = None if expected.approvals is None else str(expected.approvals)
    yield "priority", expected.priority, request.priority if request else "none"
    yield "approvals", needed, str(request.rules.needed) if request else "none"
    yield "must", _maybe(expected.must), _listed(request.rules.must if request else ())


def _counted(expected: Expected, course: Course) -> Iterator[Row]:
    times = None if expected.reminders is None else _times(expected.reminders)
    yield "reminders", times, _times(reminder.after for reminder in course.reminders)
    refused = None if expected.refused is None else _pairs(expected.refused)
    yield "refused", refused, _pairs({it.person: it.code for it in course.refused})


def _maybe(names: Iterable[str] | None) -> str | None:
    return None if names is None else _listed(names)


def _rings(expected: tuple[AskedCase, ...], got: tuple[Asked, ...]) -> Compared:
    # Rings are told by what the file says of them, so that what it leaves out cannot differ.
    likes = [*expected, *[AskedCase(at=timedelta(), people=())] * (len(got) - len(expected))]
    told = [_told(_as_far_as(like, each)) for like, each in zip(likes, got, strict=False)]
    wanted = [_told(each) for each in expected]
    return Compared("asked", "; ".join(wanted) or "nobody", "; ".join(told) or "nobody")


def _as_far_as(like: AskedCase, got: Asked) -> AskedCase:
    return AskedCase(
        at=None if like.at is None else got.after,
        level=None if like.level is None else got.level,
        people=None if like.people is None else got.people,
        enough=None if like.enough is None else got.enough,
        first=None if like.first is None else got.first,
    )


def _told(each: AskedCase) -> str:
    parts = [
        None if each.at is None else span(each.at),
        None if each.level is None else f"level {each.level}",
        None if each.people is None else _listed(each.people),
        None if each.enough is None else ("enough" if each.enough else "not enough"),
        None if each.first is None else f"first {_listed(each.first)}",
    ]
    return " ".join(part for part in parts if part is not None)


def _ending(expected: EndCase, got: End | None) -> Compared:
    if got is None:
        return Compared("end", expected.status, ended(got))
    pairs = [("", expected.status, got.status)]
    pairs += [("", f"({expected.code})", f"({got.code})")] if expected.code is not None else []
    if expected.at is not None:
        pairs.append(("at ", span(expected.at), span(got.after) if got.after is not None else "no time"))
    pairs += [("by ", expected.by, got.by or "nobody")] if expected.by is not None else []
    wanted = " ".join(word + value for word, value, _ in pairs)
    return Compared("end", wanted, " ".join(word + value for word, _, value in pairs))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _times(spans: Iterable[timedelta]) -> str:
    return ", ".join(span(each) for each in spans) or "none"


def _pairs(named: dict[str, str]) -> str:
    return ", ".join(f"{name} {code}" for name, code in sorted(named.items())) or "none"
