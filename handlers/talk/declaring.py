"""What somebody declares in a sentence: the words that tell what is wrong, without those that ask for the incident. Pure."""

import re
from collections.abc import Mapping

from core.catalogue.names import plain
from core.incidents import severity
from core.incidents.said import read
from core.language.entity import EntityType
from core.language.leaning.frame import frame
from core.language.understand import Understanding
from core.world import World

_CALL = r"(?:declare|open|start|create|raise|report|file)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:(?P<severity>sev\s?-?[1-5]|p[1-5])(?:\s+(?:incident|outage))?|incident|outage)\b"
# Bounded, and each piece begins where the one before ends: nothing is tried again.
_BREAK = r"[\s,.;:!–-]{1,8}"
_SO = rf"{_BREAK}(?:(?:so|and|then|please|pls|can you|can u|could you|would you|let's|we should|i want to|i'd like to){_BREAK})*"
ASKED_LAST = rf"(?!(?:how|what|why|when|who|should|did|do|does|is|are|was|if)\b)(?P<title>\S+\s.{{2,300}}?){_SO}{_CALL}(?:\s+(?:for (?:it|this|that)|please|pls|now))*[\s.!]*"
"""What is wrong, and then that an incident is wanted: “payments is down, sev1! open an incident”."""
_LAST = re.compile(rf"(?P<title>\S+\s.*?){_SO}{_CALL}(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
# A cry for help around what is wrong is no part of it.
_CRIES = r"(?:omg|oh no|damn|(?:sos|urgent(?:ly)?|emergency)(?=\s*[!,:;.–-])|please|pls|hey|hi|help(?!\s*-?desk|\s+(?:page|center|centre|text|line)s?\b)(?: (?:me|us))?|(?:i|we) (?:really )?need (?:some )?help|(?:(?:can|could) )?(?:somebody|someone|anybody|anyone) (?:please )?help(?: (?:me|us))?|now|asap|fast|quick|immediately|right now|here)"
_PLEA = re.compile(rf"\A\W*(?:{_CRIES}\b\W*){{1,8}}(?=\S)", re.IGNORECASE)
_PLEA_LAST = re.compile(
    r"(?<=\S)[\s,;.!–-]+(?:please |pls )?help(?: (?:me|us))?(?: please| pls| now| asap)?[\s.!]*$",
    re.IGNORECASE,
)
_ALL_DOWN = re.compile(
    r"(?:the |our )?(?:everything|whole (?:site|thing|shop)|site|web\s?site|shop|prod|production)(?: is)? (?:completely |totally |all )?(?:down|dead|gone|unreachable|unavailable|on fire)[\s.!]*",
    re.IGNORECASE,
)
_SMALL = frozenset(
    re.findall(r"\w+", "for on in of at as a an the with service severity sev p please pls now it this that")
)
_GRAVE = re.compile(r"(?:sev|p)?\W?[1-5]|critical|high|medium|low", re.IGNORECASE)
_LEANS = frozenset(("answer", "fragment", "correction"))


def is_bare(text: str) -> bool:
    """Whether words only ask for an incident, and say nothing of what is wrong."""
    return (
        re.fullmatch(rf"\W*(?:please |pls |so |and )*{_CALL}\W*(?:please|pls)?\W*", text, re.IGNORECASE)
        is not None
    )


def title_of(world: World, text: str) -> str:
    """What is wrong, where the wish for an incident stands behind it and says besides only where and how grave; else all of it."""
    text = without_cry(text)
    found = _LAST.fullmatch(text.strip())
    if found is None:
        return text
    names = {plain(name) for one in world.services.values() for name in (one.name, *one.aliases)}
    words = re.findall(r"[\w-]+", found["rest"])
    says_more = any(
        word.casefold() not in _SMALL and plain(word) not in names and not _GRAVE.fullmatch(word)
        for word in words
    )
    return text if says_more else found["title"].strip(" ,;:!–-")


def without_cry(text: str) -> str:
    """What is wrong, without the cry for help before or behind it; all of it where it is nothing else."""
    return _PLEA_LAST.sub("", _PLEA.sub("", text, count=1), count=1).strip() or text


def is_all_down(title: str) -> bool:
    """Whether what is wrong is that all of it is down, which is as grave as it gets unless somebody says otherwise."""
    return _ALL_DOWN.fullmatch(title.strip()) is not None


def service_of(meant: Understanding) -> str:
    """The service that these words name, or point at; one that was only spoken of before is not meant by a sentence of its own."""
    leans = meant.how in _LEANS or frame(meant.text, ()).points
    named = (one for one in meant.entities if one.type is EntityType.SERVICE and (one.text or leans))
    return next((str(one.value) for one in named), "")


def described(world: World, title: str, grade: str, service: str) -> str:
    """What would be declared, as it would be read: title, severity, service."""
    said = read(world.services, title, severity.parse(grade) if grade else None, service)
    of = f", {said.service}" if said.service else ""
    return f"“{said.title}”, {severity.label(said.grade)}{of}" if said.title else ""


def lacks_title(world: World, verb: str, raw: Mapping[str, str]) -> bool:
    """Whether it would only ask what is wrong, so that there is nothing to show before it."""
    told = [raw.get(name, "") for name in ("title", "severity", "service")]
    return verb == "incident.declare" and not described(world, *told)
