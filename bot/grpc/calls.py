"""What each call does that is answered once; the words are parsed here, the work is the same as behind other doors."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from bot.asker import Asker
from bot.doors import checked_key, execution_of, parsed
from bot.grpc import convert
from bot.grpc import oversight_pb2 as pb
from core.approvals.request import Request, Status
from core.approvals.search.records import Search
from core.approvals.states import Happening
from core.approvals.talking import records as talking
from core.errors import Conflict, Invalid
from core.ids import parse_numbered
from core.store import journal
from core.store.engine import Store, Unit
from handlers.approvals.asking import Question
from handlers.caller import Caller
from handlers.programs import answering
from handlers.programs import deeds as programs
from handlers.programs.answering import Amend, Comment, Decision

_MEND = "bot/grpc/oversight.proto says what each call takes, and so does reflection."
_KEY_MEND = (
    "Send a new random value for each thing you want, and the same one when you try again: in the field "
    "`idempotency_key`, or as metadata `idempotency-key`."
)
_ASK = "approval.request"
_LIMIT, _PAGE = 50, 200
_LONGEST = 2_000
_ROOM = 2 * 1024 * 1024  # a page stays well below the 4 MiB that clients take unless told otherwise
_OUTCOMES = {
    pb.OUTCOME_EXECUTED: Happening.EXECUTED,
    pb.OUTCOME_FAILED: Happening.FAILED,
    pb.OUTCOME_UNKNOWN: Happening.UNKNOWN,
    pb.OUTCOME_PARTIAL: None,
}


@dataclass(frozen=True)
class Asking:
    """One call as it is worked on: who, with which words, and the key that came as metadata."""

    caller: Caller
    store: Store
    asker: Asker
    message: Any
    key: str = ""

    @property
    def id(self) -> str:
        """The request that it is about.

        Raises:
            Invalid: it names none.
        """
        return parse_numbered(self.message.id, "AP")

    def checked_key(self) -> str:
        """The key of a call that changes something.

        Raises:
            Invalid: there is none, or it is no short text.
        """
        return checked_key(self.message.idempotency_key or self.key, "idempotency key", _KEY_MEND)


@dataclass(frozen=True)
class Call:
    """A call of the service: its name, the message that it takes, what it needs, and what it does."""

    name: str
    takes: type[Message]
    run: Callable[[Asking], Awaitable[Message]]
    permission: str = ""


async def create(asking: Asking) -> pb.Request:
    """Ask, or learn at once what the policies say."""
    key = asking.checked_key()
    question = parsed(Question, convert.question_of(asking.message), "question", _MEND)
    asked = await asking.asker.ask(asking.caller, question, key)
    if asked.refusal is not None or asked.request is None:
        raise asked.refusal or Conflict("Nothing was asked.")
    return convert.request_of(asked.request)


async def get(asking: Asking) -> pb.Request:
    """The request with its history."""

    def work(unit: Unit) -> pb.Request:
        request = programs.seen(unit, asking.caller, asking.id)
        return convert.request_of(request, journal.history(unit, request.id), talking.of(unit, request.id))

    return await asking.store.read(work)


async def decide(asking: Asking) -> pb.Request:
    """One person's decision; a refusal is an error of its own."""
    asking.checked_key()
    message: pb.DecideRequest = asking.message
    word = convert.word_of(pb.Decision, message.decision).lower()
    said = {"decision": word, "reason": message.reason, "digest": message.digest}
    decision = parsed(Decision, said, "decision", _MEND)
    decided = await asking.store.transact(answering.decide, asking.caller, asking.id, decision)
    if decided.refusal is not None:
        raise decided.refusal
    return convert.request_of(decided.request)


async def update(asking: Asking) -> pb.Request:
    """Change what is asked, as it was at the version that was looked at."""
    asking.checked_key()
    message: pb.UpdateRequestRequest = asking.message
    if message.expected_version < 1:
        raise Invalid(
            "This needs the version that you looked at.", "Read the request, and send its `version`."
        )
    said = {"subject": convert.subject_of(message), "reason": message.reason}
    amend = parsed(Amend, said, "change", _MEND)
    decided = await asking.store.transact(
        answering.amend, asking.caller, asking.id, amend, message.expected_version
    )
    if decided.refusal is not None:
        raise decided.refusal
    return convert.request_of(decided.request)


async def say(asking: Asking) -> pb.Request:
    """Comment, ask or answer."""
    key = asking.checked_key()
    message: pb.CommentRequest = asking.message
    kind = "question" if message.question else "comment"
    said = {"text": message.text, "kind": kind, "answers": message.answers or None}
    comment = parsed(Comment, said, "comment", _MEND)

    def work(unit: Unit) -> pb.Request:
        request = answering.say(unit, asking.caller, asking.id, comment, key)
        return convert.request_of(request, remarks=talking.of(unit, request.id))

    return await asking.store.transact(work)


async def withdraw(asking: Asking) -> pb.Request:
    """Take it back."""
    asking.checked_key()
    reason = _short(asking.message.reason, "reason")
    return convert.request_of(
        await asking.store.transact(answering.withdraw, asking.caller, asking.id, reason)
    )


async def claim(asking: Asking) -> pb.ClaimResponse:
    """Use it once; the same key claims the same."""
    execution = execution_of(asking.caller, asking.id, asking.checked_key())
    current = convert.subject_of(asking.message)
    shown = _short(asking.message.digest, "digest")
    claimed = await asking.asker.claim(asking.caller, asking.id, execution, current, shown)
    if claimed.refusal is not None:
        raise claimed.refusal
    return pb.ClaimResponse(execution_id=execution, request=convert.request_of(claimed.request))


async def report(asking: Asking) -> pb.Request:
    """Report."""
    asking.checked_key()
    message: pb.ReportResultRequest = asking.message
    convert.word_of(pb.Outcome, message.outcome)
    said = (message.execution_id, _OUTCOMES[message.outcome], _short(message.detail, "detail"))
    reported = await asking.store.transact(programs.report, asking.caller, asking.id, said)
    if reported.refusal is not None:
        raise reported.refusal
    return convert.request_of(reported.request)


async def search(asking: Asking) -> pb.ListRequestsResponse:
    """Requests that the caller may see, as many as there is room for."""
    message: pb.ListRequestsRequest = asking.message
    status = Status(convert.word_of(pb.Status, message.status)) if message.status else None
    wanted = Search(status, message.kind, message.approver, message.requester)
    cursor = parse_numbered(message.cursor, "AP") if message.cursor else ""
    if not 0 <= message.limit <= _PAGE:
        raise Invalid(f"A limit of {message.limit} cannot be used.", f"From 1 to {_PAGE}, or leave it out.")
    limit = message.limit or _LIMIT
    found, following = await asking.store.read(answering.find, asking.caller, wanted, limit, cursor)
    return _page(found, following or "")


def _page(found: list[Request], following: str) -> pb.ListRequestsResponse:
    page = pb.ListRequestsResponse(next=following)
    room = _ROOM
    for number, request in enumerate(found):
        shown = convert.request_of(request)
        room -= shown.ByteSize()
        if room < 0 and number:
            page.next = found[number - 1].id
            break
        page.items.append(shown)
    return page


def _short(text: str, name: str) -> str:
    if len(text) > _LONGEST:
        raise Invalid(f"The {name} has {len(text):,} characters.", f"{_LONGEST:,} are the most.")
    return text


CALLS = (
    Call("CreateRequest", pb.CreateRequestRequest, create, _ASK),
    Call("GetRequest", pb.GetRequestRequest, get),
    Call("UpdateRequest", pb.UpdateRequestRequest, update),
    Call("Comment", pb.CommentRequest, say),
    Call("Decide", pb.DecideRequest, decide),
    Call("Withdraw", pb.WithdrawRequest, withdraw),
    Call("Claim", pb.ClaimRequest, claim, _ASK),
    Call("ReportResult", pb.ReportResultRequest, report, _ASK),
    Call("ListRequests", pb.ListRequestsRequest, search),
)
