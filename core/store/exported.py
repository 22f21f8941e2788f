"""An exported record checked by itself, without the database: each row's seal, the chain, and its anchors. Pure.

Source: the same chain as in `audit`. A whole export has every link, so a gap in it is a finding; a part of the
record has gaps by its nature, and is checked link by link.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.digest import digest
from core.store.anchor import Anchor, differs
from core.store.audit import GENESIS, link_hash

VERSION = 1
_MOST = 100


@dataclass(frozen=True)
class Checked:
    """What a check of a file found: `links` it read, its last hash, what is wrong, and what it cannot know."""

    links: int
    head: str
    findings: tuple[str, ...]
    notes: tuple[str, ...]


class Reader:
    """Takes the rows of a file one after the other, and remembers no more than the last."""

    def __init__(self, anchors: Iterable[Anchor] = ()) -> None:
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.number, []).append(anchor)
        self._begun = self._whole = False
        self._made: datetime | None = None
        self._links = self._events = self._gaps = self._unsealed = 0
        self._number, self._hash = 0, GENESIS
        self._agreed = 0
        self._disagrees = False
        self._asked: tuple[str, Any] = ("", None)
        self._ended = False
        self._findings: list[str] = []
        self._more = 0

    def take(self, row: Mapping[str, Any]) -> None:
        """The next row."""
        if self._ended:
            self._find("something follows the end of the export")
        match row.get("type"):
            case "export":
                self._begin(row["data"] or {})
            case "event":
                self._event(row)
            case "request":
                self._request(row)
            case "end":
                self._end(row["data"] or {})

    def result(self) -> Checked:
        """What was found, once all rows are taken."""
        if not self._begun:
            self._find("the file does not begin as an export does")
        if not self._ended:
            self._find("the file ends before the export does; its end was cut off")
        notes = []
        if self._gaps:
            notes.append(f"{self._gaps} gaps: this is a part of the record, and what is between is not here")
        if self._unsealed:
            notes.append(f"{self._unsealed} events were not sealed yet when this was exported")
        notes += self._left_anchors()
        if self._more:
            self._findings.append(f"and {self._more} more")
        return Checked(self._links, self._hash, tuple(self._findings), tuple(notes))

    def _begin(self, about: Mapping[str, Any]) -> None:
        if about.get("version") != VERSION:
            self._find(f"this export has version {about.get('version')}; {VERSION} is known here")
        try:
            made = datetime.fromisoformat(str(about.get("at")))
            self._made = made if made.tzinfo else made.replace(tzinfo=UTC)
        except ValueError:
            self._find("the export does not say when it was made")
        self._whole = about.get("whole") is True
        self._begun = True

    def _event(self, row: Mapping[str, Any]) -> None:
        self._events += 1
        if row["kind"] == "approval.requested":
            self._asked = (row["ref"], (row["data"] or {}).get("digest"))
        content = digest({name: row[name] for name in ("seq", "at", "kind", "ref", "actor", "data")})
        if row["number"] is None:
            self._unsealed += 1
            return
        number = row["number"]
        where = f"link {number} (event {row['seq']})"
        if content != row["digest"]:
            self._find(f"{where}: the event was changed")
        if row["hash"] != link_hash(number, row["digest"], row["previous"]):
            self._find(f"{where}: its hash does not fit; the link was changed")
        self._follows(where, row)
        self._anchored(number, row["hash"])
        self._links += 1
        self._number, self._hash = number, row["hash"]

    def _follows(self, where: str, row: Mapping[str, Any]) -> None:
        if row["number"] == self._number + 1:
            if row["previous"] != self._hash:
                self._find(f"{where}: does not follow the link before it; links were reordered or replaced")
        elif row["number"] <= self._number:
            self._find(f"{where}: comes after link {self._number}; links were reordered")
        elif self._whole:
            self._find(f"{where}: link {self._number + 1} was removed")
        else:
            self._gaps += 1

    def _anchored(self, number: int, sealed: str) -> None:
        for anchor in self._anchors.pop(number, ()):
            if anchor.hash == sealed:
                self._agreed = number
            else:
                self._disagree(anchor, sealed)

    def _disagree(self, anchor: Anchor, found: str | None) -> None:
        # Everything after the first place differs too, and says nothing more.
        if not self._disagrees:
            self._find(differs(anchor, found, self._agreed))
        self._disagrees = True

    def _left_anchors(self) -> list[str]:
        left = sorted((it for each in self._anchors.values() for it in each), key=lambda it: it.number)
        made = self._made
        missed = [it for it in left if made is not None and it.at <= made and it.number > self._number]
        if self._whole and missed:
            self._disagree(missed[0], None)
            return []
        return [f"{len(left)} anchors are about links that are not in this file"] if left else []

    def _request(self, row: Mapping[str, Any]) -> None:
        where = f"request {row['ref']}"
        if digest((row["data"] or {}).get("subject")) != row["digest"]:
            self._find(f"{where}: its subject is not the one that was frozen")
        ref, sealed = self._asked
        if ref != row["ref"]:
            self._find(f"{where}: does not follow the event in which it was asked")
        elif sealed != row["digest"]:
            self._find(f"{where}: the sealed event is about another subject")

    def _end(self, data: Mapping[str, Any]) -> None:
        self._ended = True
        if data.get("events") != self._events:
            self._find(f"the export had {data.get('events')} events, and {self._events} are here")
        if (data.get("number"), data.get("hash")) != (self._number, self._hash):
            self._find(f"the export ended at link {data.get('number')}, and {self._number} is the last here")

    def _find(self, what: str) -> None:
        if len(self._findings) < _MOST:
            self._findings.append(what)
        else:
            self._more += 1
