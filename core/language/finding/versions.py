"""Versions: `v2.4.1`, `1.4` after a service, a commit, `the latest build`, `previous version`. Pure."""

import re

from core.language.entity import EntityType
from core.language.finding.sheet import Sheet

_PATCH = r"(?:-[0-9a-z][0-9a-z.-]{0,30}|\+[0-9a-z.-]{1,30})?"
_MARKED = re.compile(rf"(?<![\w.])v\.?\s?(\d{{1,6}}(?:\.\d{{1,6}}){{0,4}}{_PATCH})(?![\w])", re.IGNORECASE)
_THREE = re.compile(rf"(?<![\w.$])(\d{{1,6}}(?:\.\d{{1,6}}){{2,3}}{_PATCH})(?![\w%]|\.\d)", re.IGNORECASE)
_NAMED = re.compile(
    rf"\b(?:versions?|ver\.?|releases?|build|tag|tagged|revision|rev|image|commit|sha)[\s:#=]{{1,2}}(?:is\s|to\s|number\s)?v?((?=[\w.-]*\d)[0-9a-z][0-9a-z.]{{0,40}}{_PATCH})(?![\w%])",
    re.IGNORECASE,
)
_HASH = re.compile(r"(?<![\w-])(?=[0-9a-f]{0,39}[a-f])(?=[0-9a-f]{0,39}\d)[0-9a-f]{7,40}(?![\w-])")
_TWO = re.compile(rf"(?<![\w.$-])(\d{{1,5}}\.\d{{1,5}}{_PATCH})(?![\w%]|\.\d)", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![\w.-])(\d{1,4})(?![\w.%:/-])")
_RELATIVE = re.compile(
    r"\b(latest|newest|previous|prior)(?: (?:stable|good|known good|released|working))? (?:version|build|release|image|tag|revision|one\b)|"
    r"\b(last) (?:(?:stable|good|known good|working) (?:version|build|release|one)\b|(?:version|build)\b)|"
    r"\b(?:the |to |is |at )(latest|previous)(?! (?:\d|hour|day|week|month|incident|deploy|deployment|run|error|log|alert|trace|test|minute|on|about|with|from|news))\b|"
    r"(?<=deploy )(latest)\b|(?<=[\w-] )(latest)(?= (?:to|on(?! (?:it|that|this|them|inc|wf)\b)|onto|into|in)\b)|(?<=:)(latest)\b|"
    r"(?<=get )(latest)\b|(?<=want )(latest)\b|(?<=need )(latest)\b|"
    r"^\W{0,3}(?:(?:please|pls|plz) )?(?:(?:push|ship|release|roll out|put|get|bring) )?(latest)\b(?! (?:hour|news|on|about|from|with)\b)",
    re.IGNORECASE,
)
_WHOLE_ABOUT = frozenset(
    {
        "DEPLOY",
        "COMPARE",
        "WORKFLOW_START",
        "WORKFLOW_STATUS",
        "WORKFLOW_CANCEL",
        "STATUS_QUERY",
        "TEST_EXECUTE",
    }
)
_ENDS = re.compile(
    r"\s*(?:[,.;:!?)]|$)|\s(?:on|in|to|onto|into|from|and|is|with|for|now|please|or|vs|versus|against|than|better)\b"
)
_LONE = re.compile(r"\W*(?:the )?(latest|newest|previous)(?: (?:one|please|pls))?\W*", re.IGNORECASE)
_RELEASED = re.compile(
    r"\s(?:upgrade|update|deploy|deployment|release|rollout|roll-out|rollback|build|hotfix|patch|migration)\b",
    re.IGNORECASE,
)
_TRACED = re.compile(
    r"\b(?:traces?|spans?|request|correlation|id|session|user)(?: ?id)?[\s:#=]{1,2}$", re.IGNORECASE
)
_SAME = {"newest": "latest", "prior": "previous", "last": "previous"}
_UNIT = re.compile(
    r"\s?(?:%|percent|ms\b|s\b|sec|seconds?|minutes?|mins?|hours?|hrs?|h\b|days?|gb\b|mb\b|kb\b|gib\b|mib\b|x\b|times|users?|rps|qps|k\b|requests|replicas?|pods?|instances?)",
    re.IGNORECASE,
)
_ABOUT = frozenset(
    (
        "DEPLOY COMPARE TEST_EXECUTE TEST_GENERATE WORKFLOW_START RUNBOOK_EXECUTE STATUS_QUERY "
        "CLARIFICATION EXPLAIN"
    ).split()
)
_LINK = re.compile(
    r"(?:\b(?:and|to|or|with|vs\.?|versus|than|with|from|against|at|on|target|back to)\s|(?:better|worse|faster|slower|bigger|smaller|more accurate) then\s|[,/(]\s?)$",
    re.IGNORECASE,
)


def versions(sheet: Sheet) -> None:
    """Find versions. Called after names, since a number right after a service or a model is one."""
    for pattern in (_MARKED, _NAMED, _THREE):
        for match in sheet.matches(pattern, 1):
            _note(sheet, match)
    for match in sheet.matches(_RELATIVE):
        _relative(sheet, match)
    lone = _LONE.fullmatch(sheet.text)
    if lone and sheet.free(*lone.span(1)):
        word = lone.group(1).lower()
        sheet.add(EntityType.VERSION, _SAME.get(word, word), *lone.span(1), sure=0.8)
    for match in sheet.matches(_HASH):
        if _TRACED.search(sheet.text[max(0, match.start() - 20) : match.start()]):
            continue
        sheet.add(EntityType.VERSION, match.group(), *match.span(), sure=0.9)
    _numbers(sheet)


def _numbers(sheet: Sheet) -> None:
    """`1.4` after a name, before what it is (`the 1.4 upgrade`) or beside another version; a whole number only beside another one."""
    for match in sheet.matches(_TWO, 1):
        if _UNIT.match(sheet.text, match.end()):
            continue
        released = _RELEASED.match(sheet.text, match.end())
        if released or _after_name(sheet, match.start()) or _linked(sheet, match.start()):
            sheet.add(EntityType.VERSION, match.group(1), *match.span(1), sure=0.9)
    if sheet.intent in _WHOLE_ABOUT:
        for match in sheet.matches(_WHOLE, 1):
            if _UNIT.match(sheet.text, match.end()):
                continue  # “to 10 % of traffic”
            ends = _ENDS.match(sheet.text, match.end()) and _after_name(sheet, match.start())
            if ends or _after_version(sheet, match.start()):
                sheet.add(EntityType.VERSION, match.group(1), *match.span(1), sure=0.7)


def _note(sheet: Sheet, match: re.Match[str]) -> None:
    text = match.group(1).rstrip(".-")
    if match.re is _NAMED and text[:1].isdigit() and "." not in text and _UNIT.match(sheet.text, match.end()):
        return
    start = match.start() if match.re is _MARKED else match.start(1)
    end = match.start(1) + len(text)
    if match.re is _NAMED and sheet.text[match.start(1) - 1 : match.start(1)].lower() == "v":
        start -= 1
    sheet.add(EntityType.VERSION, text, start, end)


def _relative(sheet: Sheet, match: re.Match[str]) -> None:
    group = next(number for number in range(1, 11) if match.group(number))
    word = match.group(group).lower()
    if group in {3, 7, 8, 9, 10} and sheet.intent not in _ABOUT | {""}:
        return
    sheet.add(EntityType.VERSION, _SAME.get(word, word), *match.span(group), sure=0.9)


def _after_name(sheet: Sheet, start: int) -> bool:
    """Whether a service, a model or a workflow stands right before it."""
    kinds = {EntityType.SERVICE, EntityType.MODEL, EntityType.WORKFLOW}
    return any(
        entity.type in kinds
        and sheet.text[entity.end : start].strip(" `*:@") in {"", "model", "service"}
        and entity.end <= start
        for entity in sheet.found
    )


def _linked(sheet: Sheet, start: int) -> bool:
    """Whether it goes with a version or a name: `3.0 better than 2.9`, `roll back to 1.4`."""
    if sheet.intent and sheet.intent not in _ABOUT:
        return False
    if sheet.intent == "DEPLOY":
        return True
    named = any(
        entity.type in {EntityType.SERVICE, EntityType.MODEL, EntityType.VERSION} for entity in sheet.found
    )
    led = bool(_LINK.search(sheet.text[max(0, start - 12) : start])) or not sheet.text[:start].strip()
    return led and (named or sheet.intent in {"COMPARE", "CLARIFICATION"})


def _after_version(sheet: Sheet, start: int) -> bool:
    link = _LINK.search(sheet.text[max(0, start - 12) : start])
    return bool(link) and any(
        entity.type is EntityType.VERSION and entity.end <= start and start - entity.end < 14
        for entity in sheet.found
    )
