"""Buttons and menus of a card as rows of Discord components, within what one message may hold."""

from typing import Any

import discord
from discord import ui

from bot.discord.items import More, Ours
from bot.discord.markdown import is_web, short, width
from bot.discord.tags import LIMIT, Mode, Tag, apart, write
from handlers.cards.card import Button, Card, Control, Select

PER_ROW = 5
BUTTONS = 10
MENUS = 3
OPTIONS = 25
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}


class Rows:
    """The rows being filled. `left_out` holds the labels of what could not be offered."""

    def __init__(self, card: Card, mode: Mode) -> None:
        self.card = card
        self._mode = mode
        self.rows: list[ui.ActionRow[Any]] = []
        self.left_out: list[str] = []
        self._taken: set[str] = set()

    def fill(self) -> None:
        """Lay out the controls: rows of five, then a menu of the rest, then the menus."""
        buttons = _buttons(self.card.controls)
        loud = [made for made in map(self._button, [one for one in buttons if not one.quiet]) if made]
        quiet = [made for made in map(self._button, [one for one in buttons if one.quiet]) if made]
        if len(loud) > BUTTONS:
            links = [made for made in loud if not isinstance(made, Ours)]
            live = [made for made in loud if isinstance(made, Ours)]
            shown = PER_ROW - min(len(links), 1)
            self._rows_of([*live[:shown], *links[: PER_ROW - len(live[:shown])]])
            self._menu_of([*live[shown:], *quiet])
        else:
            self._rows_of(loud)
            self._menu_of(quiet)
        for number, select in enumerate(c for c in self.card.controls if isinstance(c, Select)):
            self._select(select, room=number < MENUS)

    def _rows_of(self, buttons: list[Any]) -> None:
        for start in range(0, len(buttons), PER_ROW):
            self.rows.append(ui.ActionRow(*buttons[start : start + PER_ROW]))

    def _menu_of(self, buttons: list[Any]) -> None:
        if not buttons:
            return
        options = [
            discord.SelectOption(label=button.item.label, value=button.custom_id)
            for button in buttons[:OPTIONS]
        ]
        self.left_out += [button.item.label for button in buttons[OPTIONS:]]
        menu: Any = ui.Select(custom_id=apart("w1/more", self._taken), placeholder="More…", options=options)
        self.rows.append(ui.ActionRow(More(menu)))

    def _button(self, button: Button) -> Any:
        label = short(button.label, 80) or "…"
        if button.url:
            if is_web(button.url):
                return ui.Button(style=discord.ButtonStyle.link, label=label, url=button.url)
            self.left_out.append(label)
            return None
        custom_id = self._tag(button.verb, button.object, button.args, "?" if button.confirm else self._mode)
        if custom_id is None:
            self.left_out.append(label)
            return None
        return Ours(ui.Button(style=_STYLES[button.style], label=label, custom_id=custom_id))

    def _select(self, select: Select, *, room: bool) -> None:
        options = _options(select)
        custom_id = (
            self._tag(select.verb, select.object, select.args, self._mode) if room and options else None
        )
        if custom_id is None:
            self.left_out.append(short(select.label, 80) or "…")
            return
        placeholder = short(select.label, 150) or None
        menu: Any = ui.Select(custom_id=custom_id, placeholder=placeholder, options=options)
        self.rows.append(ui.ActionRow(Ours(menu)))
        if len(options) < len(select.options):
            self.left_out.append(f"some of “{short(select.label, 60)}”")

    def _tag(self, verb: str, object_id: str, args: dict[str, str], mode: Mode) -> str | None:
        pairs = tuple(sorted(args.items()))
        tag = Tag(verb, object_id, self.card.revision, self.card.digest, pairs, mode)
        custom_id = write(tag)
        return None if custom_id is None else apart(custom_id, self._taken)


def _buttons(controls: tuple[Control, ...]) -> list[Button]:
    return [control for control in controls if isinstance(control, Button)]


def _options(select: Select) -> list[discord.SelectOption]:
    options: dict[str, discord.SelectOption] = {}
    for label, value in select.options:
        if value and width(value) <= LIMIT and value not in options and len(options) < OPTIONS:
            options[value] = discord.SelectOption(label=short(label, 100) or "…", value=value)
    return list(options.values())
