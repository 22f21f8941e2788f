"""How a call from outside proves itself, and what of it recognises a repeat. Nothing of the body is believed before.

Sources: bearer tokens (RFC 6750), the Standard Webhooks scheme, and the HMAC over the body that code forges send.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from bot.doors import checked_key
from core.errors import Unavailable, UnknownPerson

TOLERANCE = timedelta(minutes=5)
_HMAC = "X-Hub-Signature-256"
_REPEAT = "Send the same one when you try again, and a new one for everything else."


def by_token(headers: Mapping[str, str], secret: str) -> str:
    """The key of a call with a bearer token, "" if it brings none.

    Raises:
        UnknownPerson: the token is not the one.
        Invalid: the key is no short text.
    """
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _same(given.strip(), secret):
        raise UnknownPerson("This call has no token that I know.", "Send `Authorization: Bearer …`.")
    key = headers.get("Idempotency-Key", "")
    return checked_key(key, "Idempotency-Key", _REPEAT) if key else ""


def by_signature(headers: Mapping[str, str], secret: str, body: bytes, now: datetime) -> str:
    """The key of a call that is signed by the Standard Webhooks scheme: its id, which the signature covers.

    Raises:
        UnknownPerson: no signature fits, or it is older or newer than five minutes.
        Invalid: the id is no short text.
        Unavailable: the secret is none that can sign.
    """
    key, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    key = checked_key(key, "webhook-id", "The Standard Webhooks scheme says what it is.")
    try:
        at = datetime.fromtimestamp(int(stamp), UTC)
        text = body.decode()
    except (ValueError, OverflowError, OSError):
        raise _unsigned("its webhook-timestamp is no number of seconds, or its body no UTF-8") from None
    if abs(now - at) > TOLERANCE:
        raise _unsigned("its webhook-timestamp is more than five minutes off")
    right = can_sign(secret).sign(key, at, text)
    if not any(_same(given, right) for given in headers.get("webhook-signature", "").split()[:10]):
        raise _unsigned("no webhook-signature fits")
    return key


def can_sign(secret: str) -> Webhook:
    """What signs with this secret.

    Raises:
        Unavailable: nothing can be signed with it.
    """
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        raise Unavailable(
            "The secret of this hook cannot sign anything.", "Make one: echo whsec_$(openssl rand -base64 32)"
        ) from None


def by_hmac(headers: Mapping[str, str], secret: str, body: bytes) -> str:
    """The key of a call with an HMAC over its body: the body, since nothing else of it is signed.

    Raises:
        UnknownPerson: the HMAC does not fit.
    """
    right = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    if not _same(headers.get(_HMAC, "").strip(), right):
        raise _unsigned(f"no {_HMAC} fits")
    return hashlib.sha256(body).hexdigest()


def _unsigned(why: str) -> UnknownPerson:
    return UnknownPerson(
        f"I do not know who sent this: {why}.", "Sign it with the secret that both sides have."
    )


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
