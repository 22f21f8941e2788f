"""How people ask for the last incident: “show the last incident”, “when was the last sev1 of checkout?”. Pure."""

import re

from core.incidents import severity
from core.world import World
from handlers.talk import deeds

_END = r"[\s?.!]*"
_SHOW = r"(?:(?:(?:please |can you |could you )?(?:show|give|tell|get)(?: me| us)?|what(?:['’]?s| is| was)|when(?: is| was)|how long ago(?: is| was)|see|open|look at|status of) )?"
_GRADE = r"(?P<severity>(?:sev|p) ?-?[1-5])"
_LAST = rf"{_SHOW}(?:(?:the|our) )?(?:very )?(?:last|latest|most recent|newest)"
_OF = r"(?: (?:of|for|on|in|about|with) (?:the |service )*(?P<service>[\w.-]+(?: [\w.-]+)??))?"
_SENTENCES = (
    rf"{_LAST}(?: (?P<which>open|resolved|closed))?(?: {_GRADE})? (?:incident|outage){_OF}{_END}",
    rf"{_LAST}(?: (?P<which>open|resolved|closed))? {_GRADE}{_OF}{_END}",
    rf"when did (?:we|you) (?:last )?(?:have|see|get) (?:the |our |an? )(?:last )?(?:incident|outage|{_GRADE}){_OF}{_END}",
)

_TIME = r"(?P<when>(?:since|from|between|yesterday|today|tonight|overnight|last|this|the (?:last|past)|past|in the|on|over)\b[\w :,.+-]{0,60}?)"
_OF_A_GRADE = rf"(?:(?:were there|are there|do we have|did we have|have we had|show(?: me)?|list|how many|which|what|any|the|all) )+(?:(?P<which>open|resolved|closed) )?{_GRADE}s?(?: incidents?)?(?: (?:did we have|have we had|do we have|were there|are there|are open|were declared))?{_OF}(?: {_TIME})?{_END}"


def of_a_grade(world: World, text: str) -> dict[str, str] | None:
    """The incidents of a severity, and of a service, a state or a time, that are asked for: “any sev1s today?”; None for all else."""
    found = re.fullmatch(_OF_A_GRADE, text, re.IGNORECASE)
    said = {name: value for name, value in found.groupdict().items() if value} if found else {}
    service = deeds.name_of(world.services, said.get("service", ""))
    if not said or service is None or not deeds.is_time(said.get("when", "today")):
        return None
    grade = severity.label(severity.parse(said["severity"]))
    raw = {"which": said.get("which", "").lower(), "severity": grade, "service": service}
    return {name: value for name, value in {**raw, "when": said.get("when", "")}.items() if value}


def last(world: World, text: str) -> dict[str, str] | None:
    """Of which state, severity and service the last incident is asked for; None for all else, or where a service is named that nobody knows."""
    for pattern in _SENTENCES:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        said = {name: value for name, value in found.groupdict().items() if value} if found else {}
        service = deeds.name_of(world.services, said.get("service", ""))
        if found is not None and service is not None:
            grade = severity.label(severity.parse(said["severity"])) if "severity" in said else ""
            raw = {
                "which": said.get("which", "all").lower(),
                "service": service,
                "severity": grade,
                "last": "yes",
            }
            return {name: value for name, value in raw.items() if value}
    return None
