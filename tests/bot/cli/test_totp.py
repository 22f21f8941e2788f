"""An administrator sees who has a second factor, and takes away one that was lost."""

import asyncio
from pathlib import Path

import pyotp
import pytest

from core.people.factor import units
from core.people.person import Person
from core.store import events
from tests.bot.cli.conftest import Wardroom
from tests.stores import opened

_FILE = "workspace: acme\npeople:\n  ana: {name: Ana}\n  bo: {name: Bo}\n  rex: {name: Rex, kind: agent, owner: bo}\n"
KEY = "k" * 40


def test_a_lost_second_factor_is_taken_away_and_the_audit_says_by_whom(
    wardroom: Wardroom, tmp_path: Path
) -> None:
    (tmp_path / "wardroom.yaml").write_text(_FILE)
    (tmp_path / "var").mkdir()
    address = f"sqlite:///{tmp_path}/var/w.db"
    ana = Person(id="ana", name="Ana")

    async def set_up() -> None:
        async with opened(address) as store:
            begun = await store.transact(units.begin, KEY, "acme", ana, "")
            await store.transact(units.finish, KEY, ana, pyotp.TOTP(begun.secret).at(store.clock.now()))

    async def told() -> list[tuple[str, str]]:
        async with opened(address) as store:
            return [(one["kind"], one["actor"]) for one in await store.read(events.history, "ana")]

    asyncio.run(set_up())
    code, out, _ = wardroom("totp", "list")
    assert (0, ["ana", "bo"]) == (code, [row.split()[0] for row in out.splitlines()])
    assert ("since" in out.splitlines()[0], "none" in out.splitlines()[1]) == (True, True)
    code, out, err = wardroom("totp", "reset", "ana")
    assert (0, True, True) == (code, "no second factor any more" in out, "really they" in err)
    assert ("factor.reset", "cli") in asyncio.run(told())
    assert "since" not in wardroom("totp", "list")[1]
    code, _, err = wardroom("totp", "reset", "ana")
    assert (1, True) == (code, "has no second factor" in err)
    code, _, err = wardroom("totp", "reset", "an")
    assert (1, True) == (code, "Did you mean `ana`?" in err)


def test_check_says_how_people_sign_in_and_what_is_wrong_with_a_door(
    wardroom: Wardroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wardroom.yaml").write_text(_FILE)
    assert "by a link from the chat" in wardroom("check", "--offline")[1]
    monkeypatch.setenv("OIDC_ISSUER", "https://sso.acme.test")
    code, out, _ = wardroom("check", "--offline")
    assert (1, True) == (code, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET" in out)
    monkeypatch.setenv("OIDC_CLIENT_ID", "wardroom")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "secret-of-the-application")
    _, out, _ = wardroom("check", "--offline")
    assert "by your organisation, a link from the chat" in out
    assert "secret-of-the-application" not in out
