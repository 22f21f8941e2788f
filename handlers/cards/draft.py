"""A drafted runbook as a card: what was wished for, what it would do, who would be asked, and what can be done with it. Pure."""

from datetime import datetime

from core.conversation.drafting.draft import Draft, State
from core.digest import short
from core.runbooks.plan import Plan
from core.text import cut, one_line
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Literal_,
    Part,
    Quote,
    Table,
    Text,
    Tone,
    When,
    line,
)
from handlers.cards.plan import rows_of

_SHOWN = 2_500
_TONES: dict[State, Tone] = {
    State.WRITING: "waiting",
    State.READY: "neutral",
    State.REFUSED: "bad",
    State.DISCARDED: "ended",
}


def draft_card(draft: Draft, who: str, now: datetime, planned: tuple[Plan, str] | None) -> Card:
    """How a draft stands. `who` wished for it; `planned` is what a run would do, and who would be asked, in a sentence."""
    parts: list[Part] = [Quote(label=f"{who} wished for", text=cut(draft.wish, 500))]
    controls: tuple[Control, ...] = ()
    said = _said(draft)
    if draft.state is State.READY and planned is not None:
        parts += _plan_parts(draft, *planned)
        if draft.expires_at > now:
            controls = _controls(draft, planned[0])
        else:
            said = "It has expired; wish for it again."
    parts += _outcome(draft, said)
    name = f": {draft.book['name']}" if draft.book else ""
    return Card(
        title=f"Draft {draft.id}{name}",
        tone=_TONES[draft.state],
        parts=tuple(parts),
        controls=controls,
        footer=line(f"written by {draft.model or 'a language model'} · ", *_until(draft)),
        summary=f"Draft {draft.id}{name}. {said}",
        hint=f"/runbook drafts {draft.id}",
        revision=draft.fence,
        digest=draft.digest if draft.book else "",
    )


def listing(drafts: list[Draft]) -> Card:
    """Drafts, one a row."""
    if not drafts:
        words = "There are no drafts. `/runbook draft WISH` has one written."
        return Card(title="Drafts", parts=(Text(line=line(words)),), summary=words)
    rows = tuple(
        (
            line(Code(text=draft.id)),
            line(str(draft.book.get("name") or "is being written")),
            line(draft.by),
            line(one_line(draft.wish, 80)),
        )
        for draft in drafts
    )
    summary = f"{len(rows)} drafts: {', '.join(draft.id for draft in drafts)}."
    table = Table(head=("Draft", "Runbook", "For", "Wished for"), rows=rows)
    return Card(title="Drafts", parts=(table,), summary=summary, hint="/runbook drafts DR-…")


def _said(draft: Draft) -> str:
    match draft.state:
        case State.WRITING:
            return "It is being written. Nothing runs."
        case State.REFUSED:
            return "Nothing that can be used was written, and nothing was run."
        case State.DISCARDED:
            return "It was discarded."
        case State.READY:
            return "A language model wrote this. Nothing was run."


def _plan_parts(draft: Draft, plan: Plan, verdict: str) -> list[Part]:
    words = one_line(plan.description, 300)
    given = ", ".join(f"{name}={value}" for name, value in plan.params.items() if value is not None)
    parts: list[Part] = [Quote(label="It says of itself", text=words)] if words else []
    parts += [Text(line=line("With ", Code(text=cut(given, 300))))] if given else []
    return [
        *parts,
        Table(head=("", "Step", "What", "How"), rows=rows_of(plan)),
        Text(line=line(Bold(text="To run it: "), verdict)),
        Literal_(text=cut(draft.text, _SHOWN)),
    ]


def _controls(draft: Draft, plan: Plan) -> tuple[Control, ...]:
    run = Button(
        label="Ask for approval and run",
        verb="runbook.start",
        object=draft.id,
        style="danger" if plan.is_destructive else "primary",
        confirm=f"Ask others to approve {draft.id}? It runs as soon as they do.",
        speak=f"Ask for approval of {draft.id} and run it",
    )
    save = Button(
        label="Save as a file",
        verb="runbook.save",
        object=draft.id,
        speak=f"Save {draft.id} as {plan.runbook}.yaml",
    )
    drop = Button(label="Discard", verb="runbook.discard", object=draft.id, speak=f"Discard {draft.id}")
    return (run, drop) if draft.saving in ("waiting", "saved") else (run, save, drop)


def _outcome(draft: Draft, said: str) -> list[Part]:
    parts: list[Part] = [Text(line=line(said), small=True)]
    if draft.problems:
        parts.append(Literal_(text=cut("\n".join(draft.problems), _SHOWN)))
    if draft.execution:
        parts.append(Text(line=line(f"{draft.execution} is a run of it.")))
    match draft.saving:
        case "saved":
            parts.append(
                Text(line=line("Saved as ", Code(text=draft.file), ". It is read at the next start."))
            )
        case "failed":
            parts.append(Text(line=line(f"It was not saved: {draft.file}.")))
        case "waiting":
            parts.append(Text(line=line("It is being saved.")))
    return parts


def _until(draft: Draft) -> tuple[Code | When | str, ...]:
    if draft.state is not State.READY:
        return (Code(text=draft.id),)
    return ("good until ", When(at=draft.expires_at, style="date_time"), f" · {short(draft.digest)}")
