"""What a request's card shows of changes and questions, and the buttons for all that is neither yes nor no. Pure."""

from collections.abc import Sequence

from core.approvals import words
from core.approvals.request import Request
from core.approvals.talking.remark import Remark, unanswered
from handlers.cards.card import Bold, Button, Part, Quote, Text, When, line

_SHOWN = 10
_SAYS = {"comment": "said", "question": "asked", "answer": "answered"}


def changed(request: Request) -> list[Part]:
    """What was changed last, by whom and why, and whose votes that voided."""
    amended = request.amended
    if amended is None:
        return []
    told = line(
        Bold(text="Changed: "),
        f"{words.differences(amended)}, by {amended.name} at ",
        When(at=amended.at),
        ".",
    )
    parts: list[Part] = [Text(line=told), Quote(label=f"Written by {amended.name}", text=amended.reason)]
    if amended.void:
        parts.append(Text(line=line(f"Votes before that do not count: {words.list_of(list(amended.void))}.")))
    return parts


def questions(remarks: Sequence[Remark]) -> list[Part]:
    """The questions that nobody has answered yet."""
    return [
        Quote(
            label=f"Open question #{one.number}, asked by {one.name} at {words.clock(one.at)}", text=one.text
        )
        for one in unanswered(remarks)
    ]


def everything(remarks: Sequence[Remark]) -> list[Part]:
    """The newest of all that was said."""
    return [
        Quote(label=f"#{one.number} {one.name} {_SAYS[one.kind]} at {words.clock(one.at)}", text=one.text)
        for one in remarks[-_SHOWN:]
    ]


def more(request: Request, remarks: Sequence[Remark]) -> tuple[Button, ...]:
    """The buttons beside yes and no, for a request that is open."""
    ask = _button(request, "Ask…", "approval.ask", "Ask a question about")
    answer = _button(request, "Answer…", "approval.answer", "Answer a question about")
    change = _quiet(request, "Change…", "approval.change", "Change what is asked in")
    return (
        ask,
        *([answer] if unanswered(remarks) else []),
        *([change] if request.rules.changeable else []),
        _quiet(request, "Comment…", "approval.comment", "Comment on"),
        _quiet(request, "Abstain", "approval.abstain", "Do not decide on"),
        *([] if request.is_review else [_quiet(request, "Withdraw", "approval.withdraw", "Withdraw")]),
    )


def _button(request: Request, label: str, verb: str, speak: str) -> Button:
    return Button(label=label, verb=verb, object=request.id, speak=f"{speak} {request.id}")


def _quiet(request: Request, label: str, verb: str, speak: str) -> Button:
    return _button(request, label, verb, speak).model_copy(update={"quiet": True})
