"""Links and codes by which one person may answer one question once. Pure.

Nothing of them is stored: both are made from the house's key and the notice, so a message that is sent again
after a crash carries the same.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from core.ids import code_of
from core.notify.ledger import Entry
from core.people.identity import normal_code

WRONG_CODES = 5
"""So many wrong codes end a link."""


def link_to(public_url: str, secret_key: str, entry: Entry, door: str = "c") -> str:
    """The address of the page where this notice's reader decides; nothing where it could not be opened.

    `door` is the first part of its path, by what is decided there.
    """
    if not public_url or not secret_key or not entry.person:
        return ""
    return f"{public_url.rstrip('/')}/{door}/{entry.id}?k={key_of(secret_key, entry)}"


def key_of(secret_key: str, entry: Entry) -> str:
    """What opens the page: bound to the person, the question, what it is about and its end."""
    facts = (entry.id, entry.person, entry.about, entry.digest, _whole(entry.expires))
    return _mac(secret_key, "confirm", *facts)[:32]


def code_for(secret_key: str, entry: Entry) -> str:
    """The code that the message carries beside its link: 40 bits, typed by a person."""
    return code_of(int(_mac(secret_key, "code", entry.id, entry.person, entry.digest), 16) >> 216)


def fits_key(secret_key: str, entry: Entry, given: str) -> bool:
    """Whether `given` opens the page; takes the same time whatever it is."""
    return hmac.compare_digest(key_of(secret_key, entry).encode(), given.encode("utf-8", "replace"))


def fits_code(secret_key: str, entry: Entry, given: str) -> bool:
    """Whether `given` is the code, as people type it."""
    right = normal_code(code_for(secret_key, entry))
    return hmac.compare_digest(right.encode(), normal_code(given).encode("utf-8", "replace"))


def form_key(secret_key: str, entry_id: str, visitor: str) -> str:
    """What a form carries to show that it was sent from the page this visitor was given."""
    return _mac(secret_key, "form", entry_id, visitor)[:32]


def fits_form(secret_key: str, entry_id: str, visitor: str, given: str) -> bool:
    """Whether a form comes from the page that this visitor was given."""
    right = form_key(secret_key, entry_id, visitor)
    return bool(visitor) and hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))


def signing_secret(secret_key: str, kind: str, name: str) -> str:
    """The key that signs webhooks to this channel or program where the configuration names none.

    Written as the Standard Webhooks scheme writes keys, `whsec_` and 32 bytes in base64.
    """
    raw = hmac.new(secret_key.encode(), f"webhook:{kind}:{name}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(raw).decode()}"


def _mac(secret_key: str, purpose: str, *facts: str) -> str:
    text = "\x1f".join((purpose, *facts))
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def _whole(at: datetime) -> str:
    return str(int(at.timestamp()))
