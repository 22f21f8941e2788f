"""A night on call: fake phones, mailboxes and chats, a hand-wound clock, and nothing may arrive that is not expected."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import House, build
from bot.settings import Settings
from core.clock import ManualClock
from core.paging import records
from core.paging import units as paging
from core.paging.page import Page
from core.paging.units import Wish
from core.people.contact import Urgency
from core.store import deadlines
from tests.platforms.discord import FakeDiscord
from tests.platforms.discord_state import text
from tests.platforms.slack import SIGNING_SECRET, FakeSlack
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.platforms.slack_rooms import BOT
from tests.platforms.smtp import MailServer, text_of
from tests.platforms.twilio import SID, TOKEN, Twilio
from tests.stories.house import fast_forward, settings
from tests.stories.world import PEOPLE, write_world

AT_NIGHT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday; Ana's week ends at nine in Berlin
PHONES = {"ana": "+491700000001", "bo": "+491700000002", "eve": "+491700000005"}
_NAMES = {slack: name for name, (_, _, slack, _) in PEOPLE.items()}
_NAMES |= {discord: name for name, (_, _, _, discord) in PEOPLE.items()}
_NAMES |= {phone: name for name, phone in PHONES.items()}

SCHEDULES = """
incidents: {updates: {}}
schedules:
  primary:
    timezone: Europe/Berlin
    layers:
      - {people: [ana, bo], rotate: weekly, start: "2026-02-23T09:00"}
"""
ESCALATION = """
escalations:
  platform:
    steps:
      - {schedule: primary, wait: 5m}
      - {next: primary, wait: 5m}
    repeat: 1
    final: {people: [eve]}
    again: 30m
    taken_for: 1h
"""
Heard = tuple[str, str, str]


@dataclass
class Night:
    """The house in the middle of a night, and everything that can ring."""

    given: Settings
    clock: ManualClock
    slack: FakeSlack
    discord: FakeDiscord
    mail: MailServer
    phones: Twilio
    house: House
    seen: dict[str, int] = field(default_factory=dict)

    async def passes(self, **span: float) -> None:
        """Let time pass, and everything happen that is due."""
        await self.settles()
        await fast_forward(self.house, **span)
        await self.settles()

    async def settles(self) -> None:
        """Wait until nothing is due, and nothing on its way that could arrive now."""
        async with asyncio.timeout(20):
            quiet = 0
            while quiet < 3:
                await self.house.scheduler.run_due()
                quiet = quiet + 1 if await self.is_quiet() else 0
                await asyncio.sleep(0.01)

    async def hears(self, *expected: Heard) -> None:
        """Exactly this has arrived since the last look: who, by what, with which words in it."""
        await self.settles()
        got = self._new()
        left = list(got)
        for person, way, words in expected:
            fits = [one for one in left if one[:2] == (person, way) and words in one[2]]
            assert fits, f"{person} did not hear “{words}” by {way}; heard: {_told(left)}"
            left.remove(fits[0])
        assert not left, f"nobody expected: {_told(left)}"

    async def page(self, page_id: str = "PG-1") -> Page:
        """A page as it is now."""
        return await self.house.store.read(records.get, page_id)

    async def starts(self, title: str = "checkout is slow", urgency: Urgency = Urgency.HIGH) -> str:
        """Somebody begins a page by the escalation of the team; its id."""
        world = self.house.world
        wish = Wish(title, world.escalations["platform"], world.people["dev"], urgency)
        page = await self.house.store.transact(paging.start, world, wish)
        await self.settles()
        return page.id

    async def forgets(self) -> None:
        """What has arrived until now was expected."""
        await self.settles()
        self._new()

    async def ends(self, page_id: str) -> None:
        """Nobody needs to look at it any more, and whoever was called hears so."""
        await self.house.store.transact(paging.end, page_id, "dev")
        await self.forgets()

    async def restarts(self, change: Callable[[str], str] = str, after: timedelta = timedelta(0)) -> None:
        """The process dies in the middle of everything, and later another one starts; the file may have changed."""
        path = self.given.config
        path.write_text(change(path.read_text()))
        await _die(self.house)
        self.clock.advance(after)
        self.house = build(self.given, clock=self.clock)
        await self.house.start()
        await self.slack.connected()
        await self.settles()

    async def slack_is_back(self) -> None:
        """Slack takes messages again."""
        self.slack.refuse_next.clear()

    def last(self, person: str) -> Any:
        """The newest message on Slack in somebody's own conversation."""
        return self.slack.messages(f"D{PEOPLE[person][2]}")[-1]

    async def is_quiet(self) -> bool:
        """Nothing is due, and nothing on its way."""
        earliest = await self.house.store.read(deadlines.earliest)
        if earliest is not None and earliest <= self.clock.now():
            return False
        return not self.house.inbox._tasks and await self.house.sender.drained()

    def _new(self) -> list[Heard]:
        found: list[Heard] = []
        for name, (_, _, slack, discord) in PEOPLE.items():
            found += self._since(
                name, "slack", [one.words() for one in self.slack.messages(f"D{slack}") if one.user == BOT]
            )
            said = [text(one) for one in self.discord.messages(f"9{discord}") if one["author"]["id"] == "10"]
            found += self._since(name, "discord", said)
        posted = [one.words() for one in self.slack.messages("C0OPS") if one.user == BOT]
        found += self._since("#ops", "slack", posted)
        for place in ("2001", *self.discord.threads()):
            said = [text(one) for one in self.discord.messages(place) if one["author"]["id"] == "10"]
            found += self._since("#ops", "discord", said, place)
        mails = [
            (str(one["To"]).partition("@")[0], f"{one['Subject']}\n{text_of(one)}") for one in self.mail.mail
        ]
        texts = [(_NAMES[one["to"]], one["body"]) for one in self.phones.messages]
        for way, all_of in (("email", mails), ("sms", texts)):
            for name in {one for one, _ in all_of}:
                found += self._since(name, way, [words for one, words in all_of if one == name])
        return found

    def _since(self, name: str, way: str, said: list[str], place: str = "") -> list[Heard]:
        before = self.seen.get(f"{name} {way} {place}", 0)
        self.seen[f"{name} {way} {place}"] = len(said)
        return [(name, way, words) for words in said[before:]]


@asynccontextmanager
async def night(
    folder: Path,
    *,
    change: Callable[[str], str] = str,
    extra: str = SCHEDULES + ESCALATION,
    at: datetime = AT_NIGHT,
) -> AsyncIterator[Night]:
    """Ana and Bo take turns; both are on both chats, and have a mailbox and a phone; Eve is the last to be called."""
    clock = ManualClock(at)
    slack, discord, mail, phones = FakeSlack(), FakeDiscord(clock.now), MailServer(), Twilio()
    discord.state.add_user("1005", "Eve Martin")
    discord.state.add_forum("3001", "incidents-forum")
    async with AsyncExitStack() as stack:
        for server in (slack, discord, mail, phones):
            await server.start()
            stack.push_async_callback(server.stop)
        given = settings(
            folder,
            config=world_of(folder, change, extra),
            local=False,
            demo=False,
            slack_bot_token=SecretStr(BOT_TOKEN),
            slack_app_token=SecretStr(APP_TOKEN),
            slack_signing_secret=SecretStr(SIGNING_SECRET),
            slack_api_url=slack.api_url,
            discord_token=SecretStr(discord.token),
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
            smtp_url=SecretStr(mail.url()),
            twilio_account_sid=SID,
            twilio_auth_token=SecretStr(TOKEN),
            twilio_api_url=phones.url,
        )
        house = build(given, clock=clock)
        await house.start()
        await slack.connected()
        told = Night(given, clock, slack, discord, mail, phones, house)
        try:
            yield told
            await told.hears()
        finally:
            await told.house.stop()
        assert slack.faults == []
        assert discord.problems == []


def links(words: str) -> list[str]:
    """The addresses in a message."""
    return re.findall(r"http://\S+", words)


def world_of(folder: Path, change: Callable[[str], str], extra: str) -> Path:
    """Write the configuration of such a night, and return its path."""
    config = write_world(folder, channels=("slack", "discord"))
    text_of_it = config.read_text().replace(
        "members: [ana, bo]}", "members: [ana, bo], schedule: primary, escalation: platform}"
    )
    text_of_it = text_of_it.replace("sre: {permissions: [", "sre: {permissions: [oncall.*, ")
    for name in PEOPLE:
        phone = f', phone: "{PHONES[name]}"' if name in PHONES else ""
        text_of_it = text_of_it.replace(
            f"  {name}: {{name:", f"  {name}: {{email: {name}@acme.test{phone}, name:"
        )
    ways = "  mail: {email: {from: wardroom@acme.test}}\n  pager: {sms: {from: '+15550001111'}}\n"
    text_of_it = text_of_it.replace("policies:\n", f"{ways}policies:\n")
    config.write_text(change(text_of_it + extra))
    return config


async def _die(house: House) -> None:
    """Stop as a process that is killed does: what was not committed is gone, what was is there."""
    await house.stop()


def _told(left: list[Heard]) -> str:
    return "; ".join(f"{person} by {way}: {words[:300]!r}" for person, way, words in left) or "nothing"
