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
        _, rest = await ana.get(f"/incidents/INC-1/timeline?limit=4&cursor={first['next']}")
        assert ["line 3", "line 4"] == [line["text"] for line in rest["items"]]
        assert rest["next"] is None
        path = f"/incidents/INC-1/timeline/{rest['items'][0]['id']}"
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
