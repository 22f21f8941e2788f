"""What a person asks others to approve in their own words, does themselves once they have, and reports on."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from core.approvals import records, words
from core.approvals.draft import own_key
from core.approvals.hand import BY_HAND, IN_WORDS, is_by_hand
from core.approvals.policy import Answer
from core.approvals.request import Ask, Request, Status
from core.approvals.settling.units import VIEW
from core.approvals.states import Happening
from core.errors import Conflict, Invalid, NotFound
from core.ids import parse_numbered
from core.quantity import Duration
from core.source import suggestion
from core.store.engine import Unit
from core.text import clean, one_line
from core.world import World
from handlers.approvals import posing, using
from handlers.approvals.asking import AskOf, Question
from handlers.cards import problem
from handlers.cards.card import say
from handlers.cards.form import Form, FormField
from handlers.verb import Args, Call, OnObject, Reply, Verb
from handlers.whom import find_person

_ASK = "approval.request"
_WITH = "Write `of=` and a role, a team, a person or `oncall:` and a team, for example `of=sre`; or ask an administrator for a policy with `applies_to: request`."
_KINDS = ("role", "team", "person", "schedule")
_OPTION = re.compile(r"(?:^|\s)(of|approvals|within|reason)=")


def _alone(title: str) -> str:
    """The title, which takes all words that are left: an option among them was meant to be one."""
    if found := _OPTION.search(title):
        raise PydanticCustomError("wrong", "write {name}= before the title", {"name": found[1]})
    return title


def _nothing(value: object) -> object:
    """What was left empty in a form is not given."""
    return None if value == "" else value


class Wanted(Args):
    """What is wanted, why, who decides, how many of them, and within which time."""

    title: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_alone)]
    reason: str = Field(default="", max_length=2_000)
    of: str = Field(default="", max_length=500)
    approvals: Annotated[int | None, Field(ge=1, le=50), BeforeValidator(_nothing)] = None
    within: Annotated[Duration | None, BeforeValidator(_nothing)] = None


class Told(OnObject):
    """Which request, what became of it, and what there is to say about that."""

    outcome: Literal["done", "failed"]
    reason: str = Field(default="", max_length=2_000)


def request(unit: Unit, call: Call, args: Wanted) -> Reply:
    """Ask others. What is said here only tightens what policies demand; where none speaks, it has to say whom to ask.

    Raises:
        Invalid: nobody is named, or people who may not decide it, or too few may.
        TooMany: the same was refused a moment ago.
    """
    title, reason = clean(args.title), clean(args.reason)
    question = Question(
        kind=IN_WORDS,
        title=title,
        reason=reason,
        subject={"title": title, "reason": reason},
        ask=tuple(_named(call, word) for word in re.split(r"[,\s]+", args.of) if word),
        approvals=args.approvals,
        timeout=args.within,
    )
    verdict = posing.judge(unit, call, question)
    named = tuple(Ask.model_validate(one.model_dump()) for one in question.ask)
    people = posing.people_of(unit, call.world, named)
    if verdict.answer is not Answer.DENY and verdict.terms is None and not people - {call.person.id}:
        raise Invalid("No policy says who decides this, and you name nobody else.", _WITH)
    if verdict.terms is not None:
        must = tuple(one.model_copy(update={"must": True}) for one in question.ask)
        question = question.model_copy(update={"ask": must})
    asked = posing.ask(unit, call, question, own_key(call.key))
    if asked.request is None:
        return Reply(card=problem.card(asked.refusal)) if asked.refusal else Reply()
    return Reply(view=VIEW, ref=asked.request.id)


def do(unit: Unit, call: Call, args: OnObject) -> Reply:
    """Use the approval, once: whoever asked does it from now on.

    Raises:
        NotFound, Forbidden: there is none, or somebody else asked for it.
        Conflict: it is not approved, has lapsed, or is nothing that people do by hand.
    """
    found = _by_hand(unit, args.id)
    used = using.use(unit, call, found, BY_HAND, using.Now(shown=args.digest))
    if used.refusal is not None:
        return Reply(card=problem.card(used.refusal))
    if used.request.status is not Status.EXECUTING:
        return Reply(card=say(words.outcome(used.request)))
    by = f" by {words.clock(used.request.report_by)}" if used.request.report_by else ""
    told = f"{found.id} is used: do it now. Then say what became of it{by}, with “Done” or “It failed” on its card."
    return Reply(card=say(told, tone="good"))


def report(unit: Unit, call: Call, args: Told) -> Reply:
    """Say what became of it.

    Raises:
        NotFound, Forbidden: there is none, or somebody else asked for it.
        Conflict: it was not begun.
        Invalid: it failed, and nothing says how.
    """
    found = _by_hand(unit, args.id)
    reason = clean(args.reason)
    if args.outcome == "failed" and not reason:
        raise Invalid("Say what failed.", f"`/approvals report {found.id} failed the disk was full`.")
    outcome = Happening.EXECUTED if args.outcome == "done" else Happening.FAILED
    if found.execution is None:
        raise Conflict(
            f"{words.present(found)}, and nobody has begun to do it.", f"`/approvals do {found.id}`."
        )
    told = using.tell(unit, call, found, (BY_HAND, outcome, reason))
    if told.refusal is not None:
        return Reply(card=problem.card(told.refusal))
    return Reply(card=say(words.came_of(told.request)))


def _by_hand(unit: Unit, text: str) -> Request:
    found = records.get(unit, parse_numbered(text, "AP"))
    if not is_by_hand(found):
        raise Conflict(
            f"{found.id} is nothing that people do by hand: whatever asked for it uses it.",
            f"`/approvals show {found.id}` shows how it stands.",
        )
    return found


def _named(call: Call, word: str) -> AskOf:
    """Whom a word means: `sre`, `team:platform`, `oncall:platform`, `@Ana`."""
    world = call.world
    known = dict(zip(_KINDS, (world.roles, world.teams, world.people, world.schedules), strict=True))
    kind, _, name = word.partition(":")
    if kind == "oncall" and name:
        is_schedule = name in world.schedules and name not in world.teams
        return AskOf(schedule=name) if is_schedule else AskOf(team=name, oncall=True)
    if kind in known and name:
        return AskOf.model_validate({kind: name})
    found = [kind for kind, names in known.items() if word in names]
    if len(found) > 1:
        raise Invalid(
            f"“{one_line(word, 40)}” is a {' and a '.join(found)}.",
            f"Write `{found[0]}:{one_line(word, 40)}`.",
        )
    if found:
        return AskOf.model_validate({found[0]: word})
    try:
        return AskOf(person=find_person(world, call.inbound.actor.platform, word).id)
    except NotFound:
        names = [name for each in known.values() for name in each]
        raise Invalid(
            f"There is no role, team, person or schedule “{one_line(word, 40)}”.", suggestion(word, names)
        ) from None


def _whom(world: World, _typed: str) -> list[tuple[str, str]]:
    """Whom one may name, to choose from."""
    on_call = [
        (f"on call for {name}", f"oncall:{name}") for name, team in world.teams.items() if team.schedule
    ]
    groups = [(f"{kind} {name}", f"{kind}:{name}") for kind, names in _groups(world) for name in names]
    people = [(one.name, f"person:{one.id}") for one in world.people.values() if one.is_human and one.active]
    return [*groups, *on_call, *people]


def _groups(world: World) -> tuple[tuple[str, list[str]], ...]:
    return ("role", list(world.roles)), ("team", list(world.teams))


def _form(_world: World, known: dict[str, str]) -> Form:
    given = {name: known.get(name, "") for name in Wanted.model_fields}
    return Form(
        title="Ask for approval",
        verb=_ASK,
        fields=(
            FormField(name="title", label="What is to be approved?", default=given["title"], max_length=300),
            FormField(name="reason", label="Why?", kind="long", required=False, default=given["reason"]),
            FormField(
                name="of",
                label="Who decides?",
                required=False,
                default=given["of"],
                hint="sre, ana, team:platform, oncall:platform; empty: as policies say",
                max_length=500,
            ),
            FormField(
                name="approvals",
                label="How many of them?",
                required=False,
                default=given["approvals"],
                hint="1",
            ),
            FormField(
                name="within", label="Within which time?", required=False, default=given["within"], hint="2h"
            ),
        ),
        submit="Ask",
    )


def _report_form(_world: World, known: dict[str, str]) -> Form | None:
    if known.get("outcome") != "failed" or known.get("reason"):
        return None
    return Form(
        title="It failed",
        verb="approval.report",
        object=known.get("id", ""),
        args={"outcome": "failed"},
        fields=(FormField(name="reason", label="What happened?", kind="long", max_length=1_000),),
        submit="Say so",
    )


VERBS = (
    Verb(
        name=_ASK,
        command="approvals request",
        help="Ask others to approve something in your own words; `of=` says whom, `approvals=` how many, `within=` for how long.",
        example="/approvals request of=sre within=2h Restart the old mail server by hand",
        args=Wanted,
        run=request,
        rest="title",
        named=("reason", "of", "approvals", "within"),
        prose=("reason",),
        form=_form,
        choices={"of": _whom},
    ),
    Verb(
        name="approval.do",
        command="approvals do",
        help="Use what was approved for you, once: you do it now.",
        example="/approvals do AP-1",
        args=OnObject,
        run=do,
        order=("id",),
        permission=_ASK,
    ),
    Verb(
        name="approval.report",
        command="approvals report",
        help="Say what became of what you did: done or failed.",
        example="/approvals report AP-1 done it took ten minutes",
        args=Told,
        run=report,
        order=("id", "outcome"),
        rest="reason",
        permission=_ASK,
        choices={"outcome": lambda _world, _typed: [(word, word) for word in ("done", "failed")]},
        form=_report_form,
        form_on="click",
    ),
)
