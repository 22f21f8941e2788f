"""What people do with a request besides deciding: change what is asked, ask about it, answer, comment."""

import re
from collections.abc import Callable
from typing import Any

from pydantic import Field

from core.approvals import records
from core.approvals.talking import records as remarks
from core.approvals.talking import units
from core.approvals.talking.remark import unanswered
from core.ids import parse_numbered
from core.store.engine import Unit
from core.text import clean, one_line
from core.world import World
from handlers.approvals import changing
from handlers.cards import problem
from handlers.cards.card import say
from handlers.cards.form import Form, FormField
from handlers.verb import Args, Call, OnObject, Reply, Verb

_LONGEST = 2_000
_PAIR = re.compile(r"""\s*([A-Za-z_][\w.-]*)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_VALUES = ("v1", "v2", "v3", "v4")


class Change(OnObject):
    """Which request, and what to change: `name=value` pairs and then the reason; or what a form brings."""

    carried = frozenset({"revision", "digest", *_VALUES, "reason"})
    change: str = Field(default="", max_length=_LONGEST)
    v1: str = ""
    v2: str = ""
    v3: str = ""
    v4: str = ""
    reason: str = Field(default="", max_length=_LONGEST)


class Remark(Args):
    """About which request, and what."""

    id: str
    text: str = Field(default="", max_length=_LONGEST)
    revision: int = 0
    digest: str = ""


class Answer(Remark):
    """About which request, and what; which question, if there is more than one."""

    question: int | None = Field(default=None, ge=1)


def change(unit: Unit, call: Call, args: Change) -> Reply:
    """Change what is asked: everybody decides anew, and whoever changes it does not decide."""
    request = records.get(unit, _id(args.id))
    written, reason = _pairs(args.change)
    offered = changing.fields_of(request)
    for name, path in zip(_VALUES, offered, strict=False):
        said = clean(getattr(args, name))
        if said and said != clean(offered[path]):
            written[path] = said
    patch = changing.patch_of(request, written)
    wish = changing.Wish(patch, clean(args.reason) or reason, shown=args.digest)
    decided = changing.change(unit, call.world, request.id, call.person, wish)
    if decided.refusal is not None:
        return Reply(card=problem.card(decided.refusal))
    return Reply(card=say(decided.words, tone="good"))


def ask(unit: Unit, call: Call, args: Remark) -> Reply:
    """Ask something about a request."""
    request = units.ask(unit, _id(args.id), call.person, clean(args.text), call.world.people)
    return Reply(card=say(f"Asked. {request.id} shows your question until it is answered."))


def comment(unit: Unit, call: Call, args: Remark) -> Reply:
    """Say something about a request."""
    request = units.comment(unit, _id(args.id), call.person, clean(args.text))
    return Reply(card=say(f"Noted on {request.id}."))


def answer(unit: Unit, call: Call, args: Answer) -> Reply:
    """Answer a question."""
    request = units.answer(unit, _id(args.id), call.person, clean(args.text), args.question)
    return Reply(card=say(f"Answered, in the thread of {request.id}. The question is off its card."))


def _id(text: str) -> str:
    return parse_numbered(text, "AP")


def _pairs(text: str) -> tuple[dict[str, str], str]:
    """The `name=value` pairs that the words begin with, and what follows them: the reason."""
    found: dict[str, str] = {}
    while match := _PAIR.match(text):
        name, *values = match.groups()
        found[name] = next(value for value in values if value is not None)
        text = text[match.end() :]
    return found, text.strip()


def _change_form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    del world
    if known.get("change"):
        return None
    request = records.get(unit, _id(known.get("id", "")))
    offered = changing.fields_of(request)
    if not offered or not request.is_pending:
        return None
    fields = [
        FormField(name=name, label=path, default=value, required=False, max_length=500)
        for name, (path, value) in zip(_VALUES, offered.items(), strict=False)
    ]
    why = FormField(name="reason", label="Why?", kind="long", max_length=1_000)
    return Form(
        title=f"Change {request.id}",
        verb="approval.change",
        object=request.id,
        digest=request.digest,
        intro="Everybody decides anew on what it becomes. Whoever changes it does not decide.",
        fields=(*fields, why),
        submit="Change",
    )


_LABELS = {"ask": "Your question", "comment": "Your comment"}


def _remark(word: str, run: Callable[[Unit, Call, Any], Reply], told: str, example: str) -> Verb:
    """Something that anybody may say about a request, in words or in a form."""

    def form(_world: World, known: dict[str, str]) -> Form | None:
        if known.get("text"):
            return None
        request = known.get("id", "")
        return Form(
            title=word.capitalize(),
            verb=f"approval.{word}",
            object=request,
            intro=f"{request}: what you write is shown to everybody and kept.",
            fields=(FormField(name="text", label=_LABELS[word], kind="long", max_length=1_000),),
            submit=word.capitalize(),
        )

    return Verb(
        name=f"approval.{word}",
        command=f"approvals {word}",
        help=told,
        example=f"/approvals {word} AP-1 {example}",
        args=Remark,
        run=run,
        order=("id",),
        rest="text",
        permission="",
        form=form,
        form_on="always",
    )


def _answer_form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    del world
    if known.get("text"):
        return None
    request_id = _id(known.get("id", ""))
    waiting = unanswered(remarks.of(unit, request_id))
    if not waiting:
        return None
    options = tuple(
        (f"#{one.number} {one.name}: {one_line(one.text, 50)}", str(one.number)) for one in waiting
    )
    which = FormField(
        name="question", label="Which question?", kind="choice", default=options[0][1], options=options
    )
    text = FormField(name="text", label="Your answer", kind="long", max_length=1_000)
    first = f"{waiting[0].name}: “{one_line(waiting[0].text, 300)}”"
    return Form(
        title="Answer",
        verb="approval.answer",
        object=request_id,
        intro=first if len(waiting) == 1 else f"{request_id}: what you write is shown to everybody and kept.",
        fields=(which, text) if len(waiting) > 1 else (text,),
        submit="Answer",
    )


VERBS = (
    Verb(
        name="approval.change",
        command="approvals change",
        help="Change what a request asks, where its policy lets you; everybody decides anew.",
        example="/approvals change AP-1 quantity=1200 within my mandate",
        args=Change,
        run=change,
        order=("id",),
        rest="change",
        permission="",
        looks=_change_form,
        form_on="always",
    ),
    _remark(
        "ask", ask, "Ask something about a request; it stays on the card until it is answered.", "why now?"
    ),
    Verb(
        name="approval.answer",
        command="approvals answer",
        help="Answer the question that is open, or question=2 for the second.",
        example="/approvals answer AP-1 the old version has a leak",
        args=Answer,
        run=answer,
        order=("id",),
        rest="text",
        permission="",
        looks=_answer_form,
        form_on="always",
    ),
    _remark(
        "comment",
        comment,
        "Say something about a request; it decides nothing.",
        "I am at the dentist until noon",
    ),
)
