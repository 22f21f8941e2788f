"""Texts that only this house can read: encrypted with a key made from its secret key. Pure.

Fernet (AES-128-CBC with HMAC-SHA256) under a key of its own for each purpose, by HKDF (RFC 5869).
"""

import base64
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(secret_key: str, purpose: str, text: str, now: datetime) -> str:
    """The text, readable by `unseal` with the same key and purpose alone."""
    return _fernet(secret_key, purpose).encrypt_at_time(text.encode(), int(now.timestamp())).decode()


def unseal(
    secret_key: str, purpose: str, sealed: str, now: datetime, within: timedelta | None = None
) -> str | None:
    """The text that was sealed; None if it was not sealed so, was changed, or is older than `within`."""
    from cryptography.fernet import InvalidToken

    fernet = _fernet(secret_key, purpose)
    try:
        token = sealed.encode("ascii")
        if within is None:
            return fernet.decrypt(token).decode()
        seconds = int(within.total_seconds())
        return fernet.decrypt_at_time(token, seconds, int(now.timestamp())).decode()
    except (InvalidToken, UnicodeError):
        return None


def derived(secret_key: str, purpose: str, length: int) -> bytes:
    """A key of so many bytes for one purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt=None, info=f"wardroom {purpose}".encode()).derive(secret_key.encode())


@lru_cache(maxsize=16)
def _fernet(secret_key: str, purpose: str) -> "Fernet":
    # 6 MiB, for houses with second factors, secrets and public pages.
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(derived(secret_key, purpose, 32)))
