"""Who is meant by an event: by address, by id, by name. Pure; what is not clear is nobody."""

import re
from collections.abc import Iterable, Mapping

from core.oncall.calendars.calendar import Event
from core.people.person import Person

# Before these a title names the person: “Ana Ruiz, on call for platform”, “ana - primary”, “[L1] ana”.
_ENDS = re.compile(r"\s*(?:,|:|\(|\||\s[-–—]\s|\s(?:is\s+)?on[ -]?call\b)", re.IGNORECASE)
_LEVEL = re.compile(r"^\s*\[[^\]]{0,20}\]\s*")


class Names:
    """The people who may be on call by a calendar, by everything that may name them there."""

    def __init__(self, people: Iterable[Person], aliases: Mapping[str, str]) -> None:
        known = [person for person in people if person.is_human and person.active]
        ids = {person.id for person in known}
        self._by_word: dict[str, set[str]] = {}
        for person in known:
            for word in (person.id, person.name, person.email):
                if word:
                    self._by_word.setdefault(_plain(word), set()).add(person.id)
        for word, person_id in aliases.items():
            if person_id in ids:
                self._by_word[_plain(word)] = {person_id}
        self._names = [(word, found) for word, found in self._by_word.items() if " " in word or "@" in word]

    def person(self, event: Event) -> str:
        """The id of the person whom an event means; empty if that is nobody known, or not clear."""
        for word in event.who:
            found = self._named(word)
            if len(found) == 1:
                return next(iter(found))
        return ""

    def _named(self, word: str) -> set[str]:
        whole = _LEVEL.sub("", word)
        for said in (whole, _ENDS.split(whole, maxsplit=1)[0]):
            found = self._by_word.get(_plain(said), set())
            if found:
                return found
        # A whole name or address somewhere in the title; two different ones mean nobody.
        title = f" {_plain(whole)} "
        found = set()
        for name, ids in self._names:
            if re.search(rf"(?<![\w@.]){re.escape(name)}(?![\w@]|[.-]\w)", title):
                found |= ids
        return found


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())
