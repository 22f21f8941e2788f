"""The timelines of incidents, over HTTP."""

from pathlib import Path

from tests.bot.web.api.house import serving


async def test_a_timeline_is_read_page_after_page_and_its_lines_changed(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "It is odd"})
        for number in range(5):
            await ana.post("/incidents/INC-1/timeline", {"text": f"line {number}"})
        status, first = await ana.get("/incidents/INC-1/timeline?limit=4")
        assert (200, 4) == (status, len(first["items"]))
        lines, mark = first["items"], first["next"]
        while mark:
            _, page = await ana.get(f"/incidents/INC-1/timeline?limit=4&cursor={mark}")
            lines, mark = [*lines, *page["items"]], page["next"]
        kept = [line for line in lines if line["kind"] == "quote"]
        assert [f"line {number}" for number in range(5)] == [line["text"] for line in kept]
        path = f"/incidents/INC-1/timeline/{kept[3]['id']}"
        status, changed = await ana.ask("PATCH", path, {"text": "line three"})
        assert (200, "line three") == (status, changed["text"])
        assert 200 == (await ana.post(f"{path}/strike"))[0]
        assert 404 == (await ana.post(f"{path}/strike"))[0]
        declared = first["items"][0]
        assert 409 == (await ana.post(f"/incidents/INC-1/timeline/{declared['id']}/strike"))[0]
        assert 404 == (await ana.post("/incidents/INC-1/timeline/x/strike"))[0]
        assert 400 == (await ana.get("/incidents/INC-1/timeline?cursor=x"))[0]
        rex = await world.program("rex")
        assert 403 == (await rex.get("/incidents/INC-1/timeline"))[0]
