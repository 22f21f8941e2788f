"""A wish in words until it runs: one question at a time, answers and corrections in the thread, kept as a row."""

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import parse_numbered
from core.runbooks import from_language, records
from core.runbooks import plan as plans
from core.runbooks.definition import Runbook
from core.runbooks.from_language import Question
from core.runbooks.gate import others
from core.runbooks.params import Names
from core.runbooks.units import runs
from core.runbooks.wishing import records as rows
from core.runbooks.wishing import units as wishing
from core.runbooks.wishing.wish import Wish
from core.store import outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import one_line
from core.wiring import World
from handlers import remembering, wishes
from handlers.cards import learning as learned
from handlers.cards import wish as cards
from handlers.cards.card import Card
from handlers.cards.form import Form, FormField
from handlers.inbound import Message, Submit
from handlers.verb import NOTHING, Call, OnObject, Reply, Verb

PREFIX = "WISH"


class Tell(OnObject):
    """Which question, and the answer: in words, or as the number of a choice."""

    said: str = ""
    value: str = ""


def begin(unit: Unit, call: Call, said: wishes.Wish) -> Reply:
    """Take a wish that was said in words: run it if everything is clear, else ask for the first thing that is not.

    Raises:
        NotFound: the words mean no runbook, and none is spelt like them.
        Invalid: it names a service or an environment that the runbook does not take.
    """
    world = call.world
    found, is_sure = _books(world, said)
    wish = Wish(
        id=next_number(unit, PREFIX),
        person=call.person.id,
        place=call.place,
        at=unit.now,
        until=unit.now + wishing.LASTS,
        said=said.said or (call.inbound.text if isinstance(call.inbound, Message) else ""),
        candidates=tuple(book.name for book in found),
    )
    wishing.keep(unit, wish)
    if len(found) == 1 and is_sure:
        _choose(world, wish, found[0], said)
    return _go_on(unit, call, wish, said.incident)


def tell(unit: Unit, call: Call, args: Tell) -> Reply:
    """Take an answer, a correction, or that nothing is wanted any more.

    Raises:
        Forbidden: somebody else was asked.
        Conflict: the question is over, or the run that came of it has begun.
        Invalid: the answer means nothing here.
    """
    wish = rows.get(unit, parse_numbered(args.id, PREFIX), lock=True)
    if wish.person != call.person.id:
        raise Forbidden(f"{wish.id} asks somebody else.", "Say yourself what you want to run.")
    if wish.state == "over" or wish.until <= unit.now:
        raise Conflict("That question is over; nothing was run.", f"Say it again: {one_line(wish.said, 120)}")
    if wish.execution and not args.said:
        raise Conflict(f"{wish.id} was answered, and {wish.execution} came of it.", "Look at its card.")
    if wish.execution:
        return _correct(unit, call, wish, args)
    if from_language.gives_up(args.said):
        wishing.end(unit, wish)
        return NOTHING
    before = dict(wish.params)
    _answer(call, wish, args)
    if wish.runbook:
        remembering.meant(unit, call, _book(call.world, wish), before, wish.params)
    return _go_on(unit, call, wish)


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    wish = rows.get(unit, ref)
    return cards.card(world, wish, _question(world, wish))


def form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    """For an answer that is no choice; nothing where the button says the answer itself."""
    if known.get("value") or known.get("said"):
        return None
    wish = rows.get(unit, parse_numbered(known.get("id", ""), PREFIX))
    asked = _question(world, wish)
    if asked is None or wish.state != "open" or wish.execution:
        return None
    field = FormField(name="said", label=asked.label[:45], hint=asked.problem[:100], max_length=500)
    return Form(title=wish.runbook[:24], verb=cards.VERB, object=wish.id, fields=(field,), submit="Answer")


def _books(world: World, said: wishes.Wish) -> tuple[list[Runbook], bool]:
    """The runbooks of which one is meant, at least one, and whether the words say so beyond doubt."""
    if not said.runbook:
        found = from_language.matching(world.runbooks, said.said)
        return found[: from_language.MOST], any(from_language.is_named(book, said.said) for book in found)
    found = from_language.candidates(world.runbooks, said.runbook)
    own = wishes.runbooks_of(world, said.service) if len(found) > 1 and said.service else ()
    found = [book for book in found if book.name in own] or found
    if found:
        return found[: from_language.MOST], True
    found = from_language.alike(world.runbooks, said.runbook)
    # Where nothing is alike either, the error says which there are.
    return found or [wishes.find_book(world, said.runbook, said.service)], False


def _choose(world: World, wish: Wish, book: Runbook, said: wishes.Wish) -> None:
    wish.runbook, wish.candidates = book.name, ()
    given = wishes.given_to(book, said)
    read = from_language.read(said.said, book, _names(world)) if said.said else {}
    wish.params = {**read, **given}


def _answer(call: Call, wish: Wish, args: Tell) -> None:
    world = call.world
    asked = _question(world, wish)
    if asked is None:
        return
    if args.value and args.revision and args.revision != wish.version:
        raise Conflict(f"{wish.id} asks for something else by now.", "Look at its card.")
    answer = args.said
    if args.value:
        if not args.value.isdigit() or int(args.value) >= len(asked.options):
            raise Invalid("That is none of the choices.", f"{wish.id} shows them.")
        answer = asked.options[int(args.value)]
    if not wish.runbook:
        _pick(world, wish, answer)
        return
    if args.value or isinstance(call.inbound, Submit):
        wish.params[asked.param] = answer
        return
    book = world.runbooks[wish.runbook]
    wish.params |= from_language.read(answer, book, _names(world), asked.param)


def _pick(world: World, wish: Wish, answer: str) -> None:
    """Take the runbook that an answer names, or what one of them is to be told.

    Raises:
        NotFound: it names none of them, and says nothing that one of them takes.
    """
    found = from_language.candidates(world.runbooks, answer)
    named = [book for book in found if book.name in wish.candidates] or found
    if len(named) != 1 and _says_more(world, wish, answer):
        wish.said = one_line(f"{answer} {wish.said}", 1_000)
        return
    if len(named) != 1:
        raise NotFound(f"“{one_line(answer, 60)}” is none of them.", f"Choose {', '.join(wish.candidates)}.")
    _choose(world, wish, named[0], wishes.Wish(runbook=named[0].name, said=wish.said))


def _says_more(world: World, wish: Wish, answer: str) -> bool:
    """Whether words that name none of the runbooks say what one of them is to be told: “in staging, sorry”."""
    names = _names(world)
    books = (world.runbooks[name] for name in wish.candidates if name in world.runbooks)
    for book in books:
        told = from_language.read(answer, book, names)
        asked = from_language.question(book, told, names)
        if told and not (asked is not None and asked.problem):
            return True
    return False


def _correct(unit: Unit, call: Call, wish: Wish, args: Tell) -> Reply:
    """Take back a run that has not begun, and ask for the right one."""
    book = call.world.runbooks.get(wish.runbook)
    read = from_language.read(args.said, book, _names(call.world)) if book else {}
    gives_up = from_language.gives_up(args.said)
    if not read and not gives_up and isinstance(call.inbound, Message) and not call.inbound.addressed:
        return NOTHING  # people talk to each other under a run, too
    if not read and not gives_up:
        raise Invalid(
            f"I do not know what to change about {wish.execution}.",
            "Say it with a name that I know, for example: no, in staging.",
        )
    run = records.get(unit, wish.execution)
    if run.started_at is not None:
        what = f"{run.id} has begun already, so it cannot become another one."
        raise Conflict(what, f"`/runbook cancel {run.id}` stops it; then say what you want.")
    if not run.state.is_final:
        runs.cancel(unit, call.world, run.id, call.person)
    if gives_up:
        wishing.end(unit, wish)
        return NOTHING
    wish.params |= read
    wish.execution = ""
    wish.state = "open"
    return _go_on(unit, call, wish)


def _go_on(unit: Unit, call: Call, wish: Wish, incident: str = "") -> Reply:
    """Ask the next question, or begin the run."""
    world = call.world
    taken = remembering.fill(unit, call, _book(world, wish), wish.params) if wish.runbook else {}
    wish.params |= taken
    card = learned.filled(taken) if taken else None
    asked = _question(world, wish)
    was_asked = bool(wish.asked)
    wish.asked = asked.param if asked else ""
    if asked is not None:
        wishing.wait(unit, wish)
        outbox.publish(unit, wishing.VIEW, wish.id, wish.place)
        return Reply(card=card, told=cards.card(world, wish, asked).summary)
    book = _book(world, wish)
    made = plans.make(book, wish.params, _names(world))
    whom = others(made, call.person, world)
    key = f"wish:{wish.id}:{wish.version}"
    start = runs.Start(made, call.person, key, wish.place, incident, spoken=whom)
    wish.execution, wish.state = runs.start(unit, start, world).id, "done"
    remembering.ran(unit, call, book.name, wish.params)
    wish.until = unit.now + wishing.LASTS
    rows.save(unit, wish)
    if was_asked:
        outbox.refresh(unit, wishing.VIEW, wish.id, urgent=True)
    return Reply(card=card, told=f"{wish.execution}: {book.name}")


def _question(world: World, wish: Wish) -> Question | None:
    if wish.execution:
        return None
    if not wish.runbook:
        return Question("runbook", "Which one", wish.candidates)
    return from_language.question(_book(world, wish), wish.params, _names(world))


def _book(world: World, wish: Wish) -> Runbook:
    book = world.runbooks.get(wish.runbook)
    if book is None:
        raise NotFound(
            f"There is no runbook {wish.runbook} any more.", "`/runbook list` shows what there is."
        )
    return book


def _names(world: World) -> Names:
    return Names(world.services, world.environments, world.runbooks)


VERBS = (
    Verb(
        name=cards.VERB,
        command="runbook tell",
        help="Answer what I asked about a run that you want, or correct it: “no, in staging”.",
        example="/runbook tell WISH-1 staging",
        args=Tell,
        run=tell,
        order=("id", "said"),
        rest="said",
        permission="runbook.run",
        looks=form,
        form_on="click",
    ),
)
VIEWS = {wishing.VIEW: live}
