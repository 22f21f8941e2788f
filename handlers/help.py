"""Help: every verb with an example that works; strangers are told how to get in."""

from collections.abc import Sequence

from rapidfuzz import process

from core.errors import Invalid
from core.store.engine import Unit
from core.text import cut
from handlers.cards import help as cards
from handlers.verb import Args, Call, Reply, Verb


class Help(Args):
    """An area, or nothing for all."""

    area: str = ""


def help_verbs(verbs: Sequence[Verb]) -> tuple[Verb, ...]:
    """The help verb for all of these verbs and itself."""

    def show(_unit: Unit, call: Call, args: Help) -> Reply:
        if not call.person.id:
            return Reply(card=cards.greeting(call.world.workspace))
        everything = [*verbs, own]
        if not args.area:
            return Reply(card=cards.overview(everything))
        name = args.area.lower().lstrip("/")
        found = [verb for verb in everything if verb.command.split()[0] in (name, f"{name}s")]
        if not found:
            areas = sorted({verb.command.split()[0] for verb in everything})
            nearest = process.extractOne(name, areas, score_cutoff=50)
            hint = (
                f"Did you mean `/wardroom help {nearest[0]}`?"
                if nearest
                else f"There are {', '.join(areas)}."
            )
            raise Invalid(f"There is no help on “{cut(args.area, 40)}”.", hint)
        return Reply(card=cards.area(name, found))

    own = Verb(
        name="wardroom.help",
        command="wardroom help",
        help="Show what I can do, all of it or one area with examples.",
        example="/wardroom help runbook",
        args=Help,
        run=show,
        order=("area",),
        aliases=("wardroom", "help"),
        permission="",
        patterns=(r"help( me)?( please)?[.!?]?", r"what can you do\??"),
        open=True,
    )
    return (own,)
