"""What answers a question about how something is done: commands, and passages of the documentation. Pure but for reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from handlers.manual.pages import Passage, passages
from handlers.manual.ranking import Hit, Known, Ranking
from handlers.manual.words import terms

# How much each way of calling something counts.
_ASKED, _HELP, _COMMAND, _EXAMPLE, _HEADING, _TITLED, _ROW = 1.0, 0.85, 0.8, 0.6, 0.85, 0.8, 0.55
_ENOUGH, _ENOUGH_ELSE = 0.4, 0.5
"""Below this, nothing that is known is about the question; and below that, where it is about something that no page speaks of."""

_SEVERAL = 2
_PLAINLY, _EXACTLY = 0.65, 0.75


@dataclass(frozen=True)
class Command:
    """A command as it is looked for: the words after the slash, what it does, and an example."""

    words: str
    help: str
    example: str


@dataclass(frozen=True)
class Found:
    """Something that answers, and how well."""

    what: Command | Passage
    score: float


class Manual:
    """All that is known about how things are done: these commands, and the documentation."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._known: tuple[Command | Passage, ...] = (*commands, *passages())
        self._ranking = Ranking(_known(one) for one in self._known)

    def find(self, question: str) -> list[Found]:
        """What is about the question, the best first."""
        hits: Sequence[Hit] = self._ranking.best(question)
        least = _ENOUGH if self._ranking.knows(question) else _ENOUGH_ELSE
        return [Found(self._known[hit.place], hit.score) for hit in hits if hit.score >= least]

    def is_about(self, words: str, *, asked: bool, defined: bool) -> bool:
        """Whether something is plainly about words that may want something else; more so if they are no question.

        One word that says something is enough only where it is asked what it is: `defined`.
        """
        if not defined and len(set(terms(words))) < _SEVERAL:
            return False
        found = self.find(words)
        return bool(found) and found[0].score >= (_PLAINLY if asked else _EXACTLY)


def _known(one: Command | Passage) -> Known:
    if isinstance(one, Command):
        asked = asked_for().get(f"/{one.words}", ())
        own = ((one.words, _COMMAND), (one.help, _HELP), (one.example, _EXAMPLE))
        return Known((*((said, _ASKED) for said in asked), *own), f"{one.help} {one.example}")
    place = f"{one.page}#{one.heading}"
    begins = one.heading == one.title
    asked = (*asked_for().get(place, ()), *(asked_for().get(one.page, ()) if begins else ()))
    weight = _ROW if one.is_row else 1.0
    named = ((one.heading, _HEADING * weight), (f"{one.title} {one.heading}", _TITLED * weight))
    return Known((*((said, _ASKED) for said in asked if not one.is_row), *named), one.text)


@cache
def asked_for() -> Mapping[str, tuple[str, ...]]:
    """How people ask for commands, pages and sections: see asked.txt beside this file."""
    text = resources.files(__package__).joinpath("asked.txt").read_text(encoding="utf-8")
    rows = (line.partition(": ") for line in text.splitlines() if line and not line.startswith("#"))
    return {what: tuple(one.strip() for one in ways.split(";")) for what, _, ways in rows}
