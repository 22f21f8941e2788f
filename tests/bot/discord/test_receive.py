"""What people do on Discord arrives once, in one shape, and is answered within the time there is."""

import asyncio

from bot.discord.adapter import DiscordAdapter
from core.errors import Unavailable
from core.place import Place
from handlers.cards.card import Button, Card, say
from handlers.inbound import Click, Command, Message
from tests.bot.discord.house import ANA, KEY, OPS, House, approval, connected
from tests.platforms.discord import FakeDiscord, labels, text


async def test_a_mention_arrives_without_the_mention(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    said = await discord.mentions("1004", "2001", "restart checkout in staging")
    await discord.until(lambda: house.received)
    heard = house[0]
    assert isinstance(heard, Message)
    assert (f"discord:{said['id']}", "restart checkout in staging", True) == (
        heard.key,
        heard.text,
        heard.addressed,
    )
    assert ("1004", "Dev Patel") == (heard.actor.user, heard.actor.name)
    assert Place(platform="discord", channel="2001", message=said["id"]) == heard.place


async def test_a_direct_message_needs_no_mention(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await discord.direct("1004", "help")
    await discord.until(lambda: house.received)
    assert ("help", True) == (house[0].text, house[0].place.direct)


async def test_what_others_say_to_each_other_is_not_taken(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await discord.says("1004", "2001", "lunch?")
    await discord.mentions("1004", "2001", "help")
    await discord.until(lambda: house.received)
    assert ["help"] == [heard.text for heard in house.received]


async def test_a_mention_without_words_asks_for_help(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await discord.mentions("1004", "2001", "")
    await discord.until(lambda: house.received)
    assert ("", True) == (house[0].text, house[0].addressed)


async def test_short_words_to_nobody_are_handed_in_when_content_may_be_read(
    discord: FakeDiscord, house: House
) -> None:
    discord.gateway.allows_content = True
    async with connected(discord, house, message_content=True):
        await discord.says("1004", "2001", "talk " * 90)
        await discord.says("1004", "2001", "restart checkout in staging")
        await discord.until(lambda: house.received)
    assert [("restart checkout in staging", False)] == [(m.text, m.addressed) for m in house.received]


async def test_a_word_in_our_thread_is_for_us_when_content_may_be_read(
    discord: FakeDiscord, house: House
) -> None:
    discord.gateway.allows_content = True
    async with connected(discord, house, message_content=True) as adapter:
        card = await adapter.post(OPS, say("an incident"), KEY)
        thread = await adapter.open_thread(OPS.at(card), "INC-1")
        await discord.says("1004", thread, "status")
        await discord.until(lambda: house.received)
    assert [("status", "2001", thread, True)] == [
        (m.text, m.place.channel, m.place.thread, m.addressed) for m in house.received
    ]


async def test_a_word_in_a_thread_that_a_person_began_under_our_card_is_for_us(
    discord: FakeDiscord, house: House
) -> None:
    discord.gateway.allows_content = True
    async with connected(discord, house, message_content=True) as adapter:
        card = await adapter.post(OPS, say("an incident"), KEY)
        thread = discord.state.add_thread(card, "2001", "talk", "1001")
        await discord.gateway.dispatch("THREAD_CREATE", thread)
        await discord.says("1004", card, "status")
        await discord.until(lambda: house.received)
        await discord.says("1004", card, "again")
        await discord.until(lambda: len(house.received) == 2)
    assert 1 == discord.rest.calls.count(f"GET /channels/2001/messages/{card}")


async def test_a_slash_command_arrives_with_its_options_and_is_answered_privately(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    asked = await discord.command("1004", "2001", "runbook run", {"runbook": "restart-service", "dry": True})
    heard = house[0]
    assert isinstance(heard, Command)
    assert ("runbook", "run") == (heard.area, heard.text)
    assert {"runbook": "restart-service", "dry": "true"} == heard.options
    assert "Taken: `/runbook run`" in asked.texts[0]


async def test_the_answer_to_a_command_takes_the_place_of_the_first_sign(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    asked = await discord.command("1001", "2001", "runbook list")
    await adapter.whisper(ANA, OPS, say("one runbook"), KEY, house[0].key)
    await adapter.whisper(ANA, OPS, say("and one more"), KEY, house[0].key)
    assert ["one runbook", "and one more"] == asked.texts
    assert [] == discord.messages("91001")


async def test_an_answer_that_is_faster_than_the_first_sign_still_finds_its_way(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    async def answer(inbound: Command) -> None:
        await adapter.whisper(ANA, OPS, say("one runbook"), KEY, inbound.key)

    house.at_once = answer
    asked = await discord.command("1001", "2001", "runbook list")
    await house.works[0]
    assert (["one runbook"], []) == (asked.texts, discord.messages("91001"))


async def test_a_slow_store_does_not_use_up_the_three_seconds(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    house.slowly = asyncio.Event()
    asked = await discord.command("1001", "2001", "runbook list")
    assert (5, []) == (asked.type, house.received)
    house.slowly.set()
    await discord.until(lambda: house.received)
    await adapter.whisper(ANA, OPS, say("one runbook"), KEY, house[0].key)
    assert ["one runbook"] == asked.texts


async def test_a_command_delivered_again_does_not_replace_its_answer(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    asked = await discord.command("1001", "2001", "runbook list")
    await adapter.whisper(ANA, OPS, say("one runbook"), KEY, house[0].key)
    await discord.redeliver(asked)
    await discord.until(lambda: house.deliveries == 2)
    await adapter.whisper(ANA, OPS, say("and one more"), KEY, house[0].key)
    assert (["one runbook", "and one more"], 1) == (asked.texts, len(house.received))


async def test_a_command_in_a_direct_message_says_that_it_is_one(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await discord.command("1001", discord.state.direct_channel("1001")["id"], "runbook list")
    assert (True, "91001") == (house[0].place.direct, house[0].place.channel)


async def test_suggestions_come_from_memory_and_are_capped(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    asked = await discord.autocompletes("1004", "2001", "runbook run", "runbook", "re")
    assert [("runbook.run", "runbook", "re")] == house.asked
    assert (25, "re-0") == (len(asked.choices), asked.choices[0]["value"])


async def test_a_message_becomes_an_incident_from_its_menu(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    said = await discord.says("1004", "2001", "checkout is " + "very " * 40 + "slow")
    await discord.message_command("1001", said, "Start incident")
    heard = house[0]
    assert isinstance(heard, Command)
    assert ("incident", "declare", said["content"][:100]) == (heard.area, heard.text, heard.options["title"])
    await discord.message_command("1001", said, "Add to timeline")
    assert ("timeline", said["content"]) == (house[1].text, house[1].options["text"])


async def test_a_click_arrives_with_what_the_card_showed(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    card = await adapter.post(OPS, approval(), KEY)
    asked = await discord.clicks("1001", await discord.sees("2001", "Approve"), "Approve")
    heard = house[0]
    assert isinstance(heard, Click)
    assert ("approval.approve", "AP-1", 3, "01234567") == (
        heard.verb,
        heard.object,
        heard.revision,
        heard.digest,
    )
    assert (card, "1001") == (heard.place.message, heard.actor.user)
    assert (6, []) == (asked.type, asked.texts)


async def test_a_click_delivered_twice_is_received_once(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await adapter.post(OPS, approval(), KEY)
    asked = await discord.clicks("1001", await discord.sees("2001", "Approve"), "Approve")
    await discord.redeliver(asked)
    await discord.until(lambda: house.deliveries == 2)
    assert 1 == len(house.received)


async def test_the_answer_to_a_click_is_seen_by_the_clicker_alone(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await adapter.post(OPS, approval(), KEY)
    asked = await discord.clicks("1001", await discord.sees("2001", "Approve"), "Approve")
    await adapter.whisper(ANA, OPS, say("You approved."), KEY, house[0].key)
    assert ["You approved."] == asked.texts
    assert 1 == len(discord.messages("2001"))


async def test_a_final_press_is_asked_once_more(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    await adapter.post(OPS, approval(confirm="Sure?"), KEY)
    asked = await discord.clicks("1001", await discord.sees("2001", "Approve"), "Approve")
    assert ([], ["Approve"]) == (house.received, labels(asked.private[0]))
    again = await discord.clicks("1001", asked.private[0], "Approve")
    assert ("approval.approve", "AP-1") == (house[0].verb, house[0].object)
    assert "Taken" in text(again.private[0])
    await adapter.whisper(ANA, OPS, say("You approved."), KEY, house[0].key)
    assert ["You approved."] == again.texts


async def test_a_button_beyond_the_allowed_works_from_the_menu(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    buttons = tuple(Button(label=f"Step {n}", verb="runbook.retry", args={"step": str(n)}) for n in range(14))
    await adapter.post(OPS, Card(title="Run", controls=buttons), KEY)
    await discord.clicks("1001", await discord.sees("2001", "Step 13"), "Step 13")
    assert ("runbook.retry", {"step": "13"}) == (house[0].verb, house[0].args)


async def test_an_unknown_button_says_so(discord: FakeDiscord, house: House, adapter: DiscordAdapter) -> None:
    await adapter.post(OPS, approval(), KEY)
    card = await discord.sees("2001", "Approve")
    card["components"][0]["components"][-1]["components"][0]["custom_id"] = "w0:approve:1"
    asked = await discord.clicks("1001", card, "Approve")
    assert ([], True) == (house.received, "from an older version" in asked.texts[0])


async def test_a_button_works_after_a_restart(discord: FakeDiscord, house: House) -> None:
    async with connected(discord, house) as before:
        await before.post(OPS, approval(), KEY)
    async with connected(discord, house):
        await discord.clicks("1001", await discord.sees("2001", "Approve"), "Approve")
    assert [("approval.approve", "AP-1")] == [(click.verb, click.object) for click in house.received]


async def test_nobody_is_left_in_doubt_when_the_store_cannot_write(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    house.trouble = Unavailable("The database does not answer.", "I keep trying.")
    asked = await discord.command("1004", "2001", "runbook list")
    assert "Nothing was taken down" in asked.texts[0]
    await discord.mentions("1004", "2001", "help")
    await discord.sees("2001", "Nothing was taken down")
    assert [] == house.received
