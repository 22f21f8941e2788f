from pathlib import Path

from tests.bot.web.api.house import QUESTION, serving


async def test_programs_learn_who_is_on_call_for_a_team_and_until_when(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex", "approval.request")
        status, answer = await rex.get("/oncall?team=platform&at=2026-01-14T12:00:00Z")
        assert (200, None) == (status, answer["next"])
        (item,) = answer["items"]
        assert ("platform-primary", ["platform"], "bo", "Bo Lindqvist", "2026-01-19T08:00:00Z") == tuple(
            item[name] for name in ("schedule", "teams", "person", "name", "until")
        )
        assert {
            "person": "ana",
            "name": "Ana Ruiz",
            "from": "2026-01-19T08:00:00Z",
            "until": "2026-01-26T08:00:00Z",
        } == item["next"]


async def test_without_a_team_every_schedule_is_told_and_before_its_start_nobody_is_on_call(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        _, now = await ana.get("/oncall")
        assert ["platform-primary"] == [item["schedule"] for item in now["items"]]
        assert now["items"][0]["person"] in ("ana", "bo")
        _, before = await ana.get("/oncall?at=2025-12-31T00:00:00%2B01:00")
        assert (None, "2026-01-05T08:00:00Z") == (before["items"][0]["person"], before["items"][0]["until"])


async def test_an_unknown_team_and_a_moment_that_is_none_are_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        assert [(404, "NOT_FOUND"), (400, "INVALID"), (400, "INVALID"), (401, "UNKNOWN_PERSON")] == [
            (status, answer["code"])
            for status, answer in (
                await ana.get("/oncall?team=nobodies"),
                await ana.get("/oncall?at=tomorrow"),
                await ana.get("/oncall?at=9999-12-31T23:59:59Z"),
                await world.stranger().get("/oncall"),
            )
        ]


async def test_a_question_may_ask_whoever_is_on_call(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        _, watch = await ana.get("/oncall?team=platform")
        for ask in ({"team": "platform", "oncall": True}, {"schedule": "platform-primary"}):
            status, made = await rex.post("/approvals", QUESTION | {"ask": [ask], "approvals": 1})
            name = ask.get("team") or ask["schedule"]
            assert (201, [(watch["items"][0]["person"], [f"on call for {name}"])]) == (
                status,
                [(seat["person"], seat["groups"]) for seat in made["approvers"]],
            )


async def test_whom_nobody_can_mean_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex = await world.program("rex")
        for ask, said in (
            ({"team": "security", "oncall": True}, "Nobody is on call for the team “security”."),
            ({"schedule": "nights"}, "There is no schedule “nights”."),
            ({"role": "sre", "schedule": "platform-primary"}, "names 2 of role, team, person and schedule"),
        ):
            status, refused = await rex.post("/approvals", QUESTION | {"ask": [ask]})
            assert status == 400
            assert said in refused["detail"]
