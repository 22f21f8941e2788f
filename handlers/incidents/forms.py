"""The forms of incidents, and what they suggest; each asks only when something is missing. Pure."""

from core.incidents.roles.role import DUTIES, Role
from core.incidents.severity import just, label, options
from core.text import cut, one_line
from core.world import World
from handlers import leading
from handlers.cards.form import Form, FormField

STEPS = ("acknowledged", "mitigating", "monitoring")
"""The states that people set by telling of them; others have a command of their own."""

_MENU = 25


def declare(world: World, known: dict[str, str]) -> Form | None:
    """What is wrong; asked unless it was said. What comes from a message is shown before it is declared."""
    alone = just(known.get("title", ""))
    if alone is not None:
        known = {**known, "title": "", "severity": known.get("severity") or str(alone)}
    if known.get("words") or (known.get("title") and not known.get("source_text")):
        return None
    origin = {name: known[name] for name in ("source_link", "source_at", "source_by") if known.get(name)}
    return Form(
        title="Declare an incident",
        verb="incident.declare",
        args=origin,
        fields=(
            FormField(
                name="title",
                label="What is wrong?",
                default=one_line(
                    known.get("title") or known.get("source_text", "").strip().partition("\n")[0]
                ),
                hint="One line, for example: checkout fails for EU customers",
                max_length=200,
            ),
            FormField(
                name="severity",
                label="How grave is it?",
                kind="choice",
                required=False,
                default=known.get("severity", "") or "3",
                options=options(),
            ),
            _service(world, known.get("service", "")),
            FormField(
                name="source_text",
                label="What was seen?",
                kind="long",
                required=False,
                default=cut(known.get("source_text", ""), 2_000),
                hint="Kept on the timeline, quoted.",
            ),
        ),
        submit="Declare",
    )


def update(_world: World, known: dict[str, str]) -> Form | None:
    """News; asked unless something was said."""
    named, rest = leading.incident(known.get("text", ""))
    if rest or any(known.get(name) for name in ("state", "severity", "service", "words")):
        return None
    states_field = FormField(
        name="state",
        label="State",
        kind="choice",
        required=False,
        options=tuple((state.capitalize(), state) for state in STEPS),
        hint="Leave it empty if it stays.",
    )
    text = FormField(
        name="text", label="What is new?", kind="long", hint="What broke, who is affected, what is done."
    )
    return on_incident(
        "Post an update", "incident.update", known.get("id") or named, (text, states_field), "Post"
    )


def grade(_world: World, known: dict[str, str]) -> Form | None:
    """How grave it is; asked unless it was said."""
    named, rest = leading.incident(known.get("severity", ""))
    if rest or known.get("value") or known.get("words"):
        return None
    field = FormField(name="severity", label="How grave is it?", kind="choice", options=options())
    return on_incident("Severity", "incident.severity", known.get("id") or named, (field,), "Set")


def part(world: World, known: dict[str, str]) -> Form | None:
    """Which part, and who has it; asked unless the part was said."""
    named, rest = leading.incident(known.get("role", ""))
    if rest or known.get("value") or known.get("words"):
        return None
    fields = (
        FormField(
            name="role",
            label="Which role?",
            kind="choice",
            default=str(Role.COMMANDER),
            options=tuple((f"{str(role).capitalize()}: {DUTIES[role]}"[:70], str(role)) for role in Role),
        ),
        somebody(world, "who", "Who has it from now on?", "Nobody named: you."),
    )
    return on_incident("A role", "incident.role", known.get("id") or named, fields, "Give")


def owner(world: World, known: dict[str, str]) -> Form | None:
    """Whose it is; asked unless it was said."""
    named, rest = leading.incident(known.get("to", ""))
    if rest or known.get("words"):
        return None
    teams = ", ".join(world.teams) or "none"
    field = FormField(name="to", label="Whose is it?", hint=cut(f"A person or a team. Teams: {teams}", 140))
    return on_incident("Whose it is", "incident.assign", known.get("id") or named, (field,), "Assign")


def severities(_world: World, _typed: str) -> list[tuple[str, str]]:
    """Every severity."""
    return [(words, label(int(number))) for words, number in options()]


def services(world: World, _typed: str) -> list[tuple[str, str]]:
    """Every service."""
    return [(name, name) for name in world.services]


def states(_world: World, _typed: str) -> list[tuple[str, str]]:
    """The states that people set."""
    return [(state, state) for state in STEPS]


def somebody(world: World, name: str, question: str, hint: str) -> FormField:
    """A person: a menu where everybody fits into one, else their name."""
    humans = [(one.name, one.id) for one in world.people.values() if one.is_human and one.active]
    menu = 0 < len(humans) <= _MENU
    return FormField(
        name=name,
        label=question,
        kind="choice" if menu else "text",
        required=False,
        options=tuple(humans) if menu else (),
        hint=hint,
    )


def _service(world: World, default: str) -> FormField:
    names = tuple((name, name) for name in world.services)
    menu = 0 < len(names) <= _MENU
    return FormField(
        name="service",
        label="Which service?",
        kind="choice" if menu else "text",
        required=False,
        default=default,
        options=names if menu else (),
    )


def on_incident(title: str, verb: str, incident: str, fields: tuple[FormField, ...], submit: str) -> Form:
    """A form about an incident, which is asked for where it is not known."""
    if not incident:
        which = FormField(
            name="id",
            label="Which incident?",
            required=False,
            hint="Like INC-3; in its thread, leave it empty.",
        )
        fields = (*fields, which)
    return Form(title=title[:24], verb=verb, object=incident, fields=fields, submit=submit)
