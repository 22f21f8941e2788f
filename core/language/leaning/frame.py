"""The shape of a message, whatever it is about: does it correct, agree, point back, go on, or ask in general? Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.language.entity import Entity, EntityType
from core.language.tokens import Words

_CORRECTS = re.compile(
    r"^\W*(?:(?:oh|ah|uh)\W+)?(?:no+|nono\w*|nope|nah|not|sorry|sry|oops|ups|whoops|wait|actually|correction|argh|my bad|my mistake|hm+|pardon|i (?:said|asked(?: for)?|wrote|typed)|rather|instead|better)\b|"
    r"\b(?:i (?:actually )?(?:meant|ment|mean|wanted|want)|i was (?:thinking|talking) (?:of|about)|meant to say|make (?:it|that)|change (?:it|that) to|should (?:have been|be)|"
    r"was meant to be|scratch that|wrong (?:one|service|env\w*|version|number|cluster|model)|that was wrong|(?:is|was|that's) wrong|"
    r"use \S{1,40}(?: \S{1,40}){0,2} instead|instead|rather|sorry\W*$)(?!\w)",
    re.IGNORECASE,
)
_CORRECTS_CLEARLY = re.compile(
    r"\b(?:i (?:actually )?(?:meant|ment|mean)|i was (?:thinking|talking) (?:of|about)|meant to say|should have been|was meant to be|scratch that|that was wrong|"
    r"(?:the |that's the |that is the )?wrong (?:one|service|env\w*|version|number|cluster|model)|correction)\b|^\W*(?:make|change) (?:it|that)\b|^\W*(?:no|not|oops|sorry)\b[\s,.:!-]{1,3}(?:not\b|i\b|the\b|that\b|it\b|for\b|in\b|on\b|of\b|to\b)",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"\b(?:go ahead|go for it|please do|proceed|make it so|let's do (?:it|that)|sounds (?:good|right|fine)|looks (?:good|right)|lgtm|just do (?:it|that))\b|"
    r"^\W*(?:(?:great|good|perfect|cool|nice|fine|alright|all right|well|then|so|and|hm+|ah|oh)\W+)*(?:yes|do that|go\W*$|yep|yeah|yup|sure|ok(?:ay)?|please do|do it|go ahead|go on|go for it|confirm(?:ed)?|correct|right|exactly|affirmative|of course|absolutely|y|that one|that's (?:it|right|the one))\b",
    re.IGNORECASE,
)
HOLDS_BACK = re.compile(
    r"\b(?:not|don't|dont|never|no|wait|later|until|unless|before|but first|hold (?:on|off)|stop|after)\b",
    re.IGNORECASE,
)
"""Words that take back or put off what else a message agrees to."""
_WHY = re.compile(
    r"^\W*(?:but |and |ok(?:ay)?,? )?(?:why|how come)(?: not| so| is that| is it| that)?\W*$", re.IGNORECASE
)
_WAITS = re.compile(
    r"^\W*(?:(?:just |wait |give me |hang on |hold on )?(?:a|one|1) (?:sec|second|moment|min|minute|mo)|hold on|hang on|hmm+|let me \w+|wait)\W*(?:please|pls)?\W*$",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"\b(?:the )?same(?: (?:thing|again|as before|query|question|one|for|but|in|on|with))?\b|\bagain\b|\bonce more\b|\bonce again\b|\bditto\b|\blikewise\b|"
    r"\brepeat (?:that|this|it|the)\b|\bas before\b|\blike (?:before|last time)\b|\bdo (?:that|this|it) (?:for|in|on|with|too|as well)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|it's|they|them|their|(?<!are )(?<!is )(?<!were )(?<!was )there|this|that|these|those|this one|that one|the service|the model|the incident|the workflow|the run|"
    r"the execution|the deployment|the runbook|the pod|the node)\b(?! (?:week|month|morning|afternoon|evening|quarter|year|hour|day))",
    re.IGNORECASE,
)
# A word that wants a thing that it does not name.
_LONE = re.compile(
    r"\W*(?:and |ok(?:ay)? |now |then )?(?:status|state|progress|eta|abort|cancel|stop|kill|resolve|close|ack|roll ?back|revert|restart|details|timeline)"
    r"(?:\W*(?:pls|please|now))?\W*",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\bthe other(?: one| service| model| environment)?\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(?:and|also|or|but|plus|then|now|ok(?:ay)?|what about|how about|what if|only|just|for|in|on|since|with|without)\b",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"\b(?:all|every|each|everything|anything|overall|overview|list|(?:any|open|active|current|ongoing|recent) (?:incidents?|alerts?|workflows?|executions?|runs|services?|runbooks?|problems|issues)|"
    r"which (?:incidents?|services?|workflows?|runbooks?|alerts?|models?|executions?|environments?|ones)|what (?:incidents?|services?|workflows?|runbooks?|alerts?|models?|else can)|"
    r"how many (?:incidents?|services?|workflows?|alerts?)|who is|who's|across|in general|by service|per service)\b",
    re.IGNORECASE,
)
# Where the name of a service stands; what is there and is no name that is known is somebody else's, not the last one's.
_SLOT = re.compile(
    r"\b(?:of|for|restart|reboot|bounce|kick|scale|drain|deploy|redeploy|roll ?back|revert|fail ?over)\s+(?:the\s+)?"
    r"(?P<name>[a-z][\w.-]{2,60})",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    "up down out back off over all any every each everything both some more less most few current new old latest last previous next "
    "same whole error errors warning warnings info debug fatal log logs line lines trace traces request requests user users "
    "customer customers traffic latency throughput availability cpu memory disk load rate deploy deployment release build "
    "rollback restart failure failures alert alerts incident incidents problem problems issue issues example instance "
    "production prod staging canary total average which whatever pods nodes hosts replicas containers machines workers "
    "minutes hours days weeks seconds today tomorrow yesterday now sure later good time times".split()
)
_ASKS_OPENLY = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|hm+|um+|uh+|wait|well|before that|first|also|great|cool|thanks?|yikes|whoa|oh|ah|then|now|alright)\W+)*"
    r"(?:(?:what|how)(?! about\b)|what's|whats|which|who|who's|whose|when|where|why|is|are|was|were|does(?! not\b)|did(?! not\b)|do(?! (?:it|that|this|so|the|with|on|in|not)\b)|has|have|any)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"^\W*(?:and|also|or|plus|what about|how about|what if|(?:the )?same)\b|\b(?:too|as well)\W*$",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|hm+|wait|well|first|then|now|please|pls|just|actually|also|no|yes|can you|could you|let's|lets|i want to|i'd like to)\W+)*"
    r"(?:show|list|tell|restart|reboot|deploy|redeploy|scale|run|start|open|close|cancel|stop|abort|check|compare|explain|roll|revert|create|declare|find|search|"
    r"get|assign|resolve|drain|rotate|clear|flush|fail|set|raise|lower|write|generate|test|tail|give me|look|kill|ship|promote|acknowledge|ack|escalate)\b",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"^\W*(?:(?:and|but|so|ok(?:ay)?|hm+|wait|well|first|then|now|please|pls|just|actually|also|no|yes|can you|could you)\W+)*"
    r"(?:show|list|tell|explain|compare|find|search|give me|look)\b",
    re.IGNORECASE,
)
_EMPTY = frozenset(
    "and also or but plus then now ok okay what about how if only just for in on at of the a an to from with since until over "
    "please pls same thing again too as well instead no nope nah not sorry oops whoops wait actually i meant mean want wanted it "
    "its that this one other should have been be was wrong make do is are there here s m ' , . ? ! : ; - “ ” \" ` * ( ) "
    "service model env environment version rather correction before did wise likewise ditto once more repeat last time like "
    "ahead proceed confirm confirmed exactly affirmative agreed absolutely whoa wow huh damn yikes ouch ugh go going better best well think enough fine good great will nice sounds ok i'd i'm i'll i've we we'll afraid course definitely "
    "asked wrote typed didn't "
    "sry ment was thinking talking about pick choose choice option prefer preferably looks right correct alright ah oh uh um "
    "yes yep yeah sure hm hmm my bad mistake say said use take go change set give me show you can could would than more less "
    "between during within per by lets let us try did does they them argh pardon run do it's that's runbook workflow replicas "
    "i guess think suppose maybe probably perhaps ofc lol haha "
    "first cluster number instances pods ago slower faster longer shorter above below under bigger smaller one s"
    .split()
)  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """What a message does besides naming things.

    `waits`: it only asks for patience; `asks`: it is a question, `asks_openly` one that a yes or a name alone cannot be;
    `adds`: it goes on with something else of the same; `orders`: it begins with what is to be done, `looks` with what is to be shown or told; `bare`: it says nothing but what it names; `names_unknown`: it names what nobody knows.
    """

    corrects: bool
    corrects_clearly: bool
    agrees: bool
    same: bool
    other: bool
    points: bool
    goes_on: bool
    general: bool
    waits: bool
    asks_why: bool
    bare: bool
    names_unknown: bool = False
    asks: bool = False
    asks_openly: bool = False
    adds: bool = False
    orders: bool = False
    looks: bool = False

    @property
    def leans(self) -> bool:
        """Whether it means little without what was said before."""
        return self.same or self.other or self.points or self.goes_on


def frame(text: str, entities: Iterable[Entity]) -> Frame:
    """The shape of a message in which these things were found."""
    return Frame(
        corrects=bool(_CORRECTS.search(text)),
        corrects_clearly=bool(_CORRECTS_CLEARLY.search(text)),
        agrees=bool(_AGREES.search(text) and not HOLDS_BACK.search(text)),
        same=bool(_SAME.search(text)),
        other=bool(_OTHER.search(text)),
        points=bool(_POINTS.search(text) or _LONE.fullmatch(text)),
        goes_on=bool(_GOES_ON.match(text)),
        general=bool(_GENERAL.search(text)),
        waits=bool(_WAITS.match(text)),
        asks_why=bool(_WHY.match(text)),
        bare=_is_bare(text, entities),
        names_unknown=_names_unknown(text, entities),
        asks=text.rstrip(" !.)'\"").endswith("?") or bool(_ASKS_OPENLY.match(text)),
        asks_openly=bool(_ASKS_OPENLY.match(text)),
        adds=bool(_ADDS.search(text)),
        orders=bool(_ORDERS.match(text)),
        looks=bool(_LOOKS.match(text)),
    )


def _names_unknown(text: str, entities: Iterable[Entity]) -> bool:
    """Whether something is named in the place of a service that is none that is known: “scale serach to 5”."""
    spans = [(entity.start, entity.end) for entity in entities if entity.text]
    return any(
        found["name"].lower() not in _EMPTY | _NO_NAMES
        and not any(start <= found.start("name") < end for start, end in spans)
        for found in _SLOT.finditer(text)
    )


def _is_bare(text: str, entities: Iterable[Entity]) -> bool:
    """Whether nothing is left of the words besides what they name and what holds these together."""
    spans = [(entity.start, entity.end) for entity in entities if entity.text]
    levels = {entity.text.lower() for entity in entities if entity.type is EntityType.LEVEL}
    left = [
        token
        for token in Words.of(text).tokens
        if token.word not in _EMPTY and not any(start <= token.start < end for start, end in spans)
    ]
    return not left or (bool(levels) and all(token.word in {"logs", "log", "lines"} for token in left))
