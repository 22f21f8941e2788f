"""Somebody answers at night, hands over, gives back, or says how they want to be called; nothing else may arrive."""

import re
from pathlib import Path

import aiohttp

from bot.web.hooks.phone import signature
from core.paging.page import State
from core.people.contact import Urgency
from tests.platforms.twilio import TOKEN
from tests.stories.night import PHONES, Night, links, night

DEV = "U0DEV"


async def declare(told: Night, title: str = "checkout is down") -> None:
    await told.slack.command(DEV, "/incident", f"declare severity=SEV1 {title}")


CARDS = (("#ops", "slack", "INC-1"), ("#ops", "discord", "INC-1"))
ANA = (("ana", "slack", "PG-1"), ("ana", "discord", "PG-1"))
BO = (("bo", "slack", "PG-1"), ("bo", "discord", "PG-1"))


def both(words: str) -> tuple[tuple[str, str, str], ...]:
    return (("#ops", "slack", words), ("#ops", "discord", words))


async def test_a_link_in_a_text_message_takes_nothing_until_its_button_is_pressed(tmp_path: Path) -> None:
    async with (
        night(tmp_path) as told,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        page = await told.starts()
        await told.passes(minutes=2)
        await told.hears(*(("ana", way, page) for way in ("slack", "discord", "sms", "email")))
        (link,) = links(told.phones.messages[-1]["body"])
        async with http.get(link) as opened:
            text = await opened.text()
        assert "Nothing is taken until you press the button." in text
        assert State.CALLING is (await told.page()).state
        form = dict(re.findall(r'name="(k|form)" value="([^"]*)"', text))
        async with http.post(
            link.partition("?")[0], data=form, headers={"Origin": told.house.url}
        ) as answered:
            assert f"{page} is yours: checkout is slow. Nobody else is called." in await answered.text()
        assert ("ana", State.TAKEN) == ((await told.page()).owner, (await told.page()).state)
        async with http.get(f"{link[:-3]}abc") as forged:
            assert 403 == forged.status


async def test_a_reply_of_three_letters_answers_and_the_phone_stays_quiet(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        page = await told.starts()
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.discord.direct("1001", "ack")
        await told.hears(("ana", "discord", f"{page} is yours: "))
        await told.passes(minutes=10)


async def test_whoever_took_it_and_does_nothing_loses_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await declare(told)
        await told.hears(*CARDS, *ANA, *both("PG-1 calls Ana Ruiz."))
        await told.slack.clicks("U0ANA", told.last("ana"), "I take it")
        await told.hears(*both("Ana Ruiz acknowledged it"), ("ana", "slack", "You lead INC-1 now."))
        await told.passes(minutes=30)
        await told.slack.command("U0ANA", "/incident", "update INC-1 I see high memory")
        await told.hears(*both("I see high memory"))
        await told.passes(minutes=30)
        await told.hears()
        await told.passes(minutes=30)
        await told.hears(*ANA, *both("PG-1 calls Ana Ruiz."), *both("nothing has happened since"))


async def test_handing_over_leaves_it_where_it_is_until_the_other_answers(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        page = await told.starts()
        await told.slack.command("U0ANA", "/oncall", f"ack {page}")
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.slack.command("U0ANA", "/oncall", f"handover {page} bo")
        await told.hears(("bo", "slack", page), ("bo", "discord", page))
        await told.passes(minutes=2)
        await told.hears(("bo", "sms", page), ("bo", "email", page))
        await told.passes(minutes=3)
        still = "Bo Lindqvist does not take it over: PG-1 is still yours"
        await told.hears(("ana", "slack", still), ("ana", "discord", still))
        await told.slack.command("U0ANA", "/oncall", f"handover {page} bo")
        await told.hears(("bo", "slack", page), ("bo", "discord", page))
        await told.slack.command("U0BO", "/oncall", f"ack {page}")
        await told.hears(
            ("ana", "slack", "Bo Lindqvist has PG-1"), ("ana", "discord", "Bo Lindqvist has PG-1")
        )
        assert "bo" == (await told.page()).owner


async def test_what_is_given_back_goes_to_somebody_else(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        page = await told.starts()
        await told.slack.command("U0ANA", "/oncall", f"ack {page}")
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.slack.command("U0ANA", "/oncall", f"release {page}")
        await told.hears(("bo", "slack", page), ("bo", "discord", page))


async def test_one_says_in_chat_how_one_is_called_and_tries_it(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command("U0ANA", "/oncall", "contact high discord, sms 1m")
        await told.slack.sees("U0ANA", "How you are paged", "discord, sms 1m")
        await told.slack.command("U0ANA", "/oncall", "contact high pigeon")
        await told.slack.sees("U0ANA", "“pigeon” is no way to reach somebody")
        await told.slack.command("U0ANA", "/oncall", "test me")
        await told.hears(
            *(("ana", way, "TEST") for way in ("slack", "discord", "sms", "email")),
        )
        await told.discord.clicks("1001", await told.discord.sees("91001", "TEST"), "I take it")
        await told.settles()
        assert State.OVER is (await told.page()).state
        page = await told.starts()
        await told.hears(("ana", "discord", page))
        await told.passes(minutes=1)
        await told.hears(("ana", "sms", page))


async def test_a_test_that_nobody_answers_ends_and_alarms_nobody(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command("U0ANA", "/oncall", "test me")
        await told.hears(*(("ana", way, "TEST") for way in ("slack", "discord", "sms", "email")))
        await told.passes(minutes=5)
        assert State.OVER is (await told.page()).state
        await told.passes(hours=1)


async def test_what_can_wait_waits_for_the_morning_and_what_is_urgent_does_not(tmp_path: Path) -> None:
    def quiet(text: str) -> str:
        return text.replace("  ana: {", '  ana: {contact: {quiet: "22:00-07:00"}, timezone: Europe/Berlin, ')

    async with night(tmp_path, change=quiet) as told:
        low = await told.starts(urgency=Urgency.LOW)
        await told.hears()
        high = await told.starts("it burns")
        await told.hears(("ana", "slack", high), ("ana", "discord", high))
        await told.ends(high)
        await told.passes(hours=3, minutes=59)
        await told.hears()
        await told.passes(minutes=1)
        await told.hears(("ana", "slack", low), ("ana", "discord", low))


async def test_a_person_is_called_from_an_incidents_thread_until_they_answer(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await told.slack.command("U0ANA", "/incident", "declare severity=SEV4 the wiki is slow")
        await told.hears(*CARDS)
        await told.slack.command("U0ANA", "/incident", "page INC-1 @chi can you look at the firewall")
        await told.hears(
            *(("chi", "slack", "the firewall"), ("chi", "discord", "the firewall")),
            *(*both("PG-1 calls Chi Okafor."), ("#ops", "slack", "Nobody has answered yet")),
        )
        await told.slack.clicks("U0CHI", told.last("chi"), "I take it")
        await told.hears(*both("Chi Okafor answered at once"))
        await told.passes(seconds=10)
        await told.slack.command("U0ANA", "/incident", "resolve INC-1 a cable")
        await told.hears(*both("Ana Ruiz resolved it."))
        assert State.OVER is (await told.page()).state


async def test_what_is_taken_in_the_incident_calls_nobody_any_more(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await declare(told)
        await told.hears(*CARDS, *ANA, *both("PG-1 calls Ana Ruiz."))
        await told.slack.command("U0BO", "/incident", "ack INC-1")
        await told.hears(
            *(("ana", "slack", "Bo Lindqvist has PG-1"), ("ana", "discord", "Bo Lindqvist has PG-1")),
            *both("Bo Lindqvist acknowledged it"),
            ("bo", "slack", "You lead INC-1 now."),
        )
        await told.passes(minutes=20)


async def test_a_text_message_is_answered_with_one_and_a_forged_one_does_nothing(tmp_path: Path) -> None:
    async with night(tmp_path) as told, aiohttp.ClientSession() as http:
        page = await told.starts()
        await told.passes(minutes=2)
        await told.hears(*(("ana", way, page) for way in ("slack", "discord", "sms", "email")))
        where, said = f"{told.house.url}/hooks/twilio", {"From": PHONES["ana"], "Body": " Ack "}
        async with http.post(where, data=said, headers={"X-Twilio-Signature": "forged"}) as refused:
            assert 401 == refused.status
        assert State.CALLING is (await told.page()).state
        signed = {"X-Twilio-Signature": signature(TOKEN, where, said)}
        async with http.post(where, data=said, headers=signed) as answered:
            assert (
                f"<Message>{page} is yours: checkout is slow. Nobody else is called.</Message>"
                in await answered.text()
            )
        assert "ana" == (await told.page()).owner
        await told.passes(minutes=10)


async def test_whoever_takes_many_at_once_hears_how_many_and_the_first_few(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        for number in range(1, 13):
            await told.starts(f"disk {number} is full")
        await told.slack.command("U0ANA", "/oncall", "show")
        board = (await told.slack.sees("U0ANA", "and 2 more: /oncall pages")).words()
        assert 10 == board.count("Paging: ")
        await told.slack.command("U0ANA", "/oncall", "ack all")
        await told.slack.sees(
            "U0ANA", "12 pages are yours: PG-9 (disk 9 is full), ", "and 9 more. Nobody else is called"
        )
        await told.forgets()


async def test_an_answer_names_the_page_and_what_still_calls_and_another_takes_all(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        first, second = await told.starts("checkout is slow"), await told.starts("payments is slow")
        third = await told.starts("the queue is full")
        await told.forgets()
        await told.slack.command("U0ANA", "/oncall", "ack")
        await told.slack.sees(
            "U0ANA",
            f"{third} is yours: the queue is full. Nobody else is called. "
            f"{second} (payments is slow), {first} (checkout is slow) still call you. "
            f"/oncall ack {second} takes the first of these, /oncall ack all all.",
        )
        await told.discord.direct("1001", "ack all")
        await told.hears(("ana", "discord", f"{second} is yours: payments is slow."))
        assert {"ana"} == {(await told.page(one)).owner for one in (first, second, third)}
        await told.passes(minutes=10)


async def test_in_the_thread_of_an_incident_its_own_page_is_meant(tmp_path: Path) -> None:
    async with night(tmp_path) as told:
        await declare(told)
        await told.forgets()
        newer = await told.starts("payments is slow")
        await told.forgets()
        card = await told.slack.sees("C0OPS", "checkout is down")
        await told.slack.mentions("U0ANA", "ack", thread=card.ts)
        await told.slack.sees(
            "U0ANA", "PG-1 is yours: SEV1 INC-1 checkout is down.", f"{newer} still calls you"
        )
        await told.forgets()
        await told.ends(newer)


async def test_a_text_message_takes_all_and_tells_only_what_its_channel_may(tmp_path: Path) -> None:
    def no_titles(text: str) -> str:
        return text.replace("pager: {sms: {", "pager: {fields: [id, status], sms: {")

    async with night(tmp_path, change=no_titles) as told, aiohttp.ClientSession() as http:
        first, second = await told.starts("checkout is slow"), await told.starts("payments is slow")
        await told.forgets()

        async def answers(words: str) -> str:
            where, said = f"{told.house.url}/hooks/twilio", {"From": PHONES["ana"], "Body": words}
            signed = {"X-Twilio-Signature": signature(TOKEN, where, said)}
            async with http.post(where, data=said, headers=signed) as answered:
                return await answered.text()

        assert (
            f"{second} is yours. Nobody else is called. {first} still calls you. “ack {first}” takes it."
            in (await answers("ack"))
        )
        assert f"{first} is yours. Nobody else is called.</Message>" in await answers("ack all")
        assert "No page calls you." in await answers("ack all")
        await told.passes(minutes=10)
