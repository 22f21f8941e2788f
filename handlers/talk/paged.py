"""How people answer a page, pass it on and ask about it in words: “on it”, “escalate”, “who has PG-1?”, “am I paged?”. Pure.

They say such things to each other as well, so these are taken only where the bot is addressed.
"""

from collections.abc import Mapping

from handlers.leading import BETWEEN
from handlers.talk.listing import listed

_PLEASE = r"(?:(?:please|pls|can you|could you|ok|so|let's|we should|(?:can|could) we)[ ,]+)*"
_NOW = r"(?: (?:right now|now|currently|at the moment|today|tonight|please))?"
_END = r"[\s?.!]*"
_ANYBODY = r"(?:anybody|anyone|somebody|someone)"
_IT = r"(?:it|this|that|(?:the|this|that|my|our) (?:page|incident|outage|one))"
_PAGE = r"(?:the )?(?:page )?(?P<id>pg-\d+)"
_WHOM = r"(?P<whom>@?[\w.-]*\w|<@!?\w+>)"
_NEXT = r"(?:the )?next (?:one|person|people|step|in line|on[- ]call)"
_CALLED = r"(?:paged|called|being paged|being called)"

ASKED: Mapping[str, tuple[str, ...]] = {
    "oncall.ack": (
        rf"(?:(?:ok|yes|hold|hold on|wait),? )?(?:i'?m |i am )?(?:on my way|on it|looking(?: into it| at it)?|coming){_END}",
        rf"(?:(?:ok|yes),? )?(?:i(?:'ll| will)? )?(?:take|got|have|accept) {_PAGE}{_END}",
    ),
    "oncall.take": (
        rf"{_PLEASE}(?:i(?:'ll| will)? )?take (?:over )?{_PAGE}(?: over)?(?: (?:from|off) {_WHOM})?{_END}",
        rf"{_PLEASE}(?:i(?:'ll| will)? )?take (?:over )?(?:the|that|his|her|their) page(?: over)? (?:from|off) {_WHOM}{_END}",
    ),
    "oncall.release": (
        rf"{_PLEASE}give (?:it|this|(?:the|this|my) page|(?:page )?(?P<id>pg-\d+)) back{_END}",
        rf"{_PLEASE}(?:release|give up|unack) (?:{_PAGE}|(?:the|this|my) page){_END}",
        rf"{_PLEASE}(?:release|give up|unack|give) (?P<id>both|all)(?: of them)?(?: (?:of )?(?:the |my )?pages)?(?: back)?{_END}",
        rf"{_PLEASE}(?:release|give up|unack) (?P<id>pg-\d+{BETWEEN}pg-\d+(?:{BETWEEN}pg-\d+){{0,20}}){_END}",
    ),
    "oncall.escalate": (
        rf"{_PLEASE}escalate(?: (?:{_IT}|{_PAGE}))?(?: (?:further|up|again))?{_NOW}{_END}",
        rf"{_PLEASE}(?:page|call|wake|try) {_NEXT}(?: (?:up|for {_PAGE}))?{_NOW}{_END}",
    ),
    "oncall.leave": (
        rf"(?:(?:sorry|no)[,. ]+)*i (?:can['’]?t|cannot|won['’]?t) (?:come|make it|take (?:{_IT}|{_PAGE})|take {_IT} now|answer(?: {_IT})?)(?: (?:now|tonight|today))?{_END}",
        rf"{_PLEASE}(?:i )?(?:decline|refuse|reject) (?:{_PAGE}|(?:the|this|that) page){_END}",
    ),
    "oncall.done": (
        rf"(?:i(?:'m|’m| am) )?(?:done|finished) with (?:{_PAGE}|(?:the|this|my) page){_END}",
        rf"{_PLEASE}(?:end|close|finish) (?:the )?page (?P<id>pg-\d+){_END}",
        rf"{_PLEASE}(?:end|close|finish) (?P<id>pg-\d+){_END}",
        rf"(?:the )?(?:page )?(?P<id>pg-\d+) is (?:done|over|finished){_END}",
    ),
    "oncall.page": (
        rf"what(?:'s| is|s) {_PAGE}(?: about)?{_END}",
        rf"is {_PAGE} (?:mine|taken|(?:still )?(?:open|calling|unanswered)){_END}",
        rf"who (?:(?:has )?(?:acked|acknowledged|answered|taken|took)|has|owns|is on) (?:page )?(?P<id>pg-\d+){_END}",
    ),
    "oncall.pages": (
        rf"(?:(?:show|list)(?: me)? |what(?: are|['’]?s) |which (?:are|ones are) )?(?P<whose>my) (?:open |own )?pages{_NOW}{_END}",
        rf"(?:what|which) pages (?:do|have) (?P<whose>i) (?:have|got|taken){_NOW}{_END}",
        listed("pages?|people being paged", "calling|unanswered|still"),
        rf"(?:is|are|has|have) {_ANYBODY} (?:been )?{_CALLED}{_NOW}{_END}",
        rf"(?:did|has|have) (?:{_ANYBODY}|(?P<whose>i|@?[\w.-]*\w|<@!?\w+>)) (?:ack(?:ed|nowledged?)?|answer(?:ed)?|taken?|took)(?: (?:it|the page|this|that|yet|already))*{_NOW}{_END}",
        rf"is (?P<whose>(?!it\b|this\b|that\b|any\b|the\b)@?[\w.-]*\w|<@!?\w+>) (?:still )?(?:being )?paged{_NOW}{_END}",
        rf"what (?:am|was) (?P<whose>i) (?:being )?(?:paged|called)(?: for| about){_NOW}{_END}",
        rf"am (?P<whose>i) (?:still )?{_CALLED}{_NOW}{_END}",
        rf"(?:does|is|do) (?:any|a|some) pages? (?:still )?call(?:ing)? (?P<whose>me){_NOW}{_END}",
        rf"(?:is|does) (?:any|a) page (?:still )?(?:open|call(?:ing)?|unanswered|wait(?:ing)?)(?: {_ANYBODY})?{_NOW}{_END}",
        rf"who (?:is|was|has been) {_CALLED}{_NOW}{_END}",
        rf"who (?:has|took|has taken|owns|is on|answered|has answered) (?:the|this|that|my|our) pages?{_NOW}{_END}",
        rf"why (?:(?:was|am|were|are|have) (?:i|we)(?: being| been)? (?:paged|called|woken(?: up)?)|did you (?:page|call|wake) (?:me|us)(?: up)?){_NOW}{_END}",
    ),
}
"""By the name of a verb the sentences that mean it, with named groups that are arguments."""
