"""A token and what it may do; of the secret itself only the hash is ever kept."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.errors import Invalid
from core.people.vocabulary import PERMISSIONS
from core.source import suggestion
from core.text import one_line

PREFIX = "wr_"
_SHAPE = re.compile(r"wr_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Token:
    """A token as it is kept. `scopes` narrow what its person may do; none means all that the person may."""

    id: str
    person: str
    scopes: tuple[str, ...]
    created: datetime
    revoked: datetime | None = None


def hash_of(secret: str) -> str:
    """What is stored in the place of a secret of 256 random bits; such a secret needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def looks_like(secret: str) -> bool:
    """Whether `secret` can be a token of ours at all."""
    return _SHAPE.fullmatch(secret) is not None


def checked_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes in order, each once.

    Raises:
        Invalid: one of them is no permission.
    """
    known = PERMISSIONS | {f"{name.partition('.')[0]}.*" for name in PERMISSIONS}
    for scope in scopes:
        if scope not in known:
            raise Invalid(f"“{one_line(scope, 60)}” is no scope.", suggestion(scope, known))
    return tuple(sorted(set(scopes)))


def allows(token: Token, permission: str) -> bool:
    """Whether the token's scopes, if it has any, cover a permission."""
    area = permission.partition(".")[0]
    return not token.scopes or permission in token.scopes or f"{area}.*" in token.scopes


def concerns(token: Token, area: str) -> bool:
    """Whether the token's scopes, if it has any, cover anything of an area."""
    return not token.scopes or any(scope.partition(".")[0] == area for scope in token.scopes)
