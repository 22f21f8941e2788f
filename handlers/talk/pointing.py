"""What is ordered of an incident or a run that is pointed at, or not named: “assign it to bo”, “roll it back”. Pure.

Where one incident is worked on, that one is meant; elsewhere the one that was spoken of last, which is shown before
anything is done.
"""

import re
from collections.abc import Mapping

_PLEASE = r"(?:(?:please|can you|could you|pls|ok|so|let's|we should)[ ,]+)*"
_THIS = r"(?:this|it|that|(?:the|this) (?:incident|one))"
_NAMED = r"(?:the )?(?:incident )?(?P<id>inc-\d+)"
_OF_IT = rf"(?: (?:of|for|on|in|to|about) (?:{_THIS}|{_NAMED}))?"
_BECAUSE = r"(?:\s*[:,–-]\s*|\s+(?:because|since)\s+)"
_WHO = r"(?P<who>(?!who\b|you\b|somebody\b|someone\b)@?[\w.-]*\w|<@!?\w+>)"
_FULL = r"(?!(?:it|this|that|who|you|everybody)\b)(?:@?[\w.-]*\w(?: (?!from\b|off\b|to\b|and\b|inc-)[\w.-]*\w){0,2}?|<@!?\w+>)"
_END = r"[\s.!]*"
_LEAD = r"(?:(?:incident )?(?:commander|command|lead(?:er)?))"
_PART = r"(?P<role>scribe|note ?taker|comms|communications?)(?: (?:lead|officer|person))?"
_GRADED = r"(?:[\s,]+(?:and |as |make it )?(?:critical|high|medium|low|informational|sev ?-?[1-5]))?"
_TASK = r"(?:task|action (?:item|point)|to-?do|follow[ -]?up)"
_AUDIENCE = r"(?: for (?:the )?(?P<audience>[\w ]+?))?"

_RESOLVE, _REOPEN = rf"{_PLEASE}(?:resolve|close|end) {_THIS}", rf"{_PLEASE}reopen {_THIS}"
_CHANGE = r"(?:make|set|raise|lower|drop|change|downgrade|upgrade)"
_SHOW = r"(?:(?:show|give|tell|list)(?: me| us)? )?"
_ASKED = r"[\s.!?]*"
_SAME = r"(?:(?:is|was) )?(?:an? |the |just an? )?(?:duplicate|dupe|copy|part|same)"

IN_ITS_ROOM: Mapping[str, tuple[str, ...]] = {
    "incident.resolve": (rf"{_RESOLVE}{_END}",),
    "incident.reopen": (rf"{_REOPEN}{_END}",),
    "incident.ack": (rf"{_PLEASE}(?:ack|acknowledge) {_THIS}{_END}",),
    "incident.severity": (
        rf"{_PLEASE}{_CHANGE} {_THIS} (?:down |up )?(?:to |a )?(?P<severity>sev\s?-?[1-5]){_END}",
        rf"{_THIS} (?:is|should be|must be) (?:an? )?(?P<severity>sev\s?-?[1-5]\W+\w.*)",
    ),
    "incident.show": (
        rf"{_PLEASE}(?:show|open)(?: me| us)? {_THIS}{_ASKED}",
        rf"who (?:leads|is leading|runs|has|owns) {_THIS}{_ASKED}",
        rf"who(?:'s| is)(?: already| else)? (?:working on|looking at|looking into|on) {_THIS}{_ASKED}",
        rf"when did {_THIS} (?:start|begin|happen){_ASKED}",
    ),
    "incident.history": (
        rf"{_PLEASE}{_SHOW}(?:the |its )?(?:timeline|history){_ASKED}",
        rf"{_PLEASE}(?:tell (?:me|us) )?what (?:has )?happened(?: here)?(?: so far| until now| up to now)?{_ASKED}",
    ),
    "incident.remind": (
        rf"{_PLEASE}(?:the )?next update (?:comes |is |is due |will come |will be )?in (?P<text>\d{{1,3}} ?(?:m|mins?|minutes?|h|hours?)){_END}",
    ),
    "incident.summary": (
        rf"{_PLEASE}(?:what do we know|where (?:are we|do we stand)|what(?:'s| is) the (?:situation|current state))(?: (?:so far|now|right now))?{_ASKED}",
    ),
    "incident.postmortem": (
        rf"{_PLEASE}(?:write|begin|start|show)(?: me| us)? (?:the |a |its )?(?:post-?mortem|review){_END}",
    ),
    "incident.timeline": (r"note\s*:\s*(?P<text>\S.*)",),
    "incident.update": (r"(?P<state>mitigated|mitigating|monitoring)(?:\s*[:,–-]\s*(?P<text>\S.*))?",),
}
"""By the name of a verb what is said only where one incident is worked on: elsewhere it may be meant of something else."""

ANYWHERE: Mapping[str, tuple[str, ...]] = {
    "incident.resolve": (rf"{_RESOLVE}{_BECAUSE}(?P<cause>\S.*)",),
    "incident.reopen": (rf"{_REOPEN}{_BECAUSE}(?P<text>\S.*)",),
    "incident.assign": (
        rf"{_PLEASE}(?:hand|pass|transfer)(?: over)? {_NAMED}(?: over)? to (?:the )?(?:team )?(?P<to>{_FULL}{_GRADED})(?: team)?{_END}",
        rf"{_PLEASE}(?:assign|give) (?:{_THIS}|{_NAMED}) to (?:the )?(?:team )?(?P<to>{_FULL}{_GRADED})(?: team)?{_END}",
        rf"{_PLEASE}(?:assign {_THIS}|(?:assign|give) {_NAMED}) (?!to\b)(?:team )?(?P<to>{_FULL}{_GRADED})(?: team)?{_END}",
    ),
    "incident.unassign": (
        rf"{_PLEASE}(?:unassign|remove) (?P<who>{_FULL}) (?:from|off|of) (?:{_THIS}|{_NAMED}){_END}",
        rf"{_PLEASE}unassign (?!inc-)(?P<who>{_FULL}){_END}",
        rf"{_PLEASE}take (?P<who>{_FULL}) off (?:of )?(?:{_THIS}|{_NAMED}){_END}",
    ),
    "incident.show": (
        rf"who(?:'s| is|s)? (?:the |our |its )?(?:incident )?(?:commander|in (?:command|charge)|leading|leads?|leader){_OF_IT}{_ASKED}",
        rf"(?:(?:what(?:'s| is|s)|show(?: me)?) )?(?:the )?(?:status|state) of (?:my|the|our|this) incident{_ASKED}",
    ),
    "incident.ack": (rf"(?:ok,? |yes,? )?(?:i(?:'ll| will)? )?(?:take|got) {_NAMED}{_END}",),
    "incident.link": (rf"{_PLEASE}link {_THIS} (?:to|with) (?P<to>(?:inc|run|ap|pg)-\d+\b.*)",),
    "incident.lead": (
        rf"{_PLEASE}(?:hand|pass|give|transfer)(?: over)? (?:the )?{_LEAD}{_OF_IT}(?: over)? to {_WHO}{_END}",
        rf"{_PLEASE}(?:make|let|have) {_WHO} (?:be )?(?:the )?{_LEAD}{_OF_IT}{_END}",
        rf"{_WHO} (?:takes|has|takes over) (?:the )?(?:command|lead){_OF_IT}{_END}",
        rf"i(?:'ll| will)? take (?:the )?(?:command|lead){_OF_IT}{_END}",
        rf"(?!nobody\b|no\b){_WHO} leads(?: {_THIS})? now{_END}",
    ),
    "incident.role": (
        rf"{_PLEASE}(?:make|let|have) {_WHO} (?:be )?(?:the )?{_PART}{_OF_IT}{_END}",
        rf"{_WHO} (?:is|will be|does|handles|takes|has) (?:the |our )?{_PART}{_OF_IT}{_END}",
        rf"i(?:'ll| will)? (?:take|be|do) (?:the )?{_PART}{_OF_IT}{_END}",
    ),
    "incident.severity": (
        rf"{_PLEASE}(?:set|change|raise|lower|drop) (?:the |its )?(?:severity|grade){_OF_IT} to (?P<severity>sev\s?-?[1-5]\b.*)",
        rf"{_PLEASE}(?:make|set|raise|lower) (?:{_THIS}|{_NAMED}) (?:to |a )?(?P<severity>sev\s?-?[1-5]\W+\w.*)",
        rf"{_NAMED} (?:is|should be|must be) (?:an? )?(?P<severity>sev\s?-?[1-5]\b.*)",
    ),
    "incident.merge": (
        rf"{_PLEASE}merge {_NAMED}(?P<into>(?:(?:, and|,| and| \+) inc-\d+){{1,9}} (?:into|with|to) inc-\d+){_END}",
        rf"(?:{_THIS}|{_NAMED}) {_SAME}(?: of| as) (?P<into>inc-\d+){_END}",
    ),
    "incident.timeline": (
        rf"{_PLEASE}(?:add|put|write)(?: this)? (?:to|on|in) (?:the |its )?timeline{_OF_IT}\s*[:,–-]\s*(?P<text>\S.*)",
    ),
    "incident.summary": (
        rf"{_PLEASE}(?:(?:write|give|show|send|get|make)(?: me| us)? )?(?:an? |the )?(?:short |quick |brief )?summary{_OF_IT}{_AUDIENCE}[\s.!?]*",
        rf"{_PLEASE}(?:summari[sz]e|sum up) {_THIS}{_AUDIENCE}[\s.!?]*",
    ),
    "incident.task": (
        rf"{_PLEASE}(?P<value>add|create|make) (?:an? |another )?(?:new )?{_TASK}{_OF_IT}\s*[:,–-]\s*(?P<text>\S.*)",
    ),
    "incident.update": (
        rf"{_PLEASE}(?:post|send|give|write|share) (?:an? |the )?(?:short |quick )?(?:status )?update{_OF_IT} (?:that|saying(?: that)?) (?P<text>\S.*)",
        rf"{_PLEASE}(?:(?:post|send|give|write|share) )?(?:an? |the )?(?:short |quick )?(?:status )?update{_OF_IT}\s*[:–-]\s*(?P<text>\S.*)",
    ),
}
"""By the name of a verb the sentences that mean it, with named groups that are arguments."""

SAYS_MORE: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("incident.assign", rf"{_PLEASE}unassign (?:{_THIS}|{_NAMED}){_END}", {"to": "nobody"}),
    ("incident.assign", rf"{_PLEASE}take everybody off (?:{_THIS}|{_NAMED}){_END}", {"to": "nobody"}),
    ("incident.task", rf"(?:new )?{_TASK}\s*:\s*(?P<text>\S.*)", {"value": "add"}),
)
"""Verb, sentence, and the argument that this sentence means without saying it."""

_RUN = r"(?:it|this|that|(?:the|this|that|my) (?:last |latest |current )?(?:run|deploy|deployment|rollout|restart|failover))"
_OUR = r"(?:it|that|(?:the|this|that|my|our) (?:last )?(?:run|deploy|deployment|rollout|restart|failover|rollback|scaling))"
OF_A_RUN: Mapping[str, str] = {
    "runbook.pause": rf"{_PLEASE}(?:pause {_RUN}|hold (?:the|this|that|my) (?:run|deploy|deployment|rollout|restart|failover)){_END}",
    "runbook.status": rf"(?:so |and |but )?(?:did {_OUR} (?:work|succeed|go (?:through|well|ok|okay)|finish|fail)|why did {_OUR} (?:fail|stop|abort|break))[\s?.!]*",
    "runbook.resume": rf"{_PLEASE}(?:resume|unpause) {_RUN}{_END}",
    "runbook.retry": rf"{_PLEASE}(?:retry|re-try)(?: {_RUN})?(?: again)?{_END}",
}
"""By the name of a verb the sentences that mean it of the run that was spoken of."""

_DONE = r"(?:it|this|that|(?:the|this|that|my) (?:last |latest |previous )?(?:run|deploy|deployment|release|rollout|restart|change))"
TAKEN_BACK = rf"{_PLEASE}(?:roll ?back {_DONE}|roll {_DONE} back|(?:undo|revert|take back) {_DONE}|take {_DONE} back){_END}"
"""What takes back the run that was spoken of."""


_CANNOT = r"(?:(?:sorry[\s,]+)?i(?:'m|’m)?\s+(?:can'?t|can’t|cannot|won'?t|won’t|am|not|sick|away|busy|driving)\b[^.,;:!]{0,60}[.,;:!]?\s+(?:so\s+|and\s+)?)?"
_PERSON = r"(?!(?:me|us|you|them|it|on|back)\b)(?P<person>@?[\w.-]*\w|<@!?\w+>)"
_PAGE = r"(?:(?:the )?(?:page )?(?P<id>pg-\d+)|(?:the|my|this|that) page)"
_OF_A_PAGE = (
    rf"{_CANNOT}{_PLEASE}(?:page|wake|call)\s+{_PERSON}\s+(?:instead|in my place|for me)[\s.!?]*",
    rf"{_CANNOT}{_PLEASE}(?:hand|pass|give|transfer|reassign|assign)(?: over)? {_PAGE}(?: over)?(?: on)? to {_PERSON}[\s.!?]*",
)


def of_a_page(text: str) -> dict[str, str] | None:
    """Who is to be called in the place of whoever speaks, and for which page, if that is named; None if it says no such thing."""
    for pattern in _OF_A_PAGE:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is not None:
            return {field: value for field, value in found.groupdict().items() if value}
    return None


def pointed(text: str, *, in_room: bool) -> tuple[str, dict[str, str]] | None:
    """The name of the verb that a sentence orders of an incident that it points at, and what it says."""
    tables = (IN_ITS_ROOM, ANYWHERE) if in_room else (ANYWHERE,)
    sentences: list[tuple[str, str, Mapping[str, str]]]
    sentences = [(name, one, {}) for table in tables for name, some in table.items() for one in some]
    for name, pattern, meant in (*sentences, *SAYS_MORE):
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is not None:
            return name, {field: value for field, value in found.groupdict().items() if value} | dict(meant)
    return None
