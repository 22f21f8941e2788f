"""Assistants run runbooks, keep incidents and ask in words through MCP, with real clients over HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from core.runbooks import records as runs
from tests.bot.mcp.house import Assistant, over_http
from tests.bot.mcp.test_approvals import MCP, token
from tests.bot.web.api.house import World, serving
from tests.bot.web.api.test_client import decide
from tests.stories.steps import staged

STAGING = {"service": "checkout", "environment": "staging"}


async def ended(world: World, ana: Assistant, run: str) -> dict[str, Any]:
    async with asyncio.timeout(15):
        while str((await world.house.store.read(runs.get, run)).state) not in {"COMPLETED", "FAILED"}:
            await asyncio.sleep(0.05)
    told: dict[str, Any] = await ana.call("get_execution", id=run)
    return told


async def test_a_run_is_planned_started_once_and_followed(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "ana")) as ana:
        books = (await ana.call("list_runbooks"))["items"]
        assert {"service", "environment"} <= {
            param["name"] for book in books if book["name"] == "restart-service" for param in book["params"]
        }
        plan = await ana.call("plan_runbook", name="restart-service", params=STAGING)
        assert "ALLOW" == plan["policy"]
        assert plan["steps"]
        wish = {"name": "restart-service", "params": STAGING, "digest": plan["digest"]}
        started = [await ana.call("run_runbook", **wish) for _ in range(2)]
        assert 1 == len({run["id"] for run in started})
        done = await ended(world, ana, started[0]["id"])
        assert ("COMPLETED", "It is done.") == (done["state"], done["next"][:11])
        assert started[0]["id"] != (await ana.call("run_runbook", **wish, key="again"))["id"]


async def test_a_run_in_production_waits_for_people_by_itself(tmp_path: Path) -> None:
    production = STAGING | {"environment": "production"}
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "dev")) as dev:
        plan = await dev.call("plan_runbook", name="restart-service", params=production)
        assert "REQUIRE" == plan["policy"]
        run = await dev.call("run_runbook", name="restart-service", params=production, digest=plan["digest"])
        assert "WAITING_APPROVAL" == run["state"]
        assert run["approval"] in run["next"]
        await decide(world, run["approval"], "ana", "chi")
        async with asyncio.timeout(15):
            while "WAITING_APPROVAL" == (now := await dev.call("get_execution", id=run["id"]))["state"]:
                await asyncio.sleep(0.05)
        assert "RUNNING" == now["state"]


async def test_runs_that_cannot_be_are_refused_in_words(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "ana")) as ana:
        for arguments, why in (
            ({"name": "no-such"}, "NOT_FOUND: "),
            ({"name": "../incidents"}, "INVALID: "),
            ({"name": "restart-service", "params": {}}, "INVALID: "),
            ({"name": "restart-service", "params": STAGING | {"wizard": 1}}, "INVALID: "),
            ({"name": "restart-service", "params": STAGING, "digest": "0" * 12}, "STALE_DIGEST: "),
            ({"name": "restart-service", "params": {"service": [1]}}, "INVALID: "),
        ):
            assert (await ana.refused("run_runbook", **arguments)).startswith(why), arguments
        assert (await ana.refused("get_execution", id="RUN-1")).startswith("NOT_FOUND: ")
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "rex")) as rex:
        assert (await rex.refused("run_runbook", name="restart-service", params=STAGING)).startswith(
            "FORBIDDEN"
        )


async def test_an_incident_is_declared_once_told_and_resolved(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "ana")) as ana:
        said = {"title": "Checkout is down", "severity": 2, "service": "checkout", "text": "5xx at 40 %"}
        both = [await ana.call("declare_incident", **said) for _ in range(2)]
        assert [both[0]["id"]] * 2 == [one["id"] for one in both]
        name = both[0]["id"]
        await ana.call("update_incident", id=name, text="a bad deploy", state="mitigating", severity=1)
        told = await ana.call("get_incident", id=name.lower())
        assert ("mitigating", 1, "a bad deploy") == (told["state"], told["severity"], told["update"])
        assert "5xx at 40 %" in " ".join(entry["text"] for entry in told["timeline"])
        found = await ana.call("triage_incident", id=name)
        assert ("availability", "platform") == (found["category"], found["team"])
        words = await ana.call("summarise_incident", id=name, audience="public")
        assert "may be unavailable" in words["text"]
        named = await ana.call("update_incident", id=name, category="data")
        assert ("data", "") == (named["category"], named["not_paged"])
        same = await ana.call("declare_incident", title="The shop is down", service="checkout")
        other = await ana.call("declare_incident", title="The shop is down", service="checkout", new=True)
        assert (name, True) == (same["id"], other["id"] != name)
        late = await ana.call("declare_incident", title="mails are late sev2")
        assert ("mails are late", 2) == (late["title"], late["severity"])
        over = await ana.call("update_incident", id=name, state="resolved", cause="a bad deploy, rolled back")
        assert ("resolved", "a bad deploy, rolled back") == (over["state"], over["cause"])
        assert (await ana.refused("update_incident", id="INC-9", text="x")).startswith("NOT_FOUND: ")
        assert (await ana.refused("declare_incident", title="x", severity=0)).startswith("INVALID: ")
        assert (await ana.refused("declare_incident", title="x", service="moon")).startswith("NOT_FOUND: ")


async def test_questions_are_answered_and_what_would_change_something_names_its_tool(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "ana")) as ana:
        (watch,) = (await ana.call("who_is_on_call", team="platform"))["items"]
        assert watch["person"] in {"ana", "bo"}
        assert watch["next"]["from"] == watch["until"]
        assert (await ana.refused("who_is_on_call", team="moon")).startswith("NOT_FOUND: ")
        assert (await ana.refused("who_is_on_call", at="soon")).startswith("INVALID: ")
        told = await ana.call("ask", text="restart checkout in staging")
        (action,) = told["actions"]
        assert ("runbook.run", "run_runbook") == (told["intent"], action["tool"])
        assert "RUNNING" == (await ana.call(action["tool"], **action["arguments"]))["state"]
        assert "none" == (await ana.call("ask", text="sing"))["intent"]


_TRIED = """
name: apply
run: {roles: [sre]}
params: {what: {type: string, default: rows}}
steps:
  - id: apply
    action: shell
    with: {argv: [echo, done], dry_run: [echo, "would change ${{ params.what }}"]}
"""


async def test_an_assistant_is_told_what_the_steps_would_do(tmp_path: Path) -> None:
    async with staged(tmp_path, _TRIED, mcp_port=0) as on, aiohttp.ClientSession() as session:
        world = World(on.house, session)
        async with over_http(world, await token(world, "ana")) as ana:
            assert (await ana.call("plan_runbook", name="apply"))["dry_run"] is None
            async with asyncio.timeout(20):
                while not (told := (await ana.call("plan_runbook", name="apply", dry_run=True))["dry_run"])[
                    "done"
                ]:
                    await asyncio.sleep(0.05)
            assert {"apply": "would change rows"} == told["steps"]
        async with over_http(world, await token(world, "dev")) as dev:
            assert "FORBIDDEN: " in await dev.refused("plan_runbook", name="apply", dry_run=True)


async def test_people_are_called_once_for_the_same_words_and_it_is_seen_who_has_it(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, over_http(world, await token(world, "ana")) as ana:
        page = await ana.call("page_somebody", whom="bo", title="the queue is full")
        assert ("PG-1", "calling", ["bo"]) == (page["id"], page["state"], page["called"])
        assert "PG-1" == (await ana.call("page_somebody", whom="bo", title="the queue is full"))["id"]
        assert page["next"] == (await ana.call("get_page", id="pg-1"))["next"]
        assert (await ana.refused("page_somebody", whom="nobody")).startswith("NOT_FOUND: ")
        assert (await ana.refused("get_page", id="PG-9")).startswith("NOT_FOUND: ")
