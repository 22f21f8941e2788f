"""Who somebody is and who is in a team, for whoever has only a name."""

from core.errors import NotFound
from core.language.times import zone_of
from core.oncall import units as oncall
from core.store.engine import Unit
from core.world import World
from handlers.cards import people as cards
from handlers.oncall import duty
from handlers.talk import names
from handlers.verb import Args, Call, Reply, Verb
from handlers.whom import find_person, people


class Whom(Args):
    """A person or a team; nothing: all teams."""

    whom: str = ""


def who(unit: Unit, call: Call, args: Whom) -> Reply:
    """A person, a team, or all teams.

    Raises:
        NotFound: nobody is called so.
    """
    world = call.world
    named = {name.casefold(): team for name, team in world.teams.items()}
    team = named.get(args.whom.casefold())
    if team is None and args.whom:
        try:
            person = find_person(world, call.inbound.actor.platform, args.whom)
        except NotFound:
            like = names.near(world, args.whom)
            if like is None:
                raise
            return Reply(card=cards.meant(args.whom, like))
        here = unit.now.astimezone(zone_of(person.timezone))
        return Reply(card=cards.person(world, person, duty.of(unit, world, person), f"{here:%H:%M}"))
    shown = [team] if team is not None else list(world.teams.values())
    return Reply(card=cards.teams(world, shown, oncall.on_call(unit, world.schedules)))


def _choices(world: World, typed: str) -> list[tuple[str, str]]:
    return [*people(world, typed), *((name, name) for name in world.teams)]


VERBS = (
    Verb(
        name="oncall.who",
        command="oncall who",
        help="Show who somebody is, or who is in a team: roles, on call or away; without a name, all teams.",
        example="/oncall who bo",
        args=Whom,
        run=who,
        rest="whom",
        reads=True,
        permission="",
        choices={"whom": _choices},
    ),
)
