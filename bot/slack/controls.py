"""Buttons and menus of a card as Block Kit elements, within what one message may hold."""

from typing import Any

from bot.slack.mrkdwn import is_web, short
from handlers.cards.card import Button, Card, Select
from handlers.inbound import encode

VISIBLE = 5
MENU = 100
MENUS = 5
LABEL, VALUE, OPTION_VALUE, ACTION = 75, 2_000, 150, 255
_SEPARATOR = "~"


def action_id(verb: str, number: int) -> str:
    """What a click says it is: the verb, and a number that keeps ids of one message apart."""
    return f"{verb[: ACTION - 8]}{_SEPARATOR}{number}"


def verb_of(action: str) -> str:
    """The verb in an action's id; formats that were ever sent are understood."""
    return action.split(_SEPARATOR, 1)[0]


def rows(card: Card) -> tuple[list[dict[str, Any]], list[str]]:
    """The action blocks of a card, and the labels of what could not be offered."""
    built = _Builder(card)
    buttons = [control for control in card.controls if isinstance(control, Button)]
    loud = [button for button in buttons if not button.quiet or button.url]
    shown = loud if len(loud) + (len(loud) < len(buttons)) <= VISIBLE else loud[: VISIBLE - 1]
    elements = [made for made in map(built.button, shown) if made]
    rest = built.menu([button for button in buttons if button not in shown])
    if rest:
        elements.append(rest)
    selects = [control for control in card.controls if isinstance(control, Select)]
    menus = [made for made in map(built.select, selects[:MENUS]) if made]
    built.left_out += [short(select.label, LABEL) for select in selects[MENUS:]]
    blocks = [_block(card, number, part) for number, part in enumerate((elements, menus)) if part]
    return blocks, built.left_out


class _Builder:
    """Makes elements with ids that differ, and at most one primary button."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._number = 0
        self._has_primary = False
        self.left_out: list[str] = []

    def button(self, button: Button) -> dict[str, Any] | None:
        label = short(button.label, LABEL) or "…"
        if button.url and not is_web(button.url):
            self.left_out.append(label)
            return None
        made: dict[str, Any] = {
            "type": "button",
            "text": plain(label),
            "action_id": self._id(button.verb or "open"),
        }
        if button.spoken:
            made["accessibility_label"] = short(button.spoken, LABEL)
        if button.url:
            return made | {"url": button.url}
        value = self._value(button)
        if len(value) > VALUE:
            self.left_out.append(label)
            return None
        made["value"] = value
        if button.style != "plain" and not (button.style == "primary" and self._has_primary):
            made["style"] = button.style
            self._has_primary = self._has_primary or button.style == "primary"
        if button.confirm:
            made["confirm"] = _confirm(button)
        return made

    def menu(self, buttons: list[Button]) -> dict[str, Any] | None:
        """What has no room as a button, as one menu; its values say which verb they mean."""
        options: dict[str, dict[str, Any]] = {}
        for button in buttons:
            label = short(button.label, LABEL) or "…"
            value = f"{button.verb}{_SEPARATOR}{self._value(button)}"
            if button.url or len(value) > OPTION_VALUE or value in options or len(options) >= MENU:
                self.left_out.append(label)
            else:
                options[value] = {"text": plain(label), "value": value}
        if not options:
            return None
        return {
            "type": "static_select",
            "action_id": self._id("more"),
            "placeholder": plain("More…"),
            "options": list(options.values()),
        }

    def select(self, select: Select) -> dict[str, Any] | None:
        label = short(select.label, 150) or "…"
        options: dict[str, dict[str, Any]] = {}
        for text, value in select.options[:25]:
            if value and len(value) <= OPTION_VALUE - 1 and value not in options:
                options[value] = {"text": plain(short(text, LABEL) or "…"), "value": value}
        carried = encode(select.object, self._card.revision, self._card.digest, select.args)
        action = f"{self._id(select.verb)}{_SEPARATOR}{carried}"
        if not options or len(action) > ACTION:
            self.left_out.append(label)
            return None
        return {
            "type": "static_select",
            "action_id": action,
            "placeholder": plain(label),
            "options": list(options.values()),
        }

    def _value(self, button: Button) -> str:
        return encode(button.object, self._card.revision, self._card.digest, button.args)

    def _id(self, verb: str) -> str:
        self._number += 1
        return action_id(verb, self._number)


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def _confirm(button: Button) -> dict[str, Any]:
    made: dict[str, Any] = {
        "title": plain("Are you sure?"),
        "text": plain(short(button.confirm, 300) or "Really?"),
        "confirm": plain(short(button.label, 30) or "Yes"),
        "deny": plain("Not now"),
    }
    if button.style != "plain":
        made["style"] = button.style
    return made


def _block(card: Card, number: int, elements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "actions", "block_id": f"actions:{number}:{card.revision}", "elements": elements}
