"""Which runbooks there are, of all or for a service; what one of them does; and what a step of one can do."""

from core.catalogue.names import resolve
from core.errors import NotFound
from core.source import suggestion
from core.store.engine import Unit
from core.text import one_line
from handlers.cards import actions as action_cards
from handlers.cards import plan as cards
from handlers.cards.starts import starts
from handlers.talk.wishes import CHOICES, find_book
from handlers.verb import Args, Call, Reply, Verb


class Listed(Args):
    """Those that a service names as its own, and others that take it; all, where none is named."""

    service: str = ""


class Which(Args):
    """Which runbook."""

    runbook: str


class Action(Args):
    """Which action; nothing: all of them."""

    action: str = ""


def listing(unit: Unit, call: Call, args: Listed) -> Reply:
    """Every runbook there is, or those for a service.

    Raises:
        Invalid: there is no such service.
    """
    del unit
    of = resolve(args.service, call.world.services, "service") if args.service else None
    more = (
        ""
        if call.may("runbook.run")
        else "To run one needs the permission runbook.run, which you do not have."
    )
    return Reply(card=cards.listing(call.world, of, more))


def show(unit: Unit, call: Call, args: Which) -> Reply:
    """What a runbook does and must be told."""
    book = find_book(call.world, args.runbook, "")
    return Reply(card=cards.runbook_card(book, starts(call.world, book, unit.now)))


def actions(unit: Unit, call: Call, args: Action) -> Reply:
    """What a step of a runbook can do, one action or all."""
    del unit
    offers = call.world.offers
    if not args.action:
        return Reply(card=action_cards.listing(offers))
    if args.action not in offers:
        hint = suggestion(args.action, offers).replace("`", "“", 1).replace("`", "”", 1)
        raise NotFound(f"There is no action “{one_line(args.action, 60)}”.", hint)
    return Reply(card=action_cards.detail(offers[args.action]))


VERBS = (
    Verb(
        name="runbook.list",
        command="runbook list",
        help="Show every runbook, or those for a service.",
        example="/runbook list",
        args=Listed,
        run=listing,
        reads=True,
        order=("service",),
        choices={"service": CHOICES["service"]},
        aliases=("runbook",),
        patterns=(r"(?:list|show|which|what)\s+(?:the\s+|all\s+)?runbooks(?:\s+are there)?\s*[?.!]*",),
    ),
    Verb(
        name="runbook.show",
        command="runbook show",
        help="Show what a runbook does and what it must be told.",
        example="/runbook show restart-service",
        args=Which,
        run=show,
        reads=True,
        order=("runbook",),
        permission="runbook.list",
        choices={"runbook": CHOICES["runbook"]},
    ),
    Verb(
        name="runbook.actions",
        command="runbook actions",
        help="Show what a step of a runbook can do, what it must be told, and what is undone.",
        example="/runbook actions shell",
        args=Action,
        run=actions,
        reads=True,
        order=("action",),
        permission="runbook.list",
        choices={"action": lambda world, _typed: [(name, name) for name in sorted(world.offers)]},
        patterns=(r"(?:list|show|which|what)\s+(?:the\s+|all\s+)?actions(?:\s+are there)?\s*[?.!]*",),
    ),
)
