"""What people do in an emergency: approve alone, which everybody hears of and others review."""

from dataclasses import replace

from pydantic import Field

from core.errors import SecondFactorNeeded
from core.ids import parse_numbered
from core.people.passes.one_time import Errand
from core.store.engine import Unit
from core.text import clean
from core.world import World
from handlers.approvals import factor
from handlers.cards import problem
from handlers.cards.card import say
from handlers.cards.form import Form, FormField
from handlers.verb import Call, OnObject, Reply, Verb

_PERMISSION = "approval.break_glass"
_LONGEST = 2_000


class Break(OnObject):
    """Which request, and why it cannot wait."""

    reason: str = Field(default="", max_length=_LONGEST)


def break_it(unit: Unit, call: Call, args: Break) -> Reply:
    """Approve a request at once and alone."""
    request = parse_numbered(args.id, "AP")
    via = call.inbound.actor.platform
    errand = Errand("break_glass", request, args.digest, clean(args.reason), via)
    decided = factor.break_alone(unit, call.world, call.person, errand)
    if isinstance(decided.refusal, SecondFactorNeeded):
        link = factor.hold(unit, call.person, replace(errand, digest=decided.request.digest))
        return Reply(card=factor.held_card(unit, call.person, request, link))
    if decided.refusal is not None:
        return Reply(card=problem.card(decided.refusal))
    return Reply(card=say(decided.words, tone="bad"))


def _form(_world: World, known: dict[str, str]) -> Form | None:
    if known.get("reason"):
        return None
    request = known.get("id", "")
    why = FormField(name="reason", label="Why can it not wait?", kind="long", max_length=1_000)
    return Form(
        title="Break the glass",
        verb=_PERMISSION,
        object=request,
        intro=f"You approve {request} alone and at once. Everybody who was asked is told, and others review it.",
        fields=(why,),
        submit="Approve alone",
    )


VERBS = (
    Verb(
        name=_PERMISSION,
        command="approvals breakglass",
        help="Approve a request alone in an emergency; everybody is told, and it is reviewed.",
        example="/approvals breakglass AP-1 the database is down and nobody answers",
        args=Break,
        run=break_it,
        order=("id",),
        rest="reason",
        form=_form,
        form_on="always",
        shown_first=True,
        when_named=True,
        patterns=(
            r"(?:please\s+)?(?:break\s+(?:the\s+)?glass(?:\s+(?:on|for|of))?|break[\s-]?glass)\s+(?:request\s+)?(?P<id>ap-\d+)(?:\s*[:,–-]\s*|\s+(?:because|since|as)\s+|[\s.!]*$)(?P<reason>\S.*)?",
        ),
    ),
)
