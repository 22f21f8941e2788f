"""What is marked as what it is: people, channels, ids of incidents and executions, instances; and what is none of ours. Pure."""

import re

from core.language.entity import EntityType
from core.language.finding.sheet import Sheet

_PERSON = re.compile(r"<@!?([A-Z0-9]{2,32})(?:\|[^<>\s]{0,80})?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]{2,32})(?:\|[^<>]{0,80})?>")
_GROUP = re.compile(r"<!(?:subteam\^)?[^<>]{1,80}>|<@&\d{1,20}>")
_AT_NAME = re.compile(r"(?<![\w@/.<])@([A-Za-z][\w.-]{0,40}\w|[A-Za-z])")
_HASH_NAME = re.compile(r"(?<![\w#&/<])#([A-Za-z][\w-]{0,79})")
_LINK = re.compile(
    r"<?https?://[^\s<>]{1,500}>?|\b[\w.+-]{1,64}@[a-z][\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<![\w<])/(?:[\w.{}:*-]{1,80}/?){1,12}")
_INCIDENT = re.compile(
    r"\b(?:inc(?:ident)?[-_ ]?#?|incident (?:number |no\.? ?))(\d{1,9})(?![\w%-]|\.\d)", re.IGNORECASE
)
# “run 3 tests” counts, and “run 3” names.
_RUN = re.compile(
    r"(?<![\w-])run(?:-|\s#?)(\d{1,9})(?![\w%-]|\.\d)(?!\s(?:more|of|times|[a-z-]{3,30}s)\b)", re.IGNORECASE
)
_EXECUTION = re.compile(
    r"\b(?:(?:wf|execution)[-_ ]?#?|(?:run|workflow)[-_ ]?#)(\d{1,9})(?![\w%-]|\.\d)", re.IGNORECASE
)
_LONG_HEX = re.compile(
    r"\b(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
    re.IGNORECASE,
)
_POD = re.compile(r"\b([a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}-[a-f0-9]{5,10}-[a-z0-9]{5})\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\b((?:worker|node|host|pod|vm|server|machine|gpu|ip|master|broker|kafka|redis|etcd|shard|replica|instance|edge|bastion|runner)"
    r"(?:-[a-z0-9]{1,20}){0,5}-\d[\w-]{0,40}(?:\.[a-z0-9-]{1,63}){0,6})\b|\b(i-[0-9a-f]{8,17})\b",
    re.IGNORECASE,
)
_NTH = re.compile(r"(?<![\w./-])([a-z][\w-]{0,60})-\d{1,3}(?![\w./-]|\.\d)", re.IGNORECASE)
_AFTER_KIND = re.compile(
    r"\b(?:pods?|nodes?|hosts?|instances?|machines?|servers?|vms?|containers?)\s+[`\"“]?((?=[\w.-]*\d)[a-z0-9][\w-]{0,60}(?:[.-][\w-]{1,60}){0,8})",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d+(?:\.\d+)*(?:%|[a-z]{1,2})?", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b")
_TO_ALL = frozenset({"here", "channel", "everyone", "all"})


def mark(sheet: Sheet) -> None:
    """Find people, channels, ids and instances, and take what holds nothing: addresses, paths, ids of traces."""
    for pattern in (_GROUP, _LINK):
        _take(sheet, pattern)
    _people(sheet)
    for match in sheet.matches(_CHANNEL):
        sheet.add(EntityType.CHANNEL, match.group(1), *match.span())
    for match in sheet.matches(_HASH_NAME):
        sheet.add(EntityType.CHANNEL, match.group(1), *match.span())
    for pattern in (_PATH, _LONG_HEX):
        _take(sheet, pattern)
    _ids(sheet)
    _instances(sheet)


def _take(sheet: Sheet, pattern: re.Pattern[str]) -> None:
    for match in sheet.matches(pattern):
        sheet.claim(*match.span())


def _people(sheet: Sheet) -> None:
    bots = {name.lower() for name in sheet.names.bot}
    for match in sheet.matches(_PERSON):
        _person(sheet, match, bots)
    for match in sheet.matches(_AT_NAME):
        _person(sheet, match, bots | _TO_ALL)


def _person(sheet: Sheet, match: re.Match[str], nobody: set[str] | frozenset[str]) -> None:
    name = match.group(1)
    small = name.lower()
    if small in nobody or any(len(bot) > 4 and small.endswith(bot) for bot in nobody):
        sheet.claim(*match.span())
    else:
        sheet.add(EntityType.USER, name, *match.span())


def _ids(sheet: Sheet) -> None:
    for match in sheet.matches(_INCIDENT):
        sheet.add(EntityType.INCIDENT_ID, f"INC-{int(match.group(1))}", *match.span())
    for match in sheet.matches(_EXECUTION):
        sheet.add(EntityType.EXECUTION_ID, f"WF-{int(match.group(1))}", *match.span())
    for match in sheet.matches(_RUN):
        sheet.add(EntityType.EXECUTION_ID, f"RUN-{int(match.group(1))}", *match.span())


def _instances(sheet: Sheet) -> None:
    for pattern in (_POD, _NUMBERED):
        for match in sheet.matches(pattern):
            if any(sign.isdigit() for sign in match.group()):
                sheet.add(EntityType.INSTANCE, match.group().lower(), *match.span())
    for match in sheet.matches(_NTH):
        if match.group(1).lower() in sheet.names.services:
            sheet.add(EntityType.INSTANCE, match.group().lower(), *match.span())
    for match in sheet.matches(_AFTER_KIND, 1):
        if not _COUNTED.fullmatch(match.group(1)) or _ADDRESS.fullmatch(match.group(1)):
            sheet.add(EntityType.INSTANCE, match.group(1).lower(), *match.span(1))
    _take(sheet, _ADDRESS)
