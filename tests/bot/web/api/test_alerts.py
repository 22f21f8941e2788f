from pathlib import Path

from core.incidents.alerts import units as alerts
from core.incidents.sources.source import Report
from core.store.engine import Unit
from handlers.cards.link import page_url
from tests.bot.web.api.house import serving
from tests.core.incidents.gathering.street import firing, over


async def test_programs_read_alerts_page_by_page_and_what_is_silenced(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        house = world.house

        def send(unit: Unit) -> None:
            news = (firing(), firing(where="web-2"), over("Slow"))
            alerts.hear(unit, house.world, "alertmanager", Report(news))

        await house.store.transact(send)
        ana = await world.program("ana")
        _, first = await ana.get("/alerts?limit=2")
        assert ["firing", "firing"] == [item["state"] for item in first["items"]]
        _, rest = await ana.get(f"/alerts?limit=2&cursor={first['next']}")
        assert (["resolved"], None) == ([item["state"] for item in rest["items"]], rest["next"])
        item = first["items"][0]
        assert {
            "fingerprint",
            "labels",
            "group_key",
            "incident",
            "silenced_by",
            "count",
            "started",
        } <= item.keys()
        _, one = await ana.get(f"/alerts/{item['id'][:10]}")
        assert one["fingerprint"] == item["fingerprint"]
        assert (404, "NOT_FOUND") == (
            (await ana.get("/alerts/ffff"))[0],
            (await ana.get("/alerts/ffff"))[1]["code"],
        )
        assert (200, {"items": [], "next": None}) == await ana.get("/silences")
        dev = await world.program("rex")
        assert 403 == (await dev.get("/alerts"))[0]


async def test_the_page_of_alerts_lists_them(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        house = world.house
        await house.store.transact(
            lambda unit: alerts.hear(unit, house.world, "grafana", Report((firing("<b>Hot</b>"),)))
        )
        ana = await world.program("ana")
        async with ana.session.get(page_url(house.url, house.world.secret_key, "ALERTS")) as page:
            text = await page.text()
        assert (200, True, True) == (page.status, "&lt;b&gt;Hot&lt;/b&gt; (web-1)" in text, "firing" in text)
