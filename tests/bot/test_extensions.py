"""Actions that other distributions bring, found by the real importlib.metadata among what is on sys.path."""

import asyncio
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import plugins
from bot.cli import parts
from bot.extensions import GROUP, found
from bot.settings import Settings
from core.errors import ConfigError
from core.runbooks.action import ActionFailed, Context
from core.runbooks.load import load
from core.world import World

SAMPLE = Path(__file__).parents[2] / "examples" / "actions"
Install = Callable[..., None]
FINE = """
from pydantic import BaseModel, ConfigDict
from core.runbooks.action import ActionSpec
class Args(BaseModel):
    model_config = ConfigDict(extra="forbid")
class Loose(BaseModel):
    pass
def spec(name, args=Args):
    return ActionSpec(name, args, nature=lambda _: "idempotent", changes=lambda _: False)
class Fine:
    spec = spec("own.thing")
    async def run(self, args, context):
        return {}
class Bare: pass
class Renamed(Fine):
    spec = spec("own.other")
class Careless(Fine):
    spec = spec("own.thing", Loose)
class Shapeless(Fine):
    spec = spec("own.thing", dict)
class Both(Fine):
    def record(self, say, args, context):
        return {}
class Neither:
    spec = spec("own.thing")
class Broken(Fine):
    def __init__(self):
        raise RuntimeError("no licence")
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def lay(distribution: str, version: str, points: dict[str, str], folder: Path | None = None) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
        )
        lines = "".join(f"{name} = {target}\n" for name, target in points.items())
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}", encoding="utf-8")
        if folder is not None:
            monkeypatch.syspath_prepend(str(folder))

    (tmp_path / "foreign_actions.py").write_text(FINE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lay
    for name in ("foreign_actions", "wardroom_dns"):
        sys.modules.pop(name, None)


@pytest.fixture
def sample(install: Install) -> None:
    project = tomllib.loads((SAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install(project["name"], project["version"], project["entry-points"][GROUP], SAMPLE)


def context() -> Context:
    """What a step is told."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Context(execution="RUN-1", step="a", key="k", attempt=1, deadline=now, stop=asyncio.Event())


def test_nothing_is_found_where_nothing_is_installed() -> None:
    assert {} == found(plugins.ACTIONS)


@pytest.mark.usefixtures("sample")
async def test_the_sample_is_found_used_by_a_runbook_and_runs() -> None:
    text = "name: look\nsteps:\n  - {id: a, action: dns.lookup, with: {name: 127.0.0.1}}\n"
    step = load(text, "look.yaml", plugins.specs()).steps[0]
    action = plugins.actions(World(workspace="acme"))[step.action or ""]
    assert action.spec.nature({}) == "idempotent"
    assert hasattr(action, "run")
    result = await action.run(action.spec.args.model_validate(step.with_), context())
    assert {"addresses": ["127.0.0.1"]} == result


@pytest.mark.usefixtures("sample")
async def test_the_sample_fails_as_an_action_should() -> None:
    action = found(plugins.ACTIONS)["dns.lookup"].action
    assert hasattr(action, "run")
    with pytest.raises(ActionFailed, match="leads nowhere") as failed:
        await action.run(action.spec.args.model_validate({"name": "nothing.invalid"}), context())
    assert failed.value.retriable


def test_the_sample_has_fewer_than_thirty_lines() -> None:
    assert len((SAMPLE / "wardroom_dns.py").read_text(encoding="utf-8").splitlines()) < 30


@pytest.mark.usefixtures("sample")
def test_the_check_names_every_action_and_who_brings_it(tmp_path: Path) -> None:
    config = tmp_path / "wardroom.yaml"
    config.write_text("workspace: acme\n", encoding="utf-8")
    lines = {part.name: part for part in parts.files(Settings(config=config))[0]}
    assert lines["actions"].status is parts.Status.OK
    assert "shell" in lines["actions"].detail
    assert lines["actions"].detail.endswith("; dns.lookup (by wardroom-dns 1.0)")


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        ("thing", "Fine", "needs a dot in its name"),
        (".thing", "Fine", "needs a dot in its name"),
        ("chat.post", "Fine", "that Wardroom has itself"),
        ("own.thing", "Missing", "cannot be loaded: AttributeError"),
        ("own.thing", "Broken", "cannot be loaded: RuntimeError: no licence"),
        ("own.thing", "Bare", "no `spec`"),
        ("own.thing", "Renamed", "calls it `own.other`"),
        ("own.thing", "Careless", "misspelt"),
        ("own.thing", "Shapeless", "no pydantic model"),
        ("own.thing", "Both", "no more of them"),
        ("own.thing", "Neither", "no more of them"),
    ],
)
def test_an_action_that_cannot_be_used_is_told_with_who_brings_it(
    install: Install, name: str, target: str, words: str
) -> None:
    install("own-actions", "2.1", {name: f"foreign_actions:{target}"})
    with pytest.raises(ConfigError) as error:
        plugins.specs()
    said = str(error.value.problems[0])
    assert said.startswith(f"own-actions 2.1, action {name}: ")
    assert words in said
    assert said.endswith("uninstall it.")


def test_two_that_bring_the_same_action_are_both_named(install: Install) -> None:
    install("first-actions", "1", {"own.thing": "foreign_actions:Fine"})
    install("second-actions", "2", {"own.thing": "foreign_actions:Fine"})
    with pytest.raises(ConfigError, match=r"second-actions 2, .* brought by first-actions 1 as well"):
        plugins.specs()


def test_the_check_fails_for_an_action_that_cannot_be_used(install: Install, tmp_path: Path) -> None:
    install("own-actions", "2.1", {"thing": "foreign_actions:Fine"})
    config = tmp_path / "wardroom.yaml"
    config.write_text("workspace: acme\n", encoding="utf-8")
    found_parts, _ = parts.files(Settings(config=config))
    told = [problem for part in found_parts if part.status is parts.Status.FAIL for problem in part.problems]
    assert any("needs a dot" in problem for problem in told)
