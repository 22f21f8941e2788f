"""What a message names: services, metrics, versions, times, amounts and the rest, each with its place and value. Pure."""

import re
from datetime import UTC, datetime

from core.language import times
from core.language.entity import Entity, EntityType, Names
from core.language.finding.amounts import amounts
from core.language.finding.marks import mark
from core.language.finding.named import names as find_names
from core.language.finding.sheet import Sheet
from core.language.finding.terms import terms
from core.language.finding.versions import versions
from core.language.moments.span import Facts
from core.language.tokens import Words

_QUOTED = re.compile(r"\"[^\"\n]{1,300}\"|“[^”\n]{1,300}”|(?<!\w)'[^'\n]{1,300}'(?!\w)|`[^`\n]{1,300}`")
_TO_DO = frozenset(
    {"DEPLOY", "SCALE", "WORKFLOW_START", "RUNBOOK_EXECUTE", "TEST_EXECUTE", "WORKFLOW_CANCEL"}
)
# What is worked on was gathered before: “retrain it with the data from 1 to 15 March”.
_GATHERED = re.compile(
    r"\b(?:data|orders|records|events|logs|traffic|reviews|transactions|samples|labels|clicks|feedback|tickets|users?|messages|payments|sales) (?:from|of|between|since)\b|\bi (?:started|began|launched|triggered|deployed|shipped)\b",
    re.IGNORECASE,
)
_COPIES = re.compile(r"\b(?:replicas?|pods?|instances|autoscale)\b", re.IGNORECASE)


def find(
    text: str,
    *,
    now: datetime,
    zone: str = "UTC",
    names: Names | None = None,
    intent: str | None = None,
    facts: Facts | None = None,
) -> tuple[Entity, ...]:
    """The things that `text` names, in the order in which they stand there.

    `intent` is what the message asks for, if that is known: what is to be done means the next 18:00, and `errors` are a
    level where logs are asked for. What is said between people (`NONE`) names nothing for the bot. `facts` says when
    the last deploy, the incident and so on were. Never raises, whatever the text; looks at its first 4,000 characters.
    """
    if intent == "NONE":
        return ()
    words = Words.of(text)
    sheet = Sheet(words.text, words, names or Names(), intent or "")
    mark(sheet)
    sheet.quoted = tuple(match.span() for match in sheet.matches(_QUOTED) if " " in match.group())
    find_names(sheet)
    for start, end in sheet.quoted:
        sheet.claim(start, end)
    _times(sheet, now, zone, facts)
    terms(sheet)
    versions(sheet)
    amounts(sheet)
    return tuple(sorted(sheet.found, key=lambda entity: (entity.start, -entity.end)))


def _times(sheet: Sheet, now: datetime, zone: str, facts: Facts | None) -> None:
    hours = sheet.intent != "SCALE" and not _COPIES.search(sheet.text)
    forward = sheet.intent in _TO_DO and not _GATHERED.search(sheet.text)
    found = times.find(sheet.words, now=now, zone=zone, forward=forward, facts=facts, hours=hours)
    # “since INC-7 began” is a time, and names the incident as well.
    known = [(one.start, one.end) for one in sheet.found if str(one.value) in (facts or {})]
    for one in found:
        inside = [spot for spot in known if one.begin <= spot[0] and spot[1] <= one.finish]
        if sheet.free(one.begin, one.finish, but=inside):
            value = {"start": stamp(one.start), "end": stamp(one.end)}
            sheet.add(EntityType.TIME_RANGE, value, one.begin, one.finish, sure=0.8 if one.fuzzy else 1.0)


def stamp(moment: datetime) -> str:
    """A moment as entities hold it: `2026-03-18T14:30:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
