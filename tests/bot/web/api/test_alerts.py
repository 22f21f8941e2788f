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


async def test_the_page_shows_those_of_a_kind_or_a_service_alone(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        house = world.house
        known = Report((firing(), over("Slow"), firing("Alone", labels={"service": "nobody"})))
        await house.store.transact(lambda unit: alerts.hear(unit, house.world, "grafana", known))
        ana = await world.program("ana")

        async def shown(ref: str) -> tuple[int, set[str]]:
            async with ana.session.get(page_url(house.url, house.world.secret_key, ref)) as page:
                text = await page.text()
            return page.status, {name for name in ("HighErrors", "Slow", "Alone") if f"{name} (" in text}

        assert (200, {"HighErrors", "Slow", "Alone"}) == await shown("ALERTS")
        assert (200, {"HighErrors", "Alone"}) == await shown("ALERTS-FIRING")
        assert (200, {"Slow"}) == await shown("ALERTS-OVER")
        assert (200, set()) == await shown("ALERTS-SILENCED")
        assert (200, {"HighErrors", "Slow"}) == await shown("ALERTS-OF-checkout")
        assert (404, set()) == await shown("ALERTS-OF-nobody")
        assert (404, set()) == await shown("ALERTS-ELSE")
        async with ana.session.get(page_url(house.url, house.world.secret_key, "ALERTS")) as page:
            linked = await page.text()
        path = page_url("", house.world.secret_key, "ALERTS-FIRING") or "/o/ALERTS-FIRING?k="
        assert path in linked.replace("&amp;", "&")


async def test_a_program_keeps_alerts_quiet_once_and_ends_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        house = world.house
        await house.store.transact(
            lambda unit: alerts.hear(unit, house.world, "grafana", Report((firing(), firing(where="web-2"))))
        )
        ana = await world.program("ana")
        said = {"minutes": 60, "labels": ["service=checkout", "alertname!=Slow"], "reason": "we move it"}
        status, made = await ana.post("/silences", said, key="one")
        assert (201, "SIL-1", ["service=checkout", "alertname!=Slow"]) == (status, made["id"], made["labels"])
        assert (201, "SIL-1") == ((again := await ana.post("/silences", said, key="one"))[0], again[1]["id"])
        assert ["SIL-1"] == [one["id"] for one in (await ana.get("/silences"))[1]["items"]]
        assert 2 == len((await ana.get("/alerts?silenced=true"))[1]["items"])
        for _ in range(2):
            assert 200 == (await ana.post("/silences/SIL-1/end", {}, key="end"))[0]
        assert 409 == (await ana.post("/silences/SIL-1/end", {}, key="other"))[0]
        assert [] == (await ana.get("/silences"))[1]["items"]
        for wrong in (
            {"minutes": 5},
            {"minutes": 5, "labels": ["no condition"]},
            {"minutes": 0, "labels": ["a=b"]},
        ):
            assert 400 <= (await ana.post("/silences", wrong, key=str(wrong)))[0] < 500
        assert 404 == (await ana.post("/silences/SIL-9/end", {}, key="nine"))[0]
        rex = await world.program("rex")
        assert 403 == (await rex.post("/silences", said, key="rex"))[0]
