"""Whether a delivery was signed with the key that its sender and we share: Standard Webhooks, or plain HMAC-SHA256."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import SecretStr

from bot.web import proof
from core.errors import UnknownPerson
from core.incidents.config import HookConfig

_TIME_MEND = "Are the clocks of both machines right?"


def check(
    config: HookConfig, secret: SecretStr, headers: Mapping[str, str], body: bytes, now: datetime
) -> str:
    """Check a signature; returns the sender's own id of the delivery, if its scheme has one.

    Args:
        config: how this sender signs.
        secret: the key.
        headers: of the request, by their names in lower case.
        body: as it came.
        now: the moment; what was signed long ago is refused, since it may be a repeat by somebody else.

    Raises:
        UnknownPerson: it is missing, wrong, or too old.
    """
    if config.signature_header:
        _check_plain(config, secret, headers, body, now)
        return ""
    if not headers.get("webhook-id"):
        raise _refused("It carries no signature (`webhook-id`, `webhook-timestamp`, `webhook-signature`).")
    return proof.by_signature(headers, secret.get_secret_value(), body, now)[:100]


def _check_plain(
    config: HookConfig, secret: SecretStr, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    given = headers.get(str(config.signature_header).lower(), "").strip().removeprefix("sha256=").lower()
    if not given:
        raise _refused(f"It carries no signature (`{config.signature_header}`).")
    signed = body
    if config.timestamp_header:
        stamp = headers.get(config.timestamp_header.lower(), "").strip()
        _recent(stamp, now)
        signed = f"{stamp}:".encode() + body
    wanted = hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), given.encode()):
        raise _refused("The signature does not fit.")


def _recent(stamp: str, now: datetime) -> datetime:
    try:
        at = datetime.fromtimestamp(int(stamp[:20]), UTC)
    except (ValueError, OverflowError, OSError):
        raise _refused("It carries no time, so that its signature cannot be checked.") from None
    if abs(now - at) > proof.TOLERANCE:
        raise UnknownPerson("This was signed more than five minutes ago, or ahead of time.", _TIME_MEND)
    return at


def _refused(what: str) -> UnknownPerson:
    return UnknownPerson(what, "Give sender and receiver the same key, or let the sender show a token.")
