"""Every verb is complete: name, permission, help, example, and its line in the documents."""

import re

import yaml

from handlers.registry import REGISTRY
from tests import reference
from tests.house import ROOT, files


def test_the_page_of_commands_is_what_the_verbs_say() -> None:
    assert reference.commands() == reference.COMMANDS.read_text(encoding="utf-8"), "python -m tests.reference"


def test_the_page_of_the_command_line_is_what_the_program_says() -> None:
    written = reference.LINE.read_text(encoding="utf-8")
    assert reference.command_line() == written, "python -m tests.reference"


def test_documents_name_only_commands_that_exist() -> None:
    known = {words for words, _ in reference.programs()}
    first = {words.split()[0] for words in known}
    pages = [(path, (ROOT / path).read_text(encoding="utf-8")) for path in files() if path.suffix == ".md"]
    named = {
        (str(path), words)
        for path, text in pages
        for words in re.findall(r"(?:`|\$ |bin/)wardroom ([a-z]+(?: [a-z]+)?)", text)
    }
    assert [] == [(path, words) for path, words in sorted(named) if not ({words} & known or words in first)]


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


def test_the_manifest_offers_every_area_as_a_slash_command() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    offered = {command["command"] for command in manifest["features"]["slash_commands"]}
    assert {f"/{verb.command.split()[0]}" for verb in REGISTRY.verbs} == offered
