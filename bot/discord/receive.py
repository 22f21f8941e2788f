"""What arrives from Discord: written down durably, then acknowledged, within the three seconds there are."""

import asyncio
from typing import Any, cast

import discord
import structlog

from bot.discord import forms, parse, tags
from bot.discord.commands import find
from bot.discord.kept import Kept
from bot.discord.markdown import short, width
from bot.discord.replies import acknowledge, ask_again, lost, not_taken, older, problem, quietly, tell
from bot.discord.send import Answer
from bot.discord.tags import Tag
from bot.platform import Door
from core.clock import Clock
from core.errors import WardroomError
from core.ids import new_id
from handlers.cards.form import Form
from handlers.inbound import Click, Command, Submit

Interaction = discord.Interaction[Any]

# Discord waits three seconds for the first sign; a slow store must not use them all up.
_PATIENCE = 2.0
_CHOICES = 25
_CHOICE = 100
log = structlog.get_logger("wardroom.discord")


class Receiver:
    """Takes interactions, one method a kind. `answers` remembers where each person waits."""

    def __init__(self, door: Door, answers: Kept[Answer], clock: Clock) -> None:
        self._door = door
        self._answers = answers
        self._clock = clock
        self._forms: Kept[Tag] = Kept(clock)

    async def command(self, interaction: Interaction) -> None:
        """A slash command, or one of a message's menu."""
        inbound = parse.command(interaction, self._door.verbs)
        if inbound is not None:
            await self._open_or_take(interaction, inbound)

    async def click(self, interaction: Interaction, custom_id: str, values: list[str]) -> None:
        """A button or a menu; a menu of buttons carries theirs as its value."""
        if custom_id.startswith("w1/more") and values:
            custom_id, values = values[0], []
        tag = tags.read(custom_id)
        inbound = None if tag is None or tag.mode == "+" else parse.click(interaction, tag, values)
        if tag is None or inbound is None:
            await tell(interaction, older())
        elif tag.mode == "?" and await self._form(inbound) is None:
            await ask_again(interaction, custom_id, tag)
        else:
            await self._open_or_take(interaction, inbound, is_sure=tag.mode == "!")

    async def submit(self, interaction: Interaction) -> None:
        """A form that was filled in and sent."""
        data = cast("dict[str, Any]", interaction.data or {})
        tag = tags.read(data.get("custom_id", ""))
        if tag is not None and tag.mode == "+":
            tag = self._forms.get(tag.token)
        fields = forms.filled(data.get("components", []))
        inbound = None if tag is None else parse.submit(interaction, tag, fields)
        if inbound is None:
            await tell(interaction, lost(fields))
            return
        await self._take(interaction, inbound, is_sure=False)

    async def suggest(self, interaction: Interaction) -> None:
        """Suggestions while somebody types; a hint only, the value is read again when it is sent."""
        data = cast("dict[str, Any]", interaction.data or {})
        sub, options = parse.words(data)
        verb = find(self._door.verbs, data.get("name", ""), sub)
        focused = next((option for option in options if option.get("focused")), None)
        found: list[tuple[str, str]] = []
        if verb is not None and focused is not None:
            found = list(self._door.suggest(verb.name, focused["name"], str(focused.get("value", ""))))
        choices = [
            discord.app_commands.Choice(name=short(label, _CHOICE) or value, value=value)
            for label, value in found
            if 0 < width(value) <= _CHOICE
        ]
        await quietly(interaction.response.autocomplete(choices[:_CHOICES]))

    async def _open_or_take(
        self, interaction: Interaction, inbound: Click | Command, *, is_sure: bool = False
    ) -> None:
        try:
            form = await self._form(inbound)
        except WardroomError as error:
            await tell(interaction, problem(error))
            return
        if form is None:
            await self._take(interaction, inbound, is_sure=is_sure)
            return
        modal = forms.modal(form, self._tagged(form))
        await quietly(interaction.response.send_modal(modal))
        # The submission is known by its custom_id alone, also after a restart.
        modal.stop()

    async def _take(
        self, interaction: Interaction, inbound: Click | Command | Submit, *, is_sure: bool
    ) -> None:
        has_words = isinstance(inbound, Command) or interaction.message is None or is_sure
        answer = self._answers.get(inbound.key)
        if answer is None:
            answer = Answer(interaction, replace=has_words)
            self._answers.put(inbound.key, answer)
        try:
            await self._receive(interaction, inbound, has_words=has_words, is_sure=is_sure)
        finally:
            answer.is_open.set()

    async def _receive(
        self, interaction: Interaction, inbound: Click | Command | Submit, *, has_words: bool, is_sure: bool
    ) -> None:
        receiving = asyncio.ensure_future(self._door.receive(inbound))
        await asyncio.wait({receiving}, timeout=_PATIENCE)
        if not receiving.done():
            await quietly(interaction.response.defer(ephemeral=True, thinking=has_words and not is_sure))
        try:
            await receiving
        except WardroomError as error:
            log.warning("discord.not_taken", code=error.code, key=inbound.key)
            self._answers.drop(inbound.key)
            await tell(interaction, not_taken(error))
        else:
            await acknowledge(interaction, inbound, has_words=has_words, is_sure=is_sure)

    async def _form(self, inbound: Click | Command) -> Form | None:
        return await self._door.form_for(inbound)

    def _tagged(self, form: Form) -> str:
        tag = Tag(form.verb, form.object, form.revision, form.digest, tuple(sorted(form.args.items())))
        custom_id = tags.write(tag)
        if custom_id is not None:
            return custom_id
        token = new_id(self._clock.now())
        self._forms.put(token, tag)
        return tags.write(Tag(form.verb, mode="+", token=token)) or ""
