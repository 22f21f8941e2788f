"""The documents say what the code does: links lead somewhere, names are complete, examples can be used."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.configuration import WardroomFile
from bot.plugins import ACTIONS
from bot.settings import Settings
from core.approvals.trials.cases import CaseFile
from core.errors import WardroomError
from core.runbooks.load import load as load_runbook
from core.source import Section, load, validate
from tests.house import ROOMS, ROOT, files, modules, source

_PAGES = [path for path in files() if path.suffix == ".md"]
_CODE_WORD = re.compile(r"""code\s*=\s*["']([A-Z][A-Z_]+)["']""")


def _read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", _PAGES, ids=str)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    text = re.sub(r"```.*?```", "", _read(str(page)), flags=re.DOTALL)
    targets = [
        match.partition("#")[0] for match in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in match
    ]
    assert [] == [target for target in targets if target and not (ROOT / page.parent / target).exists()]


def test_readme_names_both_commands_and_the_way_to_each_platform() -> None:
    text = _read("README.md")
    assert all(words in text for words in ("make run", "make test", "manifest.yml", "xapp-", "DISCORD_TOKEN"))


def test_every_error_code_is_explained() -> None:
    text = _read("docs/reference/errors.md")
    for path in modules("core"):
        if path.name != "__init__.py" and "WardroomError" in source(path):
            import_module(".".join(path.with_suffix("").parts))
    words = {found for path in modules(*ROOMS) for found in _CODE_WORD.findall(source(path))}
    codes = {error.code for error in _family(WardroomError)} | words
    assert [] == sorted(code for code in codes if f"`{code}`" not in text)


def test_every_variable_and_every_key_is_explained() -> None:
    text = re.sub(
        r"^```.*?^```", "", _read("docs/reference/configuration.md"), flags=re.DOTALL | re.MULTILINE
    )
    variables = {str(field.validation_alias) for field in Settings.model_fields.values()}
    keys = {
        field.alias or name
        for section in _family(Section)
        if section.__module__.partition(".")[0] in ROOMS
        for name, field in section.model_fields.items()
    }
    words = set(re.findall(r"[A-Za-z_0-9.]+", " ".join(re.findall(r"`([^`]+)`", text))))
    assert [] == sorted((variables | keys) - words)


def _snippets() -> Iterator[Any]:
    for page in _PAGES:
        blocks = re.findall(r"^```yaml\n(.*?)^```", _read(str(page)), flags=re.DOTALL | re.MULTILINE)
        for number, block in enumerate(blocks, 1):
            yield pytest.param(block, id=f"{page}:{number}")


@pytest.mark.parametrize("block", list(_snippets()))
def test_examples_of_configuration_and_runbooks_are_accepted(block: str) -> None:
    data = yaml.safe_load(block)
    if isinstance(data, dict) and "cases" in data:
        assert validate(load(block, "example.yaml"), CaseFile).cases
    elif isinstance(data, dict) and "steps" not in data:
        validate(load(f"workspace: acme\n{block}", "example.yaml"), WardroomFile)
    else:
        text = block if isinstance(data, dict) else _FRAME + block
        assert load_runbook(text, "example.yaml", ACTIONS).steps


_FRAME = """name: example
params: {whom: {type: string}}
steps:
  - {id: greet, action: chat.post, with: {text: "${{ params.whom }}"}}
"""


def _family(error: type[Any]) -> set[type[Any]]:
    return {error}.union(*(_family(child) for child in error.__subclasses__()))
