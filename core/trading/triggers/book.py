"""The agent says otherwise than the book, or the book does not answer: then nobody knows what is true."""

from collections.abc import Iterator
from decimal import Decimal

from core.approvals.request import Finding
from core.trading.case import Case, Trigger, times
from core.trading.reading import decimal
from core.trading.subject import Told

CODE = "TOLD_OTHERWISE"
_NAMED = 4


def _fires(case: Case) -> Iterator[Finding]:
    subject = case.subject
    if subject.unanswered:
        yield case.gap(f"The book does not answer: {subject.unanswered}")
    far = [one for one in subject.told if _is_far(one, case.limits.value_tolerance)]
    if not far:
        return
    named = "; ".join(f"{one.path} is {_said(one.known)} and not {_said(one.told)}" for one in far[:_NAMED])
    more = f"; and {len(far) - _NAMED} more" if len(far) > _NAMED else ""
    said = f"The agent says otherwise than the book: {named}{more}"
    values = {one.path: [one.told, one.known] for one in far}
    yield case.finding(CODE, "MEDIUM", said, values=values, limit=case.limits.value_tolerance)


def _is_far(one: Told, tolerance: Decimal) -> bool:
    told, known = decimal(one.told), decimal(one.known)
    if told is None or known is None:
        return True
    return told != known and times(abs(told - known), abs(known)) > tolerance


def _said(value: str | None) -> str:
    return "not known" if value is None else value


TRIGGER = Trigger(lambda _limits: True, (), _fires)
