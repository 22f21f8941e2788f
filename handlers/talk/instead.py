"""What is understood and nothing here does: why, and what helps instead. Pure."""

import re

from core.approvals.words import list_of
from core.language.clarify import MEANINGS
from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.understand import Understanding
from core.runbooks.definition import Runbook
from core.text import cut
from core.world import World
from handlers.cards.card import Button, Code, Line, line
from handlers.talk import wishes
from handlers.talk.heard import UNBUILT, asks_leave, near

_FEW = 5
# The action of a runbook that looks at what nothing here looks at from words.
_LOOKS = {Intent.METRIC_QUERY: "metric.check", Intent.LOG_QUERY: "log.search"}
_RUNS = frozenset(
    {Intent.DEPLOY, Intent.SCALE, Intent.RUNBOOK_EXECUTE, Intent.WORKFLOW_START, Intent.TEST_EXECUTE}
)


def words(world: World, meant: Understanding) -> list[Line]:
    """Why nothing does this here, and what helps instead."""
    service = meant.value(EntityType.SERVICE)
    why = UNBUILT.get(meant.intent, "")
    if not why and meant.intent not in _RUNS:
        return [
            line(
                "I know no way to do that from these words. ",
                Code(text="/wardroom help"),
                " shows what I can do.",
            )
        ]
    if not why and asks_leave(meant.text) and near(world, meant.text):
        plan = Code(text="/runbook plan NAME")
        which = line("Say of which runbook: ", plan, " shows what it would do, and who has to agree.")
        return [which, *_near(world, meant.text, service)]
    if not why:
        more = line(" ", Code(text="/runbook list"), " shows what there is.")
        draft = line(" ", Code(text="/runbook draft …"), " has one drafted.") if world.llm_model else ()
        none = f"No runbook here does that ({MEANINGS[meant.intent].lower()})."
        return [(*line(none), *more, *draft), *_near(world, meant.text, service)]
    where = [
        line(f"{kind.capitalize()} are kept at {address}.")
        for kind, address in _backends(world, meant.intent)
    ]
    return [line(f"{why}."), *_nearest(world, meant.intent), *_can_tell(world, service), *where]


def of_logs(world: World, service: str) -> list[Line]:
    """What looks into logs, since nothing here does from words: a runbook, or how one is made; and where they are kept."""
    found = _nearest(world, Intent.LOG_QUERY)
    if not found:
        action = Code(text=f"/runbook actions {_LOOKS[Intent.LOG_QUERY]}")
        found = [line("No runbook here looks into logs; ", action, " says how a step of one can.")]
    where = [line(f"Logs are kept at {address}.") for _, address in _backends(world, Intent.LOG_QUERY)]
    known = [line(Code(text=f"/status {service}"), " says how it is by its checks.")] if service else []
    return [*found, *where, *known]


def _near(world: World, text: str, service: str) -> list[Line]:
    """The runbooks that come near, with what they are for; else those that are the service's own."""
    found = [f"{book.name} ({cut(_of(book), 80)})" for book in near(world, text)[:_FEW]]
    own = [name for name in wishes.runbooks_of(world, service) if name in world.runbooks][:_FEW]
    if found:
        return [line(f"What comes near: {', '.join(found)}.")]
    return [line(f"The runbooks of {service}: {', '.join(own)}.")] if own else []


def _of(book: Runbook) -> str:
    """The services that a runbook takes, where it takes but some; else what it does."""
    chosen = list_of(list(book.params["service"].choices)) if "service" in book.params else ""
    return f"for {chosen}" if chosen else book.description or "no description"


def _can_tell(world: World, service: str) -> list[Line]:
    """What is known of a service, or of all: by its checks, its alerts, its incidents; and the runbooks that are its own."""
    known = world.services.get(service)
    checks = [one.name for one in known.health][:_FEW] if known else []
    by = f", by {'its checks ' if len(checks) > 1 else 'its check '}{list_of(checks)}" if checks else ""
    whose = f"how {service} is{by}" if known else "how every service is"
    found = [
        line(Code(text=f"/status {service}".strip()), f" says {whose}."),
        line(
            Code(text="/alerts list"), " says what fires, and ", Code(text="/incident list"), " what is open."
        ),
    ]
    own = [name for name in known.runbooks if name in world.runbooks][:_FEW] if known else []
    if own:
        found.append(line(f"Its runbooks: {', '.join(own)}. ", Code(text=f"/runbook show {own[0]}"), "."))
    return found


def _nearest(world: World, intent: Intent) -> list[Line]:
    """What does nearly what was asked for."""
    match intent:
        case Intent.EXPLAIN:
            return [
                line(Code(text="/incident triage INC-…"), " says what may be behind an incident, and why.")
            ]
        case Intent.COMPARE:
            return [
                line(Code(text="/wardroom stats 30d"), " compares a month of incidents with the one before.")
            ]
        case Intent.RECOMMEND:
            return [line(Code(text="/wardroom next"), " says what you could do next, and why.")]
    action = _LOOKS.get(intent, "")
    books = [book.name for book in world.runbooks.values() if _does(book, action)][:_FEW] if action else []
    if not books:
        return []
    return [
        line(f"What a runbook looks up: {', '.join(books)}. ", Code(text=f"/runbook run {books[0]}"), ".")
    ]


def _does(book: Runbook, action: str) -> bool:
    """Whether one of its steps takes this action."""
    return any(each.action == action for step in book.steps for each in (step, *step.parallel))


def _backends(world: World, intent: Intent) -> list[tuple[str, str]]:
    known = {"figures": world.backends.metrics, "logs": world.backends.logs, "traces": world.backends.traces}
    kinds = {
        Intent.LOG_QUERY: ("logs",),
        Intent.TRACE_QUERY: ("traces",),
        Intent.METRIC_QUERY: ("figures",),
        Intent.COMPARE: ("figures",),
    }
    wanted = kinds.get(intent, ())
    return [(kind, str(url)) for kind in wanted if (url := next(iter(_urls(known[kind])), None))]


def _urls(config: object) -> list[str]:
    return (
        [value for value in vars(config).values() if isinstance(value, str) and re.match(r"https?://", value)]
        if config
        else []
    )


def buttons(world: World, meant: Understanding) -> list[Button]:
    """What can be pressed: the service's health, and the runbooks that are its own."""
    service = meant.value(EntityType.SERVICE)
    known = world.services.get(service)
    if known is None:
        return [
            Button(
                label="Status of all services", verb="health.show", speak="Show the status of all services"
            )
        ]
    return [
        Button(
            label=f"Status of {service}"[:30],
            verb="health.show",
            args={"service": service},
            speak=f"Show the status of {service}",
        )
    ]
