"""What people do with approvals: decide, look, list, withdraw. The core decides who may and what counts."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from core.approvals import records, units
from core.approvals.draft import Decided
from core.approvals.request import Choice, Status
from core.errors import Invalid
from core.people.passes.one_time import Errand
from core.store.engine import Unit
from core.text import clean, cut
from core.world import World
from handlers.approvals import factor, showing
from handlers.approvals.showing import live, numbered
from handlers.cards import approval as cards
from handlers.cards import bulk, problem, review
from handlers.cards.card import Card, Code, Text, line, say
from handlers.cards.form import Form, FormField
from handlers.inbound import Click, Submit
from handlers.verb import Args, Call, OnObject, Reply, Verb

_REASON = 2_000
_FILTERS = {"open": Status.PENDING, "approved": Status.APPROVED, "rejected": Status.REJECTED, "all": None}


class Decide(OnObject):
    """Which request, what was shown of it, and why.

    `why`: the button asks for the reason first; those of a review give the title of their form.
    """

    carried = frozenset({"revision", "digest", "why"})
    why: str = ""
    reason: str = Field(default="", max_length=_REASON)


class List(Args):
    """Which requests: open, mine, waiting, approved, rejected, all."""

    which: str = "open"


def approve(unit: Unit, call: Call, args: Decide) -> Reply:
    """A yes."""
    return _decide(unit, call, args, Choice.APPROVE)


def reject(unit: Unit, call: Call, args: Decide) -> Reply:
    """A no, with its reason."""
    return _decide(unit, call, args, Choice.REJECT)


def abstain(unit: Unit, call: Call, args: Decide) -> Reply:
    """Neither; the person is not counted among those who are left."""
    return _decide(unit, call, args, Choice.ABSTAIN)


def withdraw(unit: Unit, call: Call, args: Decide) -> Reply:
    """Take one's own request back."""
    request = units.withdraw(unit, numbered(args.id), call.person, clean(args.reason))
    return Reply(card=say(f"You withdrew {request.id}. Nothing was run."))


def listing(unit: Unit, call: Call, args: List) -> Reply:
    """Requests in a table."""
    which = args.which.lower()
    if which in ("approve", "reject"):
        return _meant(unit, call, _BUTTONS[Choice(which)])
    if which == "mine":
        return Reply(card=bulk.listing(records.mine(unit, call.person.id), "My requests"))
    if which == "waiting":
        waiting = records.waiting_for(unit, call.person.id)
        card = bulk.listing(waiting, "Waiting for me")
        return Reply(card=card.model_copy(update={"controls": bulk.buttons(waiting)}))
    if which not in _FILTERS:
        raise Invalid(
            f"“{cut(args.which, 40)}” is no list.", f"Choose {', '.join([*_FILTERS, 'mine', 'waiting'])}."
        )
    found = records.find(unit, status=_FILTERS[which])
    return Reply(card=bulk.listing(found, f"Approvals: {which}"))


def _decide(unit: Unit, call: Call, args: Decide, choice: Choice) -> Reply:
    request_id = numbered(args.id)
    if not isinstance(call.inbound, Click | Submit):
        # Typed words show nothing of what is decided; the card does, and its buttons carry what it showed.
        return Reply(card=_to_press(live(unit, call.world, request_id), _BUTTONS[choice], clean(args.reason)))
    platform = call.inbound.actor.platform
    reason = clean(args.reason)
    errand = Errand(str(choice), request_id, args.digest, reason, platform)
    held = factor.decide(unit, call.world, call.person, errand)
    if held.link:
        return Reply(card=factor.held_card(unit, call.person, request_id, held.link))
    return Reply(card=_answer(call, held.decided))


_BUTTONS = {Choice.APPROVE: "Approve", Choice.REJECT: "Reject…", Choice.ABSTAIN: "Abstain"}


def _to_press(card: Card, label: str, reason: str = "") -> Card:
    """The card of a request that somebody decided in words, which decide nothing: what to press, and the reason that they gave."""
    if not any(one.label == label for one in card.controls):
        return card
    again = f" Your reason is kept only if you give it there: “{cut(reason, 200)}”" if reason else ""
    told = Text(line=line(f"Nothing is decided yet. Words alone decide nothing: press {label} here.{again}"))
    return card.model_copy(update={"parts": (told, *card.parts)})


def _meant(unit: Unit, call: Call, label: str) -> Reply:
    """What somebody decided in words without saying which: the one request that waits for them, or all of those."""
    waiting = records.waiting_for(unit, call.person.id)
    if len(waiting) == 1:
        return Reply(card=_to_press(live(unit, call.world, waiting[0].id), label))
    if not waiting:
        return Reply(
            card=say(
                "No request waits for your decision, so nothing is decided. ", Code(text="/approvals list")
            )
        )
    card = bulk.listing(waiting, "Waiting for me: which one? Its card decides")
    return Reply(card=card.model_copy(update={"controls": bulk.buttons(waiting)}))


def _answer(call: Call, decided: Decided) -> Card:
    if decided.refusal is None:
        return say(decided.words, tone="good" if decided.changed else "neutral")
    refused = problem.card(decided.refusal, None)
    if decided.refusal.code == "STALE_DIGEST":
        fresh = cards.card(call.world, decided.request)
        return fresh.model_copy(update={"parts": (*refused.parts, *fresh.parts)})
    return refused


def _reason(
    title: str, verb: str, label: str, only: str = ""
) -> Callable[[World, dict[str, str]], Form | None]:
    def form(_world: World, known: dict[str, str]) -> Form | None:
        if only and not known.get(only):
            return None
        request, asked = known.get("id", ""), known.get("why", "")
        named = asked if asked in review.TITLES else title
        return Form(
            title=named,
            verb=verb,
            object=request,
            intro=f"{request}: what you write is shown to everybody and kept.",
            fields=(FormField(name="reason", label=label, kind="long", max_length=1_000),),
            submit=named,
        )

    return form


# A vote in words shows the card, or asks for its reason: the words alone decide nothing.
_WHY = r"[.!]*(?:(?:\s*[,:–-]\s*|\s+(?:because|since)\s+)(?P<reason>\S.*))?"


def _on_request(
    word: str,
    run: Callable[[Unit, Call, Any], Reply],
    told: str,
    *,
    why: str = "",
    form: Callable[[World, dict[str, str]], Form | None] | None = None,
) -> Verb:
    """What people do to one request. Whether somebody may is settled by the request itself, which says why not in better words."""
    return Verb(
        name=f"approval.{word}",
        command=f"approvals {word}",
        help=told,
        example=f"/approvals {word} AP-1{why}",
        args=Decide,
        run=run,
        order=("id",),
        rest="reason",
        permission="",
        form=form,
        form_on="click" if form else "missing",
        patterns=(rf"(?:(?:please|ok|okay|yes|i)[\s,]+)*{word}\s+(?:request\s+)?(?P<id>ap-\d+){_WHY}",),
    )


VERBS = (
    Verb(
        name="approval.list",
        command="approvals list",
        help="Show requests: open, mine, waiting (for me), approved, rejected, all.",
        example="/approvals list waiting",
        args=List,
        run=listing,
        reads=True,
        order=("which",),
        aliases=("approvals",),
        permission="",
        choices={"which": lambda _world, _typed: [(word, word) for word in (*_FILTERS, "mine", "waiting")]},
    ),
    Verb(
        name="approval.show",
        command="approvals show",
        help="Show one request with its buttons.",
        example="/approvals show AP-1",
        args=showing.Show,
        run=showing.show,
        reads=True,
        order=("id", "show"),
        permission="",
        patterns=(
            r"(?:show|open|what\s+is|what\s+about|how\s+is)(?:\s+me)?(?:\s+request)?\s+(?P<id>ap-\d+)[.!?]*",
        ),
    ),
    Verb(
        name="approval.details",
        command="approvals details",
        help="Show everything that is frozen in a request, and its history.",
        example="/approvals details AP-1",
        args=OnObject,
        run=showing.details,
        reads=True,
        order=("id",),
        permission="",
    ),
    _on_request(
        "approve",
        approve,
        "Approve a request: shows the card, whose button decides.",
        form=_reason("Approve", "approval.approve", "Why?", only="why"),
    ),
    _on_request(
        "reject",
        reject,
        "Reject a request: shows the card, whose button asks for the reason.",
        form=_reason("Reject", "approval.reject", "Why not?"),
    ),
    _on_request("abstain", abstain, "Say that you do not decide, so that nobody waits for you."),
    _on_request("withdraw", withdraw, "Take your own request back.", why=" not needed any more"),
)

VIEWS = {"approval": live}
