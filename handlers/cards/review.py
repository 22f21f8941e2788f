"""What a card shows of approving alone: the button for it, and the review that follows. Pure."""

from collections.abc import Mapping

from core.approvals.request import Request, Status
from core.text import cut, one_line
from handlers.cards.card import Bold, Button, Part, Text, Tone, line

HEADS: Mapping[Status, tuple[str, Tone]] = {
    Status.PENDING: ("Review needed", "waiting"),
    Status.APPROVED: ("Justified", "good"),
    Status.EXECUTING: ("Justified", "good"),
    Status.EXECUTED: ("Justified", "good"),
    Status.REJECTED: ("Not justified", "bad"),
    Status.EXPIRED: ("Not reviewed", "bad"),
}

TITLES = ("Justified", "Not justified")
"""The titles of the forms behind the two buttons of a review."""


def came_of(request: Request) -> Part:
    """What became of the request on which the glass was broken, as it stands now."""
    result = f" {one_line(request.result, 300)}" if request.result else ""
    state = request.status.lower().replace("_", " ")
    return Text(line=line(Bold(text="What came of it: "), f"{request.id} is {state}.{result}"))


def verdicts(request: Request) -> tuple[Button, Button]:
    """The two answers of a review; each asks for its reason."""
    about = cut(request.title, 50)
    return (
        Button(
            label="Justified…",
            verb="approval.approve",
            object=request.id,
            args={"why": TITLES[0]},
            style="primary",
            speak=f"It was justified, {request.id}: {about}",
        ),
        Button(
            label="Not justified…",
            verb="approval.reject",
            object=request.id,
            args={"why": TITLES[1]},
            style="danger",
            speak=f"It was not justified, {request.id}: {about}",
        ),
    )


def glass_button(request: Request) -> Button:
    """Approve it alone, in an emergency."""
    return Button(
        label="Break the glass…",
        verb="approval.break_glass",
        object=request.id,
        style="danger",
        speak=f"Approve {request.id} alone, in an emergency",
    )
