"""A swap is asked of the other in a direct message and holds once they accept: on Slack, on Discord, in the local workspace."""

import asyncio
from pathlib import Path

from core.oncall import units as oncall
from core.oncall.swapping import records
from core.store import events
from tests.stories.house import audited, running, settings
from tests.stories.night import ESCALATION, SCHEDULES, Night, night
from tests.stories.seats import seats

CALENDARS = SCHEDULES + ESCALATION


async def on_call(told: Night) -> str:
    """Who is on call now."""
    world = told.house.world
    return (await told.house.store.read(oncall.on_call, world.schedules))["primary"]


def with_channel(text: str) -> str:
    """The team hears what changes in the channel of Slack."""
    return text.replace("escalation: platform}", "escalation: platform, channel: {slack: C0OPS}}")


async def test_on_slack_the_other_accepts_in_a_direct_message_and_both_and_the_channel_are_told(
    tmp_path: Path,
) -> None:
    async with night(tmp_path, change=with_channel) as told:
        await told.slack.command("U0ANA", "/oncall", "swap platform bo")
        await told.hears(
            ("ana", "slack", "Ana Ruiz asked Bo Lindqvist to swap shifts"),
            ("bo", "slack", "Ana Ruiz asks Bo Lindqvist to swap shifts"),
        )
        assert "ana" == await on_call(told)
        asked = told.last("bo")
        assert "Accept" in asked.words()
        await told.slack.clicks("U0BO", asked, "Accept")
        # The same click again, as a platform repeats it, changes nothing.
        await told.slack.again()
        await told.hears(
            ("ana", "slack", "Bo Lindqvist accepted SW-1"), ("#ops", "slack", "Both agreed to swap.")
        )
        assert "bo" == await on_call(told)
        assert "Accepted by Bo Lindqvist." in told.last("bo").words()
        assert 1 == len(await told.house.store.read(events.history, "primary"))
        await audited(told.house)


async def test_on_discord_it_is_declined_and_whoever_asked_is_told(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        said = {"team": "platform", "person": "bo"}
        await told.discord.command("1001", "2001", "oncall swap", said)
        await told.hears(
            ("ana", "discord", "Ana Ruiz asked Bo Lindqvist to swap shifts"),
            ("bo", "discord", "Ana Ruiz asks Bo Lindqvist to swap shifts"),
        )
        asked = await told.discord.sees("91002", "asks Bo Lindqvist")
        await told.discord.clicks("1002", asked, "Decline")
        await told.hears(("ana", "discord", "Bo Lindqvist declined SW-1, so nothing was swapped."))
        assert "ana" == await on_call(told)


async def test_whoever_takes_no_direct_messages_on_discord_is_asked_on_slack(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        told.discord.state.closed_to_us.add("1002")
        await told.discord.command("1001", "2001", "oncall swap", {"team": "platform", "person": "bo"})
        await told.hears(
            ("ana", "discord", "Ana Ruiz asked Bo Lindqvist to swap shifts"),
            ("bo", "slack", "Ana Ruiz asks Bo Lindqvist to swap shifts"),
        )
        await told.slack.clicks("U0BO", told.last("bo"), "Accept")
        await told.settles()
        assert "bo" == await on_call(told)
        await told.forgets()


async def test_without_an_answer_it_is_over_when_the_next_shift_begins_even_if_the_house_restarts_meanwhile(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        await told.slack.command("U0ANA", "/oncall", "swap platform bo")
        await told.settles()
        await told.restarts()
        await told.forgets()
        await told.passes(hours=5, minutes=59)
        await told.hears()
        await told.passes(minutes=2)
        await told.hears(
            ("ana", "slack", "Bo Lindqvist has not answered SW-1 in time, so nothing was swapped.")
        )
        assert "bo" == await on_call(told), "his own week has begun, as it would have anyway"
        assert "Not answered in time." in told.last("bo").words()
        kinds = [one["kind"] for one in await told.house.store.read(events.history, "SW-1")]
        assert ["oncall.swap_proposed", "oncall.swap_lapsed"] == kinds


async def test_accepting_and_withdrawing_at_once_leaves_one_of_them(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command("U0ANA", "/oncall", "swap platform bo")
        await told.settles()
        takes = told.slack.click_body("U0BO", told.last("bo"), "Accept")
        back = told.slack.click_body("U0ANA", told.last("ana"), "Withdraw")
        await asyncio.gather(
            told.slack.deliver("interactive", takes), told.slack.deliver("interactive", back)
        )
        await told.settles()
        state = str((await told.house.store.read(records.get, "SW-1")).state)
        assert (state, await on_call(told)) in {("accepted", "bo"), ("withdrawn", "ana")}
        await told.forgets()


async def test_in_the_local_workspace_it_is_asked_and_accepted_too(tmp_path: Path) -> None:
    async with running(settings(tmp_path)) as house, seats(house.url, "ana", "bo") as (ana, bo):
        before = (await house.store.read(oncall.on_call, house.world.schedules))["platform-primary"]
        await ana.says("/oncall swap platform bo reason=dentist")
        asked = await bo.sees("SW-1", "Ana Ruiz asks Bo Lindqvist to swap shifts", "dentist")
        assert "@bo" == asked["channel"]
        await bo.presses(asked, "Accept")
        await ana.sees("Bo Lindqvist accepted SW-1")
        await ana.sees("Both agreed to swap.")
        after = (await house.store.read(oncall.on_call, house.world.schedules))["platform-primary"]
        assert {"ana", "bo"} == {before, after}
