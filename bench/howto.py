"""How often the first answer to “how do I …?” is the right one: python -m bench.howto [FILE.jsonl ...] [--verbose]

A file has one question on each line: `text`, and what may answer it first: `commands`, `pages` of the documentation, or, where
the bot is to answer by itself instead of explaining, the verbs that it `does`. Each goes through the whole pipeline, alone, in the
demo's world, as somebody who may everything. Without a file `sets/how` is judged: `tuned` was looked at, `held_out` never was.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bot.app import build
from core.errors import WardroomError
from core.place import Actor, Place
from core.store import inbox
from handlers import pipeline
from handlers.cards.card import Card, Code, Link, Text
from handlers.inbound import Message
from handlers.registry import REGISTRY
from tests.handlers.house import House
from tests.stores import opened, sqlite_url
from tests.stories.house import settings

SETS = Path(__file__).parent / "sets" / "how"


async def judged(questions: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Each question with what was answered first: a verb, `/command` or a page."""
    with tempfile.TemporaryDirectory() as folder:
        world = build(settings(Path(folder))).world
        async with opened(sqlite_url(Path(folder))) as store:
            house = House(store, world)
            return [
                (asked, await _first(house, asked["text"], number)) for number, asked in enumerate(questions)
            ]


async def _first(house: House, text: str, number: int) -> str:
    """What is answered first, in a conversation of its own."""
    place = Place(platform="local", channel=f"@ana{number}", direct=True)
    said = Message(
        key=house.key(), actor=Actor(platform="local", user="ana"), place=place, text=text, addressed=True
    )
    await house.store.transact(inbox.put, said.key, said.model_dump(mode="json"))
    try:
        verb = await house.store.transact(pipeline.handle, house.world, REGISTRY, said)
    except WardroomError as error:
        return f"refused: {error.what}"
    if verb != "wardroom.how":
        return verb
    told = next(row for row in await house.queued("whisper") if row["answering"] == said.key)
    return _leads(Card.model_validate(told["card"]))


def _leads(card: Card) -> str:
    lines = [part.line for part in card.parts if isinstance(part, Text)]
    commands = {verb.example: verb.command for verb in REGISTRY.verbs}
    for span in lines[0]:
        if isinstance(span, Code) and span.text in commands:
            return f"/{commands[span.text]}"
    links = (span.url for one in lines for span in one if isinstance(span, Link))
    return next((url.partition("/manual/")[2] for url in links), "nothing")


def is_right(asked: dict[str, Any], first: str) -> bool:
    """Whether this was one of the answers that may come first."""
    commands = (f"/{one}" for one in asked.get("commands", ()))
    return first in {*asked.get("does", ()), *commands, *asked.get("pages", ())}


def main() -> None:
    """Judge and print."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    given.add_argument("files", nargs="*", type=Path)
    given.add_argument("--verbose", action="store_true", help="print what was answered otherwise")
    asked = given.parse_args()
    for path in asked.files or sorted(SETS.glob("*.jsonl")):
        questions = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
        found = asyncio.run(judged(questions))
        right = sum(is_right(one, first) for one, first in found)
        print(f"{path.name}: right first answer {right / len(found):.1%} of {len(found)}")
        for one, first in found if asked.verbose else ():
            if not is_right(one, first):
                wanted = [*one.get("does", ()), *one.get("commands", ()), *one.get("pages", ())]
                print(f"  {one['text']} -> {first}, not {' or '.join(wanted)}")


if __name__ == "__main__":
    main()
