"""Metrics, quantiles, levels of logs and severities. Pure."""

import re
from functools import lru_cache

from core.language.entity import EntityType, Names
from core.language.finding.lexicon import nearest
from core.language.finding.sheet import Sheet, whole

_METRICS = (
    ("error_rate", r"error[-_ ]?rates?|rates? of errors|error ratio|error percentage|failure rates?|failed requests?|5xx(?:es|s)?(?: (?:rates?|errors?|responses?))?|server errors?|http errors?|error budget burn|(?:percents?|percentages?|share|fraction) of (?:(?:all|the|our) )?(?:requests?|calls?|responses?) (?:that )?(?:(?:is|are|has|have) )?fail(?:s|ed|ing)?"),
    ("latency", r"p\d{2}(?:\.\d)? (?:latency|latencies|response times?)|latency|latencies|laten[cs]?y|latncy|response[-_ ]times?|request (?:duration|latency|time)s?|resp(?:onse)? time|slowness|round[- ]trip times?|ttfb"),
    ("throughput", r"throughput|thruput|troughput|requests?(?: per | by | ?/ ?)(?:second|sec|s|minute|min|m)\b|(?:number|count|amount) of requests|request rates?|requests? count|rps|qps|req/s|rpm|tps|transactions per second|queries per second|request volume|traffic(?: (?:volume|rate|level))"),
    ("cpu", r"cpu(?:[- ](?:usage|utili[sz]ation|load|consumption|time|use))?|processor (?:usage|load)"),
    ("memory", r"memory(?:[- ](?:usage|utili[sz]ation|consumption|footprint|use))?|mem(?:[- ]usage)?|ram(?:[- ]usage)?|memroy|heap(?: (?:usage|size))?|rss"),
    ("availability", r"availability|availabilty|uptime|up[- ]time"),
)  # fmt: skip
_METRIC = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _METRICS) + r")\b", re.IGNORECASE
)
_TRAFFIC = re.compile(r"(?<![%\d] )(?<!canary )(?<!percent )\btraffic\b(?! to\b)", re.IGNORECASE)
_RAW = re.compile(
    r"\b(?:[a-z][a-z0-9]{0,40}_){1,10}(?:total|bytes|seconds|count|sum|bucket|ratio|percent|info|current|max|avg|length|depth|lag|size|usage|errors|requests|duration|connections|milliseconds|ms)\b(?!-)"
)
_QUANTILE = re.compile(
    r"\bp ?(50|75|90|95|98|99(?:\.\d{1,2})?|999)(?![\w%-])|\b(\d{2}(?:\.\d{1,2})?)(?:th|st|nd|rd)?[- ](?:percentile|pctl|pct|quantile)s?\b|\b(medians?)\b",
    re.IGNORECASE,
)
_SLOW = re.compile(r"\bresponses? (?:are |is )?slow\b|\bslow responses?\b", re.IGNORECASE)
_LEVELS = {
    "debug": "debug",
    "info": "info",
    "information": "info",
    "warn": "warn",
    "warning": "warn",
    "error": "error",
    "err": "error",
    "fatal": "fatal",
    "critical": "fatal",
}
_LEVEL = re.compile(
    r"\b(debug|info|warnings?|warn|errors?|errs?|fatals?|err{2}ors?|erors?|erorrs?|erros?|warnigns?|warings?|wanrings?)\b(?![- ](?:rate|ratio|budget|code|page|message\b)|_)",
    re.IGNORECASE,
)
_LOGGED = re.compile(
    r"\b(?:logs?|log[- ]?lines?|lines|entries|messages|logged|logging|level|levels|stack ?traces?|write|wrote|tail|grep|print|emit|emitted)\b",
    re.IGNORECASE,
)
_LONG = frozenset({"latency", "throughput", "memory", "availability"})
_FIGURES = frozenset({"METRIC_QUERY", "COMPARE", "EXPLAIN"})
_ERROR_FIGURE = frozenset({"METRIC_QUERY", "COMPARE"})
_SEV = re.compile(r"\b(?:sev(?:erity)?[- ]?|p|prio(?:rity)?[- ]?)([1-5])s?\b(?![.%-]\w|%)", re.IGNORECASE)
_WORDS = ("critical", "high", "medium", "low", "informational")
_SEV_WORD = re.compile(r"\b(critical|high|medium|low|informational)\b", re.IGNORECASE)
_SEV_AFTER = re.compile(
    r"[\s-]{0,2}(?:severity|sev|priority|prio|incidents?|outage|alerts?|one\b|to\b|instead|now\b|please\b|pls\b|and\b|because\b|since\b|(?:should|will|would) do\b|(?:is|seems) (?:fine|ok|enough)\b|i (?:think|guess|suppose)\b|(?:for|at) (?:now|the moment|the time being)\b)|\s*(?:[,.;:!?]|$)",
    re.IGNORECASE,
)
_INCIDENT = re.compile(
    r"\binc(?:ident)?s?\b|\binc-?\d|\bsev|\bseverity\b|\bpriority\b|\boutage\b", re.IGNORECASE
)


def terms(sheet: Sheet) -> None:
    """Find metrics, quantiles, levels and severities."""
    _metrics(sheet)
    _quantiles(sheet)
    _severities(sheet)
    _levels(sheet)


def _metrics(sheet: Sheet) -> None:
    for pattern, own in _own(sheet.names):
        for match in sheet.matches(pattern):
            sheet.add(EntityType.METRIC, own, *match.span())
    for match in sheet.matches(_RAW):
        sheet.add(EntityType.METRIC, match.group(), *match.span())
    for match in sheet.matches(_METRIC):
        sheet.add(EntityType.METRIC, match.lastgroup or "", *match.span())
    _misspelt(sheet)
    for match in sheet.matches(_SLOW):
        sheet.add(EntityType.METRIC, "latency", *match.span(), sure=0.7)
    if sheet.intent in _FIGURES and not sheet.has(EntityType.METRIC):
        for match in sheet.matches(_TRAFFIC):
            sheet.add(EntityType.METRIC, "throughput", *match.span(), sure=0.8)


def _misspelt(sheet: Sheet) -> None:
    """`throughtput`, `latnecy`: the long names of metrics with a mistake."""
    for token in sheet.words.tokens:
        if len(token.word) < 6 or not token.word.isalpha() or not sheet.free(token.start, token.end):
            continue
        meant = nearest(token.word, _LONG)
        if meant:
            sheet.add(EntityType.METRIC, meant, token.start, token.end, sure=0.85)


@lru_cache(maxsize=16)
def _own(names: Names) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The metrics that are known by name, as patterns."""
    said = [(word, name) for name, aliases in names.metrics.items() for word in (name, *aliases)]
    return tuple(
        (re.compile(rf"(?<![\w-]){re.escape(word[:100])}(?![\w-])", re.IGNORECASE), name)
        for word, name in said
    )


def _quantiles(sheet: Sheet) -> None:
    """`p95` is a quantile, and the latency where no other metric is named. It may stand inside the words of a metric."""
    for match in _QUANTILE.finditer(sheet.text):
        said = match.group(1) or match.group(2)
        digits = said.replace(".", "") if said else ""
        value = whole(int(digits) / 10 ** len(digits)) if said else 0.5
        inside = any(
            entity.type is EntityType.METRIC and entity.start <= match.start() < entity.end
            for entity in sheet.found
        )
        if not inside and not sheet.free(*match.span()):
            continue
        if not sheet.has(EntityType.METRIC) and (match.group(1) or match.group(2)):
            sheet.add(EntityType.METRIC, "latency", *match.span(), sure=0.9)
        sheet.add(EntityType.QUANTILE, value, *match.span())


def _severities(sheet: Sheet) -> None:
    for match in sheet.matches(_SEV):
        sheet.add(EntityType.SEVERITY, _WORDS[int(match.group(1)) - 1], *match.span())
    lone = _SEV_WORD.fullmatch(sheet.text.strip(" .!?"))
    if lone and sheet.intent in {"", "CLARIFICATION"}:
        at = sheet.text.index(lone.group())
        sheet.add(EntityType.SEVERITY, lone.group().lower(), at, at + len(lone.group()))
    asked = sheet.intent.startswith("INCIDENT")
    if not asked and not _INCIDENT.search(sheet.text):
        return
    for match in sheet.matches(_SEV_WORD):
        if _SEV_AFTER.match(sheet.text, match.end()):
            sheet.add(EntityType.SEVERITY, match.group().lower(), *match.span())


def _levels(sheet: Sheet) -> None:
    """A level where logs are asked for; errors are also a figure, where figures are."""
    logs = sheet.intent == "LOG_QUERY" or (not sheet.intent and bool(_LOGGED.search(sheet.text)))
    for match in sheet.matches(_LEVEL):
        word = match.group().lower()
        level = _LEVELS.get(word.removesuffix("s")) or ("warn" if word.startswith("w") else "error")
        if logs or (level == "error" and sheet.intent == "TRACE_QUERY"):
            sheet.add(EntityType.LEVEL, level, *match.span())
        elif (
            level == "error"
            and word != "error"
            and sheet.intent in _ERROR_FIGURE
            and not sheet.has(EntityType.METRIC)
        ):
            sheet.add(EntityType.METRIC, "error_rate", *match.span(), sure=0.8)
