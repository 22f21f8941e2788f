"""Who one is, one's own page, and one person on several platforms."""

from core.approvals import records as approvals
from core.errors import UnknownPerson, WardroomError
from core.incidents import records as incidents
from core.people import records, units
from core.people.permissions import may
from core.people.person import Person
from core.runbooks import records as runbooks
from core.store.engine import Unit
from core.world import World
from handlers.cards import help as help_cards
from handlers.cards import home, problem
from handlers.cards.card import Card, Code, Fields, line, say
from handlers.oncall import duty
from handlers.verb import Args, Call, Nothing, Reply, Verb

_INCIDENTS = 5


class Link(Args):
    """A one-time code, or nothing to get one."""

    code: str = ""


def whoami(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Who the house takes one for, and what one may do."""
    person = call.person
    permissions = sorted({p for role in person.roles for p in call.world.roles.get(role, ())})
    known = {*person.accounts, *(account.platform for account in records.accounts_of(unit, person.id))}
    items = (
        ("Name", line(person.name)),
        ("Id", line(Code(text=person.id))),
        ("Roles", line(", ".join(sorted(person.roles)) or "none")),
        ("May", line(", ".join(permissions) or "look around")),
        ("Time zone", line(person.timezone)),
        ("Known on", line(", ".join(sorted(known)) or "nowhere")),
    )
    summary = f"You are {person.name} ({person.id}), roles: {', '.join(sorted(person.roles)) or 'none'}."
    return Reply(card=Card(title="You", parts=(Fields(items=items),), summary=summary))


def link(unit: Unit, call: Call, args: Link) -> Reply:
    """Make one person of two accounts: a code here, used there."""
    if not args.code:
        if not call.person.id:
            raise UnknownPerson(
                "I do not know you here, so I cannot make a code for you.",
                "Say `/wardroom link` where I know you, then `/wardroom link CODE` here.",
            )
        code = units.make_code(unit, call.person, call.world.secret_key)
        return Reply(
            card=say(
                "On the other platform, say ",
                Code(text=f"/wardroom link {code}"),
                " within ten minutes. The code works once; give it to nobody.",
            )
        )
    found = units.link(unit, call.world.people, call.inbound.actor, args.code, call.world.secret_key)
    if isinstance(found, WardroomError):
        return Reply(card=problem.card(found))
    return Reply(card=say(f"Done: here, too, you are {found.name} now.", tone="good"))


def unlink(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Take the link of this account back."""
    units.unlink(unit, call.inbound.actor, call.person)
    return Reply(card=say("This account is no longer linked. I do not know you here any more."))


def open_home(_unit: Unit, _call: Call, _args: Nothing) -> Reply:
    """Draw one's own page."""
    return Reply(to_home=True)


def show_home(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """The same lists as on one's own page, here."""
    return Reply(card=live(unit, call.world, call.person.id))


def live(unit: Unit, world: World, ref: str) -> Card:
    """The page of the person `ref` as it is now."""
    person: Person | None = world.people.get(ref)
    if person is None:
        return help_cards.greeting(world.workspace)
    going_on: list[tuple[str, str, str]] = []
    left = ""
    if may(person, "incident.read", world.roles):
        found = incidents.open_now(unit)
        going_on += found[:_INCIDENTS]
        if found[_INCIDENTS:]:
            left = f"{_INCIDENTS} of {len(found)} open incidents. All of them: /incident list"
    if may(person, "runbook.list", world.roles):
        for run in runbooks.find(unit, running=True):
            going_on.append((run.id, str(run.state).lower().replace("_", " "), run.runbook))
    waiting, mine = approvals.waiting_for(unit, ref), approvals.mine(unit, ref, 5)
    return home.card(person, waiting, mine, going_on, duty.of(unit, world, person), left)


VERBS = (
    Verb(
        name="wardroom.whoami",
        command="wardroom whoami",
        help="Show who I take you for, and what you may do.",
        example="/wardroom whoami",
        args=Nothing,
        run=whoami,
        reads=True,
        permission="",
    ),
    Verb(
        name="wardroom.link",
        private=True,
        command="wardroom link",
        help="Be one person on two platforms: get a code on one, use it on the other.",
        example="/wardroom link",
        args=Link,
        run=link,
        order=("code",),
        permission="",
        open=True,
    ),
    Verb(
        name="wardroom.unlink",
        private=True,
        command="wardroom unlink",
        help="Take the link of this account back.",
        example="/wardroom unlink",
        args=Nothing,
        run=unlink,
        permission="",
    ),
    Verb(
        name="wardroom.mine",
        command="wardroom mine",
        help="Show what waits for you, what you asked for and what is going on.",
        example="/wardroom mine",
        args=Nothing,
        run=show_home,
        reads=True,
        aliases=("wardroom",),
        permission="",
    ),
    Verb(
        name="wardroom.home",
        command="wardroom home",
        help="Draw your own page anew.",
        example="/wardroom home",
        args=Nothing,
        run=open_home,
        permission="",
        open=True,
    ),
)

VIEWS = {"home": live}
