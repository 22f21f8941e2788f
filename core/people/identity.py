"""Which person an account belongs to, and the one-time codes by which an account is linked. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

from core.errors import Forbidden
from core.people.person import Person
from core.place import Actor

LIFETIME = timedelta(minutes=10)
TRIES = 5
TRIES_WITHIN = timedelta(hours=1)
# The alphabet of codes has no i, l, o and u, so what people read instead can be put right.
_MISREAD = str.maketrans("ilo", "110", " -\u2010\u2011\u2012\u2013\u2014")


def configured(people: Mapping[str, Person], actor: Actor) -> Person | None:
    """The one person whose configuration names this account.

    Raises:
        Forbidden: two people are configured with it; neither is believed.
    """
    found = [person for person in people.values() if person.accounts.get(actor.platform) == actor.user]
    if len(found) > 1:
        raise claimed_twice(*(person.name for person in found[:2]))
    return found[0] if found else None


def claimed_twice(one: str, other: str) -> Forbidden:
    """What is said when an account would be two people."""
    return Forbidden(
        f"This account is claimed for {one} and for {other}, so I believe neither.",
        "Ask an administrator to remove one of the two.",
    )


def normal_code(text: str) -> str:
    """A code as it is compared: any case, with or without dashes, with what is easily misread put right."""
    return text.strip().lower().translate(_MISREAD)


def code_hash(secret_key: str, code: str) -> str:
    """What is kept in the place of a code: 40 bits need a key, or whoever reads the table could guess them."""
    return hmac.new(secret_key.encode(), f"link:{normal_code(code)}".encode(), hashlib.sha256).hexdigest()
