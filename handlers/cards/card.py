"""A message in neutral words: what every platform can show, each in its own way.

Text is made of spans. A plain string is foreign by definition: a renderer escapes it, so nothing in it can
become a mention, a link or markup. Emphasis, code, people and times are spans of their own.
A renderer never fails: what does not fit is cut, with the card's `link` or `hint` telling where the rest is.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.text import MOMENT, read_moment

Tone = Literal["neutral", "waiting", "partial", "good", "bad", "ended"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Plain(_Frozen):
    """Words, shown exactly as they are."""

    kind: Literal["plain"] = "plain"
    text: str


class Bold(_Frozen):
    """Words with emphasis."""

    kind: Literal["bold"] = "bold"
    text: str


class Code(_Frozen):
    """A literal: an id, a command, a value."""

    kind: Literal["code"] = "code"
    text: str


class Who(_Frozen):
    """A person. `ids` maps platform to account; `ping` asks the platform to tell them (stored ids only)."""

    kind: Literal["who"] = "who"
    name: str
    ids: dict[str, str] = Field(default_factory=dict)
    ping: bool = False


class When(_Frozen):
    """A moment, shown in the reader's own zone where the platform can; `style` short is the clock time.

    `ago`: and how far away it is, behind it, where that stays true; elsewhere the day is said.
    """

    kind: Literal["when"] = "when"
    at: datetime
    style: Literal["time", "date_time", "relative"] = "time"
    ago: bool = False

    @property
    def clock_alone(self) -> bool:
        """Whether the time of day says enough where nothing tells how far away it is."""
        return self.style == "time" and not self.ago


class Link(_Frozen):
    """Words that lead to a page of ours; `url` is never foreign."""

    kind: Literal["link"] = "link"
    text: str
    url: str


Span = Annotated[Plain | Bold | Code | Who | When | Link, Field(discriminator="kind")]
Line = tuple[Span, ...]


def line(*pieces: "str | Span") -> Line:
    """Spans from strings (foreign, escaped) and spans."""
    return tuple(Plain(text=piece) if isinstance(piece, str) else piece for piece in pieces)


class Text(_Frozen):
    """A paragraph; `small` is for what one reads last."""

    kind: Literal["text"] = "text"
    line: Line
    small: bool = False


class Fields(_Frozen):
    """Label and value pairs, side by side where there is room."""

    kind: Literal["fields"] = "fields"
    items: tuple[tuple[str, Line], ...]


class Quote(_Frozen):
    """What somebody wrote, never to be read as a fact. `label` says who wrote it."""

    kind: Literal["quote"] = "quote"
    label: str
    text: str


class Literal_(_Frozen):  # noqa: N801 - `Literal` is taken by typing
    """Preformatted lines: output, a query, a table of a tool."""

    kind: Literal["literal"] = "literal"
    text: str


class Progress(_Frozen):
    """How far: `done` of `total`."""

    kind: Literal["progress"] = "progress"
    done: int
    total: int
    label: str = ""


StepMark = Literal["done", "running", "waiting", "failed", "skipped", "undone", "asking", "pending"]


class Step(_Frozen):
    """One line of a running thing."""

    mark: StepMark
    name: str
    detail: Line = ()


class Steps(_Frozen):
    """What was done, what runs, what is to come."""

    kind: Literal["steps"] = "steps"
    items: tuple[Step, ...]


class Table(_Frozen):
    """Rows under a head; `head` may be empty."""

    kind: Literal["table"] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


class Image(_Frozen):
    """A picture at a URL of ours, or drawn when it is sent: `of` names the thing that is drawn.

    `alt` is for those who do not see it. `data` is the drawing itself, as PNG, which is never kept; `file` is the name
    that a platform gave it.
    """

    kind: Literal["image"] = "image"
    url: str = ""
    alt: str
    of: str = ""
    file: str = ""
    data: bytes = Field(default=b"", exclude=True, repr=False)


class Rule(_Frozen):
    """A thin line between parts."""

    kind: Literal["rule"] = "rule"


Part = Annotated[
    Text | Fields | Quote | Literal_ | Progress | Steps | Table | Image | Rule, Field(discriminator="kind")
]


class Button(_Frozen):
    """Something to press. `verb` and `args` come back as a Click; `url` opens a page instead.

    `one_time` is a pass: the address of its page is made when the card is sent to the one person it is for, so
    that it stands nowhere before.
    `confirm` is the question asked before the click counts. `label` is at most 30 characters.
    `speak` is what a screen reader says ("Approve AP-1042: restart checkout in production"). What is `quiet` stands
    in the menu beside the buttons, where the platform has one.
    """

    kind: Literal["button"] = "button"
    label: str
    verb: str = ""
    object: str = ""
    args: dict[str, str] = Field(default_factory=dict)
    style: Literal["plain", "primary", "danger"] = "plain"
    confirm: str = ""
    speak: str = ""
    url: str = ""
    quiet: bool = False
    one_time: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says. It has the words that are seen, by which people who speak to their computer press it."""
        seen = self.label.rstrip("… ")
        if not self.speak or seen.casefold() in self.speak.casefold():
            return self.speak
        return f"{seen}: {self.speak}"


class Select(_Frozen):
    """A menu; the chosen value comes back as a Click with `args["value"]`. At most 25 options are shown."""

    kind: Literal["select"] = "select"
    label: str
    verb: str
    object: str = ""
    args: dict[str, str] = Field(default_factory=dict)
    options: tuple[tuple[str, str], ...]  # label, value


Control = Annotated[Button | Select, Field(discriminator="kind")]


class Growing(_Frozen):
    """Words that are still coming, of the thing with the id `of`, for the `reader` who waits for them.

    A platform that can show them word by word does; the others edit the whole card.
    """

    of: str
    words: str
    reader: Who


class Card(_Frozen):
    """One message. `revision` grows with each state of the object shown; `digest` is what a vote binds to.

    `summary` is the whole message in plain words: for notifications, screen readers and plain terminals.
    `link` is the page that has everything; `hint` says in words how to see the rest where there is no page.
    """

    title: str = ""
    tone: Tone = "neutral"
    parts: tuple[Part, ...] = ()
    controls: tuple[Control, ...] = ()
    footer: Line = ()
    summary: str = ""
    link: str = ""
    hint: str = ""
    revision: int = 0
    digest: str = ""
    growing: Growing | None = None


def say(*pieces: "str | Span", tone: Tone = "neutral") -> Card:
    """A card of one paragraph; what stands between back-ticks is shown as a literal."""
    spans: Line = ()
    for piece in pieces:
        spans += literals(piece) if isinstance(piece, str) else (piece,)
    return Card(parts=(Text(line=spans),), tone=tone, summary=plain(spans))


def literals(text: str) -> Line:
    """A line in which what stands between back-ticks is shown as a literal, and moments by the reader's own clock."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return _timed(text)
    spans: Line = ()
    for number, piece in enumerate(pieces):
        if piece:
            spans += (Code(text=piece),) if number % 2 else _timed(piece)
    return spans


def _timed(text: str) -> Line:
    """A line in which a moment that is written as `core.text.moment` writes it is one."""
    return tuple(
        When(at=written, style="date_time") if (written := read_moment(piece)) else Plain(text=piece)
        for piece in MOMENT.split(text)
        if piece
    )


def plain(spans: Line) -> str:
    """The words of a line, as a terminal shows them; times in UTC."""
    return "".join(_word(span) for span in spans)


def _word(span: Span) -> str:
    match span:
        case Who(name=name):
            return f"@{name}"
        case When(at=at):
            return at.strftime("%H:%M UTC" if span.clock_alone else "%Y-%m-%d %H:%M UTC")
        case Link(text=text):
            return text
        case Plain(text=text) | Bold(text=text) | Code(text=text):
            return text
