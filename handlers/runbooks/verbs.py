"""What people do with runbooks: list, look, plan, run, follow, cancel, answer. The core decides what may run."""

from typing import Literal

from core.approvals.request import Ask
from core.errors import Forbidden, StaleDigest
from core.ids import parse_numbered
from core.language.intent import Intent
from core.people.permissions import may
from core.runbooks import records
from core.runbooks.failing.failure import earlier, failed_step
from core.runbooks.failing.records import past
from core.runbooks.gate import is_silent, judge, others
from core.runbooks.secrecy import MASK
from core.runbooks.units import runs
from core.runbooks.units.commit import VIEW
from core.store.engine import Unit
from core.world import World
from handlers.cards import execution as cards
from handlers.cards import plan as plan_cards
from handlers.cards.card import Card, say
from handlers.cards.starts import next_start
from handlers.inbound import Message
from handlers.runbooks import facts, sentences
from handlers.runbooks.rehearsals import tried
from handlers.talk import dialogue, heard, remembering
from handlers.talk.wishes import CHOICES, Wish, find_book, form, given_to, make_plan
from handlers.verb import Args, Call, OnObject, Reply, Verb


class Status(Args):
    """Which run; nothing: all that have not ended. `checkpoints` shows the points it can be retried from, the others one fact."""

    id: str = ""
    show: Literal["", "checkpoints", "took", "who", "why"] = ""


class Cancel(OnObject):
    """Which run, and whether to take back first what it has done."""

    rollback: bool = False


class Say(OnObject):
    """What became of a step."""

    step: str = ""
    said: Literal["done", "again", "skip", "fail"]


def plan(unit: Unit, call: Call, args: Wish) -> Reply:
    """A dry run, with what the policies would ask for."""
    made, world = make_plan(call.world, args), call.world
    whom = others(made, call.person, world)
    exact = judge(world.policies, made, unit.now)
    spoken = isinstance(call.inbound, Message)
    verdict = judge(world.policies, made, unit.now, whom) if spoken else exact
    words = plan_cards.verdict_words(verdict)
    if made.is_destructive and is_silent(exact) and not spoken:
        words += f" No policy speaks about it; said in a sentence, it asks {names_of(whom)}."
    more = (*next_start(world, world.runbooks.get(made.runbook), unit.now), *tried(unit, call, made))
    return Reply(card=plan_cards.plan_card(made, words, more, spoken=spoken and verdict is not exact))


def run(unit: Unit, call: Call, args: Wish) -> Reply:
    """Run it, or ask the people whom a policy names first."""
    if isinstance(call.inbound, Message) or args.said or MASK in args.params:  # what is masked is asked anew
        return dialogue.begin(unit, call, args)
    made = make_plan(call.world, args)
    if args.digest and not made.digest.startswith(args.digest):
        raise StaleDigest(
            f"{made.runbook} or its parameters changed since that plan was shown.",
            f"Look at the new one: `/runbook plan {made.runbook}`.",
        )
    spoken = others(made, call.person, call.world) if args.spoken else None
    wish = runs.Start(made, call.person, call.key, call.place, args.incident, spoken=spoken)
    execution = runs.start(unit, wish, call.world)
    remembering.ran(
        unit, call, made.runbook, given_to(find_book(call.world, args.runbook, args.service), args)
    )
    return Reply(view=VIEW, ref=execution.id)


def status(unit: Unit, call: Call, args: Status) -> Reply:
    """One run, or everything that has not ended."""
    if args.id:
        fact = facts.shown(unit, call.world, _id(args.id), args.show) if args.show else None
        return Reply(card=fact or live(unit, call.world, _id(args.id)))
    return Reply(card=cards.listing(call.world, records.find(unit, running=True), "Running now"))


def cancel(unit: Unit, call: Call, args: Cancel) -> Reply:
    """End a run. Whoever started it may always do that."""
    execution = records.get(unit, _id(args.id))
    if execution.by != call.person.id:
        _must(call, "runbook.cancel", f"{execution.id} was started by somebody else.")
    runs.cancel(unit, call.world, execution.id, call.person, rollback=args.rollback)
    undo = " What was done is taken back first." if args.rollback else ""
    return Reply(card=say(f"{execution.id} is told to stop; nothing new begins.{undo}"))


def answer(unit: Unit, call: Call, args: Say) -> Reply:
    """Say what became of a step that nobody can tell about."""
    execution = runs.answer(unit, call.world, _id(args.id), args.step, args.said, call.person)
    return Reply(card=say(f"Noted. {execution.id} goes on from there."))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    execution = records.get(unit, ref)
    step = failed_step(execution) if execution.state.is_final else None
    before = earlier(past(unit, execution, step.id)) if step is not None else None
    return cards.card(world, execution, unit.now, before)


def _id(text: str) -> str:
    return parse_numbered(text, "RUN")


def _must(call: Call, permission: str, why: str) -> None:
    if not may(call.person, permission, call.world.roles):
        raise Forbidden(f"{why} You may not use {permission}.", "Ask them, or somebody whose role has it.")


def names_of(asks: tuple[Ask, ...]) -> str:
    """Whom these ask, in words."""
    return " or ".join(ask.name for ask in asks) or "nobody, since nobody else may approve it"


VERBS = (
    Verb(
        name="runbook.plan",
        command="runbook plan",
        help="Show what a run would do and who would have to approve it; nothing is run.",
        example="/runbook plan restart-service service=checkout environment=production",
        args=Wish,
        run=plan,
        reads=True,
        order=("runbook",),
        rest="params",
        choices=CHOICES,
        patterns=sentences.PLAN,
    ),
    Verb(
        name="runbook.run",
        command="runbook run",
        help="Run a runbook, after those have approved whom the policies name.",
        example="/runbook run restart-service service=checkout environment=staging",
        intents=(
            Intent.RUNBOOK_EXECUTE,
            Intent.DEPLOY,
            Intent.SCALE,
            Intent.WORKFLOW_START,
            Intent.TEST_EXECUTE,
        ),
        hears=heard.run,
        args=Wish,
        run=run,
        order=("runbook",),
        rest="params",
        form=form,
        form_on="always",
        choices=CHOICES,
        patterns=sentences.RUN,
    ),
    Verb(
        name="runbook.status",
        command="runbook status",
        help="Show one run, or everything that runs now.",
        example="/runbook status RUN-1",
        intents=(Intent.WORKFLOW_STATUS, Intent.EXPLAIN),
        hears=heard.run_status,
        args=Status,
        run=status,
        reads=True,
        order=("id", "show"),
        permission="runbook.list",
        patterns=(
            r"what(?:\s+is|'s|’s|s)\s+running(?:\s+(?:now|right now))?\s*[?.!]*",
            r"(?:status|state)\s+of\s+(?P<id>RUN-\d+)\s*[?.!]*",
        ),
    ),
    Verb(
        name="runbook.cancel",
        command="runbook cancel",
        help="End a run: what runs is told to stop, nothing new begins; --rollback takes back what was done.",
        example="/runbook cancel RUN-1 --rollback",
        intents=(Intent.WORKFLOW_CANCEL,),
        hears=heard.run_cancel,
        args=Cancel,
        run=cancel,
        order=("id", "rollback"),
        permission="",
        shown_first=True,
        patterns=(r"(?:please\s+)?(?:cancel|stop|abort)\s+(?P<id>RUN-\d+)\s*[.!]*",),
    ),
    Verb(
        name="runbook.answer",
        command="runbook answer",
        help="Say what became of a step that nobody can tell about: done, again, skip or fail.",
        example="/runbook answer RUN-1 done",
        args=Say,
        run=answer,
        order=("id", "said", "step"),
        choices={"said": lambda _world, _typed: [(word, word) for word in ("done", "again", "skip", "fail")]},
    ),
)

VIEWS = {VIEW: live}
