"""The verbs of paging: the words, commands and buttons by which people are called, and answer."""

from collections.abc import Callable

from core.language.intent import Intent
from core.paging.telling.units import SEVERAL, VIEW
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import Card
from handlers.leading import BETWEEN
from handlers.oncall import answering, calling, escalating, ways
from handlers.oncall import facts as page_facts
from handlers.oncall import paging_forms as forms
from handlers.talk import heard
from handlers.talk.begun import TAKES
from handlers.verb import Verb
from handlers.whom import people

_ID = r"(?:page\s+)?(?P<id>pg-\d+)"
VERBS = (
    Verb(
        name="incident.page",
        command="incident page",
        help="Call a person, a team or a schedule until somebody answers.",
        example="/incident page bo the database is slow",
        args=calling.Whom,
        run=calling.begin,
        rest="said",
        form=forms.ask_whom,
        form_on="always",
        choices={"whom": forms.targets},
        shown_first=True,
        patterns=(
            r"(?:please\s+)?(?:page|wake|call)\s+(?:the\s+|whoever(?:'s|\s+is)\s+)?(?P<whom>on[\s-]call)(?:\s+(?:person|engineer|guy|one|now))*(?:[,:;]?\s+(?:about|because|that|:)\s*(?P<text>\S.*))?[.!]*",
            r"(?:please\s+)?page\s+(?:the\s+|whoever(?:'s|\s+is)\s+)?on[\s-]call(?:\s+(?:person|engineer))?\s+(?:for|of)\s+(?:the\s+)?(?P<whom>[\w.-]*\w)(?:\s+team)?[.!]*",
            r"(?:please\s+)?page\s+(?:the\s+)?(?!on[\s-]call\b|whoever\b|the\b|next\b|pg-\d|me\b|us\b|you\b|them\b)(?P<whom>@?[\w.-]*\w|<@!?\w+>)(?:\s+team)?(?:[,:;]?\s+(?:about|because|for|that)?\s*(?P<text>\S.*))?",
        ),
    ),
    Verb(
        name="incident.escalate",
        command="incident escalate",
        help="Call the next people for an incident at once.",
        example="/incident escalate INC-1",
        intents=(Intent.INCIDENT_UPDATE,),
        hears=heard.escalated,
        args=calling.Whom,
        run=escalating.escalate_incident,
        rest="said",
    ),
    Verb(
        name="oncall.ack",
        command="oncall ack",
        help="Answer a page, or all that call you: it is yours, and nobody else is called.",
        example="/oncall ack PG-1",
        args=answering.Answering,
        run=answering.acknowledge,
        rest="id",
        permission="",
        patterns=(
            rf"(?:ok(?:ay)?[\s,]+)?(?:ack|acknowledged?|got it|taken|{TAKES})(?:\s+(?:page\s+)?(?P<id>pg-\d+(?:{BETWEEN}pg-\d+){{0,20}}|all|both|everything))?[.!]*",
        ),
    ),
    Verb(
        name="oncall.take",
        command="oncall take",
        help="Take a page over from whoever has it.",
        example="/oncall take PG-1",
        args=answering.TakenOver,
        run=answering.take_over,
        order=("id", "whom"),
        permission="",
        choices={"whom": people},
    ),
    Verb(
        name="oncall.release",
        command="oncall release",
        help="Give a page back that you took, or all of them: others are called.",
        example="/oncall release PG-1",
        args=answering.OnPage,
        run=answering.release,
        rest="id",
        aliases=("oncall unack",),
        permission="",
    ),
    Verb(
        name="oncall.handover",
        command="oncall handover",
        help="Have somebody take a page over that you have, or that calls you.",
        example="/oncall handover PG-1 bo",
        args=answering.Hand,
        run=answering.hand_over,
        order=("id", "person"),
        form=forms.ask_to,
        form_on="click",
        permission="",
        choices={"person": people},
    ),
    Verb(
        name="oncall.done",
        command="oncall done",
        help="Say that nobody needs to look at a page any more.",
        example="/oncall done PG-1",
        args=answering.OnPage,
        run=answering.done,
        order=("id",),
        permission="",
    ),
    Verb(
        name="oncall.escalate",
        command="oncall escalate",
        help="Call the next people of a page at once.",
        example="/oncall escalate PG-1",
        args=escalating.Escalating,
        run=escalating.escalate,
        order=("id",),
        permission="",
    ),
    Verb(
        name="oncall.leave",
        command="oncall leave",
        help="Say that you cannot take a page that calls you: the next people are called at once.",
        example="/oncall leave PG-1",
        args=answering.OnPage,
        run=escalating.leave,
        order=("id",),
        permission="",
    ),
    Verb(
        name="oncall.page",
        command="oncall page",
        help="Show one page: who is called by what, who has it, what comes next.",
        example="/oncall page PG-1",
        args=answering.OnPage,
        run=calling.show,
        reads=True,
        order=("id",),
        permission="",
        patterns=(rf"show\s+{_ID}[.!?]*",),
    ),
    Verb(
        name="oncall.pages",
        command="oncall pages",
        help="Show who is called now, since when, and what comes next; of all pages, or of one person; or the pages of a time (when=yesterday).",
        example="/oncall pages",
        args=calling.Pages,
        run=calling.pages,
        reads=True,
        order=("whose",),
        named=("when",),
        choices={"whose": people},
        permission="",
        patterns=(r"who(?:'s| is)? being paged(?: now)?[?.!]*",),
    ),
    Verb(
        name="oncall.contact",
        private=True,
        command="oncall contact",
        help="Show how you are paged, or change it: urgent, what can wait, quiet hours.",
        example="/oncall contact high slack, sms 2m, email 5m",
        args=ways.Ways,
        run=ways.contact,
        order=("which",),
        rest="said",
        asks=forms.ask_ways,
        form_on="click",
        permission="",
        choices={
            "which": lambda _world, _typed: [
                ("urgent", "high"),
                ("can wait", "low"),
                ("quiet hours", "quiet"),
            ]
        },
    ),
    Verb(
        name="oncall.test",
        command="oncall test",
        help="Send yourself a test page by every way there is.",
        example="/oncall test me",
        args=ways.Me,
        run=ways.test,
        order=("whom",),
        permission="",
    ),
)

VIEWS: dict[str, Callable[[Unit, World, str], Card]] = {
    VIEW: page_facts.live,
    SEVERAL: page_facts.several,
    "pages": page_facts.board,
}
