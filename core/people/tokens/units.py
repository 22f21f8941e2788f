"""Making, recognising and revoking tokens, each in one commit."""

from collections.abc import Mapping

from core.errors import Invalid, NotFound, UnknownPerson
from core.ids import new_id, new_secret
from core.people.person import Person
from core.people.tokens import records
from core.people.tokens.token import PREFIX, Token, checked_scopes, hash_of, looks_like
from core.source import suggestion
from core.store import events
from core.store.engine import Unit
from core.text import one_line


def create(unit: Unit, people: Mapping[str, Person], person: str, scopes: tuple[str, ...], actor: str) -> str:
    """Make a token for a person and return its secret, which is not kept and cannot be shown again.

    Raises:
        Invalid: nobody has that name, or a scope is unknown.
    """
    if person not in people:
        raise Invalid(f"I know no person “{one_line(person, 60)}”.", suggestion(person, people))
    secret = PREFIX + new_secret()
    token = Token(new_id(unit.now), person, checked_scopes(scopes), unit.now)
    records.insert(unit, token, hash_of(secret))
    data = {"person": person, "scopes": list(token.scopes)}
    events.append(unit, "token.created", token.id, actor=actor, data=data)
    return secret


def owner(unit: Unit, people: Mapping[str, Person], secret: str) -> tuple[Person, Token]:
    """Whose token this is.

    Raises:
        UnknownPerson: it is no token, was revoked, or its person is gone.
    """
    token = records.by_hash(unit, hash_of(secret)) if looks_like(secret) else None
    person = people.get(token.person) if token is not None else None
    if token is None or token.revoked is not None or person is None or not person.active:
        raise UnknownPerson("I do not know this token.", "Make one with: wardroom token create --person NAME")
    return person, token


def recheck(unit: Unit, token: Token) -> None:
    """Check that a token counts still, for whoever was let in a while ago.

    Raises:
        UnknownPerson: it was revoked.
    """
    if not records.counts(unit, token.id):
        raise UnknownPerson("This token was revoked.", "Make one with: wardroom token create --person NAME")


def revoke(unit: Unit, token_id: str, actor: str) -> None:
    """Let a token count no longer.

    Raises:
        NotFound: there is none with that id that counts.
    """
    if not records.revoke(unit, token_id, unit.now):
        raise NotFound(f"There is no token “{one_line(token_id, 60)}” that counts.")
    events.append(unit, "token.revoked", token_id, actor=actor)
