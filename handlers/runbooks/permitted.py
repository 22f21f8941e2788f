"""Who may run a runbook, and who has to approve it where: from the roles, the runbook and the policies, without asking anybody."""

from collections.abc import Mapping

from core.approvals.hearing import DATA_GAP
from core.approvals.policy import Verdict
from core.approvals.request import Ask
from core.catalogue.names import Named
from core.errors import Invalid, NotFound
from core.people.permissions import may
from core.runbooks import gate
from core.runbooks import plan as plans
from core.runbooks.definition import Runbook
from core.runbooks.told import read
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards.card import Bold, Card, Code, Table, Text, line
from handlers.cards.plan import verdict_words
from handlers.talk import deeds, permitted
from handlers.talk.wishes import names_of
from handlers.verb import Args, Call, Reply, Verb

_RUN, _PLAN = "runbook.run", "runbook.plan"
_SERVICES, _NAMED, _BOOKS = 25, 12, 3
_UNSURE = "That depends on what else it is told."


class Which(Args):
    """Which runbook, with the service and the environment if these matter, in words."""

    said: str


def who(unit: Unit, call: Call, args: Which) -> Reply:
    """Who may run it; and, where whoever asks may plan runs, who has to approve it in which environment.

    Raises:
        NotFound: the words name no runbook.
    """
    found = permitted.books(call.world, args.said)[:_BOOKS]
    if not found:
        raise NotFound(
            f"There is no runbook “{one_line(args.said, 60)}”.", "`/runbook list` shows what there is."
        )
    parts: list[Text | Table] = []
    told: list[str] = []
    for book in found:
        runs = _may_run(call.world, book)
        parts.append(Text(line=line(Bold(text=f"{book.name}: "), runs)))
        rows = _rows(unit, call, book, args.said) if call.may(_PLAN) else []
        shown = tuple((line(where), line(words)) for where, words in rows)
        parts += [Table(head=("Where", "Who has to approve"), rows=shown)] if rows else []
        told += [f"{book.name}: {runs}", *(f"{where}: {words}" for where, words in rows)]
    if not call.may(_PLAN):
        parts.append(
            Text(line=line("Who has to approve it is shown to those who have ", Code(text=_PLAN), "."))
        )
    spoken = (
        "Said in a sentence, what changes something asks another person first, also where no policy speaks."
    )
    parts.append(Text(line=line(spoken), small=True))
    title = "Who may run it, and who has to approve it"
    hint = f"/runbook plan {found[0].name}" if call.may(_PLAN) else f"/runbook show {found[0].name}"
    return Reply(card=Card(title=title, parts=tuple(parts), summary=f"{title}. {' '.join(told)}", hint=hint))


def _may_run(world: World, book: Runbook) -> str:
    able = [
        one.name
        for one in world.people.values()
        if one.is_human and may(one, _RUN, world.roles) and gate.permits(book.run, one, world.teams)
    ]
    more = f" and {len(able) - _NAMED} others" if len(able) > _NAMED else ""
    return (
        f"{', '.join(able[:_NAMED])}{more} may run it ({_RUN})." if able else f"nobody may run it ({_RUN})."
    )


def _rows(unit: Unit, call: Call, book: Runbook, said: str) -> list[tuple[str, str]]:
    """What the policies say of each place that is meant, of all services together where they say the same of these."""
    world = call.world
    given = read(said, book, names_of(world))
    kinds = {kind: name for name, param in reversed(book.params.items()) if (kind := param.type)}
    where, what = kinds.get("environment", ""), kinds.get("service", "")
    places = _named(world.environments, given.get(where, ""))
    services = _named(world.services, given.get(what, ""))[:_SERVICES]
    rows: list[tuple[str, str]] = []
    for place in places if where else [""]:
        found: dict[str, list[str]] = {}
        for service in services if what else [""]:
            values = {name: value for name, value in ((where, place), (what, service)) if name}
            found.setdefault(_words(world, _judged(unit, world, book, given | values)), []).append(service)
        of = place or "anywhere"
        rows += [
            (of if len(found) == 1 else f"{of}: {', '.join(names)}", words) for words, names in found.items()
        ]
    return rows


def _named(known: Mapping[str, Named], word: str) -> list[str]:
    """The one that a word names, or all where it names none that is known."""
    name = deeds.name_of(known, word)
    return [name] if name else list(known)


def _judged(unit: Unit, world: World, book: Runbook, given: dict[str, str]) -> Verdict:
    """What the policies say of such a run; of one that is not told everything, as far as that can be judged."""
    try:
        return gate.judge(world.policies, plans.make(book, given, names_of(world)), unit.now)
    except Invalid:
        params = {name: given.get(name, param.default) for name, param in book.params.items()}
    kinds = {param.type: name for name, param in reversed(book.params.items())}
    subject = {
        "runbook": book.name,
        "version": book.version,
        "environment": given.get(kinds.get("environment", ""), ""),
        "service": given.get(kinds.get("service", ""), ""),
        "params": {name: value for name, value in params.items() if value is not None},
        "destructive": any(step.destructive for each in book.steps for step in (each, *each.parallel)),
    }
    return gate.judge_subject(world.policies, subject, book.owners, unit.now)


def _words(world: World, verdict: Verdict) -> str:
    """Who has to approve; where that cannot be judged without what is not told, that."""
    if any(one.code == DATA_GAP for one in verdict.findings):
        return _UNSURE
    asks = verdict.terms.ask if verdict.terms is not None else ()
    named = "; ".join(
        f"{ask.name}: {', '.join(who) or 'nobody'}"
        for ask in asks
        if (who := _people(world, ask)) is not None
    )
    return f"{verdict_words(verdict)} {named}".strip()


def _people(world: World, ask: Ask) -> list[str] | None:
    """The names of those whom this asks; None where that is known only once it is asked, or is one person."""
    if ask.oncall or ask.schedule or ask.person:
        return None
    members = world.teams[ask.team].members if ask.team and ask.team in world.teams else ()
    found = [one for one in world.people.values() if one.is_human and one.active]
    return [one.name for one in found if one.id in members or ask.role in one.roles][:_NAMED]


VERBS = (
    Verb(
        name="runbook.permitted",
        command="runbook permitted",
        help="Say who may run a runbook, and who has to approve it: in every environment, or in the one that is named.",
        example="/runbook permitted restart-service in production",
        args=Which,
        run=who,
        rest="said",
        reads=True,
        permission="runbook.list",
    ),
)
