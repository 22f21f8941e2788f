"""Forms as Slack's modals, and what people wrote into them."""

from typing import Any

import orjson

from bot.slack.controls import plain
from bot.slack.mrkdwn import escape, fit, short
from core.place import Place
from handlers.cards.form import Form, FormField

CALLBACK = "wardroom.form"
TITLE, SUBMIT, LABEL, HINT, METADATA = 24, 24, 150, 150, 3_000
_OPTIONS, _OPTION_VALUE = 100, 150
_PREFIX = "field:"


def view(form: Form, place: Place) -> dict[str, Any]:
    """The modal of a form that was asked for at `place`."""
    blocks: list[dict[str, Any]] = []
    text = fit(form.intro, escape, 3_000)
    if text:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    blocks += [_field(field) for field in form.fields]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(short(form.title, TITLE) or "Wardroom"),
        "submit": plain(short(form.submit, SUBMIT) or "Send"),
        "close": plain("Not now"),
        "private_metadata": _metadata(form, place),
        "blocks": blocks,
    }


def carried(modal: dict[str, Any]) -> tuple[dict[str, Any], Place]:
    """What a modal of ours carries: verb, object and the rest, and where it was asked for.

    Raises:
        ValueError: it is not a modal of ours.
    """
    kept = orjson.loads(modal.get("private_metadata") or "{}")
    if not isinstance(kept, dict) or kept.get("v") != 1:
        raise ValueError(modal.get("callback_id"))
    return kept, Place.model_validate(kept["place"])


def written(modal: dict[str, Any]) -> dict[str, str]:
    """What a person wrote and chose, by field."""
    found = {}
    for block, actions in modal.get("state", {}).get("values", {}).items():
        for state in actions.values():
            chosen = state.get("selected_option") or {}
            found[block.removeprefix(_PREFIX)] = str(state.get("value") or chosen.get("value") or "")
    return found


def first_block(modal: dict[str, Any]) -> str:
    """The block under which an error is shown."""
    blocks = [block["block_id"] for block in modal.get("blocks", []) if block.get("type") == "input"]
    return str(blocks[0]) if blocks else ""


def _field(field: FormField) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "input",
        "block_id": f"{_PREFIX}{field.name}",
        "label": plain(short(field.label, LABEL) or field.name),
        "optional": not field.required,
        "element": (_choice(field) if field.kind == "choice" else None) or _text(field),
    }
    hint = short(field.hint, HINT)
    if hint:
        block["hint"] = plain(hint)
    return block


def _text(field: FormField) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": "value",
        "multiline": field.kind == "long",
        "max_length": min(field.max_length, 3_000),
    }
    if field.default:
        element["initial_value"] = field.default[: min(field.max_length, 3_000)]
    return element


def _choice(field: FormField) -> dict[str, Any] | None:
    """A menu; None if nothing can be chosen from it."""
    options = {
        value: {"text": plain(short(label, 75) or "…"), "value": value} for label, value in field.options
    }
    kept = {value: option for value, option in options.items() if value and len(value) <= _OPTION_VALUE}
    if not kept:
        return None
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": "value",
        "options": list(kept.values())[:_OPTIONS],
    }
    if field.default in kept:
        element["initial_option"] = kept[field.default]
    return element


def _metadata(form: Form, place: Place) -> str:
    """What comes back with the form; long texts are left out before what decides about it."""
    kept = {
        "v": 1,
        "verb": form.verb,
        "object": form.object,
        "revision": form.revision,
        "digest": form.digest,
        "args": dict(form.args),
        "place": place.model_dump(mode="json"),
    }
    args: dict[str, str] = dict(form.args)
    while len(text := orjson.dumps(kept | {"args": args}).decode()) > METADATA and args:
        longest = max(args, key=lambda name: len(args[name]))
        if len(args[longest]) <= 1:
            del args[longest]
        else:
            args[longest] = args[longest][: len(args[longest]) // 2]
    return text
