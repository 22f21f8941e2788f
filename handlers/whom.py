"""Whom the words of a person mean."""

import re

from core.errors import Invalid, NotFound
from core.people.person import Person
from core.source import suggestion
from core.text import one_line
from core.world import World

_MENTION = re.compile(r"^<@!?(\w+)(?:\|[^>]*)?>$")


def called(world: World, platform: str, words: str) -> list[Person]:
    """Everybody who may be meant by a mention, an id, a name or a first name."""
    mention = _MENTION.match(words.strip())
    wanted = words.strip().lstrip("@").casefold()
    humans = [person for person in world.people.values() if person.is_human and person.active]
    if mention:
        return [person for person in humans if person.accounts.get(platform) == mention.group(1)]
    exact = [person for person in humans if wanted in (person.id.casefold(), person.name.casefold())]
    return exact or [person for person in humans if person.name.casefold().split()[0] == wanted]


def find_person(world: World, platform: str, words: str) -> Person:
    """The person meant by a mention, an id, a name or a first name that only one person has.

    Raises:
        NotFound: nobody, or more than one, is meant.
    """
    found = called(world, platform, words)
    if len(found) == 1:
        return found[0]
    told = (
        f"“{one_line(words, 40)}” may be more than one person."
        if found
        else f"I know nobody called “{one_line(words, 40)}”."
    )
    known = [person.id for person in found] or [name for _, name in people(world, "")]
    hint = suggestion(words.strip().lstrip("@").casefold(), known)
    raise NotFound(told, hint.replace("`", "“", 1).replace("`", "”", 1))


_SECOND = re.compile(r"(?:(?:and|&|\+)\s*)@?(?P<and>[\w.-]*\w)|@?(?P<bare>[\w.-]*\w)\W*$", re.IGNORECASE)


def refuse_second(world: World, platform: str, first: str, text: str) -> None:
    """Refuse to call one of several people and leave the others out without a word: “page bo and chi”.

    Raises:
        Invalid: the words behind the first name begin with another.
    """
    found = _SECOND.match(text.strip())
    if found is None:
        return
    try:
        more = find_person(world, platform, found["and"] or found["bare"])
    except NotFound:
        return
    raise Invalid(
        f"I page one at a time, and nobody was called: you named {first} and {more.name}.",
        f"Say “page {first.split(maxsplit=1)[0].lower()}”, and then “page {more.name.split()[0].lower()}”; a team or a schedule calls several.",
    )


def people(world: World, typed: str) -> list[tuple[str, str]]:
    """Everybody who could be meant, to choose from: name and id."""
    del typed
    return [(person.name, person.id) for person in world.people.values() if person.is_human and person.active]
