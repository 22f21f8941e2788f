"""Pages over HTTP: programs call people, and people answer with their own token."""

from pathlib import Path

from tests.bot.web.api.house import serving


async def test_a_program_calls_people_once_for_one_key_and_sees_who_has_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana, bo = await world.program("ana"), await world.program("bo")
        wish = {"whom": "platform", "title": "the queue is full", "urgency": "high"}
        status, one = await ana.post("/pages", wish, key="k")
        _, two = await ana.post("/pages", wish, key="k")
        assert (201, "PG-1", "PG-1", "calling") == (status, one["id"], two["id"], one["state"])
        assert 1 == len((await ana.get("/pages"))[1]["items"])
        status, told = await bo.post("/pages/PG-1/deeds", {"do": "ack"})
        if status == 403:
            # Whoever is not on call this week, and has no role for it, was not called.
            assert "has not called you" in told["title"]
        else:
            assert (200, "taken", "bo") == (status, told["outcome"], told["owner"])
            _, late = await ana.post("/pages/PG-1/deeds", {"do": "ack"})
            assert ("theirs", "bo") == (late["outcome"], late["owner"])
        _, shown = await ana.get("/pages/PG-1")
        assert {"ana", "bo"} & set(shown["called"])
        assert all(one["way"] == "local" for one in shown["messages"])


async def test_a_page_is_handed_on_and_ended_and_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/pages", {"whom": "ana"})
        assert 404 == (await ana.post("/pages", {"whom": "nobody"}))[0]
        assert 404 == (await ana.post("/pages", {"whom": "bo", "incident": "INC-9"}))[0]
        assert 409 == (await ana.post("/pages/PG-1/deeds", {"do": "release"}))[0]
        assert 200 == (await ana.post("/pages/PG-1/deeds", {"do": "ack"}))[0]
        assert 400 == (await ana.post("/pages/PG-1/deeds", {"do": "handover"}))[0]
        assert 200 == (await ana.post("/pages/PG-1/deeds", {"do": "handover", "to": "bo"}))[0]
        status, over = await ana.post("/pages/PG-1/deeds", {"do": "done"})
        assert (200, "over") == (status, over["state"])
        assert 409 == (await ana.post("/pages/PG-1/deeds", {"do": "ack"}))[0]
        assert [] == (await ana.get("/pages"))[1]["items"]
        assert ["PG-1"] == [one["id"] for one in (await ana.get("/pages?open=false"))[1]["items"]]


async def test_a_program_may_call_and_never_answers(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana, rex = await world.program("ana"), await world.program("rex")
        await ana.post("/pages", {"whom": "ana"})
        assert 403 == (await rex.post("/pages", {"whom": "ana"}))[0]
        assert 403 == (await rex.post("/pages/PG-1/deeds", {"do": "ack"}))[0]
