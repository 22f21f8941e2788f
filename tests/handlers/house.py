"""A small house for tests of verbs: a real store, the real pipeline, and people who say and press things."""

import itertools
from dataclasses import dataclass, field

from bot.plugins import ACTIONS
from core.catalogue.model import Environment, Service
from core.errors import WardroomError
from core.notify.channel import Channel
from core.people.person import Person
from core.people.team import Team
from core.place import Actor, Place
from core.runbooks.load import load
from core.store import inbox, outbox_rows
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.world import World
from handlers import pipeline
from handlers.cards.card import Card
from handlers.cards.words import words
from handlers.inbound import Click, Command, Inbound, Message, Submit
from handlers.registry import REGISTRY
from tests.house import ROOT

OPS = Place(platform="slack", channel="C0OPS")
TEAM = Place(platform="discord", channel="2001")
HERE = Place(platform="slack", channel="C0DEV", workspace="T1")
ROLES = {
    "sre": frozenset({"incident.*", "runbook.*", "approval.*"}),
    "developer": frozenset({"incident.declare"}),
    "guest": frozenset({"ask.*"}),
}


def person(name: str, role: str) -> Person:
    """Somebody with an account on Slack and one on the local page."""
    accounts = {"slack": f"U0{name.upper()}", "local": name}
    return Person(id=name, name=name.capitalize(), roles=frozenset({role}), accounts=accounts)


def world() -> World:
    """A few people, one service with a runbook, two places where incidents are announced."""
    book = ROOT / "examples" / "runbooks" / "restart-service.yaml"
    runbook = load(book.read_text(encoding="utf-8"), book.name, ACTIONS)
    people = [person("ana", "sre"), person("bo", "sre"), person("dev", "developer"), person("gus", "guest")]
    checkout = Service(name="checkout", aliases=("cart",), owner="platform", runbooks=(runbook.name,))
    return World(
        workspace="acme",
        people={one.id: one for one in people},
        teams={"platform": Team(name="platform", members=("ana", "bo"), places=(TEAM,))},
        roles=ROLES,
        environments={name: Environment(name=name) for name in ("production", "staging")},
        services={"checkout": checkout, "payments": Service(name="payments")},
        channels={"ops": Channel(name="ops", places=(OPS,))},
        runbooks={runbook.name: runbook},
        secret_key="a secret of this house",
    )


@dataclass
class House:
    """What people do, and what they are told. Every method returns the card that came back in private."""

    store: Store
    world: World = field(default_factory=world)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def say(self, who: str, text: str, place: Place = HERE) -> Card:
        """Words to the bot."""
        return await self.take(
            Message(key=self.key(), actor=actor(who), place=place, text=text, addressed=True)
        )

    async def command(self, who: str, text: str, place: Place = HERE, /, **options: str) -> Card:
        """A slash command, with or without options."""
        area, _, rest = text.removeprefix("/").partition(" ")
        command = Command(
            key=self.key(), actor=actor(who), place=place, area=area, text=rest, options=options
        )
        return await self.take(command)

    async def click(self, who: str, verb: str, thing: str = "", place: Place = HERE, /, **args: str) -> Card:
        """A press of a button."""
        return await self.take(
            Click(key=self.key(), actor=actor(who), place=place, verb=verb, object=thing, args=args)
        )

    async def press(self, who: str, card: Card, label: str) -> Card:
        """A press of the button of this card whose label begins so."""
        button = next(one for one in card.controls if one.label.startswith(label))
        assert button.kind == "button"
        return await self.click(who, button.verb, button.object, HERE, **button.args)

    async def submit(
        self, who: str, verb: str, thing: str = "", place: Place = HERE, /, **fields: str
    ) -> Card:
        """A form that was filled in."""
        return await self.take(
            Submit(key=self.key(), actor=actor(who), place=place, verb=verb, object=thing, fields=fields)
        )

    async def take(self, inbound: Inbound) -> Card:
        """Everything that a door does with what arrives; the answer is the last private card."""
        assert await self.store.transact(inbox.put, inbound.key, inbound.model_dump(mode="json"))
        try:
            await self.store.transact(pipeline.handle, self.world, REGISTRY, inbound)
        except WardroomError as error:
            await self.store.transact(pipeline.refuse, self.world, inbound, error, None)
        answers = [row for row in await self.queued("whisper") if row["answering"] == inbound.key]
        return Card.model_validate(answers[-1]["card"]) if answers else Card()

    async def queued(self, kind: str) -> list[dict[str, object]]:
        """The payloads of everything of this kind that is to be sent."""
        return await self.store.transact(_queued, kind)

    async def told(self) -> list[str]:
        """The lines that threads were told."""
        return [str(row["text"]) for row in await self.queued("say") if "text" in row]

    async def live(self, view: str, ref: str) -> Card:
        """A card as the sender would draw it now."""
        return await self.store.read(REGISTRY.views[view], self.world, ref)

    async def posted(self, ref: str, place: Place, message: str) -> Place:
        """The thread of the incident's card, once the card is at `place` as `message`."""
        await self.store.transact(_posted, ref, place, message)
        return place.model_copy(update={"thread": message})

    def key(self) -> str:
        """A key that nothing had before."""
        return f"test:{next(self.numbers)}"


def actor(who: str) -> Actor:
    """The account of a person on Slack; names that nobody has are strangers."""
    return Actor(platform="slack", user=f"U0{who.upper()}", workspace="T1", name=who)


def said(card: Card) -> str:
    """Everything that a card says."""
    return f"{words(card)}\n{card.summary}"


def _queued(unit: Unit, kind: str) -> list[dict[str, object]]:
    spread(unit)
    rows = unit.conn.execute(
        outbox_rows.OUTBOX.select()
        .where(outbox_rows.OUTBOX.c.kind == kind)
        .order_by(outbox_rows.OUTBOX.c.seq)
    )
    return [dict(row.payload) for row in rows]


def _posted(unit: Unit, ref: str, place: Place, message: str) -> None:
    copy = outbox_rows.COPY
    here = (copy.c.ref == ref) & (copy.c.channel == place.channel)
    assert unit.conn.execute(copy.update().where(here).values(message=message)).rowcount == 1
