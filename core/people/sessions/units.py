"""Signing in and out; each public function is one transaction, or part of a larger one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Forbidden, NotFound
from core.ids import new_id, new_secret
from core.people.person import Person
from core.people.sessions import records
from core.people.sessions.session import LIFETIME, Session, Way
from core.people.tokens.token import hash_of
from core.store import events
from core.store.engine import Unit
from core.text import one_line

_KEPT = timedelta(days=14)
_BROWSER = 120


@dataclass(frozen=True)
class SignedIn:
    """A session that counts, and its person as they are configured now."""

    person: Person
    session: Session


def begin(
    unit: Unit, person: Person, way: Way, browser: str = "", authenticated: datetime | None = None
) -> str:
    """Sign a person in; returns the secret that their browser keeps, which is not kept here.

    Raises:
        Forbidden: they are a program, or have left.
    """
    if not person.is_human or not person.active:
        raise Forbidden(f"{person.name} cannot sign in: pages are for people who are here.")
    records.forget(unit, unit.now - _KEPT)
    secret = new_secret()
    session = Session(
        id=new_id(unit.now),
        person=person.id,
        way=way,
        browser=one_line(browser, _BROWSER),
        created=unit.now,
        expires=unit.now + LIFETIME,
        authenticated=authenticated,
    )
    records.add(unit, session, hash_of(secret))
    facts = {"session": session.id, "way": way, "expires": session.expires}
    events.append(unit, "session.begun", person.id, actor=person.id, data=facts)
    return secret


def find(unit: Unit, people: Mapping[str, Person], secret: str) -> SignedIn | None:
    """Who is signed in with this secret; None if it is none, has ended, or its person has left."""
    session = records.by_hash(unit, hash_of(secret)) if secret else None
    if session is None or session.ended is not None or session.expires <= unit.now:
        return None
    person = people.get(session.person)
    return SignedIn(person, session) if person is not None and person.active and person.is_human else None


def end(unit: Unit, person: str, session_id: str, actor: str) -> None:
    """End one session of a person.

    Raises:
        NotFound: they have none with that id that counts.
    """
    if not records.end(unit, session_id, person):
        raise NotFound(
            "There is no such session of yours any more.", "`/wardroom sessions` shows those that are open."
        )
    events.append(unit, "session.ended", person, actor=actor, data={"session": session_id})


def end_all(unit: Unit, person: str, actor: str) -> int:
    """Sign a person out everywhere; returns how many sessions ended."""
    found = records.open_of(unit, person)
    for session in found:
        end(unit, person, session.id, actor)
    return len(found)
