"""“What needs approval?”: the policies, each with what it speaks about, whom it asks and how many."""

from typing import Literal

from core.approvals import records
from core.approvals.config import Policy
from core.approvals.freezing import freezes
from core.approvals.request import Status
from core.store.engine import Unit
from core.text import cut, one_line
from handlers.cards import frozen
from handlers.cards.card import Card, Code, Line, Part, Table, Text, line, literals, plain
from handlers.verb import Args, Call, Reply, Verb

_MOST, _WAITING = 20, 5
_WITHOUT = (
    "Where no policy speaks, what changes production asks the team that owns the runbook, and what is said in a sentence and "
    "changes something asks another person."
)


class Rules(Args):
    """All policies; `freeze`: those that forbid changes, as they stand now."""

    show: Literal["", "freeze"] = ""


def rules(unit: Unit, call: Call, args: Rules) -> Reply:
    """Every policy in a row, and what waits for people now; or whether changes are forbidden, and until when."""
    found = call.world.policies
    if args.show:
        return Reply(card=frozen.card(freezes(found, list(call.world.environments), unit.now)))
    rows = tuple(_row(one) for one in found[:_MOST])
    parts: list[Part] = [Table(head=("What", "When", "Who has to approve"), rows=rows)] if rows else []
    left = len(found) - _MOST
    said = [f"… and {left} more policies."] if left > 0 else []
    said += [_WITHOUT] if rows else [f"There is no policy. {_WITHOUT}"]
    said += [_waiting(unit), "`/runbook permitted deploy` says it of one runbook."]
    lines: list[Line] = [literals(one) for one in said if one]
    parts += [Text(line=one) for one in lines]
    told = "; ".join(f"{plain(row[0])}: {plain(row[2])}" for row in rows)
    summary = cut(f"What needs approval: {told}. {' '.join(plain(one) for one in lines)}", 1_000)
    return Reply(card=Card(title="What needs approval", parts=tuple(parts), summary=summary))


def _row(policy: Policy) -> tuple[Line, ...]:
    what = f"{policy.applies_to}: {policy.reason or policy.name}"
    when = line(Code(text=one_line(policy.when, 160))) if policy.when else line(_when(policy))
    return line(one_line(what, 120)), when, line(_who(policy))


def _when(policy: Policy) -> str:
    """When a policy without a condition of its own speaks."""
    if policy.pack or policy.triggers:
        names = [one.name for one in policy.triggers] + ([f"the {policy.pack} checks"] if policy.pack else [])
        return f"if one of these finds something: {one_line(', '.join(names), 160)}"
    return "always"


def _who(policy: Policy) -> str:
    if policy.effect == "deny":
        return "nobody can: it is not allowed"
    names = ", ".join(f"{ask.name}{' (must)' if ask.must else ''}" for ask in policy.ask)
    return f"{policy.approvals} of {names}" if names else f"{policy.approvals} of those whom it is put to"


def _waiting(unit: Unit) -> str:
    found = records.find(unit, status=Status.PENDING, limit=_WAITING + 1)
    if not found:
        return "Nothing waits for approval now."
    more = " and more" if len(found) > _WAITING else ""
    return (
        f"Waiting now: {', '.join(one.id for one in found[:_WAITING])}{more}. `/approvals list` shows them."
    )


VERBS = (
    Verb(
        name="approval.policies",
        command="approvals policies",
        help="Show what needs approval: every policy with what it speaks about and whom it asks; `freeze`: what is forbidden now.",
        example="/approvals policies",
        args=Rules,
        run=rules,
        order=("show",),
        choices={"show": lambda _world, _typed: [("freeze", "freeze")]},
        reads=True,
        permission="approval.list",
        patterns=(
            r"(?:what|which things?|which changes?)(?: all)? (?:needs?|requires?|must have|has to have)(?: an?)? (?:approvals?|sign-?off|to be approved)[\s?.!]*",
            r"(?:which|what) (?:approval )?(?:policy|policies|rules?) (?:appl(?:y|ies)|counts?|holds?|are in force|is in force)(?: (?:to|for|in|on|here)\b[\w ]{0,40})?[\s?.!]*",
            r"when (?:do|does) (?:i|we|one|somebody|it|something|anything) (?:need|require)s? (?:an? )?(?:approvals?|sign-?off)[\s?.!]*",
            r"(?:(?:show|list)(?: me)? |what are |which are )?(?:the |our |all |your )*(?:approval )?(?:policies|rules)(?: for approvals?| are there| do we have)?[\s?.!]*",
        ),
    ),
)
