from dataclasses import replace

from handlers.cards.card import Literal_
from tests.handlers.house import House, said

DOWN = "checkout is down"


async def test_each_audience_gets_its_words_to_copy(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN, severity="sev1")
    await house.command("bo", "/incident ack INC-1")
    card = await house.command("ana", "/incident summary INC-1")
    text = next(part for part in card.parts if isinstance(part, Literal_)).text
    assert text.startswith("INC-1 SEV1 (critical): checkout is down")
    assert "Commander: Bo" in text
    public = await house.press("ana", card, "For the public")
    text = next(part for part in public.parts if isinstance(part, Literal_)).text
    assert "our service may be unavailable" in text
    assert not [word for word in ("Bo", "checkout", "INC-1", "SEV") if word in text]
    managers = await house.say("ana", "summarize INC-1 for managers")
    assert "It is led by Bo; it belongs to team platform." in said(managers)


async def test_those_inside_have_pages_of_their_own_that_stay_current(house: House) -> None:
    house.world = replace(house.world, public_url="https://wardroom.acme.test")
    await house.command("ana", "/incident declare", title=DOWN)
    managers = await house.command("ana", "/incident summary INC-1 managers")
    other = await house.command("ana", "/incident summary INC-1")
    assert managers.link.startswith("https://wardroom.acme.test/o/MANAGERS-INC-1?k=")
    assert managers.link.partition("=")[2] != other.link.partition("=")[2]
    assert "nobody has taken it on yet" in said(await house.live("incident_words", "MANAGERS-INC-1"))


async def test_an_unknown_audience_is_told_with_the_nearest(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    answer = await house.command("ana", "/incident summary INC-1 pubic")
    assert "Choose responders, managers, public. Did you mean public?" in said(answer)
