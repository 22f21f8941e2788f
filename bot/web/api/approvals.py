"""Approvals for programs: ask, look, decide, take back, use, report."""

import asyncio
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.doors import execution_of
from bot.web.api import shapes
from bot.web.api.route import Answer, Asking, Page, Query, Route, numbered
from bot.web.api.waiting import Waiting
from core.approvals.request import Request, Status
from core.approvals.search.records import Search
from core.approvals.settling import units as settling
from core.approvals.states import Happening
from core.approvals.talking import records as talking
from core.errors import Conflict
from core.quantity import Duration
from core.store import journal
from core.store.engine import Unit
from handlers.approvals.asking import Question
from handlers.caller import Caller
from handlers.programs import answering
from handlers.programs import deeds as programs
from handlers.programs.answering import Decision, Reason

_LONGEST_WAIT = 60.0
_ONE = "/approvals/{id}"
_OUTCOMES = {
    "executed": Happening.EXECUTED,
    "failed": Happening.FAILED,
    "unknown": Happening.UNKNOWN,
    "partial": None,
}


class Body(BaseModel):
    """A body; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Use(Body):
    """How the subject is now, as far as it can have changed: prices, balances, versions.

    `digest` is of what is going to be run; it has to be sent once people have changed what was asked.
    """

    subject: dict[str, Any] = Field(default_factory=dict)
    digest: str = Field(default="", max_length=64)


class Nothing(Body):
    """Nothing needs to be said."""


class Result(Body):
    """What became of what was approved."""

    execution_id: str = Field(min_length=1, max_length=64)
    outcome: Literal["executed", "failed", "unknown", "partial"] = Field(
        description="partial: a part of it is done and the rest goes on; the time for the result begins anew"
    )
    detail: str = Field(default="", max_length=2_000)


class Wait(Query):
    """How long to wait for the next change, such as 30s; 60s at most."""

    wait: Duration | None = None


class Filter(Page):
    """Which requests."""

    status: Status | None = None
    kind: str = Field(default="", max_length=32)
    approver: str = Field(default="", max_length=64)
    requester: str = Field(default="", max_length=64)


class Approvals:
    """The routes of approvals."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def routes(self) -> tuple[Route, ...]:
        """Each with what it takes and may."""
        get = Route(
            "GET",
            _ONE,
            "A request as it stands, or its next change.",
            "",
            self.get,
            query=Wait,
            statuses=(200, 304),
            refuses=(404,),
        )
        return (get, *_routes())

    async def get(self, asking: Asking) -> Answer:
        """The request; with `wait` not before it differs from the version that is known."""
        request_id = _id(asking)
        answer = await asking.store.read(_shown, asking.caller, request_id)
        if asking.query.wait is None:
            return answer
        known = asking.version if asking.version is not None else answer.version
        left = min(asking.query.wait.total_seconds(), _LONGEST_WAIT)
        loop = asyncio.get_running_loop()
        until = loop.time() + left
        with self._waiting.on(f"approval:{request_id}") as news:
            while True:
                # Read after listening, so that no change falls in between.
                answer = await asking.store.read(_shown, asking.caller, request_id)
                if answer.version != known or loop.time() >= until:
                    return answer
                await news(until - loop.time())


async def create(asking: Asking) -> Answer:
    """Ask, or learn at once what the policies say."""
    asked = await asking.asker.ask(asking.caller, asking.body, asking.key)
    if asked.refusal is not None or asked.request is None:
        raise asked.refusal or Conflict("Nothing was asked.")
    made = asked.request
    waits = asked.fresh and made.is_pending
    return Answer(shapes.approval(made, settling.tally_of(made)), 201 if waits else 200, made.version)


async def search(asking: Asking) -> Answer:
    """Requests that the caller may see."""
    query: Filter = asking.query
    wanted = Search(query.status, query.kind, query.approver, query.requester)
    found, following = await asking.store.read(
        answering.find, asking.caller, wanted, query.limit, query.cursor
    )
    items = [shapes.approval(one, settling.tally_of(one)) for one in found]
    return Answer({"items": items, "next": following})


async def decide(asking: Asking) -> Answer:
    """One person's decision; a refusal is an error of its own."""
    decided = await asking.store.transact(answering.decide, asking.caller, _id(asking), asking.body)
    if decided.refusal is not None:
        raise decided.refusal
    return _of(decided.request)


async def withdraw(asking: Asking) -> Answer:
    """Take it back."""
    return _of(
        await asking.store.transact(answering.withdraw, asking.caller, _id(asking), asking.body.reason)
    )


async def claim(asking: Asking) -> Answer:
    """Use it once; the same key claims the same."""
    execution = execution_of(asking.caller, _id(asking), asking.key)
    claimed = await asking.asker.claim(
        asking.caller, _id(asking), execution, asking.body.subject, asking.body.digest
    )
    if claimed.refusal is not None:
        raise claimed.refusal
    body = shapes.approval(claimed.request, settling.tally_of(claimed.request)) | {"execution_id": execution}
    return Answer(body, version=claimed.request.version)


async def result(asking: Asking) -> Answer:
    """Report."""
    said: Result = asking.body
    told = (said.execution_id, _OUTCOMES[said.outcome], said.detail)
    reported = await asking.store.transact(programs.report, asking.caller, _id(asking), told)
    if reported.refusal is not None:
        raise reported.refusal
    return _of(reported.request)


async def evaluate(asking: Asking) -> Answer:
    """What the policies would say."""
    verdict = await asking.asker.judge(asking.caller, asking.body)
    terms = verdict.terms.model_dump(mode="json") if verdict.terms else None
    return Answer(verdict.facts() | {"terms": terms})


def _routes() -> tuple[Route, ...]:
    ask, ended = "approval.request", (404, 409)
    return (
        Route(
            "POST", "/approvals", "Ask people.", ask, create, Question, statuses=(201, 200), refuses=(409,)
        ),
        Route("GET", "/approvals", "Look for requests that you may see.", "", search, query=Filter),
        Route("POST", f"{_ONE}/decisions", "Decide, as your person.", "", decide, Decision, refuses=ended),
        Route("POST", f"{_ONE}/withdraw", "Take your request back.", "", withdraw, Reason, refuses=ended),
        Route("POST", f"{_ONE}/claim", "Use an approval, once.", ask, claim, Use, refuses=ended),
        Route("POST", f"{_ONE}/result", "Say what became of it.", ask, result, Result, refuses=ended),
        Route("POST", "/policies/evaluate", "What a subject would need.", ask, evaluate, Question),
    )


def _shown(unit: Unit, caller: Caller, request_id: str) -> Answer:
    request = programs.seen(unit, caller, request_id)
    body = shapes.approval(request, settling.tally_of(request), journal.history(unit, request_id))
    body["comments"] = shapes.comments(talking.of(unit, request_id))
    return Answer(body, version=request.version)


def _of(request: Request) -> Answer:
    return Answer(shapes.approval(request, settling.tally_of(request)), version=request.version)


def _id(asking: Asking) -> str:
    return numbered(asking, "AP", "approval")
