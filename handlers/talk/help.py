"""Help: what one can ask for here, built from the verbs themselves, so that it cannot be out of date."""

from collections.abc import Iterable, Mapping, Sequence

from core.errors import Invalid
from core.language.intent import Intent
from core.source import nearest
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import help as cards
from handlers.cards.card import Card
from handlers.verb import Args, Call, Reply, Verb


class Help(Args):
    """About which area; all of them when it is empty."""

    area: str = ""


def help_verbs(all_verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """The verb that explains these verbs and itself."""
    areas: dict[str, list[cards.Shown]] = {}
    needs: dict[str, str] = {}
    for verb in all_verbs:
        _put(areas, verb)
        needs[verb.command] = verb.needs()

    def show(_unit: Unit, call: Call, args: Help) -> Reply:
        if not call.person.id:
            return Reply(card=cards.greeting(call.world.workspace))
        wanted = args.area.lower().removeprefix("/")
        if not wanted:
            return Reply(card=_overview(call, areas, needs))
        area = _meant(wanted, areas)
        return Reply(card=cards.of_area(area, areas[area]))

    def suggested(_world: World, _typed: str) -> list[tuple[str, str]]:
        return [(cards.title(area), area) for area in areas]

    verb = Verb(
        name="wardroom.help",
        command="wardroom help",
        help="Show what I can do, or the commands of one area.",
        example="/wardroom help incident",
        intents=(Intent.HELP,),
        args=Help,
        run=show,
        reads=True,
        order=("area",),
        aliases=("help",),
        permission="",
        patterns=(
            r"help(?: me)?[.!?]*",
            r"what (?:all )?(?:can|may|could) (?:i|you|u|we) (?:do|tell me|tell us|answer)(?: here| for (?:me|us)| with you)*[?.! ]*",
            rf"help (?:me )?(?:with )?(?P<area>{'|'.join(areas)})s?[?.!]*",
        ),
        choices={"area": suggested},
        open=True,
    )
    _put(areas, verb)
    return (verb,)


def _overview(call: Call, areas: Mapping[str, Sequence[cards.Shown]], needs: Mapping[str, str]) -> Card:
    """What whoever asks may use, and how much there is besides."""
    mine = {
        area: tuple(one for one in commands if call.may(needs.get(one.command, "")))
        for area, commands in areas.items()
    }
    left = sum(map(len, areas.values())) - sum(map(len, mine.values()))
    return cards.overview({area: commands for area, commands in mine.items() if commands}, left)


def _put(areas: dict[str, list[cards.Shown]], verb: Verb) -> None:
    area = verb.command.split(" ", 1)[0]
    areas.setdefault(area, []).append(cards.Shown(verb.command, verb.help, verb.example))


def _meant(wanted: str, areas: Iterable[str]) -> str:
    known = {name: area for area in areas for name in (area, f"{area}s", area.removesuffix("s"))}
    if wanted in known:
        return known[wanted]
    close = nearest(wanted, known)
    hint = (
        f"Did you mean `/wardroom help {known[close]}`?" if close else "Say `/wardroom help` for all of it."
    )
    raise Invalid(f"I have no area “{one_line(wanted, 40)}”.", hint)
