"""What a wish in words still lacks: what is asked next, and which words answer that. Pure."""

from core.errors import NotFound
from core.language.leaning.choosing import is_place, picked
from core.language.leaning.consent import Leaving, accepts, leaves, nods
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
    """Whether these words answer what is asked: they are a value, or name one of what was offered, and say nothing else."""
    asked = question(world, wish)
    if asked is None:
        return False
    if wish.runbook:
        book, names, said = book_of(world, wish), names_of(world), without_order(world, wish, said)
        if not asked.options and is_place(said) and not any(letter.isdigit() for letter in said):
            return False  # nothing was offered here of which “the second” could be one
        found = told.read(said, book, names, asked.param)
        return bool(found) and told.says_only(said, book, names, asked.param)
    return picking.answers(world, wish, said)


def without_order(world: World, wish: Wish, said: str) -> str:
    """An answer without the order that it repeats, “scale it to 4”; one that names the service is an order of its own.

    What names one of the runbooks that were offered for it answers, too.
    """
    asked = question(world, wish)
    if asked is None:
        return said
    if not wish.runbook:
        picked_book = picking.named(world, wish, said)
        return picking.nameless(picked_book, said) if picked_book else said
    book, names = book_of(world, wish), names_of(world)
    rest = picking.nameless(book, said)
    is_more = book.params[asked.param].type != "service" and set(told.read(rest, book, names)) == {
        asked.param
    }
    return rest.strip() if is_more else said


def corrects(world: World, wish: Wish, said: str) -> bool:
    """Whether what these words change about a run that came of it is all that they say; words that change nothing may."""
    book, names = world.runbooks.get(wish.runbook), names_of(world)
    text = picking.nameless(book, said) if book else said
    return book is None or not told.read(text, book, names) or told.says_only(text, book, names)


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


def is_nod(world: World, wish: Wish, said: str) -> bool:
    """Whether an answer only says “ok” or “done”, so that it names nothing; what can be chosen may be called so, and a yes may be asked for."""
    asked, param = question(world, wish), _asked(world, wish)
    takes_a_yes = len(wish.candidates) == 1 if param is None else param.type == "boolean"
    is_choice = asked is not None and said.strip(" .!").casefold() in (
        one.casefold() for one in asked.options
    )
    is_value = is_choice or (takes_a_yes and accepts(said)) or takes_any_text(world, wish)
    return nods(said) and not is_value


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
