"""A form is the first answer to a click or a command, and what comes back is the event."""

from bot.discord.adapter import DiscordAdapter
from handlers.cards.form import Form
from handlers.inbound import Submit
from tests.bot.discord.house import KEY, OPS, REASON, House, approval, connected
from tests.platforms.discord import FakeDiscord

REJECT = Form(title="Reject AP-1", verb="approval.reject", fields=(REASON,), intro="Tell *why*.")


async def test_reject_opens_a_form_and_its_submission_is_the_event(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    house.forms["approval.reject"] = REJECT
    await adapter.post(OPS, approval(), KEY)
    asked = await discord.clicks("1001", await discord.sees("2001", "Reject…"), "Reject…")
    assert ([], 9) == (house.received, asked.type)
    sent = await discord.submits("1001", asked, {"Why not?": "too risky"})
    heard = house[0]
    assert isinstance(heard, Submit)
    assert ("approval.reject", "AP-1", 3) == (heard.verb, heard.object, heard.revision)
    assert {"reason": "too risky"} == heard.fields
    assert 6 == sent.type


async def test_a_command_that_lacks_something_opens_its_form(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    house.forms["incident.declare"] = Form(title="What happens?", verb="incident.declare", fields=(REASON,))
    asked = await discord.command("1001", "2001", "incident declare")
    sent = await discord.submits("1001", asked, {"reason": "slow"})
    assert (4, "Taken." in sent.texts[0]) == (sent.type, True)
    assert ("incident.declare", None) == (house[0].verb, house[0].place.message)


async def test_a_form_with_long_arguments_keeps_them(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    args = {"title": "größer | als; das = alles " * 10}
    house.forms["incident.declare"] = Form(title="?", verb="incident.declare", fields=(REASON,), args=args)
    asked = await discord.command("1001", "2001", "incident declare")
    await discord.submits("1001", asked, {"reason": "slow"})
    assert args == house[0].args


async def test_a_form_forgotten_by_a_restart_gives_the_words_back(discord: FakeDiscord, house: House) -> None:
    house.forms["incident.declare"] = Form(
        title="?", verb="incident.declare", fields=(REASON,), args={"title": "ü" * 90}
    )
    async with connected(discord, house):
        asked = await discord.command("1001", "2001", "incident declare")
    async with connected(discord, house):
        sent = await discord.submits("1001", asked, {"reason": "slow all day"})
    assert [] == house.received
    assert "slow all day" in sent.texts[0]


async def test_more_fields_than_discord_shows_are_asked_in_lines(
    discord: FakeDiscord, house: House, adapter: DiscordAdapter
) -> None:
    fields = tuple(REASON.model_copy(update={"name": f"f{n}", "required": n < 2}) for n in range(8))
    house.forms["incident.declare"] = Form(title="T" * 90, verb="incident.declare", fields=fields)
    asked = await discord.command("1001", "2001", "incident declare")
    await discord.submits("1001", asked, {"f0": "a", "f1": "b", "~rest": "f6=g\nf7=h=i"})
    assert {"f0": "a", "f1": "b", "f6": "g", "f7": "h=i"} == house[0].fields
