"""A wish in words until it runs: one question at a time, answers and corrections in the thread, kept as a row."""

import re

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import parse_numbered
from core.language.leaning.consent import Leaving, leaves
from core.runbooks import plan as plans
from core.runbooks import records, told
from core.runbooks.definition import Runbook
from core.runbooks.execution import Execution
from core.runbooks.gate import others
from core.runbooks.params import settle
from core.runbooks.units import runs
from core.runbooks.wishing import records as rows
from core.runbooks.wishing import units as wishing
from core.runbooks.wishing.wish import Wish
from core.runbooks.worded import is_free
from core.store import outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import one_line
from core.world import World
from handlers.cards import learning as learned
from handlers.cards import wish as cards
from handlers.cards.card import Card, say
from handlers.cards.form import Form, FormField
from handlers.inbound import Message, Submit
from handlers.talk import lately as talk
from handlers.talk import picking, remembering, wishes
from handlers.talk.lacking import book_of, is_left, question
from handlers.talk.wishes import names_of
from handlers.verb import NOTHING, Call, OnObject, Reply, Verb

PREFIX = "WISH"
# What people answer who have no answer; no name and no version is called so.
_SAYS_NOTHING = re.compile(
    r"\W*(?:skip(?: (?:it|this|that))?|none|nothing|pass|no idea|(?:i )?(?:don['’]?t|do not) know|dunno|idk|whatever|not sure|unknown|n/?a)\W*",
    re.IGNORECASE,
)


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
    found, is_sure = picking.books(world, said)
    wishes.refuse_several(world, found[0], said.said)
    wish = Wish(
        id=next_number(unit, PREFIX),
        person=call.person.id,
        place=call.place,
        at=unit.now,
        until=unit.now + wishing.LASTS,
        said=talk.veiled(
            world, said.said or (call.inbound.text if isinstance(call.inbound, Message) else "")
        ),
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
    if is_left(call.world, wish, args.said):
        wishing.end(unit, wish)
        return NOTHING
    before = dict(wish.params)
    _answer(call, wish, args)
    if wish.runbook:
        remembering.meant(unit, call, book_of(call.world, wish), before, wish.params)
    return _go_on(unit, call, wish)


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    wish = rows.get(unit, ref)
    return cards.card(world, wish, question(world, wish))


def form(unit: Unit, world: World, known: dict[str, str]) -> Form | None:
    """For an answer that is no choice; nothing where the button says the answer itself."""
    if known.get("value") or known.get("said"):
        return None
    wish = rows.get(unit, parse_numbered(known.get("id", ""), PREFIX))
    asked = question(world, wish)
    if asked is None or wish.state != "open" or wish.execution:
        return None
    field = FormField(name="said", label=asked.label[:45], hint=asked.problem[:100], max_length=500)
    return Form(title=wish.runbook[:24], verb=cards.VERB, object=wish.id, fields=(field,), submit="Answer")


def _choose(world: World, wish: Wish, book: Runbook, said: wishes.Wish) -> None:
    wish.runbook, wish.candidates = book.name, ()
    given = wishes.given_to(book, said)
    read = told.read(said.said, book, names_of(world)) if said.said else {}
    wish.params = {**read, **given}


def _answer(call: Call, wish: Wish, args: Tell) -> None:
    world = call.world
    asked = question(world, wish)
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
        _picked(world, wish, answer)
        return
    if args.value or isinstance(call.inbound, Submit):
        wish.params[asked.param] = answer
        return
    _refuse_nothing(wish, asked.label, answer)
    wishes.refuse_several(world, world.runbooks[wish.runbook], answer)
    found = told.read(answer, world.runbooks[wish.runbook], names_of(world), asked.param)
    if not found:
        raise Invalid(f"“{one_line(answer, 60)}” does not say it: {asked.label}?", f"{wish.id} still asks.")
    wish.params |= found


def _refuse_nothing(wish: Wish, label: str, answer: str) -> None:
    """What says that somebody has no answer is no value.

    Raises:
        Invalid: these words do.
    """
    if _SAYS_NOTHING.fullmatch(answer):
        words = f"“{one_line(answer, 60)}” says nothing of it: {label}?"
        raise Invalid(words, f"{wish.id} still asks; “never mind” drops it.")


def _picked(world: World, wish: Wish, answer: str) -> None:
    """Take the runbook that an answer names, or keep what it says of one of them until one is named."""
    book = picking.named(world, wish, answer)
    if book is not None:
        wishes.refuse_several(world, book, answer)
        more = picking.nameless(
            book, answer
        )  # what the answer says besides counts before what was said first
        _choose(world, wish, book, wishes.Wish(runbook=book.name, said=f"{more}, {wish.said}"))
    elif picking.says_more(world, wish, answer):
        wish.said = one_line(f"{talk.veiled(world, answer)}, {wish.said}", 1_000)
    else:
        raise NotFound(f"“{one_line(answer, 60)}” is none of them.", f"Choose {', '.join(wish.candidates)}.")


def _correct(unit: Unit, call: Call, wish: Wish, args: Tell) -> Reply:
    """Take back a run that has not begun, and ask for the right one; what it is already stays as it is."""
    book = call.world.runbooks.get(wish.runbook)
    read = told.read(args.said, book, names_of(call.world)) if book else {}
    gives_up = leaves(args.said) in (Leaving.DROPS, Leaving.STOPS)
    if not read and not gives_up and isinstance(call.inbound, Message) and not call.inbound.addressed:
        return NOTHING  # people talk to each other under a run, too
    if not read and not gives_up:
        raise Invalid(
            f"I do not know what to change about {wish.execution}.",
            "Say it with a name that I know, for example: no, in staging.",
        )
    run = records.get(unit, wish.execution)
    if not gives_up and not run.state.is_final and _is_that(call.world, wish, run, read):
        said = ", ".join(f"{name} {run.params[name]}" for name in read if name in run.params)
        return Reply(card=say(f"{run.id} is for {said} already. It stays as it is."))
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


def _is_that(world: World, wish: Wish, run: Execution, read: dict[str, str]) -> bool:
    """Whether a correction says only what the run is told already, if by another name or by its default."""
    try:
        wanted = settle(book_of(world, wish), wish.params | read, names_of(world))
    except Invalid:
        return False
    return wanted == run.params


def _kept(world: World, wish: Wish, params: dict[str, str]) -> dict[str, str]:
    """What it is told, without secrets where any text will do; what the run works with stays as it is."""
    book = world.runbooks.get(wish.runbook)
    free = {name for name, param in book.params.items() if is_free(name, param)} if book else set()
    return {name: talk.veiled(world, value) if name in free else value for name, value in params.items()}


def _go_on(unit: Unit, call: Call, wish: Wish, incident: str = "") -> Reply:
    """Ask the next question, or begin the run."""
    world = call.world
    taken = remembering.fill(unit, call, book_of(world, wish), wish.params) if wish.runbook else {}
    wish.params = _kept(world, wish, wish.params | taken)
    card = learned.filled(taken) if taken else None
    asked = question(world, wish)
    was_asked = bool(wish.asked)
    wish.asked = asked.param if asked else ""
    if asked is not None:
        wishing.wait(unit, wish)
        outbox.publish(unit, wishing.VIEW, wish.id, wish.place)
        return Reply(card=card, told=cards.card(world, wish, asked).summary)
    book = book_of(world, wish)
    made = plans.make(book, wish.params, names_of(world))
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
