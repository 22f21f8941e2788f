"""Setting up a second factor, showing it, and taking it away; each public function is part of a unit.

What does not count is returned and not raised, so that the wrong try is counted.
"""

from dataclasses import dataclass
from datetime import timedelta

from core.errors import NotFound
from core.ids import new_code
from core.people.factor import authenticator, records
from core.people.factor.authenticator import TRIES, TRIES_WITHIN
from core.people.factor.records import Factor
from core.people.identity import code_hash
from core.people.person import Person
from core.people.sealed import seal, unseal
from core.people.sessions import units as sessions
from core.store import events
from core.store.engine import Unit

_PURPOSE = "second factor"
_CODES = 10
_LOCKED = (
    f"Too many wrong codes. For {int(TRIES_WITHIN.total_seconds() // 60)} minutes no code of yours is taken; "
    "if it was not you who typed them, tell an administrator."
)
_LOST_KEY = (
    "Your second factor cannot be read any more, because the key of this house was changed. "
    "Ask an administrator to reset it, and set it up again."
)


@dataclass(frozen=True)
class Shown:
    """What became of a code: whether it counts, and if not, why, in words."""

    is_right: bool
    words: str = ""


@dataclass(frozen=True)
class Begun:
    """A secret to be shown this once; or, without one, why not."""

    secret: str = ""
    address: str = ""
    words: str = ""


@dataclass(frozen=True)
class Enrolled:
    """Recovery codes to be shown this once; or, without them, why not."""

    codes: tuple[str, ...] = ()
    words: str = ""


def is_enrolled(unit: Unit, person: str) -> bool:
    """Whether this person has a second factor that counts."""
    found = records.get(unit, person)
    return found is not None and found.enrolled is not None


def too_early(unit: Unit, person: str, wait: timedelta) -> str:
    """Why a second factor that was set up less than `wait` ago does not count yet; nothing if it does.

    Another authenticator that was set up with a code of the one before counts as long as that one.
    """
    found = records.get(unit, person)
    if found is None or found.enrolled is None or found.enrolled + wait <= unit.now:
        return ""
    at = f"{found.enrolled + wait:%Y-%m-%d %H:%M} UTC"
    return f"Your second factor is new and counts from {at} on, so nothing is recorded yet. You can still say no."


def show(unit: Unit, secret_key: str, person: Person, code: str) -> Shown:
    """Take a code of the person's authenticator or recovery list; each counts once."""
    found = records.get(unit, person.id, lock=True)
    if found is None or found.secret is None:
        return Shown(is_right=False, words="You have set up no second factor yet: `/wardroom totp` does.")
    secret = unseal(secret_key, _PURPOSE, found.secret, unit.now)
    if secret is None:
        return Shown(is_right=False, words=_LOST_KEY)
    if _is_locked(unit, person):
        return Shown(is_right=False, words=_LOCKED)
    if _counts(unit, secret_key, found, secret, code):
        return Shown(is_right=True)
    return Shown(is_right=False, words=_wrong(unit, person))


def begin(unit: Unit, secret_key: str, workspace: str, person: Person, old_code: str) -> Begun:
    """Make a secret to be shown once. Whoever has a second factor shows it first."""
    # Locked, so that whoever begins while another finishes sees that a second factor is needed now.
    found = records.get(unit, person.id, lock=True)
    if found is not None and found.enrolled is not None:
        shown = show(unit, secret_key, person, old_code)
        if not shown.is_right:
            return Begun(words=shown.words)
    secret = authenticator.new_secret()
    records.keep_pending(unit, person.id, seal(secret_key, _PURPOSE, secret, unit.now))
    return Begun(secret, authenticator.address_of(secret, workspace, person.name))


def finish(unit: Unit, secret_key: str, person: Person, code: str) -> Enrolled:
    """Try the secret that was shown: with its first right code it counts, and the recovery codes are made."""
    found = records.get(unit, person.id, lock=True)
    if found is None or found.pending is None:
        return Enrolled(words="There is no secret to try. Begin again.")
    if _is_locked(unit, person):
        return Enrolled(words=_LOCKED)
    secret = unseal(secret_key, _PURPOSE, found.pending, unit.now)
    step = authenticator.step_of(secret, code, unit.now) if secret is not None else None
    if secret is None or step is None:
        return Enrolled(words=_wrong(unit, person))
    records.enrol(unit, person.id, found.pending, step)
    codes = tuple(new_code() for _ in range(_CODES))
    records.keep_codes(unit, person.id, [_hash(secret_key, person.id, one) for one in codes])
    facts = {"again": found.enrolled is not None}
    events.append(unit, "factor.enrolled", person.id, actor=person.id, data=facts)
    return Enrolled(codes)


def reset(unit: Unit, person: str, actor: str) -> int:
    """Take a person's second factor away and sign them out everywhere; returns how many sessions ended.

    Raises:
        NotFound: they have none.
    """
    if not records.remove(unit, person):
        raise NotFound(f"{person} has no second factor.", "There is nothing to reset.")
    events.append(unit, "factor.reset", person, actor=actor)
    return sessions.end_all(unit, person, actor)


def _counts(unit: Unit, secret_key: str, found: Factor, secret: str, code: str) -> bool:
    if authenticator.is_code(code):
        step = authenticator.step_of(secret, code, unit.now)
        return step is not None and records.use_step(unit, found.person, step)
    if not records.use_code(unit, found.person, _hash(secret_key, found.person, code)):
        return False
    left = records.codes_left(unit, found.person)
    events.append(unit, "factor.recovery_used", found.person, actor=found.person, data={"left": left})
    return True


def _is_locked(unit: Unit, person: Person) -> bool:
    return records.wrong_tries(unit, person.id, unit.now - TRIES_WITHIN) >= TRIES


def _wrong(unit: Unit, person: Person) -> str:
    records.wrong_try(unit, person.id)
    left = TRIES - records.wrong_tries(unit, person.id, unit.now - TRIES_WITHIN)
    events.append(unit, "factor.refused", person.id, actor=person.id, data={"left": left})
    if left <= 0:
        return _LOCKED
    tries = "try is" if left == 1 else "tries are"
    return (
        "That code does not count: it is wrong, or was used before. "
        f"Wait for the next one that your authenticator shows; {left} {tries} left."
    )


def _hash(secret_key: str, person: str, code: str) -> str:
    return code_hash(secret_key, f"recovery:{person}:{code}")
