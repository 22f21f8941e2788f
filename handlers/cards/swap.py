"""A swap of shifts that one person proposes to another, as each of the two sees it. Pure."""

from collections.abc import Mapping, Sequence

from core.oncall.exchange import rest
from core.oncall.schedule import Override, Shift
from core.oncall.swapping.swap import State, Swap, name_of, title_of
from core.world import World
from handlers.cards.approval import who
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Control,
    Fields,
    Line,
    Part,
    Quote,
    Table,
    Text,
    Tone,
    When,
    line,
    plain,
)

_TONES: dict[State, Tone] = {State.ASKED: "waiting", State.ACCEPTED: "good"}


def asked(world: World, swap: Swap) -> Card:
    """What whoever is asked sees: which shift they would give for which, and two buttons."""
    controls: tuple[Control, ...] = ()
    if swap.state is State.ASKED:
        about = f"{swap.id}, the swap with {name_of(swap.by, world.people)}"
        controls = (
            Button(
                label="Accept",
                verb="oncall.accept",
                object=swap.id,
                style="primary",
                speak=f"Accept {about}",
            ),
            Button(label="Decline", verb="oncall.decline", object=swap.id, speak=f"Decline {about}"),
        )
    said = f"{name_of(swap.by, world.people)} asks {name_of(swap.other, world.people)} to swap shifts"
    return _card(world, swap, said, "accept", controls)


def own(world: World, swap: Swap) -> Card:
    """What whoever asks sees: how it stands, and how to take it back."""
    controls: tuple[Control, ...] = ()
    if swap.state is State.ASKED:
        words = f"Withdraw {swap.id}, the swap with {name_of(swap.other, world.people)}"
        controls = (Button(label="Withdraw", verb="oncall.withdraw", object=swap.id, speak=words),)
    said = f"{name_of(swap.by, world.people)} asked {name_of(swap.other, world.people)} to swap shifts"
    return _card(world, swap, said, "withdraw", controls)


def listing(world: World, asked: Sequence[Swap], held: Mapping[str, Sequence[Override]]) -> Card:
    """Who has swapped with whom: what waits for an answer, and by schedule what is swapped and not over."""
    people = world.people
    waiting = tuple(
        (
            line(Code(text=one.id)),
            line(
                f"{name_of(one.by, people)} asks {name_of(one.other, people)} ({title_of(one, world.teams)})"
            ),
            line("waits for an answer until ", When(at=one.due, style="date_time")),
        )
        for one in asked
    )
    swapped = tuple(
        (
            line("swapped"),
            line(
                f"{name_of(one.person, people)} for {name_of(one.swapped_with, people)} ({_whose(world, name)})"
            ),
            _span(Shift(one.person, one.begins, one.ends)),
        )
        for name, made in held.items()
        for one in made
    )
    rows = (*waiting, *swapped)
    if not rows:
        none = "Nobody has swapped a shift that is not over, and no swap waits for an answer."
        return Card(title="Swaps", parts=(Text(line=line(none)),), summary=none)
    return Card(
        title="Swaps",
        parts=(Table(head=("Swap", "Who", "When"), rows=rows),),
        summary=" ".join(f"{plain(who_)}: {plain(when)}." for _, who_, when in rows),
        hint="/oncall swap TEAM PERSON",
    )


def _whose(world: World, schedule: str) -> str:
    return ", ".join(one.name for one in world.teams.values() if one.schedule == schedule) or schedule


def _card(world: World, swap: Swap, said: str, way: str, controls: tuple[Control, ...]) -> Card:
    """The card of one of the two; `way` is the command that does what their first button does."""
    title = title_of(swap, world.teams)
    now = swap.closed or swap.created
    gives, takes = rest(swap.gives, now), rest(swap.takes, now)
    is_open = swap.state is State.ASKED
    would = "would be" if is_open else "is" if swap.state is State.ACCEPTED else "would have been"
    parts: list[Part] = [Text(line=_state(world, swap))]
    rows = ((swap.other, gives), (swap.by, takes))
    items = tuple((f"{name_of(taker, world.people)} {would} on call", _span(shift)) for taker, shift in rows)
    parts.append(Fields(items=(("For", line(title)), *items)))
    if swap.reason:
        parts.append(Quote(label="Reason", text=swap.reason))
    return Card(
        title=f"{swap.id} · {said}",
        tone=_TONES.get(swap.state, "ended"),
        parts=tuple(parts),
        controls=controls,
        summary=f"{swap.id}: {said} ({title}).",
        hint=f"/oncall {way} {swap.id}" if is_open else "",
        revision=swap.version,
    )


def _state(world: World, swap: Swap) -> Line:
    other = name_of(swap.other, world.people)
    match swap.state:
        case State.ASKED:
            pinged = who(world, swap.other, other, ping=True)
            until = When(at=swap.due, style="date_time")
            return line(
                pinged, " has not answered yet. Without an answer by ", until, " everything stays as it is."
            )
        case State.ACCEPTED:
            return line(Bold(text=f"Accepted by {other}."))
        case State.DECLINED:
            return line(Bold(text=f"Declined by {other}."), " Nothing was swapped.")
        case State.WITHDRAWN:
            return line(Bold(text=f"Withdrawn by {name_of(swap.by, world.people)}."), " Nothing was swapped.")
        case State.LAPSED:
            return line(Bold(text="Not answered in time."), " Nothing was swapped.")
        case State.OVERTAKEN:
            return line(Bold(text="The schedule had changed meanwhile."), " Nothing was swapped.")


def _span(shift: Shift) -> Line:
    ends = (" until ", When(at=shift.ends, style="date_time")) if shift.ends else ()
    return line(When(at=shift.begins, style="date_time"), *ends)
