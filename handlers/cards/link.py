"""The address of an object's own page: readable by whoever holds the link, and by nobody who guesses."""

import hashlib
import hmac
from urllib.parse import quote

from core.people.passes.one_time import path_of
from handlers.cards.card import Button, Card


def page_key(secret_key: str, ref: str) -> str:
    """The key that opens the page of `ref`: 32 hexadecimal digits."""
    return hmac.new(secret_key.encode(), f"page:{ref}".encode(), hashlib.sha256).hexdigest()[:32]


def opens(secret_key: str, ref: str, key: str) -> bool:
    """Whether `key` opens the page of `ref`; takes the same time whatever the key."""
    return hmac.compare_digest(page_key(secret_key, ref).encode(), key.encode("utf-8", "replace"))


def page_url(public_url: str, secret_key: str, ref: str) -> str:
    """Where to read about `ref`; nothing if the house has no address of its own."""
    if not public_url or not secret_key:
        return ""
    return f"{public_url.rstrip('/')}/o/{quote(ref, safe='')}?k={page_key(secret_key, ref)}"


def document_url(public_url: str, secret_key: str, ref: str) -> str:
    """Where the document of a review is, as Markdown; `.json` is beside it."""
    if not public_url or not secret_key:
        return ""
    incident = ref.partition("-")[2]
    return f"{public_url.rstrip('/')}/reviews/{quote(incident, safe='')}.md?k={page_key(secret_key, ref)}"


def calendar_url(public_url: str, secret_key: str, schedule: str) -> str:
    """Where calendar programs read a schedule; nothing if the house has no address of its own."""
    if not public_url or not secret_key:
        return ""
    key = page_key(secret_key, calendar_ref(schedule))
    return f"{public_url.rstrip('/')}/oncall/{quote(schedule, safe='')}.ics?k={key}"


def calendar_ref(schedule: str) -> str:
    """What the key of a schedule's calendar is made for."""
    return f"calendar:{schedule}"


def with_links(card: Card, public_url: str, secret_key: str) -> Card:
    """The card with the addresses of its one-time links, as it is sent to the one person whom it is for."""
    if not any(isinstance(control, Button) and control.one_time for control in card.controls):
        return card
    controls = (
        control.model_copy(
            update={"url": f"{public_url}{path_of(secret_key, control.one_time)}", "one_time": ""}
        )
        if isinstance(control, Button) and control.one_time
        else control
        for control in card.controls
    )
    return card.model_copy(update={"controls": tuple(controls)})
