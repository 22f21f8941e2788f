"""A form as a Discord modal, and what comes back from it: five fields at most, the rest in one of lines."""

from typing import Any

import discord
from discord import ui

from bot.discord.markdown import escape, fit, short, width
from core.text import clean
from handlers.cards.form import Form, FormField

FIELDS = 5
REST = "~rest"
_OPTIONS = 25
_LONGEST = 4_000
_TITLE, _LABEL, _HINT, _ID = 45, 45, 100, 100


def modal(form: Form, custom_id: str) -> ui.Modal:
    """The modal for this form. `custom_id` is all that its submission brings back besides the fields."""
    made = ui.Modal(title=short(form.title, _TITLE) or "…", custom_id=custom_id)
    intro = clean(form.intro)
    fields = form.fields
    if intro and len(fields) < FIELDS:
        made.add_item(ui.TextDisplay(fit(intro, escape, 1_000)))
    for field in fields[: FIELDS if len(fields) <= FIELDS else FIELDS - 1]:
        made.add_item(_label(field))
    if len(fields) > FIELDS:
        made.add_item(_rest(fields[FIELDS - 1 :]))
    return made


def filled(components: list[dict[str, Any]]) -> dict[str, str]:
    """The fields that were filled in, by name; pure."""
    found: dict[str, str] = {}
    for component in components:
        inner = component.get("component") or component
        for part in inner.get("components", [inner]):
            name = part.get("custom_id")
            if name:
                found[str(name)] = _value(part)
    found |= _lines(found.pop(REST, ""))
    return {name: value for name, value in found.items() if value}


def _value(part: dict[str, Any]) -> str:
    values = part.get("values")
    return str(values[0]) if values else str(part.get("value") or "")


def _lines(text: str) -> dict[str, str]:
    pairs = (row.split("=", 1) for row in text.splitlines() if "=" in row)
    return {name.strip(): value.strip() for name, value in pairs if name.strip()}


def _label(field: FormField) -> ui.Label[Any]:
    return ui.Label(
        text=short(field.label, _LABEL) or field.name[:_LABEL],
        description=short(field.hint, _HINT) or None,
        component=_menu(field) if field.kind == "choice" and _choices(field) else _input(field),
    )


def _input(field: FormField) -> ui.TextInput[Any]:
    longest = max(1, min(field.max_length, _LONGEST))
    return ui.TextInput(
        custom_id=field.name[:_ID],
        style=discord.TextStyle.paragraph if field.kind == "long" else discord.TextStyle.short,
        default=fit(field.default, str, longest) or None,
        required=field.required,
        max_length=longest,
    )


def _menu(field: FormField) -> ui.Select[Any]:
    return ui.Select(
        custom_id=field.name[:_ID],
        required=field.required,
        min_values=1 if field.required else 0,
        options=[
            discord.SelectOption(label=short(label, 100) or "…", value=value, default=value == field.default)
            for label, value in _choices(field)
        ],
    )


def _choices(field: FormField) -> list[tuple[str, str]]:
    """The options, if Discord's menu can hold all of them; else they are typed."""
    values = [value for _, value in field.options]
    fits = all(value and width(value) <= _ID for value in values) and len(set(values)) == len(values)
    return list(field.options) if fits and len(values) <= _OPTIONS else []


def _rest(fields: tuple[FormField, ...]) -> ui.Label[Any]:
    lines = "\n".join(f"{field.name}={' '.join(field.default.split())}" for field in fields)
    return ui.Label(
        text="More, one a line: name=value",
        description=short(", ".join(field.label for field in fields), _HINT),
        component=ui.TextInput(
            custom_id=REST,
            style=discord.TextStyle.paragraph,
            default=fit(lines, str, _LONGEST),
            required=any(field.required for field in fields),
            max_length=_LONGEST,
        ),
    )
