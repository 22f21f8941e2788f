"""The codes of an authenticator: six digits for every half minute (TOTP, RFC 6238). Pure."""

import re
from datetime import datetime, timedelta

import pyotp

STEP = 30
DRIFT = 1
"""So many steps an authenticator's clock may be off, either way."""
TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A new secret of 160 bits, as authenticators read it."""
    return pyotp.random_base32()


def address_of(secret: str, workspace: str, name: str) -> str:
    """What a QR code tells an authenticator: the secret, and whose it is."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=f"Wardroom {workspace}")


def is_code(text: str) -> bool:
    """Whether this can be a code of an authenticator at all; blanks in it do not matter."""
    return _CODE.fullmatch("".join(text.split())) is not None


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is; None if it is none of those around now."""
    totp = pyotp.TOTP(secret, interval=STEP)
    given = "".join(code.split())
    current = int(now.timestamp()) // STEP
    found = [
        step
        for step in range(current - DRIFT, current + DRIFT + 1)
        if pyotp.utils.strings_equal(totp.generate_otp(step), given)
    ]
    return max(found, default=None)
