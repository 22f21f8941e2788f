"""Words of programs: with what was said before, as a stream, and with a language model where no rule understands."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.client import AsyncWardroom, Wardroom, WardroomError
from bot.web.api import questions
from core.conversation.sessions import records, units
from core.people.person import Person
from core.store import events
from tests.bot.web.api.house import Program, serving
from tests.bot.web.api.test_ask import said
from tests.platforms.llm import LlmServer, Turn, llm_server
from tests.stores import ENGINES, opened, sqlite_url


def model(server: LlmServer) -> dict[str, Any]:
    return {
        "llm_model": "openai:test-model",
        "openai_base_url": server.url,
        "openai_api_key": SecretStr("sk-test-key"),
    }


async def streamed(program: Program, text: str, **more: Any) -> list[tuple[str, Any]]:
    """Every event of an answer, and that the answer ends by itself."""
    headers = {
        "Authorization": f"Bearer {program.secret}",
        "Accept": "text/event-stream",
        "Idempotency-Key": text[:50],
    }
    url = f"{program.base}/api/v1/ask"
    async with (
        asyncio.timeout(15),
        program.session.post(url, json={"text": text, **more}, headers=headers) as answer,
    ):
        assert (200, "text/event-stream") == (answer.status, answer.content_type)
        blocks = (await answer.text()).strip().split("\n\n")
    return [
        (
            block.split("\n")[0].removeprefix("event: "),
            json.loads(block.split("\n")[1].removeprefix("data: ")),
        )
        for block in blocks
        if not block.startswith(":")
    ]


async def test_what_was_said_before_in_the_session_is_understood(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        dev, ana = await world.program("dev"), await world.program("ana")
        first = await said(dev, "restart checkout in production", session="s1")
        assert "2 of sre, security" in first["answer"]
        for words, environment, service in (
            ("and in staging?", "staging", "checkout"),
            ("what about payments", "staging", "payments"),
            ("no, I meant cart", "staging", "checkout"),
            ("the same for prod please", "production", "checkout"),
        ):
            told = await said(dev, words, session="s1")
            params = told["actions"][0]["arguments"]["params"]
            assert ("runbook.run", 0.9) == (told["intent"], told["confidence"]), words
            assert (environment, service) == (params["environment"], params["service"]), words
        assert "none" == (await said(dev, "and in staging?"))["intent"]
        assert "none" == (await said(dev, "and in staging?", session="s2"))["intent"]
        assert "none" == (await said(ana, "and in staging?", session="s1"))["intent"]
        assert "none" == (await said(dev, "and in the moonlight?", session="s1"))["intent"]


async def test_it_is_the_thing_that_was_spoken_of(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow"})
        await ana.post("/incidents", {"title": "Payments are slow"})
        await said(ana, "/incident show INC-1", session="s")
        told = await said(ana, "resolve it", session="s")
        assert ("incident.resolve", {"id": "INC-1"}) == (told["intent"], told["actions"][0]["arguments"])
        assert "Checkout is slow" in told["answer"]
        assert "Payments are slow" in (await said(ana, "and inc-2?", session="s"))["answer"]
        await said(ana, "/incident show INC-1", session="s")
        assert "Payments are slow" in (await said(ana, "and INC-2?", session="s"))["answer"]


async def test_a_session_outlives_a_restart_and_not_a_day(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        await said(await world.program("dev"), "restart checkout in production", session="s")
    async with serving(tmp_path) as world:
        dev = await world.program("dev")
        assert (
            "runbook.run"
            == (await said(dev, "and in staging?", session="s", now="2026-01-06T12:00:00Z"))["intent"]
        )


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_session_ends_and_a_person_has_a_hundred(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    ana = Person(id="ana", name="Ana")
    async with opened(url) as store:
        clock: Any = store.clock
        for number in range(101):
            await store.transact(units.remember, ana, f"s{number}", units.Turn("help", {"area": str(number)}))
            clock.advance(timedelta(seconds=1))
        assert (None, units.Turn("help", {"area": "1"})) == (
            await store.read(units.last, ana, "s0"),
            await store.read(units.last, ana, "s1"),
        )
        clock.advance(timedelta(hours=13))
        assert None is await store.read(units.last, ana, "s100")
        assert 100 == await store.transact(records.forget, clock.now())


async def test_without_a_model_the_answer_is_streamed_in_a_few_events_that_end(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        heard = await streamed(ana, "which runbooks are there?", session="s")
        assert ["understood", "words", "answer", "done"] == [name for name, _ in heard]
        whole = await said(ana, "which runbooks are there?")
        assert (whole, whole["answer"]) == (heard[2][1], heard[1][1]["text"])
        heard = await streamed(ana, "make me a sandwich")
        assert ["words", "answer", "done"] == [name for name, _ in heard]
        headers = {"Accept": "text/event-stream"}
        assert 400 == (await ana.post("/ask", {"text": ""}, headers=headers))[0]
        narrow = await world.program("ana", "ask.question")
        assert 403 == (await narrow.post("/ask", {"text": "list incidents"}, headers=headers))[0]


async def test_a_model_looks_things_up_as_the_person_and_its_words_come_as_a_stream(tmp_path: Path) -> None:
    turns = (
        Turn(look="/incident list"),
        Turn(look="/runbook run restart-service service=checkout"),
        "Only one thing is slow.",
    )
    async with llm_server(*turns) as server, serving(tmp_path, more=model(server)) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow", "severity": 5})
        before = await world.house.store.read(events.after, 0, 500)
        heard = await streamed(ana, "do the stars favour us tonight, you think?", session="s")
        assert ["words"] * 5 + ["answer", "done"] == [name for name, _ in heard]
        assert "Only one thing is slow." == "".join(data["text"] for name, data in heard if name == "words")
        told = heard[-2][1]
        assert ("Only one thing is slow.", 0.5, "openai:test-model") == (
            told["answer"],
            told["confidence"],
            told["by"],
        )
        assert ["/incident list", "/runbook run restart-service service=checkout"] == told["sources"]
        assert ["runbook.run"] == [one["intent"] for one in told["actions"]]
        assert "Checkout is slow" in server.told
        assert before == await world.house.store.read(events.after, 0, 500)
        assert 3 == len(server.asked)
        await said(ana, "list incidents")
        assert 3 == len(server.asked)


async def test_a_model_sees_and_does_nothing_that_its_person_may_not(tmp_path: Path) -> None:
    wanted = (
        "/approvals list",
        "/approvals approve AP-1",
        "/incident list",
        "rm -rf /",
        "x" * 600,
        "/wardroom whoami",
    )
    async with llm_server() as server, serving(tmp_path, more=model(server)) as world:
        rex = await world.program("rex")
        _, asked = await (await world.program("dev")).post(
            "/approvals",
            {
                "kind": "deploy",
                "title": "Deploy the secret thing",
                "ask": [{"role": "sre"}],
                "subject": {"v": 1},
            },
        )
        for command in wanted:
            server.says(Turn(look=command), "Done, and <!channel> it is approved.")
            told = await said(rex, f"please do what the alert says, {len(command)}")
            assert "Done" in told["answer"] or "could not ask" in told["answer"]
        assert "Deploy the secret thing" not in server.told
        assert "/incident list" not in server.asked[0]["messages"][0]["content"]
        _, now = await (await world.program("ana")).get(f"/approvals/{asked['id']}")
        assert ("PENDING", []) == (now["status"], now["decisions"])


async def test_when_the_model_fails_the_answer_is_the_one_without_it(tmp_path: Path) -> None:
    async with llm_server() as server, serving(tmp_path, more=model(server)) as world:
        llm: Any = world.house.parts.llm
        llm._config = llm._config.model_copy(update={"timeout": timedelta(milliseconds=300)})
        ana = await world.program("ana")
        for turn in (Turn(status=500), Turn(status=429), Turn(raw=b"data: {\n\n"), Turn(""), Turn(wait=30)):
            server.says(turn)
            told = await said(ana, "make me a sandwich")
            assert ("none", 0.0, "rules") == (told["intent"], told["confidence"], told["by"])
            assert "make me a sandwich" in told["answer"]
            assert "I could not ask the language model either" in told["answer"]
        assert ["words", "answer", "done"] == [name for name, _ in await streamed(ana, "make me a sandwich")]


async def test_a_stream_shows_that_it_lives_while_a_model_thinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "BEAT", 0.05)
    async with llm_server(Turn("There.", wait=0.5)) as server, serving(tmp_path, more=model(server)) as world:
        ana = await world.program("ana")
        headers = {
            "Authorization": f"Bearer {ana.secret}",
            "Accept": "text/event-stream",
            "Idempotency-Key": "k1",
        }
        url = f"{ana.base}/api/v1/ask"
        async with ana.session.post(
            url, json={"text": "anything I should worry about tonight?"}, headers=headers
        ) as answer:
            lines = (await answer.text()).split("\n\n")
        assert 3 <= lines.count(": ")
        assert "event: done" == lines[-2].split("\n")[0]


async def test_the_python_client_says_things_and_hears_the_answer_come(tmp_path: Path) -> None:
    async with llm_server("Nothing is wrong.") as server, serving(tmp_path, more=model(server)) as world:
        secret = (await world.program("ana")).secret
        wardroom = AsyncWardroom(world.house.url, secret)
        plain = Wardroom(world.house.url, secret)
        told = await wardroom.say("restart checkout in production", session="c")
        assert "runbook.run" == told["intent"]
        told = await asyncio.to_thread(plain.say, "and in staging?", session="c")
        assert "staging" == told["actions"][0]["arguments"]["params"]["environment"]
        asked = "anything I should worry about before I go home tonight?"
        heard: list[tuple[str, Mapping[str, Any]]] = [one async for one in wardroom.hear(asked)]
        assert heard == await asyncio.to_thread(lambda: list(plain.hear(asked)))
        assert ["words", "words", "words", "answer", "done"] == [name for name, _ in heard]
        for broken in (AsyncWardroom(world.house.url, "wr_nobody"), AsyncWardroom("http://127.0.0.1:9", "x")):
            with pytest.raises(WardroomError) as caught:
                _ = [one async for one in broken.hear("help")]
            assert caught.value.code in ("UNKNOWN_PERSON", "UNREACHABLE")
        with pytest.raises(WardroomError, match="UNKNOWN_PERSON"):
            await asyncio.to_thread(lambda: list(Wardroom(world.house.url, "wr_nobody").hear("help")))


async def test_an_answer_that_breaks_off_is_told() -> None:
    async def cut(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        response = aiohttp.web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b'event: words\ndata: {"text": "I wanted to"}\n\n')
        return response

    app = aiohttp.web.Application()
    app.router.add_post("/api/v1/ask", cut)
    async with TestServer(app) as server:
        url = str(server.make_url("/"))
        with pytest.raises(WardroomError, match="broke off"):
            _ = [one async for one in AsyncWardroom(url, "x").hear("help")]
        with pytest.raises(WardroomError, match="broke off"):
            await asyncio.to_thread(lambda: list(Wardroom(url, "x").hear("help")))


async def test_words_that_no_rule_knows_are_weighed_as_in_chat(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow"})
        told = await said(ana, "do we have any open incidents at the moment, please?")
        assert ("incident.list", True) == (told["intent"], 0.75 <= told["confidence"] < 1)
        assert "Checkout is slow" in told["answer"]
        told = await said(ana, "pls close INC-1, it was a false alarm")
        assert ("incident.resolve", "INC-1") == (told["intent"], told["actions"][0]["arguments"]["id"])
        assert "Nothing was done" in told["answer"]
        told = await said(
            ana,
            "p99 latency of checkout in production over the last 2 hours pls",
            now="2026-01-06T12:00:00+01:00",
        )
        assert ("ask.meaning", "METRIC_QUERY", 0.99) == (told["intent"], told["meaning"], told["confidence"])
        when = {"start": "2026-01-06T09:00:00Z", "end": "2026-01-06T11:00:00Z", "text": "the last 2 hours"}
        assert {"quantile": 0.99, "time_range": when} == {
            one["name"]: one["value"] for one in told["entities"] if one["name"] in ("quantile", "time_range")
        }
        assert "I cannot read figures from words" in told["answer"]
        assert "none" == (await said(ana, "purple llama sings of spring"))["intent"]
