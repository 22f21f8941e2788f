"""What `wardroom check` says of services: each is looked at once, and what is not well is told and is no mistake."""

from pathlib import Path

from aiohttp import web

from bot.cli.parts import Status
from bot.cli.services import services
from bot.settings import load_settings
from tests.bot.checks.servers import closed_port, http

_FILE = """
workspace: acme
services:
  shop:
    health:
      - {name: live, http: "BASE/"}
      - {name: shell, command: [no-such-thing]}
  bank:
    health: [{name: port, tcp: "127.0.0.1:PORT"}]
actions: {shell: {allow: [no-such-thing]}}
"""


async def _fine(_: web.Request) -> web.Response:
    return web.Response()


async def test_every_service_is_looked_at_once_and_what_is_not_well_is_named(tmp_path: Path) -> None:
    config = tmp_path / "wardroom.yaml"
    async with http(_fine) as base:
        config.write_text(_FILE.replace("BASE", base).replace("PORT", str(await closed_port())))
        silent, part = await services(load_settings(config=config), offline=False)
    assert (Status.WARN, "3 checks of 2, 2 not healthy") == (part.status, part.detail)
    assert (
        "shop, shell: unknown, no-such-thing is not installed here",
        "bank, port: unhealthy, no connection: Connection refused",
    ) == part.problems
    assert part.mend
    assert (Status.WARN, "nobody is told of shop, bank") == (silent.status, silent.detail)


async def test_offline_nothing_is_looked_at_and_without_checks_there_is_nothing_to_say(
    tmp_path: Path,
) -> None:
    config = tmp_path / "wardroom.yaml"
    config.write_text("workspace: acme\nservices: {shop: {health: [{name: live, tcp: '127.0.0.1:1'}]}}\n")
    *_, part = await services(load_settings(config=config), offline=True)
    assert (Status.OK, "1 check of 1, not looked at") == (part.status, part.detail)
    config.write_text("workspace: acme\nservices: {shop: {}}\n")
    assert [] == await services(load_settings(config=config), offline=False)
