"""The address of what the public may read of an incident: nobody can guess it, and it tells neither which one nor how many. Pure.

The number of the incident is scrambled by a small cipher (four rounds over two halves of 32 bits, each with a keyed digest), so
that nothing has to be kept; a second digest behind it says that it was made here.
"""

import hashlib
import hmac

_ROUNDS = range(4)
_HALF = 0xFFFF_FFFF
_NUMBER, _PROOF = 16, 32  # hexadecimal digits


def token_of(secret_key: str, number: int) -> str:
    """The last part of the address for the incident with this number."""
    left, right = number >> 32 & _HALF, number & _HALF
    for turn in _ROUNDS:
        left, right = right, left ^ _mixed(secret_key, turn, right)
    scrambled = f"{left << 32 | right:0{_NUMBER}x}"
    return scrambled + _proof(secret_key, scrambled)


def number_of(secret_key: str, token: str) -> int | None:
    """The incident that an address is of; None for what was not made with this key."""
    scrambled, proof = token[:_NUMBER], token[_NUMBER:]
    if not hmac.compare_digest(_proof(secret_key, scrambled).encode(), proof.encode("utf-8", "replace")):
        return None
    value = int(scrambled, 16)
    left, right = value >> 32, value & _HALF
    for turn in reversed(_ROUNDS):
        left, right = right ^ _mixed(secret_key, turn, left), left
    return left << 32 | right


def _mixed(secret_key: str, turn: int, half: int) -> int:
    return int.from_bytes(_digest(secret_key, f"public:{turn}:{half}")[:4])


def _proof(secret_key: str, scrambled: str) -> str:
    return _digest(secret_key, f"public page:{scrambled}").hex()[:_PROOF]


def _digest(secret_key: str, words: str) -> bytes:
    return hmac.new(secret_key.encode(), words.encode("utf-8", "replace"), hashlib.sha256).digest()
