"""Signing in at the pages by a link from the chat, seeing where one is signed in, and setting up a second factor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.errors import Conflict, Forbidden, UnknownPerson
from core.people import units as people
from core.people.factor import units as factors
from core.people.factor.units import Begun, Enrolled
from core.people.passes import units as passes
from core.people.passes.one_time import Pass, Purpose
from core.people.person import Person
from core.people.sessions import records, units
from core.people.sessions.session import Session
from core.place import Actor
from core.store.engine import Unit
from core.text import cut
from core.world import World
from handlers.cards.card import Button, Card, Control, Table, Text, When, line, say
from handlers.verb import Call, Nothing, OnObject, Reply, Verb

WAYS = {"oidc": "your organisation", "slack": "Slack", "discord": "Discord", "chat": "a link from the chat"}
_SHOWN = 4
_ASK_AGAIN = {"signin": "`/wardroom signin`", "enrol": "`/wardroom totp`", "confirm": "*Approve* on its card"}


class Which(OnObject):
    """Which session; all of them unless it is named."""

    id: str = ""


def sign_in(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """A link by which one is signed in at the pages."""
    link = passes.make(unit, _human(call), "signin")
    words = "This link signs you in at the pages. It is yours alone, for ten minutes, and counts once."
    return _linked(words, Button(label="Sign in", style="primary", one_time=link))


def set_up(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """A link to the page where one sets up a second factor."""
    person = _human(call)
    link = passes.make(unit, person, "enrol")
    words = "This link opens the page where you set up a second factor. It is yours alone, for ten minutes."
    if factors.is_enrolled(unit, person.id):
        words = "You have a second factor. This link lets you use another authenticator: have a code of yours at hand."
    return _linked(words, Button(label="Open the page", style="primary", one_time=link))


def where(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Where one is signed in."""
    found = records.open_of(unit, call.person.id)
    return Reply(card=_sessions(found))


def sign_out(unit: Unit, call: Call, args: Which) -> Reply:
    """End one session, or all."""
    if args.id:
        units.end(unit, call.person.id, args.id, call.person.id)
        return Reply(card=say("That session has ended.", tone="good"))
    ended = units.end_all(unit, call.person.id, call.person.id)
    if not ended:
        return Reply(card=say("You were signed in nowhere."))
    return Reply(card=say(f"You are signed out everywhere: {_count(ended)} ended.", tone="good"))


def why_closed(unit: Unit, found: Pass) -> str:
    """Why a link opens nothing any more; nothing if it still does."""
    again = f"Ask for another: {_ASK_AGAIN[found.purpose]}."
    if found.used is not None:
        return f"This link was used, or a newer one took its place. {again}"
    return f"This link has run out after ten minutes. {again}" if found.expires <= unit.now else ""


def by_link(unit: Unit, world: World, link: tuple[str, str], browser: str) -> str:
    """Sign the person in whom this link is for; returns the secret that their browser keeps.

    Raises:
        Forbidden: it is no link for this.
        Conflict: it was used, or has run out.
    """
    found, person = _opened(unit, world, link, "signin")
    passes.use(unit, found)
    return units.begin(unit, person, "chat", browser)


@dataclass(frozen=True)
class Account:
    """An account that a door vouches for; `email` only if it has verified it, `authenticated` if it says when."""

    way: Literal["oidc", "slack", "discord"]
    user: str
    workspace: str = ""
    email: str = ""
    authenticated: datetime | None = None


def by_account(unit: Unit, world: World, account: Account, browser: str, before: str = "") -> str:
    """Sign the person in whose account this is, in the place of the session `before`; returns the new secret.

    Raises:
        UnknownPerson: nobody configured has this account; nobody signs up here.
        Forbidden: two people claim it, or it is of another workspace.
    """
    person = _whose(unit, world, account)
    earlier = units.find(unit, world.people, before)
    if earlier is not None:
        units.end(unit, earlier.person.id, earlier.session.id, earlier.person.id)
    return units.begin(unit, person, account.way, browser, account.authenticated)


def _whose(unit: Unit, world: World, account: Account) -> Person:
    if account.way == "slack" and account.workspace != world.signin.slack_team:
        raise Forbidden(
            f"That account is of another Slack workspace than {world.workspace}'s.",
            "Sign in with the one that you use here.",
        )
    if account.way == "oidc" and world.signin.match == "email":
        mail = account.email.casefold()
        named = [one for one in world.people.values() if mail and one.email.casefold() == mail]
        found = named[0] if len(named) == 1 and named[0].active else None
    else:
        actor = Actor(platform=account.way, user=account.user, workspace=account.workspace)
        found = people.who(unit, world.people, actor)
    if found is None or not found.is_human:
        raise UnknownPerson(
            f"Your account is right, and it is not one of those that {world.workspace} has configured here.",
            "Nobody signs up on this page: ask an administrator to add it to you under `people:`.",
        )
    return found


def begin(unit: Unit, world: World, link: tuple[str, str], old_code: str) -> Begun:
    """Make the secret of an authenticator, to be shown once.

    Raises:
        Forbidden, Conflict: as for `by_link`.
    """
    _, person = _opened(unit, world, link, "enrol")
    return factors.begin(unit, world.secret_key, world.workspace, person, old_code)


def finish(unit: Unit, world: World, link: tuple[str, str], code: str) -> Enrolled:
    """Try the secret; with its first right code it counts, and the link is used up.

    Raises:
        Forbidden, Conflict: as for `by_link`.
    """
    found, person = _opened(unit, world, link, "enrol")
    done = factors.finish(unit, world.secret_key, person, code)
    if done.codes:
        passes.use(unit, found)
    return done


def _opened(unit: Unit, world: World, link: tuple[str, str], purpose: Purpose) -> tuple[Pass, Person]:
    found = passes.find(unit, world.secret_key, *link, lock=True)
    person = world.people.get(found.person) if found else None
    if found is None or found.purpose != purpose or person is None or not person.active:
        raise Forbidden("This link opens nothing.", "Ask for it again in the chat; it may have been cut.")
    closed = why_closed(unit, found)
    if closed:
        raise Conflict(closed)
    return found, person


def _human(call: Call) -> Person:
    if not call.world.secret_key or not call.world.public_url:
        raise Conflict(
            "There are no pages to sign in to.",
            "Ask an administrator to set WARDROOM_SECRET_KEY and WARDROOM_PUBLIC_URL.",
        )
    return call.person


def _linked(words: str, button: Button) -> Reply:
    return Reply(card=Card(parts=(Text(line=line(words)),), controls=(button,), summary=words))


def _sessions(found: list[Session]) -> Card:
    if not found:
        return say("You are signed in nowhere. `/wardroom signin` gives you a link to the pages.")
    rows = tuple(
        (
            line(str(number)),
            line(When(at=one.created, style="date_time")),
            line(WAYS[one.way]),
            line(cut(one.browser, 60) or "unknown"),
        )
        for number, one in enumerate(found, 1)
    )
    controls: list[Control] = [
        Button(label=f"End {number}", verb="wardroom.signout", object=one.id, speak=f"End session {number}")
        for number, one in enumerate(found[:_SHOWN], 1)
    ]
    controls.append(Button(label="Sign out everywhere", verb="wardroom.signout", style="danger"))
    table = Table(head=("", "Since", "With", "Browser"), rows=rows)
    said = f"You are signed in at {_count(len(found))}."
    return Card(title="Where you are signed in", parts=(table,), controls=tuple(controls), summary=said)


def _count(number: int) -> str:
    return f"{number} session{'' if number == 1 else 's'}"


VERBS = (
    Verb(
        name="wardroom.signin",
        private=True,
        command="wardroom signin",
        help="Get a link, for you alone, that signs you in at the pages.",
        example="/wardroom signin",
        args=Nothing,
        run=sign_in,
        permission="",
    ),
    Verb(
        name="wardroom.sessions",
        private=True,
        command="wardroom sessions",
        help="Show where you are signed in, and end it.",
        example="/wardroom sessions",
        args=Nothing,
        run=where,
        permission="",
    ),
    Verb(
        name="wardroom.signout",
        private=True,
        command="wardroom signout",
        help="Sign out everywhere.",
        example="/wardroom signout",
        args=Which,
        run=sign_out,
        permission="",
    ),
    Verb(
        name="wardroom.totp",
        private=True,
        command="wardroom totp",
        help="Set up a second factor, for decisions that ask for one.",
        example="/wardroom totp",
        args=Nothing,
        run=set_up,
        permission="",
    ),
)
