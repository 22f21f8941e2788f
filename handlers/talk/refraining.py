"""What is not done because somebody said not to, or not yet: what is open is over, and nothing begins."""

from core.errors import Invalid
from core.language.forbidding import forbids, puts_off
from core.language.leaning.consent import leaves
from core.language.leaning.frame import frame
from core.people.person import Person
from core.runbooks.worded import is_free
from core.store.engine import Unit
from core.text import message, one_line
from core.world import World
from handlers.inbound import Asked, Message
from handlers.talk import begun, lacking, standing
from handlers.talk.reading import Understood, Verbs

_RUN = "runbook.run"


def forbidden(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """What ends the question that is open, where words forbid something; None where they do not.

    Raises:
        Invalid: they forbid something, and nothing is open that it could be.
    """
    if not forbids(message(said.text)) or leaves(said.text):
        return None
    here = said.place
    asked, wish = standing.here(unit, person, here, anywhere=not here.thread)
    if wish is not None and lacking.takes_any_text(world, wish):
        return None
    begun_here = frame(said.text, ()).points and begun.last(unit, person, here, anywhere=not here.thread)
    if asked or wish or begun_here:
        return Understood(verbs.by_name[standing.OPEN], {"said": "drop"}, answers=True)
    raise refused()


def refused() -> Invalid:
    """What is told to words that forbid something where nothing is open."""
    return Invalid(
        "All right, I do nothing of that.",
        "I keep no such rule for others: policies do. What is under way is stopped with `/runbook cancel RUN-1`.",
    )


def check_now(unit: Unit, world: World, person: Person | None, said: Asked, found: Understood | None) -> None:
    """Refuse an order for a run that is for later: it would begin at once.

    Raises:
        Invalid: a time that is not yet stands in it, or a condition.
    """
    if found is None or not _runs(found):
        return
    # What else a message asked for comes by a press or a yes, with the words that asked for it.
    text = found.raw.get("said") or (message(said.text) if isinstance(said, Message) else "")
    zone = person.timezone if person else "UTC"
    later = "" if text.startswith("/") or _takes_text(world, found) else puts_off(text, unit.now, zone)
    if later:
        raise Invalid(
            f"I run things at once and not later, so nothing was run: you said “{one_line(later, 60)}”.",
            "Say it when it is time. What is to begin by itself, by the clock or at an alert, is a trigger in the runbook's file: "
            "ask “how do I start a runbook by the clock?”.",
        )


def _runs(found: Understood) -> bool:
    """Whether it begins a run, or asks whether to."""
    return found.verb.name == _RUN or found.raw.get("verb") == _RUN


def _takes_text(world: World, found: Understood) -> bool:
    """Whether what is meant may be told any text, in which a time or an “if” may stand."""
    named = found.raw.get("runbook", "")
    books = [world.runbooks[named]] if named in world.runbooks else world.runbooks.values()
    text = found.raw.get("said", "").casefold()
    return any(
        is_free(name, param)
        for book in books
        if book.name == named or book.name.casefold() in text
        for name, param in book.params.items()
    )
