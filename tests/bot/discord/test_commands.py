"""The command tree says what the verbs say, within Discord's limits."""

from enum import Enum
from typing import Any, Literal

from pydantic import Field

from bot.discord.commands import find, fingerprint, tree
from handlers.verb import Args, OnObject
from tests.bot.discord.house import VERBS, verb
from tests.platforms import discord_limits as limits


class Colour(Enum):
    RED = "red"


class Everything(OnObject):
    why: str = Field(description="Why it is done.")
    loud: bool = False
    times: int = 1
    severity: Literal["1", "2"] = "2"
    colour: Colour = Colour.RED


def test_words_become_groups_and_subcommands() -> None:
    made = {command["name"]: command for command in tree(VERBS)}
    assert ["run", "list"] == [option["name"] for option in made["runbook"]["options"]]
    assert 3 == made["Start incident"]["type"]
    assert [] == limits.commands(list(made.values()))


def test_options_come_from_the_arguments_required_ones_first() -> None:
    (made,) = tree((verb("x.y", "x y", Everything, order=("why", "id")),))
    options: list[dict[str, Any]] = made["options"][0]["options"]
    assert [("why", 3, True), ("id", 3, True), ("loud", 5, False), ("times", 4, False)] == [
        (option["name"], option["type"], option["required"]) for option in options[:4]
    ]
    assert "Why it is done." == options[0]["description"]
    assert ["1", "2"] == [choice["value"] for choice in options[4]["choices"]]
    assert ["red"] == [choice["value"] for choice in options[5]["choices"]]


def test_a_command_of_one_word_and_one_of_three_are_found_again() -> None:
    verbs = (verb("help.show", "help", Args), verb("x.y", "x one two", Args))
    assert ["help", "x"] == [command["name"] for command in tree(verbs)]
    assert (verbs[0], verbs[1], None) == (
        find(verbs, "help", ""),
        find(verbs, "x", "one-two"),
        find(verbs, "x", ""),
    )
    assert [] == limits.commands(tree(verbs))


def test_what_discord_stores_beside_ours_is_no_change() -> None:
    made = tree(VERBS)
    stored = [{"id": "1", "version": "2", "default_permission": True} | command for command in reversed(made)]
    assert fingerprint(made) == fingerprint(stored)
    stored[0] = stored[0] | {"description": "another"}
    assert fingerprint(made) != fingerprint(stored)


def test_a_crowd_of_verbs_stays_within_the_limits() -> None:
    verbs = tuple(verb(f"x.v{n}", f"x verb-{n}", Everything) for n in range(60))
    assert [] == limits.commands(tree(verbs))
