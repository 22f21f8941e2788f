"""What a person is told at once: that it was taken, that it was not, or that it is asked once more."""

from typing import Any

import discord
import structlog
from discord import ui

from bot.discord.render import render
from bot.discord.tags import Tag
from core.errors import WardroomError
from handlers.cards.card import Bold, Button, Card, Code, Text, line, say
from handlers.inbound import Click, Command, Submit

Interaction = discord.Interaction[Any]

log = structlog.get_logger("wardroom.discord")


async def acknowledge(
    interaction: Interaction, inbound: Click | Command | Submit, *, has_words: bool, is_sure: bool
) -> None:
    """Say that it was taken: in words where Discord wants words, silently on a card."""
    if interaction.response.is_done():
        return
    if is_sure:
        await quietly(interaction.response.edit_message(view=render(_taken(inbound)).view))
    elif has_words:
        view = render(_taken(inbound)).view
        await quietly(interaction.response.send_message(view=view, ephemeral=True))
    else:
        await quietly(interaction.response.defer())


async def tell(interaction: Interaction, card: Card) -> None:
    """Private words, whether or not a first sign was given."""
    view: ui.LayoutView = render(card).view
    if interaction.response.is_done():
        await quietly(interaction.followup.send(view=view, ephemeral=True))
    else:
        await quietly(interaction.response.send_message(view=view, ephemeral=True))


async def quietly(answering: Any) -> None:
    """Answer, or let it be: Discord's refusal of a late or second answer changes nothing: what was taken is taken."""
    try:
        await answering
    except (discord.HTTPException, discord.InteractionResponded) as error:
        log.info("discord.answer_refused", reason=type(error).__name__)


def _taken(inbound: Click | Command | Submit) -> Card:
    if isinstance(inbound, Command):
        said = " ".join(word for word in (f"/{inbound.area}", inbound.text) if word)
        return say("Taken: ", Code(text=said), ". The answer comes here or in the channel.")
    return say("Taken. The answer comes here or in the channel.")


def not_taken(error: WardroomError) -> Card:
    """The store could not write."""
    return say(
        "Nothing was taken down, so nothing will happen. ",
        error.sentence(),
        " Please try again in a moment.",
        tone="bad",
    )


def problem(error: WardroomError) -> Card:
    """What was asked for cannot be."""
    return say(error.sentence(), tone="bad")


def older() -> Card:
    """A button that nobody knows any more."""
    return say(
        "This button is from an older version, and I do not know it any more. ",
        "Ask for the card again, for example with a command.",
    )


def lost(fields: dict[str, str]) -> Card:
    """A form whose beginnings were forgotten, with the words that were written."""
    written = "\n".join(value for value in fields.values() if value)
    return say(
        "I was restarted while this form was open, so nothing was taken. Please open it again. ",
        f"You wrote:\n{written}" if written else "",
    )


async def ask_again(interaction: Interaction, custom_id: str, tag: Tag) -> None:
    """Ask privately before a press counts; pressing the button there is the press that does."""
    label = label_of(interaction, custom_id) or "Yes, do it"
    about = f" on {tag.object}" if tag.object else ""
    again = Button(label=label, verb=tag.verb, object=tag.object, args=dict(tag.args), style="danger")
    card = Card(
        tone="waiting",
        parts=(Text(line=line("Really “", Bold(text=label), f"”{about}? Press again, and it counts.")),),
        controls=(again,),
        revision=tag.revision,
        digest=tag.digest,
    )
    await quietly(interaction.response.send_message(view=render(card, mode="!").view, ephemeral=True))


def label_of(interaction: Interaction, custom_id: str) -> str:
    """What stands on the button that was pressed, or on the entry of the menu that was chosen."""
    view = ui.LayoutView.from_message(interaction.message) if interaction.message else None
    for item in view.walk_children() if view else ():
        if isinstance(item, ui.Button) and item.custom_id == custom_id:
            return item.label or ""
        if isinstance(item, ui.Select):
            chosen = next((option.label for option in item.options if option.value == custom_id), "")
            if chosen:
                return chosen
    return ""
