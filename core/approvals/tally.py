"""The count, in one place: what the current votes come to. Pure: same votes, same result, in any order.

The order of the questions is fixed: a veto, enough rejections, and only then whether the approvals are enough
or can still become so (enough of them is never out of reach). Roles that must be among the yes-votes are matched to different people (bipartite
matching by augmenting paths, Kuhn 1955) unless one person may stand for several.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from core.approvals.request import Choice, Rules, Seat, Vote
from core.approvals.strength import is_enough

_person = attrgetter("person")


class Outcome(StrEnum):
    """What the votes come to."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"


class Tally(NamedTuple):
    """The count. `by` is who decided it where one person did; `open` are those whose vote still matters.

    `yes` and `no` are the people whose votes count so.
    """

    outcome: Outcome
    code: str
    approvals: int
    rejections: int
    needed: int
    missing: tuple[str, ...]
    open: tuple[Seat, ...]
    by: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


def count(rules: Rules, seats: Iterable[Seat], votes: Iterable[Vote], digest: str) -> Tally:
    """Count the votes of people who have a seat, on the subject as it is now.

    Args:
        rules: the frozen terms.
        seats: who may decide at the present level.
        votes: at most one per person; votes on another digest do not count, nor does a yes of too little strength.
        digest: of the subject as it stands.
    """
    seated = {seat.person: seat for seat in seats if not seat.gone and seat.person not in rules.excluded}
    valid = {
        vote.person: vote.choice
        for vote in votes
        if vote.digest == digest and vote.person in seated and is_enough(rules, vote)
    }
    # Whoever was stood for and speaks for themselves is heard; their deputy then is not.
    spoken = [(seat, choice) for p, choice in valid.items() if (seat := seated[p]).stands_for not in valid]
    voices = {seat.stands_for or seat.person for seat, _ in spoken}
    left = [seat for seat in seated.values() if (seat.stands_for or seat.person) not in voices]
    yes = [seat for seat, choice in spoken if choice is Choice.APPROVE]
    no = [seat for seat, choice in spoken if choice is Choice.REJECT]
    vetoes = [seat.person for seat in no if seat.veto]
    missing = _unmet(rules, yes)
    approvals, rejections = _voices(yes), _voices(no)
    outcome, code = Outcome.PENDING, ""
    if vetoes:
        outcome, code = Outcome.REJECTED, "VETOED"
    elif rejections >= rules.block:
        outcome, code = Outcome.REJECTED, "REJECTED"
    elif approvals >= rules.needed and not missing:
        outcome, code = Outcome.APPROVED, "APPROVED"
    elif not _enough(rules, [*yes, *left]):
        outcome, code = Outcome.UNREACHABLE, "QUORUM_UNREACHABLE"
    return Tally(
        outcome=outcome,
        code=code,
        approvals=approvals,
        rejections=rejections,
        needed=rules.needed,
        missing=missing,
        open=tuple(sorted(left, key=_person)),
        by=min(vetoes, default=""),
        yes=tuple(sorted(map(_person, yes))),
        no=tuple(sorted(map(_person, no))),
    )


def _enough(rules: Rules, yes: list[Seat]) -> bool:
    return _voices(yes) >= rules.needed and not _unmet(rules, yes)


def _voices(seats: Iterable[Seat]) -> int:
    """How many people speak: somebody and their deputy are one."""
    return len({seat.stands_for or seat.person for seat in seats})


def _unmet(rules: Rules, yes: list[Seat]) -> tuple[str, ...]:
    """The `must` groups that nobody among `yes` stands for."""
    if not rules.must:
        return ()
    if rules.two_roles_by_one:
        present = {group for seat in yes for group in seat.groups}
        return tuple(group for group in rules.must if group not in present)
    stands_for = {seat.principal: seat.groups for seat in sorted(yes, key=lambda seat: seat.person)}
    taken: dict[str, str] = {}
    return tuple(group for group in rules.must if not _seat(group, stands_for, taken, set()))


def _seat(
    group: str, stands_for: Mapping[str, tuple[str, ...]], taken: dict[str, str], tried: set[str]
) -> bool:
    for person, groups in stands_for.items():
        if group not in groups or person in tried:
            continue
        tried.add(person)
        if person not in taken or _seat(taken[person], stands_for, taken, tried):
            taken[person] = group
            return True
    return False
