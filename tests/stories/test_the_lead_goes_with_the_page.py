"""Whoever answers the page of an incident leads it, and hears so; whoever takes the page over takes that lead over."""

from pathlib import Path

from core.incidents import records as incidents
from tests.stories.night import Night, night

DEV = "U0DEV"
ANA_HAS = ("ana", "slack", "Bo Lindqvist has PG-1"), ("ana", "discord", "Bo Lindqvist has PG-1")


def both(words: str) -> tuple[tuple[str, str, str], ...]:
    return (("#ops", "slack", words), ("#ops", "discord", words))


async def answered(told: Night) -> None:
    """Ana has answered the page of INC-1 by a word, and leads it."""
    await told.slack.command(DEV, "/incident", "declare severity=SEV1 checkout is down")
    await told.forgets()
    await told.slack.mentions("U0ANA", "ack")
    await told.slack.sees("U0ANA", "PG-1 is yours: SEV1 INC-1 checkout is down.")
    await told.settles()


async def lead(told: Night) -> str:
    return (await told.house.store.read(incidents.get, "INC-1")).lead


async def test_who_answers_by_a_word_is_told_that_they_lead_and_what_that_asks_of_them(
    tmp_path: Path,
) -> None:
    async with night(tmp_path) as told:
        await answered(told)
        await told.slack.sees("U0ANA", "You lead INC-1 now.")
        await told.forgets()
        assert "ana" == await lead(told)


async def test_the_lead_that_came_with_a_page_goes_over_with_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await answered(told)
        await told.forgets()
        await told.slack.command("U0BO", "/oncall", "take PG-1")
        await told.slack.sees(
            "U0BO",
            "PG-1 is yours: SEV1 INC-1 checkout is down. Ana Ruiz had it until now. "
            "You lead INC-1 now, instead of Ana Ruiz.",
        )
        await told.hears(
            *ANA_HAS,
            ("bo", "slack", "You lead INC-1 now."),
            *both("Bo Lindqvist has PG-1 now, and leads instead of Ana Ruiz."),
        )
        assert "bo" == await lead(told)
        await told.slack.command("U0ANA", "/oncall", "take PG-1")
        await told.forgets()
        assert "ana" == await lead(told)


async def test_a_lead_that_was_given_by_name_stays_and_the_other_is_offered_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await answered(told)
        await told.slack.command("U0BO", "/incident", "lead INC-1 ana")
        await told.slack.command("U0BO", "/incident", "lead INC-1 bo")
        await told.slack.command("U0BO", "/incident", "lead INC-1 ana")
        await told.forgets()
        await told.slack.command("U0BO", "/oncall", "take PG-1")
        card = await told.slack.sees(
            "U0BO", "Ana Ruiz still leads INC-1; /incident lead INC-1 makes you lead it."
        )
        await told.forgets()
        assert "ana" == await lead(told)
        await told.slack.clicks("U0BO", card, "I lead INC-1")
        await told.forgets()
        assert "bo" == await lead(told)


async def test_others_hear_once_of_all_that_was_taken_together(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        for title in ("checkout is down", "payments is slow", "search is empty"):
            await told.starts(title)
        await told.passes(minutes=5)
        await told.passes(seconds=30)
        await told.forgets()
        await told.slack.mentions("U0ANA", "ack all")
        await told.slack.sees("U0ANA", "PG-1 is yours")
        said = "Ana Ruiz has PG-1, PG-2 and PG-3: you need not do anything"
        await told.hears(("bo", "slack", said), ("bo", "discord", said))
