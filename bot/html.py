"""Cards and forms as fragments of HTML that are safe to show: whatever is foreign is escaped.

Nothing here is a script or a style of its own, so a page can forbid both: what a button does is in its data
attributes, and the page that holds it listens.
"""

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from core.text import cut
from handlers.cards.card import Card, Control
from handlers.cards.form import Form
from handlers.cards.words import MARKS
from handlers.inbound import encode

if TYPE_CHECKING:
    from jinja2 import Environment

TONES = {"neutral": "", "waiting": "◔", "partial": "◑", "good": "✓", "bad": "✗", "ended": "○"}
PNG = "data:image/png;base64,"
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_TEXT = 12_000
_ROWS = 200
_OPTIONS = 25


def card_html(card: Card, *, live: bool = True) -> str:
    """The card as one `<section class="card">`.

    With `live` false the buttons and menus are left out: what a page that only shows things needs.
    Texts beyond 12,000 characters and lists beyond 200 rows are cut, and say so.
    """
    return rendered("card.html", card=card, live=live, tone=TONES[card.tone])


def form_html(form: Form) -> str:
    """The inside of a dialog for the form: heading, fields with labels and hints, no buttons."""
    return rendered("form.html", form=form)


def rendered(template: str, **values: Any) -> str:
    """A template of ours with these values in it; what is foreign in them is escaped."""
    return _environment().get_template(template).render(values)


def value_of(card: Card, control: Control) -> str:
    """What the control carries back: the codec of buttons, with the card's revision and digest."""
    return encode(control.object, card.revision, card.digest, control.args)


def safe_url(url: str) -> str:
    """`url` if a page may lead there (http, https, a path of this server, a picture inside it), else nothing."""
    if url.startswith(PNG):
        return url if _BASE64.fullmatch(url, len(PNG)) else ""
    is_path = url.startswith("/") and not url.startswith(("//", "/\\"))
    return url if is_path or url.startswith(("https://", "http://")) else ""


def _utc(at: datetime, pattern: str) -> str:
    return at.astimezone(UTC).strftime(pattern)


@cache
def _environment() -> "Environment":
    # A house whose people are in a chat shows pages rarely.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        auto_reload=False,
        loader=PackageLoader("bot", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"utc": _utc, "safe_url": safe_url, "cut_text": lambda text: cut(text, _TEXT)}
    environment.globals |= {"value_of": value_of, "marks": MARKS, "rows": _ROWS, "options": _OPTIONS}
    return environment
