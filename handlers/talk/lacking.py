"""What a wish in words still lacks: what is asked next, and which words answer that. Pure."""

from core.errors import NotFound
from core.language.leaning.choosing import picked
from core.language.leaning.consent import Leaving, leaves
from core.runbooks import from_language, told, worded
from core.runbooks.definition import Param, Runbook
from core.runbooks.from_language import Question
from core.runbooks.wishing.wish import Wish
from core.world import World
from handlers.talk import picking
from handlers.talk.wishes import names_of


def question(world: World, wish: Wish) -> Question | None:
    """What is asked next; None if nothing is, or a run came of it."""
    if wish.execution:
        return None
    if not wish.runbook:
        return Question("runbook", "Which one", wish.candidates)
    return from_language.question(book_of(world, wish), wish.params, names_of(world))


def answers(world: World, wish: Wish, said: str) -> bool:
    """Whether these words answer what is asked: they hold a value, or name one of what was offered."""
    asked = question(world, wish)
    if asked is None:
        return False
    if wish.runbook:
        return bool(told.read(said, book_of(world, wish), names_of(world), asked.param))
    return picking.answers(world, wish, said)


def says(world: World, wish: Wish, said: str) -> bool:
    """Whether these words say the very thing that is asked, whatever else they say."""
    asked = question(world, wish)
    if asked is None:
        return False
    if wish.runbook:
        return asked.param in told.read(said, book_of(world, wish), names_of(world), asked.param)
    return picking.named(world, wish, said) is not None


def spelt_out(world: World, wish: Wish, said: str) -> str:
    """An answer with the name of what it picks by its place: “the second”."""
    asked = question(world, wish)
    return (picked(said, asked.options) if asked else "") or said


def takes_text(world: World, wish: Wish) -> bool:
    """Whether it is asked for some text."""
    param = _asked(world, wish)
    return param is not None and param.type == "string"


def takes_any_text(world: World, wish: Wish) -> bool:
    """Whether it is asked for what any sentence may be: a reason, a comment."""
    asked = question(world, wish)
    param = _asked(world, wish)
    return asked is not None and param is not None and worded.is_free(asked.param, param)


def is_left(world: World, wish: Wish, said: str) -> bool:
    """Whether an answer says that nothing is wanted any more; a no to what is true or false is an answer."""
    param = _asked(world, wish)
    takes_no = param is not None and param.type == "boolean"
    ends = {Leaving.DROPS, Leaving.STOPS} | (set() if takes_no else {Leaving.REFUSES})
    return leaves(said) in ends


def book_of(world: World, wish: Wish) -> Runbook:
    """The runbook that is wished for.

    Raises:
        NotFound: it is gone since.
    """
    book = world.runbooks.get(wish.runbook)
    if book is None:
        raise NotFound(
            f"There is no runbook {wish.runbook} any more.", "`/runbook list` shows what there is."
        )
    return book


def _asked(world: World, wish: Wish) -> Param | None:
    """The parameter that is asked for, if it is one."""
    asked = question(world, wish)
    if asked is None or not wish.runbook:
        return None
    return book_of(world, wish).params[asked.param]
