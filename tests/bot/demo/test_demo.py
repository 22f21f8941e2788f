import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.cli.demo import demo_settings, greet, kept, passed_over
from bot.configuration import load_world
from bot.demo.cast import channels, personas
from bot.demo.fleet import Fleet
from bot.demo.seed import free_port, secret_key, seed
from core.clock import ManualClock
from core.errors import Unavailable

Called = tuple[Callable[[str, str], Awaitable[tuple[int, Any]]], ManualClock]
SERVICES = ["checkout", "payments", "recommendation-engine", "user-db"]
START = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
async def fleet() -> AsyncIterator[Called]:
    """A fleet behind a real server: get and post by path, and its clock."""
    clock = ManualClock(START)
    app = web.Application()
    app.add_routes(Fleet(SERVICES, ["production", "staging"], clock).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}/demo/fleet"
    async with aiohttp.ClientSession() as session:

        async def call(method: str, path: str) -> tuple[int, Any]:
            async with session.request(method, root + path) as response:
                return (
                    response.status,
                    await response.json() if response.status == 200 else await response.text(),
                )

        yield call, clock
    await runner.cleanup()


def test_the_demos_world_is_a_valid_configuration(tmp_path: Path) -> None:
    world = load_world(demo_settings(tmp_path, 8123))
    assert set(world.runbooks) == {"restart-service", "database-failover", "deploy"}
    assert world.actions.http.allow == ("127.0.0.1:8123",)
    names = ["production-change", "agent-trades", "asked-in-words", "secrets-in-words"]
    assert names == [policy.name for policy in world.policies]
    assert world.people["rex"].owner == "dev"
    assert world.public_url == "http://127.0.0.1:8123"
    text = (tmp_path / "runbooks" / "restart-service.yaml").read_text()
    assert "{{port}}" not in text
    assert "http://127.0.0.1:8123/demo/fleet/" in text


def test_the_demo_keeps_what_somebody_has_changed_and_says_so(tmp_path: Path) -> None:
    config, book = demo_settings(tmp_path, 8123).config, tmp_path / "runbooks" / "deploy.yaml"
    assert "" == kept(tmp_path)
    config.write_text(config.read_text().replace("name: Ana", "name: Anna"))
    book.unlink()
    world = load_world(demo_settings(tmp_path, 8456))
    assert "Anna" in world.people["ana"].name
    assert (world.public_url, world.actions.http.allow) == ("http://127.0.0.1:8456", ("127.0.0.1:8456",))
    assert ":8456/demo/fleet/" in book.read_text()
    said = f"Kept, because it differs from the demo's own: {config}. Remove it to have that again."
    assert said == kept(tmp_path)


def test_what_a_demo_of_an_earlier_version_left_is_kept_only_if_it_differs(tmp_path: Path) -> None:
    config, book = demo_settings(tmp_path, 8123).config, tmp_path / "runbooks" / "deploy.yaml"
    (tmp_path / ".written.json").unlink()
    book.write_text(book.read_text() + "# mine at 127.0.0.1:9000\n")
    demo_settings(tmp_path, 8456)
    assert "8456" in config.read_text()
    assert ("8123" in book.read_text(), "# mine at 127.0.0.1:9000" in book.read_text()) == (False, True)


def test_a_start_of_the_demo_that_was_cut_short_changes_nothing_for_the_next(tmp_path: Path) -> None:
    config, listed = demo_settings(tmp_path, 8123).config, tmp_path / ".written.json"
    before = listed.read_text()
    demo_settings(tmp_path, 8456)
    listed.write_text(before)
    assert "" == kept(tmp_path)
    demo_settings(tmp_path, 8789)
    assert ("8789" in config.read_text(), "8456" in config.read_text()) == (True, False)


def test_a_file_of_the_demo_that_is_no_text_is_named(tmp_path: Path) -> None:
    config = demo_settings(tmp_path, 8123).config
    config.write_bytes(config.read_bytes() + b"# caf\xe9\n")
    with pytest.raises(Unavailable, match="is not in UTF-8"):
        demo_settings(tmp_path, 8123)


def test_the_demo_says_what_of_the_environment_it_does_not_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "" == passed_over(tmp_path)
    monkeypatch.setenv("WARDROOM_DATABASE_URL", "postgresql://me:secret@db.example/wardroom")
    said = passed_over(tmp_path)
    assert "WARDROOM_DATABASE_URL is set, and not used" in said
    assert (str(tmp_path / "wardroom.db") in said, "secret" in said) == (True, False)


def test_the_demos_people_and_a_stranger_can_be_played(tmp_path: Path) -> None:
    world = load_world(demo_settings(tmp_path, 8123))
    assert [persona.id for persona in personas(world)] == ["ana", "bo", "chi", "dev", "eve", "rex", "zed"]
    assert "zed" not in world.people
    assert [channel.id for channel in channels(world)] == ["ops", "dev"]


def test_the_demo_uses_no_account_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "x")
    monkeypatch.setenv("WARDROOM_DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("WARDROOM_HTTP_HOST", "0.0.0.0")  # noqa: S104 - it must not be taken
    settings = demo_settings(tmp_path, 8123)
    assert not settings.has_slack
    assert settings.http_host == "127.0.0.1"
    assert settings.database_url.get_secret_value().startswith("sqlite:///")


def test_the_demos_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "new")
    assert len(key) >= 32
    assert secret_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600


def test_seeding_again_takes_the_new_port(tmp_path: Path) -> None:
    seed(tmp_path, 8001)
    assert "127.0.0.1:8002" in seed(tmp_path, 8002).read_text()
    assert 0 < free_port() < 65_536


def test_the_greeting_has_one_address_and_three_things_to_try(capsys: pytest.CaptureFixture[str]) -> None:
    greet("http://127.0.0.1:8080")
    said = capsys.readouterr().out
    assert said.count("http://") == 1
    assert "restart checkout in production" in said
    assert "simulated" in said


async def test_a_restart_changes_what_the_fleet_says(fleet: Called) -> None:
    call, clock = fleet
    clock.advance(timedelta(hours=3))
    status, before = await call("GET", "/checkout/healthz?environment=production")
    assert (status, before["status"], before["restarts"], before["up_for_seconds"]) == (
        200,
        "degraded",
        0,
        10_800,
    )
    await call("POST", "/checkout/restart?environment=production")
    clock.advance(timedelta(seconds=5))
    _, after = await call("GET", "/checkout/healthz?environment=production")
    assert (after["status"], after["restarts"], after["up_for_seconds"]) == ("ok", 1, 5)
    _, elsewhere = await call("GET", "/checkout/healthz?environment=staging")
    assert elsewhere["restarts"] == 0


async def test_every_answer_says_that_it_is_simulated(fleet: Called) -> None:
    call, _ = fleet
    for method, path in (("GET", ""), ("GET", "/checkout/healthz"), ("GET", "/user-db/replication")):
        _, said = await call(method, path)
        assert said["simulated"] is True
        assert "Simulated" in said["note"]


async def test_a_deployment_and_a_failover_can_be_seen(fleet: Called) -> None:
    call, _ = fleet
    _, deployed = await call("POST", "/checkout/deploy?environment=staging&version=1.4.0")
    assert deployed["version"] == "1.4.0"
    _, promoted = await call("POST", "/user-db/promote?environment=production&to=b")
    assert (promoted["primary"], promoted["replica"]) == ("b", "a")
    _, again = await call("POST", "/user-db/promote?environment=production&to=b")
    assert again["primary"] == "b"
    assert (await call("POST", "/user-db/promote?to=z"))[0] == 400


async def test_a_service_that_is_not_there_is_not_found(fleet: Called) -> None:
    call, _ = fleet
    assert (await call("GET", "/nothing/healthz"))[0] == 404
    assert (await call("GET", "/checkout/healthz?environment=moon"))[0] == 404


async def test_the_fleet_is_unwell_by_the_clock_until_somebody_restarts_it(fleet: Called) -> None:
    call, clock = fleet
    payments = "/payments/healthz"
    assert 200 == (await call("GET", payments))[0]
    clock.advance(timedelta(minutes=4.5))
    status, said = await call("GET", payments)
    assert 503 == status
    assert "the bank does not answer" in said
    assert 200 == (await call("GET", f"{payments}?environment=staging"))[0]
    await call("POST", "/payments/restart")
    assert 200 == (await call("GET", payments))[0]
    clock.advance(timedelta(minutes=6.5))
    _, slow = await call("GET", "/recommendation-engine/healthz")
    assert ("slow", True) == (slow["status"], slow["simulated"])


def test_every_service_of_the_demo_is_watched_and_says_that_it_is_simulated(tmp_path: Path) -> None:
    world = load_world(demo_settings(tmp_path, 8123))
    assert [] == [one.name for one in world.services.values() if not one.health]
    assert [] == [one.name for one in world.services.values() if "Simulated." not in one.description]
