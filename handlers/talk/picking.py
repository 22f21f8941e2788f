"""Which runbook is meant: by a wish, and by the answer to which of several it is. Pure."""

import re
from collections.abc import Mapping

from core.language.leaning.consent import accepts
from core.runbooks import from_language, told, worded
from core.runbooks.definition import Runbook
from core.runbooks.wishing.wish import Wish
from core.world import World
from handlers.talk import wishes

_A_NAME = 2  # words


def books(world: World, said: wishes.Wish) -> tuple[list[Runbook], bool]:
    """The runbooks of which one is meant, at least one, and whether the words say so beyond doubt."""
    if not said.runbook:
        found = from_language.matching(world.runbooks, said.said)
        return found[: from_language.MOST], any(from_language.is_named(book, said.said) for book in found)
    found = from_language.candidates(world.runbooks, said.runbook)
    own = wishes.runbooks_of(world, said.service) if len(found) > 1 and said.service else ()
    found = [book for book in found if book.name in own] or found
    if found:
        return found[: from_language.MOST], True
    found = from_language.alike(world.runbooks, said.runbook)
    # Where nothing is alike either, the error says which there are.
    return found or [wishes.find_book(world, said.runbook, said.service)], False


def settled(world: World, order: Mapping[str, str]) -> dict[str, str]:
    """An order to run with the name of the runbook, where only one is meant: whoever agrees to it is not asked for it again."""
    found, _ = books(world, wishes.Wish.model_validate(order))
    return {**order, "runbook": found[0].name} if len(found) == 1 else dict(order)


def described(world: World, order: Mapping[str, str]) -> dict[str, str]:
    """What an order to run says before it is agreed to: the command, and in words which runbook, or of which one is meant."""
    found, _ = books(world, wishes.Wish.model_validate(order))
    told = wishes.spelt_out(world, {**order, "runbook": found[0].name}) if len(found) == 1 else {}
    pairs = [f"{name}={value}" for name in ("service", "environment") if (value := told.get(name))]
    names = [book.name for book in found]
    command = ("/runbook run", *names[:1], *pairs, told.get("params", "")) if told else ("/runbook run …",)
    return {"would": " ".join(command).strip(), "what": f"Run {' or '.join(names)}"}


def named(world: World, wish: Wish, answer: str) -> Runbook | None:
    """The runbook that an answer names, or agrees to where only one was offered; None if it names none of them."""
    if accepts(answer):
        return world.runbooks.get(wish.candidates[0]) if len(wish.candidates) == 1 else None
    found = from_language.candidates(world.runbooks, answer)
    offered = [book for book in found if book.name in wish.candidates] or found
    if not offered:
        offered = [
            book
            for name in wish.candidates
            if (book := world.runbooks.get(name)) and from_language.is_named(book, answer)
        ]
    return offered[0] if len(offered) == 1 else None


def nameless(book: Runbook, answer: str) -> str:
    """What an answer says besides the name of a runbook."""
    phrases = [one.chat for one in book.triggers if one.chat]
    words = "|".join(re.escape(one) for one in (*phrases, book.name, *book.name.split("-")))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", " ", answer, flags=re.IGNORECASE)


def says_more(world: World, wish: Wish, answer: str) -> bool:
    """Whether words that name none of the runbooks say what one of them is to be told: “in staging, sorry”."""
    names = wishes.names_of(world)
    offered = (world.runbooks[name] for name in wish.candidates if name in world.runbooks)
    for book in offered:
        found = told.read(answer, book, names)
        asked = from_language.question(book, found, names)
        if found and not (asked is not None and asked.problem):
            return True
    return False


def answers(world: World, wish: Wish, answer: str) -> bool:
    """Whether words answer which of them is meant, if only with a name that none of them has, and say nothing else."""
    book, names = named(world, wish, answer), wishes.names_of(world)
    if book is not None and not accepts(answer):
        return told.says_only(nameless(book, answer), book, names)
    if book is not None:
        return True
    offered = [world.runbooks[name] for name in wish.candidates if name in world.runbooks]
    if says_more(world, wish, answer):
        return any(told.says_only(answer, one, names) for one in offered)
    return worded.is_short(answer) and len(answer.split()) <= _A_NAME
