"""The verbs of incidents: the words, commands and buttons by which people ask for them."""

from collections.abc import Callable

from core.incidents.units import VIEW
from core.language.intent import Intent
from core.world import World
from handlers.incidents import forms, lists, work
from handlers.incidents.named import Words
from handlers.leading import BETWEEN
from handlers.talk import filters, heard
from handlers.verb import Verb

_AN = r"(?:an?\s+|a\s+new\s+|new\s+|the\s+)?"
_GRADED = r"(?:(?P<severity>sev\s?-?[1-5]|p[1-5])\s+)?"
_OPEN = rf"(?:please\s+)?(?:declare|start|open|create|raise)\s+{_AN}{_GRADED}incident"
_PLEASE = r"(?:please|pls|now|asap|thanks)[\s.!]*"
_THAT = r"(?:\s*[:,–-]\s*|\s+(?:that\s+|because\s+|about\s+|for\s+)?)"
_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"
_CHOICES: dict[str, Callable[[World, str], list[tuple[str, str]]]] = {
    "severity": forms.severities,
    "service": forms.services,
    "state": forms.states,
}

VERBS = (
    Verb(
        name="incident.declare",
        command="incident declare",
        help="Declare an incident; only a title is needed.",
        example="/incident declare checkout is down",
        intents=(Intent.INCIDENT_START,),
        hears=heard.declare,
        args=work.Declare,
        run=work.declare,
        rest="title",
        named=("severity", "service", "test"),
        aliases=("incident", "incident start", "incident new", "incident open", "incident create"),
        form=forms.declare,
        form_on="always",
        patterns=(
            rf"{_OPEN}{_THAT}(?!inc-\d|{_PLEASE}$)(?P<title>\S.*)",
            rf"{_OPEN}(?:\s+{_PLEASE})?[.!]*",
        ),
        shown_first=True,
        choices=_CHOICES,
    ),
    Verb(
        name="incident.list",
        command="incident list",
        help="Show incidents: open (the default), resolved, closed or all; of a service, a severity or a time (when=today).",
        example="/incident list",
        intents=(Intent.STATUS_QUERY,),
        hears=filters.incidents,
        args=lists.List,
        run=lists.listing,
        reads=True,
        order=("which",),
        named=("service", "severity", "when", "skip"),
        permission="incident.read",
        patterns=(
            r"(?:list|show)(?:\s+me)?(?:\s+the)?(?:\s+(?P<which>open|all))?(?:\s+the)?\s+incidents[.!?]*",
            r"(?:which|what)\s+incidents\s+are\s+(?P<which>open)[?.]*",
        ),
        choices={"which": lambda _world, _typed: [(name, name) for name in lists.STATES]},
    ),
    Verb(
        name="incident.show",
        command="incident show",
        help="Show one incident with its buttons.",
        example="/incident show INC-1",
        intents=(Intent.STATUS_QUERY,),
        hears=heard.incident,
        args=work.Shown,
        run=work.show,
        reads=True,
        rest="text",
        named=("show",),
        aliases=("incident info", "incident describe"),
        permission="incident.read",
        patterns=(rf"(?:show|open)(?:\s+me)?\s+{_ID}[.!?]*",),
    ),
    Verb(
        name="incident.update",
        command="incident update",
        help="Post an update; state, severity and service may change with it.",
        example="/incident update INC-1 state=mitigating failing over now",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.said,
        args=work.Update,
        run=work.update,
        rest="text",
        named=("state", "severity", "service"),
        form=forms.update,
        form_on="always",
        choices=_CHOICES,
    ),
    Verb(
        name="incident.severity",
        command="incident severity",
        help="Say how grave it is, and why: SEV1 (critical) to SEV5 (informational).",
        example="/incident severity INC-1 SEV2 the board asks",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.graded,
        args=work.Grade,
        run=work.grade,
        rest="severity",
        aliases=("incident sev",),
        form=forms.grade,
        form_on="always",
        choices=_CHOICES,
        patterns=(rf"(?:set|make)\s+{_ID}\s+(?:to\s+|a\s+)?(?P<severity>sev\s?-?[1-5])[.!]*",),
    ),
    Verb(
        name="incident.assess",
        command="incident assess",
        help="Show how grave it is by what is known: five factors, each with why.",
        example="/incident assess INC-1",
        args=Words,
        run=work.assess,
        reads=True,
        rest="text",
        permission="incident.read",
        patterns=(rf"how\s+(?:grave|bad|severe)\s+is\s+{_ID}[.!?]*",),
    ),
    Verb(
        name="incident.ack",
        command="incident ack",
        help="Take it on: you lead it from then.",
        example="/incident ack INC-1",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.acknowledged,
        args=Words,
        run=work.acknowledge,
        rest="text",
        aliases=("incident acknowledge",),
        patterns=(rf"(?:ack|acknowledge)\s+{_ID}(?P<text>(?:{BETWEEN}inc-\d+){{0,20}})[.!]*",),
    ),
)

VIEWS = {VIEW: work.live}
