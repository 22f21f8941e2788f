"""From words to a run: which runbook is meant, what it is told, and a form for what is missing."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from core.catalogue.names import resolve
from core.errors import Invalid, NotFound
from core.runbooks import plan as plans
from core.runbooks import worded
from core.runbooks.definition import Param, Runbook
from core.runbooks.from_language import candidates, is_named, matching
from core.runbooks.params import Names
from core.runbooks.plan import Plan
from core.runbooks.told import read, several
from core.source import suggestion
from core.text import one_line
from core.world import World
from handlers.cards.form import Form, FormField
from handlers.verb import Args

_SHORT_LIST = 25
_APART = ("service", "environment", "params")
_PAIR = re.compile(r"""([A-Za-z_]\w*)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|([^\s,]+))|(\S+)""")
_FIGURES = re.compile(r"v?\d[\w.+-]*", re.ASCII)
_FILLERS = frozenset({",", "and", "with"})

_TAKES_BACK = re.compile(r"\b(?:roll\W?back|revert|undo)\b", re.IGNORECASE)


class Wish(Args):
    """Which runbook, and what it is told; `params` are `name=value` pairs, `digest` the plan that was shown.

    `said` is a sentence from which the rest is read, and `spoken` that the plan was understood from one.
    """

    carried: ClassVar[frozenset[str]] = frozenset({"revision", "digest", "said", "spoken"})

    runbook: str
    service: str = ""
    environment: str = ""
    params: str = ""
    incident: str = ""
    digest: str = ""
    said: str = ""
    spoken: bool = False


def names_of(world: World) -> Names:
    """What the parameters of a runbook may name."""
    return Names(world.services, world.environments, world.runbooks)


def make_plan(world: World, wish: Wish) -> Plan:
    """The plan that the words mean.

    Raises:
        NotFound: there is no such runbook.
        Invalid: a parameter is wrong or missing.
    """
    book = find_book(world, wish.runbook, wish.service or pairs(wish.params).get("service", ""))
    return plans.make(book, given_to(book, wish), names_of(world))


def named_in(world: World, text: str) -> dict[str, str] | None:
    """The arguments of a wish for the one runbook that a sentence names; None if it names none, or several."""
    found = [book for book in matching(world.runbooks, text) if is_named(book, text)]
    if len(found) != 1:
        return None
    return _read(world, found[0], text)


def spelt_out(world: World, raw: dict[str, str]) -> dict[str, str]:
    """The arguments of a wish with what its sentence says; as they are where it names no one runbook. What is told apart counts."""
    said, named = raw.get("said", ""), raw.get("runbook", "")
    found = candidates(world.runbooks, named) if named else matching(world.runbooks, said)
    if not said or len(found) != 1:
        return raw
    return _read(world, found[0], said) | {name: raw[name] for name in _APART if raw.get(name)}


def _read(world: World, book: Runbook, text: str) -> dict[str, str]:
    given = read(text, book, names_of(world))
    own = {kind: name for kind in ("service", "environment") if (name := _parameter(book, kind)) in given}
    rest = " ".join(f'{name}="{value}"' for name, value in given.items() if name not in own.values())
    told = {kind: given[name] for kind, name in own.items() if name is not None}
    return {"runbook": book.name, **told, **({"params": rest} if rest else {})}


def given_to(book: Runbook, wish: Wish) -> dict[str, str]:
    """What the runbook is told by these arguments, by the names of its parameters.

    Raises:
        Invalid: it takes no service or no environment, and one is named; or the pairs are none.
    """
    given = pairs(wish.params)
    for kind, value in (("service", wish.service), ("environment", wish.environment)):
        name = _parameter(book, kind)
        if value and name is None:
            raise Invalid(f"{book.name} takes no {kind}.", f"`/runbook show {book.name}` says what it takes.")
        if value and name is not None:
            # “deploy 1.5.0” names no service: what has the shape of something else is that.
            shaped = worded.spotted(value, book.params) if _FIGURES.fullmatch(value) else {}
            for told, what in (shaped or {name: value}).items():
                given.setdefault(told, what)
    return given


def find_book(world: World, words: str, service: str) -> Runbook:
    """The runbook that is meant: by its name, or by a word of its name if no other has it.

    Of several, the one that the service names as its own is meant.

    Raises:
        NotFound: none or more than one is meant; says which there are.
    """
    found = candidates(world.runbooks, words)
    if len(found) > 1 and service:
        own = runbooks_of(world, service)
        found = [book for book in found if book.name in own] or found
    if len(found) == 1:
        return found[0]
    wanted = "-".join(words.strip().casefold().split())
    named = [book.name for book in found] or list(world.runbooks)
    if not found and _TAKES_BACK.search(words):
        raise NotFound(
            "No runbook here takes back what is deployed.",
            "What a run did is taken back with its id: `/runbook rollback RUN-1`; `/runbook list` shows what else there is.",
        )
    raise NotFound(
        f"There is no runbook “{one_line(words, 60)}”."
        if not found
        else f"“{one_line(words, 60)}” may mean more than one runbook.",
        suggestion(wanted, named).replace("`", "“", 1).replace("`", "”", 1),
    )


def refuse_several(world: World, book: Runbook, text: str) -> None:
    """Do nothing where one of two would be left out without a word.

    Raises:
        Invalid: two are named together.
    """
    two = several(text, book, names_of(world))
    if two is not None:
        first, then = two
        raise Invalid(
            f"{book.name} takes one at a time, and you named {first} and {then}. Nothing was run.",
            f"Say it for {first}, and then for {then}.",
        )


def pairs(text: str) -> dict[str, str]:
    """`name=value` (or `name:value`) pairs; quotes keep blanks together.

    Raises:
        Invalid: something in it is no pair.
    """
    found: dict[str, str] = {}
    for match in _PAIR.finditer(text):
        name, double, single, bare, stray = match.groups()
        if stray is not None:
            if stray in _FILLERS:
                continue
            raise Invalid(
                f"I do not know what “{one_line(stray, 40)}” is for.", "Write parameters as name=value."
            )
        found[name] = next((value for value in (double, single, bare) if value is not None), "")
    return found


def runbooks_of(world: World, service: str) -> tuple[str, ...]:
    """The runbooks that a service names as its own; none for words that are no service."""
    try:
        return resolve(service, world.services, "service").runbooks
    except Invalid:
        return ()


def _parameter(book: Runbook, kind: str) -> str | None:
    return next((name for name, param in book.params.items() if param.type == kind), None)


def form(world: World, known: dict[str, str]) -> Form | None:
    """What is missing, asked for; nothing if all is there or the words mean no runbook."""
    if not known.get("runbook"):
        options = tuple((name, name) for name in list(world.runbooks)[:_SHORT_LIST])
        fields = (FormField(name="runbook", label="Runbook", kind="choice", options=options), *_common(world))
        return Form(title="Run a runbook", verb="runbook.run", args=dict(known), fields=fields, submit="Run")
    try:
        book = find_book(world, known["runbook"], known.get("service", ""))
        given = pairs(known.get("params", ""))
    except (NotFound, Invalid):
        return None
    wanted = {
        name: param for name, param in book.params.items() if _is_missing(name, param, book, known, given)
    }
    if not wanted:
        return None
    fields = tuple(_field(world, name, param, book) for name, param in _asked(book, wanted).items())
    carried = {name: value for name, value in known.items() if name not in {field.name for field in fields}}
    return Form(
        title=f"Run {book.name}"[:24],
        verb="runbook.run",
        args=carried | {"runbook": book.name},
        intro=one_line(book.description, 200),
        fields=fields,
        submit="Run",
    )


def _is_missing(
    name: str, param: Param, book: Runbook, known: Mapping[str, str], given: Mapping[str, str]
) -> bool:
    first = name == _parameter(book, param.type)
    said = given.get(name) or (
        known.get(param.type) if first and param.type in ("service", "environment") else ""
    )
    return param.required and param.default is None and not said


def _asked(book: Runbook, wanted: dict[str, Param]) -> dict[str, Param]:
    """What a form asks: what is missing, and where, since that is what people most often want to choose."""
    environment = _parameter(book, "environment")
    return wanted | ({environment: book.params[environment]} if environment else {})


def _field(world: World, name: str, param: Param, book: Runbook) -> FormField:
    label = param.description or name.replace("_", " ").capitalize()
    known: Mapping[str, Any] = {"service": world.services, "environment": world.environments}.get(
        param.type, {}
    )
    options = tuple((one, one) for one in (known or param.choices))
    first = name == _parameter(book, param.type) and param.type in ("service", "environment")
    return FormField(
        name=param.type if first else "params",
        label=label[:45],
        kind="choice" if options and first else "text",
        required=param.required,
        default=str(param.default or "") if first else f"{name}=",
        hint="" if first else "Write it as name=value.",
        options=options[:_SHORT_LIST] if first else (),
    )


def _common(world: World) -> tuple[FormField, ...]:
    services = tuple((name, name) for name in list(world.services)[:_SHORT_LIST])
    environments = tuple((name, name) for name in list(world.environments)[:_SHORT_LIST])
    return (
        FormField(name="service", label="Service", kind="choice", options=services, required=False),
        FormField(
            name="environment", label="Environment", kind="choice", options=environments, required=False
        ),
        FormField(name="params", label="Other parameters", required=False, hint="name=value name=value"),
    )


def _books(world: World, typed: str) -> list[tuple[str, str]]:
    del typed
    return [(name, name) for name in world.runbooks]


def _services(world: World, typed: str) -> list[tuple[str, str]]:
    del typed
    return [(name, name) for name in world.services]


def _environments(world: World, typed: str) -> list[tuple[str, str]]:
    del typed
    return [(name, name) for name in world.environments]


CHOICES: dict[str, Callable[[World, str], list[tuple[str, str]]]] = {
    "runbook": _books,
    "service": _services,
    "environment": _environments,
}
"""What is suggested for the arguments of a wish while somebody types."""
