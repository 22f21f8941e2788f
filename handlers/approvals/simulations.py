"""What would be asked for a thing, without asking: which policies speak and why, whom, when, and until when."""

import orjson
from pydantic import Field

from core.approvals import units
from core.approvals.draft import Draft
from core.approvals.hand import IN_WORDS
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Request
from core.errors import Forbidden, Invalid
from core.people.permissions import may
from core.runbooks.gate import judge
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.approvals import posing
from handlers.approvals.asking import Question
from handlers.cards import simulation
from handlers.talk.wishes import Wish, make_plan
from handlers.verb import Args, Call, Reply, Verb

_EXAMPLE = '`/approvals simulate kind=deploy {"service": "checkout"}`'
_PLAN = "runbook.plan"


class Simulate(Args):
    """A runbook and what it is told; or, with `kind`, a subject of that kind as JSON."""

    what: str = Field(min_length=1, max_length=4_000)
    kind: str = Field(default="", max_length=32, pattern=r"^([a-z][a-z0-9_-]*)?$")


def simulate(unit: Unit, call: Call, args: Simulate) -> Reply:
    """Show it; nothing is asked and nothing is kept.

    Raises:
        Forbidden: they may not plan runbooks.
        NotFound, Invalid: there is no such runbook, a parameter is wrong, or the subject is no JSON object.
    """
    title, kind, subject, verdict = _of_kind(unit, call, args) if args.kind else _of_plan(unit, call, args)
    request = None
    if verdict.terms is not None:
        world = call.world
        draft = Draft(kind, title, "", subject, call.person, verdict.terms, "", verdict.findings)
        request = units.foresee(unit, draft, world.people, world.teams, world.schedules)
    return Reply(card=simulation.card(title, verdict, request, _said(kind, verdict, request)))


_Judged = tuple[str, str, dict[str, object], Verdict]


def _of_plan(unit: Unit, call: Call, args: Simulate) -> _Judged:
    if not may(call.person, _PLAN, call.world.roles):
        raise Forbidden(
            f"You may not plan runbooks: it needs the permission `{_PLAN}`.", f"With a kind: {_EXAMPLE}."
        )
    name, _, params = args.what.partition(" ")
    plan = make_plan(call.world, Wish(runbook=name, params=params))
    told = " ".join(f"{key}={value}" for key, value in plan.params.items() if value is not None)
    return (
        one_line(f"{plan.runbook} {told}", 200),
        "runbook",
        plan.subject(),
        judge(call.world.policies, plan, unit.now),
    )


def _of_kind(unit: Unit, call: Call, args: Simulate) -> _Judged:
    try:
        subject = orjson.loads(args.what)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            f"The subject is no JSON: {error.msg}, at character {error.pos + 1}.", _EXAMPLE
        ) from None
    if not isinstance(subject, dict):
        raise Invalid("The subject is no JSON object.", _EXAMPLE)
    question = Question(kind=args.kind, title=args.kind, subject=subject)
    return args.kind, args.kind, subject, posing.judge(unit, call, question)


def _said(kind: str, verdict: Verdict, request: Request | None) -> str:
    if verdict.answer is Answer.DENY:
        return "a policy denies it, and nobody could approve it."
    if verdict.terms is None or request is None:
        more = " `of=` has to name whom to ask." if kind == IN_WORDS else ""
        return f"no policy asks anybody.{more}"
    groups = ", ".join(f"{ask.name}{' (must)' if ask.must else ''}" for ask in verdict.terms.ask)
    return f"{request.rules.needed} of {groups} would have to approve, as {request.priority}."


def _kinds(world: World, _typed: str) -> list[tuple[str, str]]:
    return [(kind, kind) for kind in sorted({policy.applies_to for policy in world.policies} - {"runbook"})]


VERBS = (
    Verb(
        name="approval.simulate",
        command="approvals simulate",
        help="Show what would be asked, of whom and when, without asking: of a runbook, or of a subject as JSON with `kind=`.",
        example="/approvals simulate restart-service service=checkout environment=production",
        args=Simulate,
        run=simulate,
        rest="what",
        named=("kind",),
        permission="approval.request",
        reads=True,
        choices={"what": lambda world, _typed: [(name, name) for name in world.runbooks], "kind": _kinds},
    ),
)
