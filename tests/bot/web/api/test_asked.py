"""Programs and assistants answer what a run asks people, in the name of whoever is asked."""

import asyncio
from pathlib import Path

import aiohttp

from core.runbooks import records
from core.runbooks.states import ExecutionState
from tests.bot.mcp.house import over_http
from tests.bot.web.api.house import World
from tests.stories.steps import staged
from tests.stories.test_steps_that_ask import CHOOSE, FORM


async def test_a_program_answers_for_who_is_asked_once_and_nobody_else_does(tmp_path: Path) -> None:
    async with staged(tmp_path, CHOOSE) as on, aiohttp.ClientSession() as session:
        world = World(on.house, session)
        await on.dev.says("/runbook run choose")
        await on.ana.sees("A question: Which region")
        ana, rex = await world.program("ana"), await world.program("rex")
        status, asked = await ana.get("/questions/ASK-1")
        assert (200, "OPEN", ["eu-1", "us-1"]) == (status, asked["state"], asked["items"][0]["choices"])
        assert asked["id"] == (await ana.get("/executions/RUN-1"))[1]["steps"][0]["detail"]
        wanted = {"values": {"choice": "us-1"}}
        assert 404 == (await rex.post("/questions/ASK-1/answer", wanted))[0]
        narrow = await world.program("ana", "approval.*")
        status, why = await narrow.post("/questions/ASK-1/answer", wanted)
        assert (403, True) == (status, "runbook.reply" in why["detail"] + why["title"])
        status, why = await ana.post("/questions/ASK-1/answer", {"values": {"choise": "us-1"}})
        assert (400, True) == (status, "asks nothing called “choise”" in why["title"] + why["detail"])
        replies = [await ana.post("/questions/ASK-1/answer", wanted) for _ in range(2)]
        assert [(200, "ANSWERED")] * 2 == [(status, told["state"]) for status, told in replies]
        await on.dev.sees("Going to us-1")
        assert {"region": "us-1", "by": "ana"} == await on.outputs("which")
        assert 409 == (await ana.post("/questions/ASK-1/answer", {"values": {"choice": "eu-1"}}))[0]
        assert 404 == (await ana.get("/questions/ASK-9"))[0]


async def test_an_assistant_looks_at_a_form_and_answers_it_for_its_user(tmp_path: Path) -> None:
    form = FORM.replace("answers: 2", "answers: 1")
    async with staged(tmp_path, form, mcp_port=0) as on, aiohttp.ClientSession() as session:
        world = World(on.house, session)
        await on.dev.says("/runbook run describe")
        await on.ana.sees("A question: What is to be released?")
        token = (await world.program("ana", "runbook.reply", "runbook.status")).secret
        async with over_http(world, token) as ana:
            asked = await ana.call("get_question", id="ask-1")
            assert ["version", "replicas", "ring", "notes"] == [item["name"] for item in asked["items"]]
            assert "1 more answer is wanted." in asked["next"]
            values = {"version": "1.4.2", "replicas": "many", "ring": "inner"}
            assert "“Replicas” is a number" in await ana.refused("answer_question", id="ASK-1", values=values)
            told = await ana.call("answer_question", id="ASK-1", values=values | {"replicas": 3})
            assert ("ANSWERED", "ana") == (told["state"], told["answers"][0]["by"])
        async with asyncio.timeout(15):
            while (await on.house.store.read(records.get, "RUN-1")).state is not ExecutionState.COMPLETED:
                await asyncio.sleep(0.05)
        assert 3 == (await on.outputs("what"))["last"]["replicas"]
