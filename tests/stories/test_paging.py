"""Somebody is called at night, through the front doors: every message is expected, or the test fails."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.incidents import records as incidents
from core.paging.page import State
from core.store import events
from tests.platforms.discord_state import text
from tests.stories.night import Night, night

DEV = "U0DEV"


async def declare(told: Night, title: str = "checkout is down") -> None:
    await told.slack.command(DEV, "/incident", f"declare severity=SEV1 {title}")


CARDS = (("#ops", "slack", "INC-1"), ("#ops", "discord", "INC-1"))
ANA = (("ana", "slack", "PG-1"), ("ana", "discord", "PG-1"))
BO = (("bo", "slack", "PG-1"), ("bo", "discord", "PG-1"))


def both(words: str) -> tuple[tuple[str, str, str], ...]:
    return (("#ops", "slack", words), ("#ops", "discord", words))


async def test_whoever_is_on_call_is_called_and_answers_with_a_button(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await declare(told)
        await told.hears(*CARDS, *ANA, *both("PG-1 calls Ana Ruiz."))
        assert "Bo Lindqvist (next in primary)" in told.last("ana").words()
        await told.slack.clicks("U0ANA", told.last("ana"), "I take it")
        await told.hears(
            *both("Ana Ruiz acknowledged it and leads."), ("ana", "slack", "You lead INC-1 now.")
        )
        lines = [one.text for one in await told.house.store.read(incidents.timeline, "INC-1")]
        assert "PG-1: Ana Ruiz answered at once." in lines
        assert (State.TAKEN, "ana") == ((await told.page()).state, (await told.page()).owner)
        await told.passes(minutes=30)
        there = text(told.discord.messages("91001")[-1])
        assert all("sms at" not in words for words in (told.last("ana").words(), there))
        assert "<@1001> · <t:" in there, "the time of a call is by the reader's own clock on Discord, too"


async def test_nobody_answers_and_it_goes_on_until_somebody_does(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await declare(told)
        await told.hears(*CARDS, *ANA, *both("PG-1 calls Ana Ruiz."))
        await told.passes(minutes=2)
        await told.hears(("ana", "sms", "PG-1"), ("ana", "email", "PG-1"))
        await told.passes(minutes=3)
        await told.hears(*BO, *both("PG-1 calls Bo Lindqvist."))
        await told.passes(minutes=2)
        await told.hears(("bo", "sms", "I take it: http"), ("bo", "email", "checkout is down"))
        await told.passes(minutes=3)
        await told.hears(*ANA, *both("PG-1 calls Ana Ruiz, for the 2nd time."))
        await told.passes(minutes=2)
        await told.hears(("ana", "sms", "nobody has answered yet"), ("ana", "email", "PG-1"))
        await told.passes(minutes=3)
        await told.hears(*BO, *both("PG-1 calls Bo Lindqvist, for the 2nd time."))
        await told.passes(minutes=2)
        await told.hears(("bo", "sms", "PG-1"), ("bo", "email", "PG-1"))
        await told.passes(minutes=3)
        await told.hears(
            *(("eve", "slack", "PG-1"), ("eve", "discord", "PG-1")),
            *both("Ana Ruiz, Bo Lindqvist did not answer; now it calls Eve Martin. It begins anew at "),
            *both("PG-1 calls Eve Martin."),
            *both("nobody has answered; the alarm is raised"),
        )
        await told.passes(minutes=2)
        await told.hears(("eve", "sms", "PG-1"), ("eve", "email", "PG-1"))
        await told.passes(minutes=28)
        await told.hears(*ANA, *both("PG-1 calls Ana Ruiz, for the 3rd time."))
        await told.slack.command("U0ANA", "/oncall", "ack")
        taken = "Ana Ruiz has PG-1, you need not do anything"
        await told.hears(
            *((who, way, taken) for who in ("bo", "eve") for way in ("slack", "discord", "sms", "email")),
            *both("Ana Ruiz acknowledged it"),
            ("ana", "slack", "You lead INC-1 now."),
        )


async def test_two_answer_at_once_one_has_it_and_both_are_told(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await declare(told)
        await told.passes(minutes=5)
        await told.hears(
            *(*CARDS, *ANA, *BO, ("ana", "sms", "PG-1"), ("ana", "email", "PG-1")),
            *(*both("PG-1 calls Ana Ruiz."), *both("PG-1 calls Bo Lindqvist.")),
        )
        hers, his = told.last("ana"), told.last("bo")
        await asyncio.gather(
            told.slack.clicks("U0ANA", hers, "I take it"), told.slack.clicks("U0BO", his, "I take it")
        )
        await told.settles()
        owner = (await told.page()).owner
        first, second = ("U0ANA", "U0BO") if owner == "ana" else ("U0BO", "U0ANA")
        name = {"ana": "Ana Ruiz", "bo": "Bo Lindqvist"}[owner]
        await told.slack.sees(first, "PG-1 is yours: ")
        await told.slack.sees(second, f"{name} has PG-1 and was first: SEV1 INC-1 checkout is down.")
        other, ways = (
            ("bo", ("slack", "discord")) if owner == "ana" else ("ana", ("slack", "discord", "sms", "email"))
        )
        await told.hears(
            *((other, way, f"{name} has PG-1") for way in ways),
            *both(f"{name} acknowledged it"),
            (owner, "slack", "You lead INC-1 now."),
        )
        taken = [
            one for one in await told.house.store.read(events.history, "PG-1") if one["kind"] == "page.taken"
        ]
        assert 1 == len(taken)


async def test_slack_is_down_and_discord_is_up(tmp_path: Path) -> None:
    def in_order(text: str) -> str:
        return text.replace("  ana: {", "  ana: {contact: {high: [slack, discord 4m]}, ")

    async with night(tmp_path, change=in_order) as told:
        down = (503, {"ok": False, "error": "service_unavailable"})
        told.slack.refuse_next = {"conversations.open": [down] * 50, "chat.postMessage": [down] * 50}
        page = await told.starts()
        await told.hears(("ana", "discord", page))
        await told.slack_is_back()
        await told.discord.clicks("1001", await told.discord.sees("91001", page), "I take it")
        await told.settles()
        assert "ana" == (await told.page()).owner


async def test_when_nothing_reaches_somebody_the_next_is_called_at_once(tmp_path: Path) -> None:
    def by_mail(text: str) -> str:
        return text.replace("  ana: {", "  ana: {contact: {high: email}, ")

    async with night(tmp_path, change=by_mail) as told:
        told.mail.unknown.add("ana@acme.test")
        page = await told.starts()
        await told.hears(("bo", "slack", page), ("bo", "discord", page))
        card = await told.slack.sees("U0BO", page)
        assert "E-Mail ✗ (mailbox unknown (550))".lower() in card.words().lower()


async def test_the_process_dies_in_the_middle_and_each_step_is_taken_once(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        page = await told.starts()
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.restarts(after=timedelta(minutes=5))
        await told.hears(
            *(("ana", "sms", page), ("ana", "email", page)), *(("bo", "slack", page), ("bo", "discord", page))
        )
        await told.restarts(after=timedelta(minutes=1))
        await told.hears()
        # The old button still works.
        await told.slack.clicks("U0ANA", told.last("ana"), "I take it")
        await told.hears(("bo", "slack", "Ana Ruiz has PG-1"), ("bo", "discord", "Ana Ruiz has PG-1"))


async def test_a_step_that_is_edited_while_it_runs_changes_nothing_and_the_card_says_so(
    tmp_path: Path,
) -> None:
    def calls_eve(text: str) -> str:
        return text.replace("{next: primary, wait: 5m}", "{people: [eve], wait: 5m}")

    async with night(tmp_path) as told:
        page = await told.starts()
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.restarts(calls_eve)
        await told.passes(minutes=5)
        await told.hears(
            *(("ana", "sms", page), ("ana", "email", page)), *(("bo", "slack", page), ("bo", "discord", page))
        )
        said = "platform was changed since. This page goes on with the version it began with"
        await told.slack.sees("U0BO", page, said, "who is next in primary, 5m")
        another = await told.starts("payments is slow")
        await told.hears(("ana", "slack", another), ("ana", "discord", another))
        await told.passes(minutes=5)
        await told.hears(
            *(("bo", "sms", page), ("bo", "email", page), ("ana", "slack", page), ("ana", "discord", page)),
            *(("ana", "sms", another), ("ana", "email", another)),
            *(("eve", "slack", another), ("eve", "discord", another)),
        )


async def test_somebody_who_left_is_passed_over_while_a_page_runs(tmp_path: Path) -> None:
    def without_bo(text: str) -> str:
        return re.sub(r"\n  bo: \{.*", "", text).replace("[ana, bo]", "[ana]")

    async with night(tmp_path) as told:
        page = await told.starts()
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.restarts(without_bo)
        await told.passes(minutes=5)
        await told.hears(
            *(("ana", "sms", page), ("ana", "email", page)),
            *(("ana", "slack", page), ("ana", "discord", page)),
        )


async def test_the_turn_ends_at_nine_on_the_wall_also_when_clocks_change(tmp_path: Path) -> None:
    # On 29 March clocks in Berlin go from two to three: nine o'clock on Monday is seven in UTC, not eight.
    async with night(tmp_path, at=datetime(2026, 3, 30, 6, 58, tzinfo=UTC)) as told:
        before = await told.starts()
        await told.hears(("ana", "slack", before), ("ana", "discord", before))
        await told.ends(before)
        await told.passes(minutes=2)
        after = await told.starts()
        await told.hears(("bo", "slack", after), ("bo", "discord", after))


async def test_an_override_in_the_night_is_heeded(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command("U0ANA", "/oncall", "override platform bo 1h a fever")
        await told.forgets()
        page = await told.starts()
        await told.hears(("bo", "slack", page), ("bo", "discord", page))
        await told.ends(page)
        await told.passes(hours=1)
        page = await told.starts()
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
