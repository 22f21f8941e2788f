"""What people and programs say to a request, whatever door it comes through; said again, it is answered as before."""

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from core.approvals import units
from core.approvals.amending.changes import merged
from core.approvals.draft import Decided
from core.approvals.request import Choice, Request, Status
from core.approvals.search import records as searching
from core.approvals.search.records import Search
from core.approvals.talking import units as talking
from core.digest import digest
from core.errors import AlreadyFinal, VersionConflict
from core.people.passes.one_time import Errand
from core.people.tokens.token import concerns
from core.store import inbox
from core.store.engine import Unit
from core.text import clean
from handlers.approvals import factor
from handlers.approvals.changing import Wish, change
from handlers.caller import Caller
from handlers.programs.deeds import seen
from handlers.verb import Args

# Who may ask may also talk about what they asked, change it and take it back.
_ASK = "approval.request"


class Decision(Args):
    """What the token's person says."""

    decision: Choice
    reason: str = Field(default="", max_length=2_000)
    digest: str = Field(min_length=8, max_length=64, description="of the subject that was shown")


class Reason(Args):
    """Why."""

    reason: str = Field(default="", max_length=2_000)


class Amend(Args):
    """Parts of the subject to be replaced (RFC 7396), and why."""

    subject: dict[str, Any] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=2_000)


class Comment(Args):
    """Something to say about a request: a comment, a question, or, with `answers`, the answer to one."""

    text: str = Field(min_length=1, max_length=2_000)
    kind: Literal["comment", "question"] = "comment"
    answers: int | None = Field(default=None, ge=1, le=1_000)


def decide(unit: Unit, caller: Caller, request_id: str, said: Decision) -> Decided:
    """Take the decision of the token's person. A refusal is told, not raised: what time did meanwhile is kept.

    Raises:
        NotFound: there is no such request, or it is not theirs to see.
        Forbidden: the token was made for something else.
    """
    seen(unit, caller, request_id)
    caller.token_must(f"approval.{said.decision}")
    person = caller.person
    errand = Errand(str(said.decision), request_id, said.digest, clean(said.reason), "api")
    decided = factor.decide(unit, caller.world, person, errand).decided
    if isinstance(decided.refusal, AlreadyFinal):
        before = decided.request.vote_of(person.id)
        if before is not None and before.choice is said.decision and before.digest.startswith(said.digest):
            # The answer was lost on the way, not the vote: it may be the one that ended it.
            return Decided(decided.request, decided.words)
    return decided


def amend(unit: Unit, caller: Caller, request_id: str, said: Amend, version: int) -> Decided:
    """Change what is asked, as it was at this version. A refusal is told, not raised.

    Raises:
        NotFound: there is no such request, or it is not theirs to see.
        Forbidden: the token was made for something else.
    """
    request = seen(unit, caller, request_id)
    caller.token_must("approval.change", _ASK)
    wish = Wish(said.subject, clean(said.reason), version=version)
    decided = change(unit, caller.world, request_id, caller.person, wish)
    before = request.amended
    if isinstance(decided.refusal, VersionConflict) and before is not None:
        mine = (before.by, before.reason) == (caller.person.id, wish.reason)
        if mine and merged(request.subject, said.subject) == request.subject:
            return Decided(request, decided.words)
    return decided


def say(unit: Unit, caller: Caller, request_id: str, said: Comment, key: str) -> Request:
    """Comment, ask or answer. The same key says nothing twice: the answer was lost on the way.

    Raises:
        NotFound: there is no such request or question, or it is not theirs to see.
        Forbidden: the token was made for something else.
        Conflict, Invalid, TooMany: see `core.approvals.talking.units`.
    """
    request = seen(unit, caller, request_id)
    caller.token_must(f"approval.{said.kind if said.answers is None else 'answer'}", _ASK)
    person, text = caller.person, clean(said.text)
    mark = f"api:comment:{digest([person.id, request_id, key])[:32]}"
    if not (inbox.put(unit, mark, {}) and inbox.done(unit, mark, "comment")):
        return request
    if said.answers is not None:
        return talking.answer(unit, request_id, person, text, said.answers)
    if said.kind == "question":
        return talking.ask(unit, request_id, person, text, caller.world.people)
    return talking.comment(unit, request_id, person, text)


def withdraw(unit: Unit, caller: Caller, request_id: str, reason: str) -> Request:
    """Take it back.

    Raises:
        NotFound, Forbidden: it is not theirs, or the token was made for something else.
        AlreadyFinal: it was decided before.
    """
    request = seen(unit, caller, request_id)
    caller.token_must("approval.withdraw", _ASK)
    final = request.final
    if final is not None and final.status is Status.WITHDRAWN and final.actor == caller.person.id:
        return request
    return units.withdraw(unit, request_id, caller.person, clean(reason))


def find(
    unit: Unit, caller: Caller, wanted: Search, limit: int, cursor: str
) -> tuple[list[Request], str | None]:
    """Requests that the caller may see, newest first, and the cursor of the next page.

    Raises:
        Forbidden: the token was made for something else.
    """
    me, people = caller.person, caller.world.people.values()
    if not concerns(caller.token, "approval"):
        caller.token_must("approval.list")
    if not caller.sees_all:
        owned = {one.id for one in people if one.owner == me.id}
        wanted = replace(wanted, seen_by=frozenset({me.id, *owned}))
    return searching.find(unit, wanted, limit, cursor)
