"""What an incident is likely to be: its category, what it touches, and what may have caused it. Pure."""

from core.incidents.incident import Incident
from core.incidents.triage.category import CATEGORIES, OTHER
from core.incidents.triage.hypothesis import Hypothesis, Verdict
from core.incidents.triage.judge import Triage
from core.text import cut, one_line
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Select,
    Table,
    Text,
    line,
    literals,
    plain,
)

_MOST = 3
_MENU = 25


def brief(incident: Incident, found: Triage) -> list[Part]:
    """Two or three lines for the incident's card."""
    command = Code(text=f"/incident triage {incident.id}")
    known = (f"{found.category}{_reach(found)}, ", command)
    is_open_question = found.category == OTHER and not incident.category
    said = [line(Bold(text="Triage: "), *(_asked(incident, found, command) if is_open_question else known))]
    for one in _standing(found)[:1]:
        word = "Cause: " if one.verdict is Verdict.CONFIRMED else "Suspected: "
        more = len(_standing(found)) - 1
        others = f" and {more} more" if more and one.verdict is Verdict.SUSPECTED else ""
        why = literals(cut(one.evidence, 200))
        said.append(line(Bold(text=word), f"{cut(one.text, 200)} (", *why, f"){others}"))
    return [Text(line=one, small=True) for one in said]


def triage(incident: Incident, found: Triage) -> Card:
    """Everything, each with why; menus to confirm a cause or to rule it out."""
    parts: list[Part] = [Fields(items=tuple(_facts(incident, found)))]
    if found.hypotheses:
        rows = tuple(_row(one) for one in found.hypotheses)
        parts.append(Table(head=("Key", "What may be behind it", "Why", "Is"), rows=rows))
    else:
        parts.append(Text(line=line("Nothing that I know points to a cause.")))
    how = f"Add what you suspect: /incident suspect {incident.id} …"
    parts.append(Text(line=line(how), small=True))
    facts = "; ".join(f"{name}: {plain(value)}" for name, value in _facts(incident, found))
    guesses = "; ".join(f"{one.key} ({one.verdict}): {one.text}, {one.evidence}" for one in found.hypotheses)
    return Card(
        title=f"Triage of {incident.id}",
        parts=tuple(parts),
        controls=_controls(incident, found),
        footer=line(one_line(incident.title, 120)),
        summary=f"Triage of {incident.id}. {facts}. {guesses or 'Nothing that I know points to a cause'}.",
        hint=f"/incident triage {incident.id}",
    )


def _facts(incident: Incident, found: Triage) -> list[tuple[str, Line]]:
    facts = [("Category", _category(incident, found))]
    if incident.service:
        down = ", ".join(found.downstream) or "nothing that I know"
        facts.append(("Reaches", line(f"{incident.service}, then {down}")))
        facts.append(("Depends on", line(", ".join(found.upstream) or "nothing that I know")))
    if found.users:
        facts.append(("Users", line(f"up to {found.users:,}")))
    facts.append(("Belongs to", line(f"{found.team or 'nobody'} ({found.team_why})")))
    return facts


def _category(incident: Incident, found: Triage) -> Line:
    if found.category != OTHER or incident.category:
        return line(Bold(text=found.category), f" ({found.category_why})")
    command = Code(text=f"/incident category {incident.id} …")
    return line(f"{found.category_why}; set it with ", command)


def _asked(incident: Incident, found: Triage, command: Code) -> Line:
    """The category is not known: how people set it."""
    ask = Code(text=f"/incident category {incident.id} …")
    reach = _reach(found).removeprefix(", ")
    return line(
        f"category {found.category_why}, set it with ", ask, f"; {reach}, " if reach else "; ", command
    )


def _reach(found: Triage) -> str:
    if not found.downstream:
        return ""
    more = len(found.downstream) - _MOST
    return f", may reach {', '.join(found.downstream[:_MOST])}{f' and {more} more' if more > 0 else ''}"


def _standing(found: Triage) -> list[Hypothesis]:
    return [one for one in found.hypotheses if one.verdict is not Verdict.RULED_OUT]


def _row(one: Hypothesis) -> tuple[Line, ...]:
    judged = f", {one.by}" if one.by and one.verdict is not Verdict.SUSPECTED else ""
    why = f": {one_line(one.why, 120)}" if one.why else ""
    return (
        line(Code(text=one.key)),
        line(cut(one.text, 200)),
        literals(cut(one.evidence, 200)),
        line(f"{one.verdict}{judged}{why}"),
    )


def _controls(incident: Incident, found: Triage) -> tuple[Control, ...]:
    set_it = Select(
        label="Set the category",
        verb="incident.category",
        object=incident.id,
        options=tuple((one, one) for one in CATEGORIES if one != incident.category),
    )
    if not found.hypotheses:
        return (set_it,) if incident.is_open else ()

    def menu(label: str, verb: str, verdict: Verdict) -> list[Control]:
        options = [
            (cut(f"{one.key}: {one.text}", 70), one.key)
            for one in found.hypotheses
            if one.verdict is not verdict
        ]
        some = tuple(options[:_MENU])
        return [Select(label=label, verb=verb, object=incident.id, options=some)] if some else []

    share = Button(
        label="Timeline", verb="incident.history", object=incident.id, speak=f"Timeline of {incident.id}"
    )
    return (
        *menu("It was this", "incident.confirm", Verdict.CONFIRMED),
        *menu("It was not this", "incident.ruleout", Verdict.RULED_OUT),
        *((set_it,) if incident.is_open else ()),
        share,
    )
