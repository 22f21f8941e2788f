"""Cards reach Discord once, are edited in place, and every refusal says how it is mended."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.discord.adapter import DiscordAdapter
from bot.platform import Gone, Limited, Refused, SendError
from core.clock import ManualClock
from core.place import Actor
from handlers.cards.card import Who, say
from handlers.cards.form import Form
from tests.bot.discord.house import ANA, KEY, OPS, REASON, House, approval, connected
from tests.platforms.discord import FakeDiscord, text


async def test_a_card_is_posted_and_edited_in_place(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    number = await adapter.post(OPS, approval(), KEY)
    await adapter.update(OPS.at(number), say("approved"))
    assert [(number, "approved")] == [(m["id"], text(m)) for m in discord.messages("2001")]


async def test_nothing_of_what_was_sent_stays_in_memory(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    house.forms["approval.reject"] = Form(title="Why?", verb="approval.reject", fields=(REASON,))
    number = await adapter.post(OPS, approval(), KEY)
    await adapter.update(OPS.at(number), approval(confirm="Sure?"))
    card = await discord.sees("2001", "Approve")
    await discord.clicks("1001", card, "Approve")
    await discord.clicks("1001", card, "Reject…")
    assert adapter._client is not None
    store = adapter._client._connection._view_store
    assert ({}, {}, {}) == (store._views, store._synced_message_views, store._modals)


async def test_a_repeated_post_is_the_same_message(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    first = await adapter.post(OPS, approval(), KEY)
    assert first == await adapter.post(OPS, approval(), KEY)
    assert 1 == len(discord.messages("2001"))


async def test_a_message_whose_answer_was_lost_is_found_after_a_crash(
    discord: FakeDiscord, house: House
) -> None:
    discord.rest.deaf = True
    async with connected(discord, house) as before:
        with pytest.raises(SendError):
            await before.post(OPS, approval(), KEY)
    discord.rest.deaf = False
    discord.forget_nonces()
    async with connected(discord, house) as after:
        assert discord.messages("2001")[0]["id"] == await after.find_sent(OPS, KEY)
        assert await after.find_sent(OPS, "another" + KEY) is None


async def test_without_leave_to_read_history_nothing_is_found(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    discord.refuse("GET /channels/2001/messages", 403, 50001)
    assert await adapter.find_sent(OPS, KEY) is None


async def test_only_a_ping_on_purpose_rings(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    ana = Who(name="Ana", ids={"discord": "1001"}, ping=True)
    bo = Who(name="Bo", ids={"discord": "1002"})
    await adapter.post(OPS, say(ana, " and ", bo, " and @everyone and <@1003>"), KEY)
    assert ["1001"] == discord.rest.rung
    assert "<@1001> and <@1002> and @\u200beveryone and \\<@\u200b1003\\>" == discord.read("2001")


async def test_a_thread_is_opened_once_and_spoken_in(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    number = await adapter.post(OPS, approval(), KEY)
    thread = await adapter.open_thread(OPS.at(number), "AP-1 " * 40)
    assert thread == await adapter.open_thread(OPS.at(number), "AP-1")
    assert thread == await adapter.open_thread(OPS.under(thread), "AP-1")
    assert 1 == sum(call.endswith("/threads") for call in discord.rest.calls)
    await adapter.post(OPS.under(thread), say("step 1 done"), "t" * 24)
    assert ([thread], "step 1 done") == (discord.threads(), discord.read(thread))


async def test_a_thread_that_went_out_of_sight_is_found_again(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    number = await adapter.post(OPS, approval(), KEY)
    discord.state.add_thread(number, "2001", "AP-1", discord.bot)
    assert number == await adapter.open_thread(OPS.at(number), "AP-1")


async def test_in_a_direct_message_the_channel_is_the_thread(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    said = await discord.direct("1001", "help")
    here = OPS.model_copy(update={"channel": said["channel_id"], "direct": True, "message": said["id"]})
    assert said["channel_id"] == await adapter.open_thread(here, "help")


async def test_an_archived_thread_is_opened_again_to_edit_in_it(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    number = await adapter.post(OPS, approval(), KEY)
    thread = await adapter.open_thread(OPS.at(number), "AP-1")
    inner = await adapter.post(OPS.under(thread), say("running"), "t" * 24)
    discord.state.channels[thread]["thread_metadata"]["archived"] = True
    await adapter.update(OPS.under(thread).at(inner), say("done"))
    assert "done" == discord.read(thread)


async def test_without_a_waiting_interaction_a_whisper_is_a_direct_message(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    await adapter.whisper(ANA, OPS, say("for you"), KEY, "")
    assert (["for you"], []) == (discord.whispers("1001"), discord.messages("2001"))


async def test_a_token_that_ran_out_makes_it_a_direct_message(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    asked = await discord.command("1001", "2001", "runbook list")
    asked.is_over = True
    await adapter.whisper(ANA, OPS, say("for you"), KEY, house[0].key)
    assert "for you" == discord.whispers("1001")[-1]


async def test_an_answer_older_than_a_quarter_of_an_hour_is_a_direct_message(
    discord: FakeDiscord, house: House
) -> None:
    clock = ManualClock(datetime.now(UTC))
    async with connected(discord, house, clock) as adapter:
        asked = await discord.command("1001", "2001", "runbook list")
        clock.advance(timedelta(minutes=16))
        await adapter.whisper(ANA, OPS, say("for you"), KEY, house[0].key)
    assert (1, "for you") == (len(asked.texts), discord.whispers("1001")[-1])


async def test_who_takes_no_direct_messages_is_named_in_the_channel_without_the_words(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    discord.state.closed_to_us.add("1001")
    await adapter.whisper(ANA, OPS, say("a secret"), KEY, "")
    assert "<@1001>, I have an answer for you alone" in discord.read("2001")
    assert "secret" not in discord.read("2001")
    assert [] == discord.rest.rung


async def test_a_whisper_to_nobody_is_refused(discord: FakeDiscord, adapter: DiscordAdapter) -> None:
    with pytest.raises(Refused):
        await adapter.whisper(Actor(platform="discord", user="U0ANA"), OPS, say("x"), KEY, "")


async def test_a_short_limit_is_waited_for_and_a_long_one_is_handed_back(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    discord.limit("POST /channels/2001/messages", retry_after=0.05)
    await adapter.post(OPS, say("one"), KEY)
    discord.limit("POST /channels/2001/messages", retry_after=40)
    with pytest.raises(Limited) as caught:
        await adapter.post(OPS, say("two"), "t" * 24)
    assert caught.value.retry_after == 40


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (404, 10008, Gone, "not there"),
        (400, 30046, Gone, "older than an hour"),
        (404, 10003, Refused, "no such channel"),
        (403, 50001, Refused, "View Channel"),
        (403, 50013, Refused, "Send Messages"),
        (400, 50035, Refused, "50035"),
        (503, 0, SendError, "trouble of its own"),
    ],
)
async def test_a_refusal_says_what_to_do(
    discord: FakeDiscord, adapter: DiscordAdapter, status: int, code: int, kind: type[SendError], words: str
) -> None:
    number = await adapter.post(OPS, approval(), KEY)
    discord.refuse("PATCH /channels/2001/messages", status, code)
    with pytest.raises(SendError, match=words) as caught:
        await adapter.update(OPS.at(number), say("x"))
    assert kind is type(caught.value)


async def test_after_a_refused_token_discord_is_left_alone(
    discord: FakeDiscord, adapter: DiscordAdapter
) -> None:
    discord.refuse("POST /channels", 401, 0)
    for _ in range(3):
        with pytest.raises(Refused, match="DISCORD_TOKEN"):
            await adapter.post(OPS, say("x"), KEY)
    assert 1 == sum(call.startswith("POST /channels") for call in discord.rest.calls)
    assert not adapter.health().ok


async def test_old_messages_are_edited_slowly(house: House) -> None:
    clock = ManualClock(datetime.now(UTC))
    discord = FakeDiscord(clock.now)
    await discord.start()
    async with connected(discord, house, clock) as adapter:
        number = await adapter.post(OPS, approval(), KEY)
        clock.advance(timedelta(hours=2))
        await adapter.update(OPS.at(number), say("one"))
        with pytest.raises(Limited):
            await adapter.update(OPS.at(number), say("two"))
        clock.advance(timedelta(seconds=31))
        await adapter.update(OPS.at(number), say("three"))
    assert "three" == discord.read("2001")
    await discord.stop()


async def test_an_id_of_another_platform_is_refused_in_words(adapter: DiscordAdapter) -> None:
    with pytest.raises(Refused, match="not a Discord id"):
        await adapter.post(OPS.model_copy(update={"channel": "C0OPS"}), say("x"), KEY)
