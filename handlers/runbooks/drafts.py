"""What people do with drafts of runbooks: wish for one, look, ask for approval and run it, save it, throw it away."""

from core.conversation.drafting import records, units
from core.conversation.drafting.check import barred
from core.conversation.drafting.draft import Draft, State
from core.conversation.drafting.units import VIEW
from core.errors import Conflict, Forbidden, Invalid, WardroomError
from core.ids import parse_numbered
from core.people.permissions import may
from core.runbooks.gate import judge
from core.runbooks.plan import Plan
from core.runbooks.units import runs
from core.runbooks.units.commit import VIEW as RUN_VIEW
from core.store.engine import Unit
from core.text import message
from core.world import World
from handlers.cards import draft as cards
from handlers.cards.card import Card, say
from handlers.cards.plan import verdict_words
from handlers.talk.wishes import names_of
from handlers.verb import Args, Call, OnObject, Reply, Verb

_LONGEST = 1_000


class Wish(Args):
    """What the runbook should do, in one's own words."""

    wish: str


class Which(Args):
    """Which draft; nothing: all that can be used."""

    id: str = ""


class OnDraft(OnObject):
    """Which draft, and what was shown of it."""


def draft(unit: Unit, call: Call, args: Wish) -> Reply:
    """Have a runbook written. Nothing of it runs before others have looked at it."""
    if not call.world.llm_model:
        raise Invalid(
            "No language model is configured, so I cannot write a runbook.",
            "Write it by hand (`/runbook list` shows what there is), or set WARDROOM_LLM_MODEL.",
        )
    words = message(args.wish)
    if len(words) > _LONGEST:
        raise Invalid(f"A wish has at most {_LONGEST:,} characters.", "Say it shorter.")
    wish = units.Wish(words, call.person, call.key, call.place, call.world.drafts.expire)
    return Reply(view=VIEW, ref=units.ask(unit, wish).id)


def show(unit: Unit, call: Call, args: Which) -> Reply:
    """One draft, or all that can be used."""
    if args.id:
        return Reply(card=live(unit, call.world, _id(args.id)))
    return Reply(card=cards.listing(records.find(unit)))


def start(unit: Unit, call: Call, args: OnDraft) -> Reply:
    """Ask others to approve it, and run it once they have. Only whoever wished for it may."""
    world, found = call.world, units.take(unit, _id(args.id), args.digest)
    if found.by != call.person.id:
        what = f"{found.id} was drafted for somebody else, and runs with no more than they may."
        raise Forbidden(what, "Have one drafted for yourself, or save it as a file.")
    units.not_running(unit, found)
    book = found.runbook
    if book.name in world.runbooks:
        what = f"There is a runbook {book.name} by now."
        raise Conflict(what, f"Run that one, `/runbook plan {book.name}`, or have another drafted.")
    if named := barred(book, call.person, world.drafts):
        raise Forbidden(f"Your drafts may not use {', '.join(named)}.", "Ask somebody whose role may.")
    made = plan_of(world, found)
    execution = runs.start(unit, runs.Start(plan=made, by=call.person, key=call.key, place=call.place), world)
    units.started(unit, found, execution.id, call.person)
    return Reply(view=RUN_VIEW, ref=execution.id)


def save(unit: Unit, call: Call, args: OnDraft) -> Reply:
    """Write it to a file in the folder of runbooks, where it is read at the next start."""
    found = units.take(unit, _id(args.id), args.digest)
    if found.runbook.name in call.world.runbooks:
        what = f"There is a runbook {found.runbook.name} already."
        raise Conflict(what, "Nothing is overwritten; have one drafted under another name.")
    units.to_be_saved(unit, found, call.person)
    return Reply(card=say(f"{found.id} is being saved; its card says where."))


def discard(unit: Unit, call: Call, args: OnDraft) -> Reply:
    """Throw it away. Whoever wished for it may always do that."""
    found = records.get(unit, _id(args.id))
    if found.by != call.person.id and not may(call.person, "runbook.discard", call.world.roles):
        what = f"{found.id} was drafted for somebody else. You may not use runbook.discard."
        raise Forbidden(what, "Ask them, or somebody whose role has it.")
    units.discard(unit, found.id, call.person)
    return Reply(card=say(f"{found.id} is discarded."))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    found = records.get(unit, ref)
    person = world.people.get(found.by)
    planned = None
    if found.state is State.READY:
        try:
            made = plan_of(world, found)
            planned = made, verdict_words(judge(world.policies, made, unit.now))
        except WardroomError as error:
            # The catalogue has changed under it: it can still be looked at, and not be used.
            found.problems = [error.sentence()]
    return cards.draft_card(found, person.name if person else found.by, unit.now, planned)


def plan_of(world: World, found: Draft) -> Plan:
    """What a run of it would do. Whoever may approve is asked, by role.

    Raises:
        Invalid: something that it names is not there any more.
    """
    deciders = tuple(sorted(role for role in world.roles if _decides(role, world)))
    return found.plan(names_of(world), deciders)


def _decides(role: str, world: World) -> bool:
    return any(
        person.is_human
        and role in person.roles
        and may(person, "approval.approve", {role: world.roles[role]})
        for person in world.people.values()
    )


def _id(text: str) -> str:
    return parse_numbered(text, "DR")


_WRITE = r"(?:please\s+|can you\s+|could you\s+)?(?:write|draft|make|create|compose)\s+(?:me\s+|us\s+)?"

VERBS = (
    Verb(
        name="runbook.draft",
        command="runbook draft",
        help="Have a language model write a runbook; others must approve it before anything runs.",
        example="/runbook draft drain the cache of checkout, then restart it",
        args=Wish,
        run=draft,
        rest="wish",
        patterns=(
            rf"{_WRITE}(?:a|another|the)\s+(?:new\s+)?runbook\s+(?:(?:that|which|to|for)\s+)?(?P<wish>\S.*)",
        ),
    ),
    Verb(
        name="runbook.drafts",
        command="runbook drafts",
        help="Show the drafts that can be used, or one of them.",
        example="/runbook drafts",
        args=Which,
        run=show,
        reads=True,
        order=("id",),
        permission="runbook.list",
    ),
    Verb(
        name="runbook.start",
        command="runbook start",
        help="Ask others to approve a draft of yours, and run it once they have.",
        example="/runbook start DR-1",
        args=OnDraft,
        run=start,
        order=("id",),
        permission="runbook.run",
    ),
    Verb(
        name="runbook.save",
        command="runbook save",
        help="Save a draft as a file in the folder of runbooks.",
        example="/runbook save DR-1",
        args=OnDraft,
        run=save,
        order=("id",),
    ),
    Verb(
        name="runbook.discard",
        command="runbook discard",
        help="Throw a draft away.",
        example="/runbook discard DR-1",
        args=OnDraft,
        run=discard,
        order=("id",),
        permission="",
    ),
)

VIEWS = {VIEW: live}
"""Which card shows a draft."""
