"""What people do in the simulated workspace: say, press, send, open; each with an answer for the page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.local import parse
from bot.local.frames import Ask, Hello, Home, Mark, Press, Preview, Say, Send, Suggest
from bot.local.hub import Hub
from bot.local.personas import BOT, ChannelInfo, Persona, cast, direct, may_see, menu
from bot.local.render import form_json, message_json
from bot.local.store import Draft, Kind, Messages, Stored
from bot.platform import Door
from core.clock import Clock
from core.errors import Invalid, NotFound, Unavailable
from core.place import Actor, Place
from core.text import clean
from handlers.cards.card import Card
from handlers.inbound import Command, Inbound, Message, Reaction

Answer = dict[str, Any]


class Street:
    """The workspace as people see it. `door` is None while the house takes nothing in."""

    def __init__(
        self,
        messages: Messages,
        hub: Hub,
        clock: Clock,
        personas: tuple[Persona, ...],
        channels: tuple[ChannelInfo, ...],
    ) -> None:
        self.hub = hub
        self.door: Door | None = None
        self.last_event: datetime | None = None
        self.previews: Mapping[str, Callable[[Card], Any]] = {}
        self._messages = messages
        self._clock = clock
        self._personas = {persona.id: persona for persona in personas}
        self._channels = channels

    def exists(self, channel: str) -> bool:
        """Whether there is such a channel, or such a person to speak with."""
        return channel.removeprefix("@") in self._personas if channel.startswith("@") else self._open(channel)

    def sees(self, persona: str, channel: str) -> bool:
        """Whether the persona can read the channel."""
        return self.exists(channel) and may_see(persona, channel, "")

    def persona(self, name: str) -> Persona:
        """The persona of that id.

        Raises:
            NotFound: nobody is called so.
        """
        if name not in self._personas:
            known = ", ".join(self._personas)
            raise NotFound(f"There is nobody called “{name[:40]}” in this workspace.", f"Try one of {known}.")
        return self._personas[name]

    def greet(self, hello: Hello) -> Answer:
        """Everything the persona may see; after a break only what changed since."""
        persona = self.persona(hello.persona)
        epoch = self._messages.epoch(self._clock.now())
        resumes = hello.epoch == epoch and 0 < hello.since <= self._messages.change
        stored = self._messages.since(hello.since if resumes else 0, persona.id)
        return {
            "t": "snapshot",
            "epoch": epoch,
            "change": self._messages.change,
            "persona": persona.id,
            "reset": not resumes,
            "messages": [message_json(one) for one in stored],
            "commands": menu(self.door.verbs) if self.door else [],
            "previews": list(self.previews),
            **cast(tuple(self._personas.values()), self._all()),
        }

    def cast(self) -> Answer:
        """The channels as they are now, for pages that are open."""
        return {"t": "channels", **cast(tuple(self._personas.values()), self._all())}

    def is_configured(self, channel: str) -> bool:
        """Whether the configuration has a channel of that name."""
        return any(one.id == channel for one in self._channels)

    async def answer(self, persona: Persona, ask: Ask) -> Answer:
        """What the page is told about what it asked for.

        Raises:
            WardroomError: with words for the person.
        """
        self.last_event = self._clock.now()
        actor = Actor(platform="local", user=persona.id, name=persona.name)
        match ask:
            case Say():
                return await self._say(ask, actor)
            case Mark() | Press():
                return await (self._mark(ask, actor) if isinstance(ask, Mark) else self._press(ask, actor))
            case Send():
                place = self._place(actor, ask.channel, ask.thread, ask.message)
                return await self._receive(parse.submit(ask, actor, place))
            case Home():
                place = self._place(actor, direct(actor.user), "", "")
                key = f"local:{ask.id}"
                await self._receive(Command(key=key, actor=actor, place=place, area="wardroom", text="home"))
                return {}
            case Suggest():
                return {
                    "choices": [
                        list(one) for one in self._open_door().suggest(ask.verb, ask.argument, ask.typed)
                    ]
                }
            case Preview():
                card = Card.model_validate_json(self._seen(actor, ask.message).body)
                return {"previews": {name: draw(card) for name, draw in self.previews.items()}}

    def keep_home(self, persona: str, body: str) -> Stored:
        """Keep a persona's own page, in place of the one before."""
        key = f"home:{persona}"
        before = self._messages.by_key(key)
        if before is None:
            return self._add(Draft(key, direct(persona), BOT, "home", body, only_for=persona))
        return self._messages.replace(before.id, body) or before

    async def _say(self, ask: Say, actor: Actor) -> Answer:
        text = clean(ask.text)
        if not text:
            raise Invalid("There is nothing to send.", "Write something first.")
        door, key = self._open_door(), f"local:{ask.id}"
        place = self._place(actor, ask.channel, ask.thread, "")
        command = parse.command(text, key, actor, place)
        form = await door.form_for(command) if command else None
        if form is not None:
            return {"form": form_json(form)}
        kind: Kind = "command" if command else "text"
        only_for = actor.user if command else ""
        stored = self._add(Draft(key, ask.channel, actor.user, kind, text, ask.thread, only_for))
        self.hub.push(stored)
        if command is not None:
            return await self._receive(command)
        named = place.direct or parse.mentions(text)
        addressed = named or self._is_ours(ask.thread)
        message = Message(
            key=key,
            actor=actor,
            place=place.at(stored.id),
            text=parse.spoken(text),
            addressed=addressed,
            named=named,
        )
        return await self._receive(message) | {"working": addressed}

    async def _mark(self, ask: Mark, actor: Actor) -> Answer:
        stored = self._messages.get(ask.message)
        if stored is None or not may_see(actor.user, stored.channel, stored.only_for):
            raise NotFound("That message is not here any more.", "Reload the page to see what is.")
        place = self._place(actor, stored.channel, stored.thread, stored.id)
        sign = next(iter(sorted(self._open_door().watched)), "")
        key = f"local:{ask.id}"
        return await self._receive(Reaction(key=key, actor=actor, place=place, sign=sign, is_on=ask.on))

    async def _press(self, ask: Press, actor: Actor) -> Answer:
        stored = self._seen(actor, ask.message)
        place = self._place(actor, stored.channel, stored.thread, stored.id)
        click = parse.click(ask, actor, place)
        form = await self._open_door().form_for(click)
        return {"form": form_json(form)} if form else await self._receive(click)

    async def _receive(self, inbound: Inbound) -> Answer:
        fresh = await self._open_door().receive(inbound)
        return {"working": fresh}

    def _add(self, draft: Draft) -> Stored:
        return self._messages.add(draft, self._clock.now())

    def _is_ours(self, thread: str) -> bool:
        return bool(thread) and self._messages.takes_part(BOT, thread)

    def _open(self, channel: str) -> bool:
        return any(one.id == channel for one in self._all())

    def _all(self) -> tuple[ChannelInfo, ...]:
        """The configured channels, and those that were opened since."""
        added = (ChannelInfo(name, name, topic) for name, topic in self._messages.channels())
        return (*self._channels, *added)

    def _open_door(self) -> Door:
        if self.door is None:
            raise Unavailable("Wardroom is starting or stopping.", "Try again in a moment.")
        return self.door

    def _seen(self, actor: Actor, message: str) -> Stored:
        stored = self._messages.get(message)
        if stored is None or not may_see(actor.user, stored.channel, stored.only_for):
            raise NotFound("That message is not here any more.", "Reload the page to see what is.")
        if stored.kind not in ("card", "home"):
            raise Invalid("That message is not a card.")
        return stored

    def _place(self, actor: Actor, channel: str, thread: str, message: str) -> Place:
        if not self.sees(actor.user, channel):
            raise NotFound(f"There is no channel “{channel[:40]}” for you here.", "Choose one from the list.")
        root = self._messages.get(thread) if thread else None
        if thread and (root is None or root.channel != channel):
            raise NotFound(
                "There is no such thread in this channel.", "Reload the page to see what is there."
            )
        return Place(
            platform="local",
            channel=channel,
            thread=thread or None,
            message=message or None,
            direct=channel.startswith("@"),
        )
