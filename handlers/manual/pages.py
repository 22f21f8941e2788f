"""The pages of the documentation, in passages: a section is one, and so is a row of a long table. Pure but for reading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
# The reference of commands is left out: they are known themselves.
_PAGES = ("how-to/*.md", "reference/[!c]*.md", "reference/con*.md", "policies.md", "workflow-behaviour.md")
_HEADING = re.compile(r"(#{1,4}) (.+)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)")
_LONG = 6  # rows, from which on each is a passage of its own


@dataclass(frozen=True)
class Passage:
    """A part of a page: where it stands, under which heading, and its words as plain text; `is_row`: a row of a long table."""

    page: str
    title: str
    heading: str
    text: str
    is_row: bool = False

    @property
    def anchor(self) -> str:
        """The heading as an address has it."""
        return re.sub(r"[^\w -]", "", self.heading.lower()).replace(" ", "-")


@cache
def folder() -> Path:
    """Where the pages are: in the package, or beside it in a checkout."""
    inside = _HERE / "pages"
    return inside if inside.is_dir() else _HERE.parents[1] / "docs"


@cache
def names() -> frozenset[str]:
    """The pages, such as `how-to/memory`."""
    found = (page for pattern in _PAGES for page in folder().glob(pattern))
    return frozenset(page.relative_to(folder()).with_suffix("").as_posix() for page in found)


def text_of(name: str) -> str:
    """A page as it was written; `name` is one of `names()`."""
    return (folder() / f"{name}.md").read_text(encoding="utf-8")


@cache
def passages() -> tuple[Passage, ...]:
    """All of them."""
    return tuple(one for name in sorted(names()) for one in split(name, text_of(name)))


def split(name: str, text: str) -> Iterator[Passage]:
    """The passages of a page."""
    title, heading, lines = name, "", list[str]()
    is_code = False
    for line in [*text.splitlines(), "# "]:
        is_code ^= line.startswith("```")
        found = None if is_code else _HEADING.match(line) or re.match(r"(#) ?()$", line)
        if found is None:
            lines.append(line)
            continue
        yield from _of_section(name, title, heading or title, lines)
        lines = []
        heading = found[2]
        if found[1] == "#" and heading:
            title = heading


def _of_section(name: str, title: str, heading: str, lines: list[str]) -> Iterator[Passage]:
    rows = [line for line in lines if line.startswith("|")]
    if len(rows) > _LONG:
        for row in rows[2:]:
            cells = [cell.strip() for cell in row.replace("\\|", "¦").strip("|").split("|")]
            yield Passage(
                name, title, heading, plain(": ".join(cell for cell in cells[:2] if cell)), is_row=True
            )
        lines = [line for line in lines if not line.startswith("|")]
    words = plain("\n".join(lines))
    if words:
        yield Passage(name, title, heading, words)


def plain(text: str) -> str:
    """Markdown as people read it: links as their words, without marks; what stands in a block of code as it is."""
    text = re.sub(r"^```.*$\n?", "", _LINK.sub(r"\1", text), flags=re.MULTILINE)
    text = "\n".join(_joined(block) for block in re.split(r"\n\s*\n", _MARKS.sub("", text).replace("¦", "|")))
    return text.strip()


def _joined(block: str) -> str:
    """A paragraph on one line; lines that mean something stay."""
    lines = block.splitlines()
    if any(re.match(r"\s|[-*/$|]|\d+\.|\w+:", line) for line in lines):
        return block
    return " ".join(lines)
