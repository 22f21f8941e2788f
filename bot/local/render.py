"""A kept message as the page and the terminal read it."""

from typing import Any

from bot.html import card_html, form_html, value_of
from bot.local.store import Stored
from handlers.cards.card import Card, Control, Select
from handlers.cards.form import Form
from handlers.cards.words import words
from handlers.inbound import encode


def message_json(stored: Stored) -> dict[str, Any]:
    """One message; cards carry their HTML, their words, and what can be pressed."""
    shown: dict[str, Any] = {
        "id": stored.id,
        "change": stored.change,
        "position": stored.position,
        "channel": stored.channel,
        "thread": stored.thread,
        "author": stored.author,
        "only": stored.only_for,
        "kind": stored.kind,
        "at": stored.created_at,
        "edited": stored.edited,
        "pinned": stored.pinned,
    }
    if stored.kind in ("text", "command"):
        return shown | {"text": stored.body, "client": stored.key.removeprefix("local:")}
    card = Card.model_validate_json(stored.body)
    return shown | {
        "html": card_html(card),
        "text": words(card, controls=False),
        "summary": card.summary or card.title,
        "controls": [_control(card, control) for control in card.controls],
    }


def form_json(form: Form) -> dict[str, Any]:
    """A form: its HTML, its fields for a terminal, and what its submission must carry back."""
    return {
        "html": form_html(form),
        "title": form.title,
        "intro": form.intro,
        "submit": form.submit,
        "fields": [field.model_dump(mode="json") for field in form.fields],
        "carry": {
            "verb": form.verb,
            "value": encode(form.object, form.revision, form.digest, {}),
            "args": form.args,
        },
    }


def _control(card: Card, control: Control) -> dict[str, Any]:
    shown = {"label": control.label, "verb": control.verb, "value": value_of(card, control)}
    if isinstance(control, Select):
        return shown | {"options": [list(option) for option in control.options]}
    return shown | {"confirm": control.confirm, "url": control.url}
