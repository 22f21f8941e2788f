"""What people do with a run beyond starting and ending it: hold it, let it go on, retry it, take it back."""

from collections.abc import Callable

from core.errors import Forbidden, NotFound
from core.ids import parse_numbered
from core.people.permissions import may
from core.runbooks import records
from core.runbooks.execution import Execution
from core.runbooks.failing.failure import failed_step
from core.runbooks.following import units as following
from core.runbooks.units import pausing, runs
from core.runbooks.units.commit import VIEW
from core.store.engine import Unit
from core.text import cut
from handlers.cards.card import say
from handlers.cards.execution import picture_card
from handlers.cards.failure import log_card
from handlers.runbooks import graphs
from handlers.verb import Call, OnObject, Reply, Verb


class Which(OnObject):
    """Which run."""


class Retry(OnObject):
    """Which run, and from where: a step and what comes after it, or a checkpoint. Nothing: what did not finish."""

    step: str = ""
    checkpoint: int = 0


class Log(OnObject):
    """Which run, and which of its steps; nothing: the one that it failed at."""

    step: str = ""


class Drawn(OnObject):
    """Which run, request or runbook."""


def pause(unit: Unit, call: Call, args: Which) -> Reply:
    """Hold a run. Whoever started it may always do that."""
    execution = _own(unit, call, args.id, "runbook.pause")
    paused = pausing.pause(unit, call.world, execution.id, call.person)
    inside = " The runs that it called are paused with it." if paused.calls() else ""
    words = f"{execution.id} is paused: nothing new begins, what runs may end.{inside}"
    return Reply(card=say(f"{words} `/runbook resume {execution.id}` lets it go on."))


def resume(unit: Unit, call: Call, args: Which) -> Reply:
    """Let a run go on. Whoever started it may always do that."""
    execution = _own(unit, call, args.id, "runbook.resume")
    pausing.resume(unit, call.world, execution.id, call.person)
    return Reply(card=say(f"{execution.id} goes on."))


def retry(unit: Unit, call: Call, args: Retry) -> Reply:
    """Go on where a run failed, in a new run that the policies judge like any other."""
    wish = following.Wish(_id(args.id), call.person, call.key, call.place)
    return Reply(
        view=VIEW, ref=following.retry(unit, call.world, wish, args.step.strip(), args.checkpoint).id
    )


def rollback(unit: Unit, call: Call, args: Which) -> Reply:
    """Take back what a run did: one that is under way is ended first, one that has ended is followed by another."""
    execution = _own(unit, call, args.id, "runbook.rollback")
    if not execution.state.is_final:
        runs.cancel(unit, call.world, execution.id, call.person, rollback=True)
        words = f"{execution.id} is told to stop; then what was done is taken back, newest first."
        return Reply(card=say(words))
    wish = following.Wish(execution.id, call.person, call.key, call.place)
    return Reply(view=VIEW, ref=following.take_back(unit, call.world, wish).id)


def log(unit: Unit, call: Call, args: Log) -> Reply:
    """What a step wrote, as far as it was kept, for whoever asks alone.

    Raises:
        NotFound: there is no such step, or no step failed and none was named.
    """
    del call
    execution = records.get(unit, _id(args.id))
    step = execution.steps.get(args.step.strip()) if args.step.strip() else failed_step(execution)
    if step is None:
        named = ", ".join(cut(name, 40) for name in list(execution.steps)[:10])
        raise NotFound(f"{execution.id} has no such step, or none that failed.", f"Its steps: {named}.")
    return Reply(card=log_card(execution, step))


def graph(unit: Unit, call: Call, args: Drawn) -> Reply:
    """The steps of a run, of the run that a request is about, or of a runbook, as a picture for everybody there.

    Raises:
        NotFound: there is no such run or runbook.
    """
    of = args.id.strip()
    of = of if of in call.world.runbooks else of.upper()
    if graphs.drawn(unit, call.world, of) is None:
        raise NotFound(
            f"There is nothing to draw of “{cut(args.id, 40)}”.", "Name a run, such as RUN-1, or a runbook."
        )
    return Reply(card=picture_card(of), public=True)


def _own(unit: Unit, call: Call, text: str, permission: str) -> Execution:
    execution = records.get(unit, _id(text))
    if execution.by != call.person.id and not may(call.person, permission, call.world.roles):
        raise Forbidden(
            f"{execution.id} was started by somebody else. You may not use {permission}.",
            "Ask them, or somebody whose role has it.",
        )
    return execution


def _id(text: str) -> str:
    return parse_numbered(text, "RUN")


def _on_run(
    word: str, run: Callable[[Unit, Call, Which], Reply], told: str, said: str, *, shown_first: bool = False
) -> Verb:
    """What people do to a run as a whole; `said` are the words for it, as a pattern."""
    return Verb(
        name=f"runbook.{word}",
        command=f"runbook {word}",
        help=told,
        example=f"/runbook {word} RUN-1",
        args=Which,
        run=run,
        order=("id",),
        permission="",
        shown_first=shown_first,
        patterns=(rf"(?:please\s+)?(?:{said})\s+(?P<id>RUN-\d+)\s*[.!]*",),
    )


VERBS = (
    _on_run("pause", pause, "Hold a run: nothing new begins until somebody resumes it.", r"pause|hold"),
    _on_run("resume", resume, "Let a paused run go on.", r"resume|unpause"),
    Verb(
        name="runbook.retry",
        command="runbook retry",
        help="Go on where a run failed, or from a step of it, in a new run; what finished is kept.",
        example="/runbook retry RUN-1 verify",
        args=Retry,
        run=retry,
        order=("id", "step", "checkpoint"),
        shown_first=True,
        patterns=(r"(?:please\s+)?retry\s+(?P<id>RUN-\d+)(?:\s+from\s+(?P<step>[\w.\[\]-]+))?\s*[.!]*",),
    ),
    _on_run(
        "rollback",
        rollback,
        "Take back what a run did, newest first; one that is under way is ended first.",
        r"roll\s?back|take\s+back|undo",
        shown_first=True,
    ),
    Verb(
        name="runbook.graph",
        command="runbook graph",
        help="Show the steps of a run or a runbook as a picture.",
        example="/runbook graph RUN-1",
        args=Drawn,
        run=graph,
        order=("id",),
        permission="runbook.list",
    ),
    Verb(
        name="runbook.log",
        command="runbook log",
        help="Show what a step of a run wrote; without a step, the one that failed.",
        example="/runbook log RUN-1 verify",
        args=Log,
        run=log,
        reads=True,
        order=("id", "step"),
        permission="runbook.list",
    ),
)
