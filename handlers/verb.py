"""A verb: one thing a person can ask for, however they ask: words, command, button, form, program.

A verb runs inside one unit of work together with its answer, so what was done and what was said about it
are committed at once or not at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from core.language.intent import Intent
from core.language.understand import Understanding
from core.people.permissions import may
from core.people.person import Person
from core.people.tokens.token import Token, allows
from core.place import Place
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import Card
from handlers.cards.form import Form
from handlers.inbound import Click, Command, Message, Submit


class Args(BaseModel):
    """Arguments of a verb, parsed from words, options, a click or a form. Unknown names are refused."""

    # Made ready at the first use: there are a hundred of these, and a start needs none.
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)
    # What buttons and forms bring along, and nobody types.
    carried: ClassVar[frozenset[str]] = frozenset({"revision", "digest"})


class Nothing(Args):
    """No arguments."""


class OnObject(Args):
    """Arguments of a verb on one object: its id, and what the card that was used had shown."""

    id: str
    revision: int = 0
    digest: str = ""


@dataclass(frozen=True)
class Call:
    """Who asks, where, and the world they ask it in; `only_looks`: nothing may be written, and nothing set off.

    `token` is what a program asks with: it never sees more than that lets it.
    """

    inbound: Message | Command | Click | Submit
    person: Person
    world: World
    only_looks: bool = False
    token: Token | None = None

    def may(self, permission: str) -> bool:
        """Whether whoever asks may do this, and the token too where they ask with one."""
        is_theirs = may(self.person, permission, self.world.roles)
        return is_theirs and (self.token is None or allows(self.token, permission))

    @property
    def place(self) -> Place:
        """Where it was asked."""
        return self.inbound.place

    @property
    def key(self) -> str:
        """The key under which a repeat of the same request is recognised."""
        return self.inbound.key


@dataclass(frozen=True)
class Reply:
    """The answer: private words, public words in the thread, or a live card that stays current.

    `view` and `ref` name a live card: the sender draws it from the state of the moment it sends.
    `to_home` shows it on the person's own page instead of in the chat. `told` is what a live card says or asks, for
    the words that lean on it later.
    """

    card: Card | None = None
    public: bool = False
    view: str = ""
    ref: str = ""
    to_home: bool = False
    told: str = ""


NOTHING = Reply()


@dataclass(frozen=True)
class Verb:
    """One thing a person can ask for.

    Attributes:
        name: `area.verb`; also the permission, unless `permission` names another. "" means: anybody known.
        command: the words after the slash: `"runbook run"`.
        help: what it does, in a sentence; its first clause is what is asked before it is done (`asked`).
        args: the arguments; positional words fill `order`, then `name=value` pairs the rest.
        run: does it, inside a unit of work.
        order: which arguments positional words fill, in turn.
        rest: the argument that takes all remaining words as they are.
        named: which other arguments people write as `name=value`, for the usage.
        prose: which of these are whole sentences: they take all words as far as the next `name=`.
        aliases: other words for the command, such as "incident new"; the area alone ("incident") is one too.
        form: asks for what is missing; pure, from the world in memory. Gets the arguments known so far.
        looks: like `form`, for what has to be looked up: a read of its own, before anything is received.
        asks: like `looks`, for what is known of the one person who asks.
        form_on: when the form is shown: always, only for a click, or only while a required argument is missing.
        patterns: regular expressions of free text, with named groups that are arguments.
        choices: per argument, what to suggest: (world, typed) -> (label, value) pairs.
        open: whether somebody whom nobody configured may use it (help and linking only).
        shown_first: said in a sentence, what was understood is shown before it is done: it takes something away, or calls people.
        when_named: its `patterns` count only where the bot is addressed: people say such things to each other.
        private: it is between one person and the bot: no language model looks it up or offers it, whose answers others may read.
        reads: it changes nothing, so that it is answered where words are only looked at (`handlers.looking`).
        intents: what people want who mean this verb; the first verb with an intent that `hears` it is taken.
        hears: the arguments, from what was understood; None if something else is meant.
    """

    name: str
    command: str
    help: str
    example: str
    args: type[Args]
    run: Callable[[Unit, Call, Any], Reply]
    order: tuple[str, ...] = ()
    rest: str = ""
    named: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    permission: str | None = None
    private: bool = False
    form: Callable[[World, dict[str, str]], Form | None] | None = None
    looks: Callable[[Unit, World, dict[str, str]], Form | None] | None = None
    asks: Callable[[Unit, World, Person, dict[str, str]], Form | None] | None = None
    form_on: Literal["always", "click", "missing"] = "missing"
    patterns: tuple[str, ...] = ()
    choices: dict[str, Callable[[World, str], list[tuple[str, str]]]] = field(default_factory=dict)
    shown_first: bool = False
    open: bool = False
    when_named: bool = False
    reads: bool = False
    intents: tuple[Intent, ...] = ()
    hears: Callable[[World, Understanding], dict[str, str] | None] = lambda _world, _meant: {}

    @property
    def has_form(self) -> bool:
        """Whether something may be asked before it runs."""
        return bool(self.form or self.looks or self.asks)

    @property
    def asked(self) -> str:
        """What it does, as it is asked before it is done: its help as far as the first colon, semicolon or full stop."""
        return re.split(r"[:;.]", self.help)[0]

    def needs(self) -> str:
        """The permission a person must have."""
        return self.name if self.permission is None else self.permission
