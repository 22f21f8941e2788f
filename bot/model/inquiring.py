"""A question put to a language model that may look things up as the person who asks: with commands that only look.

What it says is foreign text, and so is what it looks up. A command that would change something is kept, and not done.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.conversation.answering.prompt import asking
from core.conversation.llm import Counsel, Hear, Said
from core.errors import WardroomError
from core.people.permissions import may
from core.people.tokens.token import allows
from core.store.engine import Store
from core.text import cut, one_line
from handlers.caller import Caller
from handlers.programs import looking
from handlers.programs.meaning import Words
from handlers.registry import REGISTRY

_SHOWN = 6_000
_COMMAND = 200
# Words that mean nothing, or nothing that is done here, have looked nothing up.
_NO_LOOK = ("none", "ask.")
_PRIVATE = "That is between the person and the bot alone: they can say it themselves, in a direct message."


@dataclass
class Lookups:
    """What was looked up: the commands, what they answered, what was understood last, and what people could do."""

    commands: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, Any] | None = None


@dataclass(frozen=True)
class Question:
    """What somebody asks, as of `now` (None: as things are), after what was said `before`."""

    caller: Caller
    text: str
    now: datetime | None = None
    before: str = ""


async def inquire(
    llm: Counsel,
    store: Store,
    question: Question,
    hear: Hear | None = None,
    looks: Callable[[], Awaitable[None]] | None = None,
) -> tuple[Said, Lookups]:
    """What the model says to it, and what it looked up; `looks` is told each time that it begins to.

    Raises:
        TooMany, Unavailable: see Counsel.
    """
    found = Lookups()

    async def look(command: str) -> str:
        if looks is not None:
            await looks()
        return await _look(store, question, found, command)

    prompt = asking(question.text, _commands(question.caller), look, question.before)
    return await llm.say(question.caller.person.id, prompt, hear), found


async def _look(store: Store, question: Question, found: Lookups, command: str) -> str:
    try:
        words = Words(text=command, now=question.now)
        told = await store.read(looking.answer, question.caller, REGISTRY, words)
    except ValueError:
        return "That is no command."
    except WardroomError as error:
        return error.sentence()
    verb = REGISTRY.by_name.get(str(told["intent"]))
    if verb is not None and verb.private:
        return _PRIVATE
    answer = cut(str(told["answer"]), _SHOWN)
    if told["intent"] != "none":
        found.last = told
    if not told["intent"].startswith(_NO_LOOK):
        # What would change something is offered as it was said: a person may say it, too.
        said = command if told["actions"] else _ran(command, told)
        shown, kept = one_line(said, _COMMAND), found.offers if told["actions"] else found.commands
        if shown not in kept:
            kept.append(shown)
        found.seen.append(answer)
        found.actions += [one for one in told["actions"] if one not in found.actions]
    return answer


def _ran(said: str, told: Mapping[str, Any]) -> str:
    """The command that was answered, also where words were said that mean one."""
    verb = REGISTRY.by_name.get(str(told["intent"]))
    if said.lstrip().startswith("/") or verb is None:
        return said
    return " ".join((f"/{verb.command}", *(_said(one["value"]) for one in told["entities"])))


def _said(value: Any) -> str:
    """A thing as one says it: a time by the words that named it."""
    return str(value["text"]) if isinstance(value, Mapping) else str(value)


def _commands(caller: Caller) -> list[str]:
    """Every command that this person and this token may use, with an example."""
    return [
        f"{verb.example}: {verb.help}"
        for verb in REGISTRY.verbs
        if not verb.name.startswith("ask.") and not verb.private and _may_use(caller, verb.needs())
    ]


def _may_use(caller: Caller, permission: str) -> bool:
    if not permission:
        return True
    return may(caller.person, permission, caller.world.roles) and allows(caller.token, permission)
