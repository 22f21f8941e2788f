"""Changing what is asked, whatever door it comes through: which values, and whose rules they follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.approvals import records
from core.approvals.amending.changes import merged, parse, placed, values_at
from core.approvals.amending.units import Edit, amend
from core.approvals.draft import Decided
from core.approvals.policy import evaluate
from core.approvals.request import Request
from core.errors import Invalid
from core.people.person import Person
from core.runbooks.amending.units import Retold, retell
from core.store.engine import Unit
from core.text import one_line
from core.trading import units as trading
from core.world import PACKS, World
from handlers.approvals.judging import cast_for, policies_on

_FORM = 5


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be asked instead: `patch` replaces parts of the subject (RFC 7396), for a reason.

    `shown` is the digest of what they were shown, `version` the version of it; empty if they do not say.
    """

    patch: Mapping[str, Any]
    reason: str
    shown: str = ""
    version: int | None = None


def change(unit: Unit, world: World, request_id: str, editor: Person, wish: Wish) -> Decided:
    """Change what is asked. A refusal is told, not raised: what time did to the request meanwhile is kept.

    Raises:
        NotFound: there is no such request.
    """
    request = records.get(unit, request_id)
    if request.kind == "runbook":
        return _retell(unit, world, request, editor, wish)
    subject, follows = _resaid(unit, world, request, wish.patch)
    edit = Edit(subject, wish.reason, wish.shown, wish.version, follows=follows)
    return amend(unit, request_id, editor, edit, cast_for(world, request))


def _resaid(
    unit: Unit, world: World, request: Request, patch: Mapping[str, Any]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The subject with the changes, and what of it follows from the rest: an order is looked at anew."""
    policies = policies_on(world, request)
    person = world.people.get(request.requester)
    asking = trading.asking(person, request.kind, policies) if person else None
    if asking is None:
        return merged(request.subject, patch), frozenset()
    own = {name: value for name, value in patch.items() if name not in trading.FOLLOWS}
    look = trading.look(unit, asking, merged(request.subject, own), without=request.id)
    evaluate(policies, request.kind, look.subject, unit.now, look.among(PACKS))
    return look.frozen(), trading.FOLLOWS


def _retell(unit: Unit, world: World, request: Request, editor: Person, wish: Wish) -> Decided:
    params = wish.patch.get("params", {})
    if set(wish.patch) - {"params"} or not isinstance(params, Mapping):
        error = Invalid("Of a run, only what it is told may be changed.", "Change its `params`.")
        return Decided(request, error.sentence(), error)
    return retell(unit, world, request.id, editor, Retold(params, wish.reason, wish.shown, wish.version))


def patch_of(request: Request, written: Mapping[str, str]) -> dict[str, Any]:
    """What people wrote, by path or by its last part, as a patch with values of the right kind.

    Raises:
        Invalid: a name or a value cannot be used.
    """
    known = values_at(request.subject, request.rules.changeable)
    return placed({path: parse(path, known[path], text) for path, text in _by_path(known, written).items()})


def fields_of(request: Request) -> dict[str, str]:
    """What a form offers to change: path and value as one would write it, at most five of them."""
    known = values_at(request.subject, request.rules.changeable)
    return {path: _written(value) for path, value in list(known.items())[:_FORM]}


def _by_path(known: Mapping[str, Any], written: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, text in written.items():
        paths = [path for path in known if name in (path, path.rpartition(".")[2])]
        if len(paths) != 1:
            what = "may not be changed" if not paths else "may be more than one thing"
            may = ", ".join(known) or "nothing"
            raise Invalid(f"“{one_line(name, 40)}” {what}.", f"What may be changed: {may}.")
        found[paths[0]] = text
    return found


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
