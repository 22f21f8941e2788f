"""The reviews of incidents, over HTTP."""

from pathlib import Path

from tests.bot.web.api.house import serving


async def test_a_review_is_written_given_finished_and_read(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        await ana.post("/incidents", {"title": "Checkout is slow"})
        path = "/incidents/INC-1/review"
        status, empty = await ana.get(path)
        assert (200, 0, "") == (status, empty["review"]["version"], empty["review"]["owner"])
        body = {"sections": {"summary": "It was slow."}, "owner": "bo", "due": "2030-01-02T18:00:00Z"}
        status, written = await ana.ask("PATCH", path, body)
        assert (200, 1, "bo") == (status, written["version"], written["owner"])
        stale = {"If-Match": '"0"'}
        assert 409 == (await ana.ask("PATCH", path, {"sections": {"well": "x"}}, headers=stale))[0]
        assert 404 == (await ana.ask("PATCH", path, {"owner": "nobody"}))[0]
        assert 400 == (await ana.ask("PATCH", path, {"sections": {"blame": "x"}}))[0]
        status, done = await ana.ask("PATCH", path, {"done": True})
        assert (200, True) == (status, done["done"] is not None)
        _, kept = await ana.get(f"{path}/versions")
        assert [(1, "ana", {"summary": "It was slow."})] == [
            (row["version"], row["by"], row["sections"]) for row in kept["items"]
        ]
        _, whole = await ana.get(path)
        assert "It was slow\\." in whole["markdown"]
        rex = await world.program("rex")
        assert 403 == (await rex.get(path))[0]
        assert 403 == (await rex.ask("PATCH", path, {"done": True}))[0]
