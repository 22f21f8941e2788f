"""What people say of a disturbance who do not speak of errors and latency: phrases, each a sign of one category. Pure."""

import re
from collections.abc import Iterator

_CANNOT = r"(?:can't|cant|cannot|can not|couldn't|could not|unable to|not able to|no longer able to|(?:nobody|no one|noone) can)"
_NOT = (
    r"(?:(?:does|do|did|is|are|was|were|has|have|will|would)(?: not|n't|nt)|won't|wont|never|no longer|not)"
)
_TRIED = (
    r"pay|log ?in|log ?on|log ?out|sign ?in|sign ?up|check ?out|order|buy|purchase|book|register|reach|connect|open|load|access|use|see"
    r"|view|watch|play|download|upload|submit|send|save|search|start|browse|withdraw|transfer|reset|change|update|edit|delete|create|join|call|print"
    r"|get (?:in|into|to|through|their|his|her)|do anything|work"
)
_SENT = (
    r"e-?mails?|mails?|messages?|notifications?|pushes|sms|text messages|texts|newsletters?|receipts?|confirmations?|reminders?|invoices?"
    r"|reports?|webhooks?|alerts?|codes?|links?"
)
_DEALT = r"payments?|orders?|cards?|transactions?|transfers?|uploads?|downloads?|log-?ins?|bookings?|refunds?|checkouts?|imports?|exports?|jobs?|forms?|requests?"
_KEPT = (
    r"prices?|amounts?|totals?|sums?|balances?|numbers?|figures?|stock|inventory|data|records?|rows?|orders?|invoices?|names?|address(?:es)?"
    r"|currenc(?:y|ies)|dates?|results?|entries|charges?|bookings?|history|files?|photos?|images?|accounts?|contacts?|settings?|tax(?:es)?|discounts?"
)
_BAD = r"wrong|incorrect|false|inaccurate|outdated|stale|old|missing|lost|duplicated?|doubled?|mixed[ -]up|garbled"
_BECAME = r"(?:(?:is|are|was|were|got|get|look|looks|have|has|had|been|being|gone|went|come out|comes out|shown|all|completely) )"

_PHRASES = {
    "security": (
        r"\b(?:see|sees|seeing|show|shows|showing|shown|get|gets) (?:the )?(?:\w+ (?:of|from) )?(?:others\b'?|other (?:people|customers?|users?)(?:'s?)?|(?:some(?:one|body) else|another (?:customer|user|person))(?:'s)?)(?: \w+)?",
        r"(?:account|password|card|key|token)s? (?:was |were |got |is |are |has been |have been )?(?:stolen|hacked|taken over|compromised)",
        r"\b(?:hacked|compromised)\b|suspicious log-?ins?",
    ),
    "data": (
        rf"\b(?:{_BAD}) (?:\w+ ){{0,2}}(?:{_KEPT})\b",
        rf"\b(?:{_KEPT}) {_BECAME}{{0,3}}(?:{_BAD}|gone|off|vanished|disappeared|empty|out of date|not up to date)\b",
        r"(?:charged|billed|debited|sent|shipped|booked|paid|counted) (?:twice|double|two times)",
    ),
    "saturation": (
        r"(?:out of|no more) (?:memory|disk|space|connections|storage)|no space left|too many (?:connections|requests|open files)",
        r"rate[ -]limit(?:ed|s|ing)?|(?:piling|piles|piled) up",
    ),
    "latency": (
        r"(?:takes?|taking|took) (?:forever|ages|(?:far |way |much )?too long|so long|very long|minutes|hours|\d+ (?:s|sec|seconds|min|minutes))",
        r"loads? (?:very |too |really |so )?slow(?:ly)?|slowly|sluggish|laggy|(?:keeps )?spinning|crawling",
    ),
    "errors": (
        rf"\b(?:{_SENT}) (?:{_NOT}|aren't|isn't) (?:being |been |get(?:ting)? )?(?:sent|delivered|received|arriv(?:e|es|ed|ing)|go(?:es|ing)? out|com(?:e|es|ing) (?:in|through))",
        rf"\bno (?:{_SENT}) (?:(?:is|are|were|have|has|been|being) ){{0,2}}(?:sent|delivered|received|arriv(?:e|es|ed|ing)|go(?:es|ing)? out|com(?:e|es|ing) (?:in|through))",
        rf"\b(?:{_DEALT}) (?:(?:is|are|was|were|get|gets|getting|being|been|all) ){{0,2}}(?:declined|rejected|refused|stuck|dropped|aborted|lost|hanging)",
        rf"{_NOT} (?:going|go|goes) through",
        r"\b(?:is|are|looks?|seems?|all|completely|totally) broken\b",
    ),
    "availability": (
        rf"{_CANNOT} (?:(?:even|longer|all|currently|really) )?(?:{_TRIED})\b",
        rf"{_NOT} (?:being |even )?(?:load(?:ing|s)?|open(?:ing|s)?|start(?:ing|s)?|respond(?:ing|s)?|work(?:ing|s)?|reachable|available|accessible|com(?:e|ing) up|connect(?:ing)?)\b",
        r"(?:stopped|stops) (?:working|responding|loading)|nothing (?:works|loads|opens)|locked out|kicked out",
        r"(?:blank|white|empty) (?:page|screen)s?|(?:frozen|freezes|unresponsive|inaccessible)",
    ),
}
_KNOWN = {name: tuple(re.compile(one) for one in some) for name, some in _PHRASES.items()}


def phrases(text: str) -> Iterator[tuple[str, str]]:
    """The categories that the phrases in a text are signs of, each with the words that say so."""
    said = " ".join(text.casefold().replace("’", "'").split())
    for category, known in _KNOWN.items():
        found = next((match.group().strip() for one in known if (match := one.search(said))), "")
        if found:
            yield category, found
