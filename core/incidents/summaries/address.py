"""The address of what the public may read of an incident: nobody can guess it, and it tells neither which one nor how many. Pure.

It is the number of the incident, encrypted so that the same number has the same address and nothing has to be kept: AES-SIV
(RFC 5297), which also says that it was made here.
"""

import base64
import binascii
from typing import TYPE_CHECKING

from core.people.sealed import derived

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_BYTES = 8  # of the number
_KEY = 32


def token_of(secret_key: str, number: int) -> str:
    """The last part of the address for the incident with this number."""
    sealed = _cipher(secret_key).encrypt(number.to_bytes(_BYTES), None)
    return base64.urlsafe_b64encode(sealed).decode()


def number_of(secret_key: str, token: str) -> int | None:
    """The incident that an address is of; None for what was not made with this key."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        return int.from_bytes(_cipher(secret_key).decrypt(sealed, None))
    except (InvalidTag, binascii.Error, ValueError):
        return None


def _cipher(secret_key: str) -> "AESSIV":
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(derived(secret_key, "public page", _KEY))
