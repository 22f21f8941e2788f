from handlers.cards.card import Select
from tests.handlers.house import House, said

DOWN = "checkout is down"


async def test_the_card_says_what_it_may_be_and_people_say_what_it_was(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    assert "Triage: availability, /incident triage INC-1" in said(await house.live("incident", "INC-1"))
    answer = await house.command("bo", "/incident suspect INC-1 the pool is full")
    assert "It is H1 of INC-1 now." in said(answer)
    assert "Suspected: the pool is full (Bo says so)" in said(await house.live("incident", "INC-1"))
    card = await house.say("ana", "what caused INC-1?")
    menu = next(one for one in card.controls if one.label == "It was this")
    assert isinstance(menu, Select)
    await house.click("ana", menu.verb, menu.object, value=menu.options[0][1])
    assert "Cause: the pool is full (Bo says so)" in said(await house.live("incident", "INC-1"))
    await house.command("ana", "/incident ruleout INC-1 h1 it has room")
    card = await house.command("ana", "/incident triage INC-1")
    assert "ruled out, Ana: it has room" in said(card)
    assert "pool" not in said(await house.live("incident", "INC-1"))


async def test_what_people_say_it_is_counts_more_than_what_the_words_say(house: House) -> None:
    await house.command("ana", "/incident declare", title="strange things at checkout")
    shown = said(await house.live("incident", "INC-1"))
    assert (
        "Triage: category not clear from its title or its alerts, set it with /incident category INC-1 …; "
        "/incident triage INC-1" in shown
    )
    card = await house.command("ana", "/incident triage INC-1")
    assert "Category: not clear from its title or its alerts; set it with /incident category INC-1 …" in said(
        card
    )
    menu = next(one for one in card.controls if one.label == "Set the category")
    assert isinstance(menu, Select)
    answer = await house.click("ana", menu.verb, menu.object, value="data")
    assert "INC-1 counts as data now" in said(answer)
    assert "Triage: data, /incident triage INC-1" in said(await house.live("incident", "INC-1"))
    assert "Category: data (Ana set it)" in said(await house.command("bo", "/incident triage INC-1"))
    assert "INC-1 is set to data already." in said(await house.command("bo", "/incident category INC-1 data"))
    refused = said(await house.command("bo", "/incident category INC-1 dta"))
    first = refused.partition("security")[0]
    assert "“dta” is no category.\nDid you mean data? Valid here: availability, certificate" in first
    assert 1 == first.count("availability"), "the categories are listed once"
    await house.command("bo", "/incident category INC-1 errors the graphs say so")
    assert "Bo: category errors (the graphs say so)" in await house.told()
    assert "it needs the permission" in said(await house.command("dev", "/incident category INC-1 data"))


async def test_the_words_of_those_who_use_it_are_understood(house: House) -> None:
    await house.command("ana", "/incident declare", title="customers cannot pay on checkout")
    assert "Category: availability (“cannot pay” in its title)" in said(
        await house.command("ana", "/incident triage INC-1")
    )


async def test_what_is_unknown_is_told_with_what_is_known(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    assert "There are: none yet." in said(await house.command("ana", "/incident confirm INC-1 RUN-9"))
    assert "lists them with their keys" in said(await house.command("ana", "/incident confirm INC-1"))
    assert "it needs the permission" in said(await house.command("dev", "/incident suspect INC-1 x"))
    assert "platform (the catalogue says that they own checkout)" in said(
        await house.command("dev", "/incident triage INC-1")
    )
