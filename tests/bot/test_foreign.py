"""Checks that other distributions bring, found among what is on sys.path, and used by a service."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.configuration import load_world
from bot.extensions import CHECKS, found_checks
from bot.plugins import checks
from bot.settings import load_settings
from core.clock import SystemClock
from core.errors import ConfigError
from core.health.check import Finding, Status

CODE = """
from pydantic import BaseModel, ConfigDict
from core.health.check import CheckSpec, Finding, Status
class Args(BaseModel):
    model_config = ConfigDict(extra="forbid")
    host: str
class Loose(BaseModel):
    pass
class Bind:
    spec = CheckSpec("ldap.bind", Args)
    side = ""
    async def probe(self, args, seconds):
        return Finding(Status.HEALTHY, f"bound to {args.host}")
class Careless(Bind):
    spec = CheckSpec("ldap.bind", Loose)
class Renamed(Bind):
    spec = CheckSpec("ldap.other", Args)
class Bare: pass
class Sync(Bind):
    def probe(self, args, seconds): ...
class Sideless:
    spec = Bind.spec
    async def probe(self, args, seconds): ...
"""
CONFIG = """
workspace: acme
services:
  directory:
    health:
      - {name: bind, uses: USES, with: WITH}
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, target: str) -> None:
    info = folder / "wardroom_ldap-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wardroom-ldap\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{CHECKS}]\n{name} = foreign_checks:{target}\n")
    (folder / "foreign_checks.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    sys.modules.pop("foreign_checks", None)


def configured(folder: Path, uses: str, given: str) -> Path:
    path = folder / "wardroom.yaml"
    path.write_text(CONFIG.replace("USES", uses).replace("WITH", given))
    return path


async def test_a_check_that_is_installed_is_used_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "ldap.bind", "Bind")
    config = configured(tmp_path, "ldap.bind", "{host: ldap.internal}")
    world = load_world(load_settings(config=config))
    (check,) = world.services["directory"].health
    assert ("ldap.bind", "ldap.bind") == (check.means, check.target)
    kind = checks(world, SystemClock())[check.means]
    found = await kind.probe(kind.spec.args.model_validate(check.options), 1.0)
    assert Finding(Status.HEALTHY, "bound to ldap.internal") == found


@pytest.mark.parametrize(
    ("uses", "given", "said"),
    [
        ("ldap.bnd", "{host: x}", "Unknown check `ldap.bnd`. Did you mean `ldap.bind`?"),
        ("ldap.bind", "{hst: x}", "`host` of ldap.bind: Field required."),
    ],
)
def test_what_nobody_brings_or_takes_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uses: str, given: str, said: str
) -> None:
    install(tmp_path, monkeypatch, "ldap.bind", "Bind")
    with pytest.raises(ConfigError) as refused:
        load_world(load_settings(config=configured(tmp_path, uses, given)))
    assert any(problem.line == 6 and said in str(problem) for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("name", "target", "said"),
    [
        ("http", "Bind", "is the name of a check that Wardroom has itself"),
        ("bind", "Bind", "needs a dot in its name"),
        ("ldap.bind", "Nothing", "cannot be loaded"),
        ("ldap.bind", "Bare", "no `spec`, a CheckSpec"),
        ("ldap.bind", "Renamed", "calls it `ldap.other`"),
        ("ldap.bind", "Careless", "a misspelt argument silently"),
        ("ldap.bind", "Sync", "no `async def probe`"),
        ("ldap.bind", "Sideless", "no `side`"),
    ],
)
def test_a_check_that_cannot_be_used_is_told_with_who_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, target: str, said: str
) -> None:
    install(tmp_path, monkeypatch, name, target)
    with pytest.raises(ConfigError) as refused:
        found_checks(("http", "tcp"))
    (problem,) = refused.value.problems
    assert all(words in str(problem) for words in (said, "wardroom-ldap 1.0"))
