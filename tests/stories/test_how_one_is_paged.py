"""Somebody looks before the night whether they are on call and how they are called, and changes it on their own page."""

from pathlib import Path

from core.clock import ManualClock
from core.paging.contacts import units as contacts
from tests.stores import START
from tests.stories.house import running, settings
from tests.stories.seats import seats


async def test_one_s_own_page_says_when_and_how_one_is_called_and_the_form_shows_the_rules(
    tmp_path: Path,
) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "bo", "chi") as (ana, bo, chi),
    ):
        await ana.says("/wardroom mine")
        mine = await ana.sees("You are on call for platform until 2026-03-09")
        await bo.says("/wardroom mine")
        await bo.sees(
            "You are not on call. Next: platform, from 2026-03-09", "Urgent: local", "Quiet hours: none"
        )
        await chi.says("/wardroom mine")
        await chi.sees("You are on call for nothing")

        form = await ana.presses(mine, "Change how I am paged")
        assert "You can be reached by local." in form["form"]["html"]
        assert "sms" not in form["form"]["html"]
        await ana.fills(form, {"high": "", "low": "local 5m", "quiet": "22:00-07:00"}, mine)
        told = await ana.sees(
            "How you are paged", "Urgent: local (as the configuration says)", "Can wait: local 5m"
        )
        assert ("slack" in str(told["text"]), "sms" in str(told["text"])) == (False, False)
        again = await ana.presses(told, "Change")
        assert (
            'value="local 5m"' in again["form"]["html"],
            'value="22:00-07:00"' in again["form"]["html"],
        ) == (True, True)
        await ana.fills(again, {"high": "", "low": "", "quiet": "22:00-07:00"}, told)
        await ana.sees(
            "How you are paged", "Can wait: local (as the configuration says)", "Quiet hours: 22:00-07:00"
        )
        said = await house.store.read(contacts.words_of, "ana")
        assert ("", "22:00-07:00") == (said["low"], said["quiet"])
        await ana.says("/wardroom mine")
        await ana.sees("You are on call for platform", "Quiet hours: 22:00-07:00")


async def test_who_takes_over_for_a_night_sees_it_ahead(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "chi") as (ana, chi),
    ):
        await ana.says("/oncall override platform chi 22:00/23:00 dentist")
        await ana.sees("Chi Okafor is on call for platform")
        await chi.says("/wardroom mine")
        await chi.sees("You are not on call. Next: platform, from 2026-03-02")


async def test_a_try_of_one_s_own_ways_is_no_page_to_others(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "chi") as (ana, chi),
    ):
        await ana.says("/oncall test me")
        await ana.sees("TEST · PG-1")
        await chi.says("/oncall show")
        shown = await chi.sees("On call", "Until")
        assert "PG-1" not in str(shown)
        await chi.says("/oncall pages")
        await chi.sees("Pages", "TEST · Ana Ruiz, this only tests how you are called.")
