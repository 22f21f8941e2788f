"""Buttons and menus that work after a restart and an upgrade: discord.py finds them by their `custom_id`."""

from typing import Any, Protocol, Self, cast

import discord
from discord import ui
from typing_extensions import override

from bot.discord.tags import FOREIGN, MORE, OURS


class Ears(Protocol):
    """What the client of ours does when a component was used."""

    async def clicked(self, interaction: discord.Interaction[Any], custom_id: str, values: list[str]) -> None:
        """A button was pressed, or `values` were chosen in a menu."""
        ...


class _Live(ui.DynamicItem[ui.Item[Any]], template=r"(?!)"):
    """Hands what was used to the client, whichever message it stands on."""

    @classmethod
    @override
    async def from_custom_id(cls, _: discord.Interaction[Any], item: ui.Item[Any], __: Any, /) -> Self:
        """The component that was used, as it stands on the message."""
        return cls(item)

    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Tell the client."""
        data = cast("dict[str, Any]", interaction.data or {})
        ears = cast("Ears", interaction.client)
        await ears.clicked(interaction, self.custom_id, [str(value) for value in data.get("values", [])])


class Ours(_Live, template=OURS):
    """A button or menu of this version."""


class More(_Live, template=MORE):
    """The menu that holds the buttons for which there was no room; its values are their `custom_id`s."""


class Foreign(_Live, template=FOREIGN):
    """Anything else that stands on a message of ours: from a version that is not known here."""


ALL = (Ours, More, Foreign)
