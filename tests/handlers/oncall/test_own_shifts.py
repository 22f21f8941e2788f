"""When one is on call oneself: asked in words, answered with the moment and how long that is."""

import pytest

from tests.handlers.house import House, said
from tests.handlers.oncall.test_shifts import watched


@pytest.mark.parametrize(
    "text",
    [
        "how long until my shift?",
        "when is my next shift?",
        "how many days until I am on call",
        "/oncall mine",
    ],
)
async def test_the_next_shift_is_told_with_how_long_it_is_until_then(house: House, text: str) -> None:
    house.world = watched()
    told = said(await house.say("bo", text))
    assert (
        "You are not on call now. You are on call next for platform from 2026-03-09 09:00 UTC, in 7 d."
        in told
    )


async def test_a_shift_that_goes_on_is_told_with_its_end(house: House) -> None:
    house.world = watched()
    told = said(await house.say("ana", "when does my shift end?"))
    assert "You are on call for platform until 2026-03-09 09:00 UTC, another 7 d." in told
    assert "I know of no shift of yours" in said(await house.say("gus", "how long until my shift?"))


@pytest.mark.parametrize("text", ["when does ana's shift end?", "how long is ana on call", "is ana on call?"])
async def test_the_shift_of_somebody_else_is_told_by_their_name(house: House, text: str) -> None:
    house.world = watched()
    told = said(await house.say("bo", text))
    assert "Ana is on call for platform until 2026-03-09 09:00 UTC, another 7 d." in told
    assert "Gus is not on call. I know of no shift of theirs" in said(
        await house.say("bo", "is gus on call?")
    )
