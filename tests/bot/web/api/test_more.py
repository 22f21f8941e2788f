"""Runbooks, incidents, the log and the document of the interface, over HTTP."""

import asyncio
from pathlib import Path

from bot.web.api.questions import Questions
from bot.web.api.serve import table
from bot.web.api.stream import Streams
from bot.web.api.waiting import Waiting
from bot.web.connections import Connections
from core.people.vocabulary import PERMISSIONS
from tests.bot.web.api.house import QUESTION, Program, serving

RESTART = {"params": {"service": "checkout", "environment": "staging"}}


async def ended(program: Program, run: str) -> dict[str, object]:
    async with asyncio.timeout(20):
        while True:
            _, told = await program.get(f"/executions/{run}")
            if told["state"] in ("COMPLETED", "FAILED", "CANCELLED"):
                return dict(told)
            await asyncio.sleep(0.02)


async def test_a_runbook_is_planned_run_once_and_followed(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        _, books = await ana.get("/runbooks")
        assert "restart-service" in [book["name"] for book in books["items"]]
        status, plan = await ana.post("/runbooks/restart-service/plan", RESTART)
        assert (200, "ALLOW") == (status, plan["policies"]["answer"])
        body = RESTART | {"digest": plan["digest"]}
        one = await ana.post("/runbooks/restart-service/executions", body, key="k")
        two = await ana.post("/runbooks/restart-service/executions", body, key="k")
        assert (202, one[1]["id"]) == (two[0], two[1]["id"])
        done = await ended(ana, one[1]["id"])
        assert done["state"] in ("COMPLETED", "FAILED")
        changed = body | {"params": {"service": "payments", "environment": "staging"}}
        assert 409 == (await ana.post("/runbooks/restart-service/executions", changed))[0]
        assert 404 == (await ana.post("/runbooks/nothing/plan", RESTART))[0]
        assert (
            400 == (await ana.post("/runbooks/restart-service/plan", {"params": {"service": "nowhere"}}))[0]
        )


async def test_a_run_in_production_waits_for_people_and_can_be_stopped(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        body = {"params": {"service": "checkout", "environment": "production"}}
        _, run = await ana.post("/runbooks/restart-service/executions", body)
        assert ("WAITING_APPROVAL", "AP-1") == (run["state"], run["approval"])
        rex = await world.program("rex")
        assert 403 == (await rex.post(f"/executions/{run['id']}/cancel"))[0]
        status, told = await ana.post(f"/executions/{run['id']}/cancel")
        assert (200, "CANCELLED") == (status, told["state"])


async def test_a_run_is_held_resumed_retried_and_taken_back_by_a_program(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        body = {"params": {"service": "checkout", "environment": "production"}}
        _, run = await ana.post("/runbooks/restart-service/executions", body)
        one = f"/executions/{run['id']}"
        status, told = await ana.post(f"{one}/pause")
        assert (200, "PAUSED") == (status, told["state"])
        assert 409 == (await ana.post(f"{one}/pause"))[0]
        status, told = await ana.post(f"{one}/resume")
        assert (200, "WAITING_APPROVAL") == (status, told["state"])
        assert 409 == (await ana.post(f"{one}/retry"))[0]
        await ana.post(f"{one}/cancel")
        status, told = await ana.post(f"{one}/retry", {"step": ""}, key="again")
        assert (202, "WAITING_APPROVAL", run["id"]) == (status, told["state"], told["origin"])
        assert 409 == (await ana.post(f"{one}/rollback"))[0]
        _, kept = await ana.get(f"{one}/checkpoints")
        assert "CANCELLED" == kept["items"][0]["state"]
        assert 404 == (await ana.post("/executions/RUN-99/pause"))[0]


async def test_an_incident_is_declared_once_told_of_and_resolved(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        said = {"title": "checkout is slow", "severity": 2, "service": "checkout"}
        one = await ana.post("/incidents", said, key="k")
        two = await ana.post("/incidents", said, key="k")
        assert (201, "INC-1", "INC-1") == (one[0], one[1]["id"], two[1]["id"])
        assert 201 == (await ana.post("/incidents/INC-1/timeline", {"text": "the queue is full"}))[0]
        status, told = await ana.ask(
            "PATCH", "/incidents/INC-1", {"text": "working on it", "state": "mitigating"}
        )
        assert (200, "mitigating") == (status, told["state"])
        status, told = await ana.ask(
            "PATCH", "/incidents/INC-1", {"state": "resolved", "cause": "a full disk"}
        )
        assert (200, "resolved") == (status, told["state"])
        _, told = await ana.get("/incidents/INC-1")
        assert "the queue is full" in str(told["timeline"])
        assert [] == (await ana.get("/incidents"))[1]["items"]
        assert 404 == (await ana.post("/incidents", said | {"service": "nowhere"}))[0]


async def test_the_log_the_audit_and_the_deliveries_can_be_read(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex, chi = await world.program("rex"), await world.program("chi")
        await rex.post("/approvals", QUESTION)
        status, told = await chi.get("/audit")
        assert (200, []) == (status, told["findings"])
        assert 403 == (await rex.get("/events"))[0]
        assert {"checkout", "payments"} <= {one["name"] for one in (await rex.get("/services"))[1]["items"]}


async def test_the_document_describes_every_route_and_what_it_takes(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        _, told = await world.stranger().get("/openapi.json")
        one = Connections(1)
        routes = table(Waiting(world.house.store.bus), Streams(world.house.following, one), Questions(one))
        assert {(f"/api/v1{route.path}", route.method.lower()) for route in routes} == {
            (path, method) for path, methods in told["paths"].items() for method in methods
        }
        assert {"kind", "title"} == set(told["components"]["schemas"]["Question"]["required"])
        assert {route.permission for route in routes if route.permission} <= PERMISSIONS


async def test_a_trade_is_judged_by_the_trading_pack_and_what_is_missing_asks(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        trade = {"symbol": "ACME", "side": "buy", "quantity": "10", "limit_price": "12.50", "currency": "EUR"}
        question = {"kind": "trade", "title": "Buy 10 ACME", "subject": {"trade": trade}}
        status, verdict = await rex.post("/policies/evaluate", question)
        assert (200, "REQUIRE") == (status, verdict["answer"])
        assert "DATA_GAP" in [finding["code"] for finding in verdict["findings"]]
        status, asked = await rex.post("/approvals", question)
        assert (201, ["eve"]) == (status, [seat["person"] for seat in asked["approvers"]])
        assert "DATA_GAP" in [trigger["code"] for trigger in asked["triggers"]]


async def test_a_line_that_is_sent_twice_under_one_key_is_kept_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Slow"})
        for _ in range(2):
            assert 201 == (await ana.post("/incidents/INC-1/timeline", {"text": "Rolled back"}, key="k"))[0]
        _, incident = await ana.get("/incidents/INC-1")
        assert 1 == [line["text"] for line in incident["timeline"]].count("Rolled back")
        assert 404 == (await ana.get("/incidents/nothing"))[0]
