"""Words of programs: what only looks is answered, what would change something is shown and not done."""

from pathlib import Path
from typing import Any

from core.store import events
from handlers.programs.told import Told
from handlers.registry import REGISTRY
from tests.bot.web.api.house import QUESTION, Program, serving

RESTART = {"service": "checkout", "environment": "staging"}


async def said(program: Program, text: str, **more: Any) -> dict[str, Any]:
    status, told = await program.post("/ask", {"text": text, **more})
    assert 200 == status, told
    Told.model_validate(told)
    assert isinstance(told, dict)
    return told


async def test_what_only_looks_is_answered_in_words_and_fields(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow", "severity": 2})
        told = await said(ana, "list incidents")
        assert ("incident.list", 1.0, []) == (told["intent"], told["confidence"], told["actions"])
        assert "Checkout is slow" in told["answer"]
        told = await said(ana, "who is on call for platform?")
        assert [{"name": "team", "value": "platform"}] == told["entities"]
        assert "Ana Ruiz" in told["answer"] or "Bo Lindqvist" in told["answer"]
        for words in (
            "help",
            "which runbooks are there?",
            "what is running",
            "plan restart-service",
            "wardroom whoami",
        ):
            assert (await said(ana, words))["answer"]


async def test_it_is_answered_as_of_the_moment_that_is_asked_for(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        weeks = [
            (await said(ana, "who is on call", now=f"2026-01-{day:02}T12:00:00Z"))["answer"]
            for day in (6, 13)
        ]
        assert ("Ana Ruiz" in weeks[0], "Bo Lindqvist" in weeks[1]) == (True, True)
        assert 400 == (await ana.post("/ask", {"text": "who is on call", "now": "9999-12-31T23:59:59Z"}))[0]


async def test_what_would_change_something_is_shown_and_not_done(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        told = await said(ana, "restart checkout in production")
        assert "runbook.run" == told["intent"]
        assert "Nothing was done." in told["answer"]
        assert "2 of sre, security" in told["answer"]
        (action,) = told["actions"]
        _, plan = await ana.post("/runbooks/restart-service/plan", {"params": action["arguments"]["params"]})
        assert plan["digest"] == action["arguments"]["digest"]
        told = await said(ana, "declare an incident: checkout is down")
        assert ("incident.declare", {"title": "checkout is down"}) == (
            told["intent"],
            told["actions"][0]["arguments"],
        )
        assert [] == (await ana.get("/incidents"))[1]["items"]
        assert 404 == (await ana.get("/executions/RUN-1"))[0]


async def test_what_else_is_asked_for_is_told_and_not_lost(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow"})
        for words, intent, arguments, further in (
            (
                "is checkout healthy? and restart payments in staging",
                "health.show",
                [],
                {"intent": "runbook.run", "text": "restart payments in staging"},
            ),
            (
                "resolve INC-1 and tell me who is on call",
                "incident.resolve",
                [{"id": "INC-1"}],
                {"intent": "oncall.show", "text": "tell me who is on call"},
            ),
        ):
            told = await said(ana, words)
            assert (intent, [further]) == (told["intent"], told["further"])
            assert arguments == [one["arguments"] for one in told["actions"]]
            assert f"You asked for more: “{further['text']}”. Say it by itself." in told["answer"]
        told = await said(ana, "restart checkout and payments in staging")
        assert ("runbook.run", [], []) == (told["intent"], told["actions"], told["further"])
        assert "takes one at a time, and you named checkout and payments" in told["answer"]
        assert ["checkout", "payments"] == [
            one["value"] for one in told["entities"] if one["name"] == "service"
        ]
        assert [] == (await said(ana, "list incidents"))["further"]


async def test_a_sentence_that_names_a_runbook_is_that_run_with_what_it_says(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        told = await said(ana, "could somebody do a database failover of user-db for us")
        assert ("runbook.run", 1.0) == (told["intent"], told["confidence"])
        assert "Nothing was done." in told["answer"]
        assert "Plan: database-failover" in told["answer"]
        (action,) = told["actions"]
        assert ("database-failover", "user-db") == (
            action["arguments"]["name"],
            action["arguments"]["params"]["database"],
        )
        told = await said(ana, "what about a deploy of checkout to staging")
        assert "runbook.run" == told["intent"]
        assert {"runbook": "deploy", "service": "checkout", "environment": "staging"} == {
            one["name"]: one["value"] for one in told["entities"]
        }
        assert "version" in told["answer"]
        assert 404 == (await ana.get("/executions/RUN-1"))[0]


async def test_every_verb_that_reads_changes_nothing_and_says_something(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana, rex = await world.program("ana"), await world.program("rex")
        await rex.post("/approvals", QUESTION)
        await ana.post("/incidents", {"title": "Checkout is slow", "severity": 5})
        before = await world.house.store.read(events.after, 0, 500)
        for verb in REGISTRY.verbs:
            if verb.reads:
                assert (await said(ana, verb.example))["answer"], verb.name
        assert before == await world.house.store.read(events.after, 0, 500)


async def test_words_that_mean_nothing_are_not_guessed(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        told = await said(rex, "make me a sandwich")
        assert ("none", 0.0, []) == (told["intent"], told["confidence"], told["actions"])
        assert "make me a sandwich" in told["answer"]
        told = await said(rex, "/approvals show AP-99")
        assert "no approval AP-99" in told["answer"]


async def test_nobody_sees_by_words_what_they_may_not_see_otherwise(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        dev, rex = await world.program("dev"), await world.program("rex")
        _, asked = await dev.post("/approvals", QUESTION)
        assert "no approval" in (await said(rex, f"approvals show {asked['id']}"))["answer"]
        assert QUESTION["title"] not in (await said(rex, f"approvals approve {asked['id']}"))["answer"]
        status, told = await rex.post("/ask", {"text": "approvals list"})
        assert (403, True) == (status, "approval.list" in told["detail"])
        assert (await said(rex, "approvals list mine"))["answer"]
        narrow = await world.program("ana", "ask.question")
        assert 403 == (await narrow.post("/ask", {"text": "list incidents"}))[0]
        assert 403 == (await narrow.post("/ask", {"text": "wardroom mine"}))[0]
        asking = await world.program("ana", "incident.read")
        assert 403 == (await asking.post("/ask", {"text": "list incidents"}))[0]


async def test_a_token_that_may_only_ask_is_told_of_no_incident_and_no_run(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana, narrow = await world.program("ana"), await world.program("ana", "ask.question")
        await ana.post("/incidents", {"title": "Nobody can pay", "service": "checkout"})
        status, _ = await ana.post("/runbooks/restart-service/executions", {"params": RESTART})
        assert 202 == status
        asked = {
            "what happened today?": 403,
            "was checkout restarted today?": 403,
            "what did I do today?": 403,
            "what did dev do today?": 403,
            "is anybody working on checkout?": 403,
            "who is being paged?": 403,
            "/status": 200,
            "/status checkout": 200,
            "how are checkout and payments?": 200,
        } | dict.fromkeys((verb.example for verb in REGISTRY.verbs if verb.reads), 0)
        for words, expected in asked.items():
            status, told = await narrow.post("/ask", {"text": words})
            assert expected in (0, status), (words, told)
            assert "Nobody can pay" not in str(told), (words, told)
        assert "Nobody can pay" in (await said(ana, "what happened today?"))["answer"]
        assert "Nobody can pay" in (await said(ana, "/status checkout"))["answer"]
        audit = await world.program("ana", "ask.question", "incident.read", "runbook.list")
        status, told = await audit.post("/ask", {"text": "what did dev do today?"})
        assert (403, True) == (status, "audit.read" in told["detail"])


async def test_hostile_words_are_words(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        for text in (
            "\x00",
            "/" * 2_000,
            "incident show " + "x" * 1_900,
            "'; DROP TABLE event; --",
            "{{7*7}}",
            "🔥" * 500,
        ):
            assert (await said(ana, text))["intent"]
        for body in ({"text": ""}, {"text": "x" * 2_001}, {"text": 7}, {"text": "help", "as": "bo"}):
            assert 400 == (await ana.post("/ask", body))[0]
        assert 401 == (await world.stranger().post("/ask", {"text": "help"}))[0]
