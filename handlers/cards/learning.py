"""What was noticed, what is preferred, and what could be done next, as cards. Pure."""

from collections.abc import Mapping, Sequence

from core.conversation.learning.advice import Advice
from core.conversation.learning.habit import Habit, Kind, State
from handlers.cards.card import Bold, Button, Card, Code, Fields, Text, line, say

NOTICED = "wardroom.noticed"
PREFIX = "H-"
_SAID = {State.KEPT: "you agreed", State.DECLINED: "you said no", State.OFFERED: "I asked you"}


def words(one: Habit) -> str:
    """A habit in a sentence."""
    times = "once" if one.count == 1 else f"{one.count} times"
    match one.kind:
        case Kind.PREFERENCE:
            return f"{one.key} = {one.value}"
        case Kind.VALUE:
            return f"{one.key} = {one.value}, {times}"
        case Kind.FOLLOWS:
            return f"after {one.key}: {one.value}, {times}"
        case Kind.WORD:
            return f"“{one.key}” meant {one.value}, {times}"
        case Kind.LAST:
            return f"the last thing you did: {one.value}"


def what(one: Habit) -> str:
    """What sort of thing it is, and whether it counts."""
    if one.kind is Kind.PREFERENCE:
        return "you prefer"
    said = _SAID.get(one.state)
    return f"I noticed ({said})" if said else "I noticed"


def offer(one: Habit) -> Card:
    """The question about what was noticed."""
    if one.kind is Kind.WORD:
        text = (
            f"You said “{one.key}” and meant {one.value}, {one.count} times. Shall I take it so from now on?"
        )
    else:
        runbook, _, name = one.key.partition(".")
        text = (
            f"I noticed that you run {runbook} with {name} {one.value}: {one.count} times so far. "
            "Shall I take that where you say nothing else?"
        )
    return Card(
        parts=(
            Text(line=line(text)),
            Text(
                line=line(
                    "Nothing changes unless you say yes. ", Code(text="/wardroom memory"), " shows it."
                ),
                small=True,
            ),
        ),
        controls=(
            _button(one, "Use it", "yes", "primary"),
            _button(one, "No", "no", "plain"),
        ),
        summary=f"{text} Say /wardroom noticed {PREFIX}{one.id} yes, or no.",
    )


def _button(one: Habit, label: str, said: str, style: str) -> Button:
    return Button(
        label=label,
        verb=NOTICED,
        object=f"{PREFIX}{one.id}",
        args={"said": said},
        style="primary" if style == "primary" else "plain",
        speak=f"{label}: {words(one)}",
    )


def taken(one: Habit, *, yes: bool) -> Card:
    """What became of it."""
    if not yes:
        return say("Good, I leave it as it is, and do not ask again.")
    if one.kind is Kind.WORD:
        return say(f"From now on “{one.key}” means {one.value} when you say it. ", _erases(one))
    return say(f"From now on {words(one)} where you say nothing else. ", _erases(one))


def preferred(one: Habit) -> Card:
    """What somebody prefers from now on."""
    return say(f"From now on {one.key} is {one.value} where you say nothing else. ", _erases(one))


def _erases(one: Habit) -> Code:
    return Code(text=f"/wardroom forget {PREFIX}{one.id}")


def preferences(mine: Mapping[str, str]) -> Card:
    """All that somebody prefers."""
    if not mine:
        return say(
            "You prefer nothing so far. For example: ", Code(text="/wardroom prefer environment staging"), "."
        )
    items = tuple((key, line(Code(text=value))) for key, value in sorted(mine.items()))
    said = ", ".join(f"{key} = {value}" for key, value in sorted(mine.items()))
    return Card(title="What you prefer", parts=(Fields(items=items),), summary=f"You prefer {said}.")


def filled(values: Mapping[str, str]) -> Card:
    """What was taken because it is preferred."""
    said = " and ".join(f"{name} {value}" for name, value in values.items())
    return say(f"I took {said}, as you prefer. ", Code(text="/wardroom prefer"), " shows what you prefer.")


def advice(found: Sequence[Advice]) -> Card:
    """What could be done next, and why; nothing of it is done."""
    if not found:
        return say(
            "I see nothing that needs you: no open incident, no request that waits for you, and nothing that you "
            "usually do now. ",
            Code(text="/status"),
            " shows how services are.",
        )
    parts = tuple(
        Text(line=line(Bold(text=f"{number}. "), Code(text=one.command), f" {one.reason}."))
        for number, one in enumerate(found, 1)
    )
    said = " ".join(f"{number}. {one.command}: {one.reason}." for number, one in enumerate(found, 1))
    small = Text(line=line("I run none of it; say what you want."), small=True)
    return Card(title="What you could do", parts=(*parts, small), summary=f"You could do this: {said}")
