"""Incidents over HTTP: triage, tasks, links, merging, finding, ending, summaries."""

from pathlib import Path

from tests.bot.web.api.house import serving

ONE = "/incidents/INC-1"
SLOW = {"title": "checkout is slow", "service": "checkout"}


async def test_tasks_links_and_hypotheses_are_kept_and_changed(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", SLOW)
        status, task = await ana.post(f"{ONE}/tasks", {"text": "rotate the keys", "assignee": "bo"})
        assert (201, 1, "bo", None) == (status, task["number"], task["assignee"], task["done"])
        _, task = await ana.ask("PATCH", f"{ONE}/tasks/1", {"done": True})
        assert task["done"]
        assert 409 == (await ana.ask("PATCH", f"{ONE}/tasks/1", {"done": True}))[0]
        assert 404 == (await ana.ask("PATCH", f"{ONE}/tasks/x", {"done": True}))[0]
        assert ["rotate the keys"] == [one["text"] for one in (await ana.get(f"{ONE}/tasks"))[1]["items"]]
        assert 201 == (await ana.post(f"{ONE}/links", {"to": "https://acme.test/board"}))[0]
        assert 409 == (await ana.post(f"{ONE}/links", {"to": "https://acme.test/board"}))[0]
        assert 400 == (await ana.post(f"{ONE}/links", {"to": "javascript:x"}))[0]
        assert 200 == (await ana.post(f"{ONE}/unlink", {"to": "https://acme.test/board"}))[0]
        assert [] == (await ana.get(f"{ONE}/links"))[1]["items"]
        assert 201 == (await ana.post(f"{ONE}/hypotheses", {"text": "the pool is full"}))[0]
        body = {"key": "H1", "verdict": "confirmed", "why": "the graph"}
        assert 200 == (await ana.post(f"{ONE}/verdicts", body))[0]
        _, found = await ana.get(f"{ONE}/triage")
        assert ("latency", "H1", "confirmed") == (
            found["category"],
            found["hypotheses"][0]["key"],
            found["hypotheses"][0]["verdict"],
        )


async def test_a_program_finds_what_is_open_where_it_asks_for_that(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", SLOW)
        status, same = await ana.post("/incidents", SLOW | {"title": "cart fails", "or_same": True})
        assert (200, "INC-1") == (status, same["id"])
        status, other = await ana.post("/incidents", SLOW)
        assert (201, "INC-2") == (status, other["id"])
        assert "sees it too: cart fails" in str((await ana.get(ONE))[1]["timeline"])


async def test_what_a_title_names_counts_for_programs_as_in_chat(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        _, mild = await ana.post("/incidents", {"title": "checkout is slow, sev4"})
        assert ("checkout is slow", 4, "checkout") == (mild["title"], mild["severity"], mild["service"])
        status, same = await ana.post("/incidents", {"title": "checkout fails sev1", "or_same": True})
        assert (200, "INC-1", 1) == (status, same["id"], same["severity"])
        told = str((await ana.get(ONE))[1]["timeline"])
        assert "sees it too: checkout fails'" in told
        assert "SEV4 → SEV1 (declared again as SEV1 by Ana" in told
        _, same = await ana.post("/incidents", {"title": "checkout fails sev2", "or_same": True})
        assert ("INC-1", 1) == (same["id"], same["severity"])
        assert 400 == (await ana.post("/incidents", {"title": "sev2"}))[0]
        _, plain = await ana.post("/incidents", {"title": "mails are late sev2", "severity": 5})
        assert 5 == plain["severity"]
        _, usual = await ana.post("/incidents", {"title": "mails are late"})
        assert 3 == usual["severity"]


async def test_a_severity_may_be_said_as_people_say_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        for word, number in (("SEV2", 2), ("high", 2), ("2", 2), (2, 2), ("SEV5", 5)):
            _, made = await ana.post("/incidents", {"title": "mails are late", "severity": word})
            assert number == made["severity"]
        _, changed = await ana.ask("PATCH", ONE, {"severity": "sev1", "text": "it spreads"})
        assert 1 == changed["severity"]
        for wrong in ("SEV9", "grave"):
            status, refused = await ana.post("/incidents", {"title": "mails", "severity": wrong})
            assert 400 <= status < 500
            assert f"“{wrong}” is not a severity" in str(refused)
            assert "SEV1 to SEV5" in str(refused)


async def test_a_program_that_may_not_raise_it_says_what_it_saw(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        await (await world.program("ana")).post("/incidents", SLOW)
        sender = await world.program("ana", "incident.declare")
        status, same = await sender.post("/incidents", {"title": "checkout fails sev1", "or_same": True})
        assert (200, "INC-1", 3) == (status, same["id"], same["severity"])


async def test_one_is_made_of_two_and_told_to_each_audience(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", SLOW)
        await ana.post("/incidents", SLOW)
        status, kept = await ana.post("/incidents/INC-2/merge", {"into": "INC-1"})
        assert (200, "INC-1") == (status, kept["id"])
        _, gone = await ana.get("/incidents/INC-2")
        assert ("closed", "INC-1") == (gone["state"], gone["merged_into"])
        assert 409 == (await ana.post("/incidents/INC-2/merge", {"into": "INC-1"}))[0]
        _, told = await ana.get(f"{ONE}/summary?audience=public")
        assert "may be slower than usual" in told["text"]
        assert "checkout" not in told["text"]
        assert 400 == (await ana.get(f"{ONE}/summary?audience=press"))[0]


async def test_a_category_is_set_alone_or_with_news_by_whoever_may_triage(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", SLOW)
        status, told = await ana.ask("PATCH", ONE, {"category": "data"})
        assert (200, "data", "Ana Ruiz") == (status, told["category"], told["category_by"])
        _, told = await ana.ask("PATCH", ONE, {"category": "network", "text": "a switch", "severity": 2})
        assert ("network", "a switch", 2) == (told["category"], told["update"], told["severity"])
        assert 409 == (await ana.ask("PATCH", ONE, {"category": "network"}))[0]
        status, why = await ana.ask("PATCH", ONE, {"category": "netwrk"})
        assert (400, True) == (status, "network" in str(why))
        narrow = await world.program("ana", "incident.update")
        assert 403 == (await narrow.ask("PATCH", ONE, {"category": "data"}))[0]
