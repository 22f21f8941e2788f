"""Whoever takes over while a page calls is called at once, by a swap or by an override; nobody is called twice for it."""

from pathlib import Path

from tests.stories.night import Heard, Night, night

PAGE = "PG-1 · checkout is slow"


def called(person: str) -> tuple[Heard, Heard]:
    return (person, "slack", PAGE), (person, "discord", "PG-1")


async def swapped(told: Night) -> None:
    """Ana has asked Bo; then a page calls her, and then he accepts."""
    await told.slack.command("U0ANA", "/oncall", "swap platform bo")
    await told.forgets()
    asked = told.last("bo")
    await told.starts()
    await told.hears(*called("ana"))
    await told.passes(minutes=4)
    await told.forgets()
    await told.slack.clicks("U0BO", asked, "Accept")
    await told.settles()


async def test_whoever_accepts_a_swap_is_called_at_once_and_the_other_not_again(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await swapped(told)
        await told.hears(
            ("ana", "slack", "Bo Lindqvist accepted SW-1"),
            ("bo", "slack", "is on call for platform"),
            *called("bo"),
        )
        # He has the five minutes that she had; then nobody is next whom it has not called, and he is called again.
        await told.passes(minutes=4, seconds=50)
        await told.hears(("bo", "sms", "Page PG-1"), ("bo", "email", "Page PG-1"))
        await told.passes(seconds=20)
        await told.hears(*called("bo"))
        page = await told.page()
        assert page.at is not None
        assert (1, 0) == (page.at.round, page.at.step)
        await told.ends("PG-1")


async def test_a_house_that_dies_between_the_two_calls_them_once(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await swapped(told)
        await told.restarts()
        await told.hears(
            ("ana", "slack", "Bo Lindqvist accepted SW-1"),
            ("bo", "slack", "is on call for platform"),
            *called("bo"),
        )
        await told.ends("PG-1")


async def test_whoever_is_put_on_call_by_hand_is_called_and_told_why(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.starts()
        await told.hears(*called("ana"))
        await told.slack.command("U0ANA", "/oncall", "override platform eve 2h Ana is ill")
        await told.hears(
            ("#ops", "slack", "Eve Martin"),
            ("eve", "slack", "Reason"),
            *called("eve"),
        )
        await told.slack.command("U0ANA", "/oncall", "override platform eve 4h Ana is ill")
        await told.hears(("#ops", "slack", "Eve Martin"), ("eve", "slack", "Reason"))
        # Whoever is put on call for later is not called now.
        await told.slack.command("U0ANA", "/oncall", 'override platform bo "tue 18:00/wed 10:00"')
        await told.hears(("#ops", "slack", "Bo Lindqvist"), ("bo", "slack", "is on call for platform"))
        await told.ends("PG-1")


async def test_after_a_handover_of_the_rota_the_next_step_calls_whoever_is_on_call_by_then(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        await told.passes(hours=5, minutes=58)
        await told.starts()
        await told.hears(*called("ana"))
        await told.passes(minutes=5)
        await told.hears(*called("bo"), ("ana", "sms", "Page PG-1"), ("ana", "email", "Page PG-1"))
        await told.ends("PG-1")
