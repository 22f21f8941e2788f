"""Every verb is complete: name, permission, help, example, and its line in the documents."""

import re

from handlers.registry import REGISTRY
from tests import reference


def test_the_page_of_commands_is_what_the_verbs_say() -> None:
    assert reference.commands() == reference.COMMANDS.read_text(encoding="utf-8"), "python -m tests.reference"


def test_every_verb_has_permission_help_and_an_example_that_begins_with_its_command() -> None:
    assert [] == [
        f"{verb.name}: {what}"
        for verb in REGISTRY.verbs
        for what, fine in (
            ("a name area.verb", re.fullmatch(r"[a-z_]+\.[a-z_]+", verb.name)),
            ("help that ends with a full stop", verb.help.endswith(".")),
            ("an example of its command", verb.example.startswith(f"/{verb.command}")),
            ("a permission area.verb", verb.needs() == "" or re.fullmatch(r"[a-z_]+\.[a-z_]+", verb.needs())),
        )
        if not fine
    ]


def test_names_and_commands_of_verbs_are_their_own() -> None:
    names = [verb.name for verb in REGISTRY.verbs]
    commands = [words for verb in REGISTRY.verbs for words in (verb.command, *verb.aliases)]
    assert (len(names), len(commands)) == (len(set(names)), len(set(commands)))
