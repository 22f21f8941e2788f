"""What may help an incident and what runs by itself for it, on the incident's card. Pure."""

from collections.abc import Mapping, Sequence

from core.incidents.incident import Incident
from core.incidents.remedies.remedy import Course, Outlook, Stage, Try
from core.text import cut
from core.world import World
from handlers.cards.card import Bold, Button, Code, Control, Line, Part, Text, When, line

_BOOKS, _TRIES = 3, 3
_STAGES = {
    Stage.RUNNING: "under way",
    Stage.WATCHED: "done; watched whether it helped",
    Stage.HELPED: "helped",
    Stage.NO_HELP: "did not help",
    Stage.FAILED: "failed",
    Stage.REFUSED: "did not begin",
    Stage.CALLED_OFF: "called off",
    Stage.UNWATCHED: "done",
}


def parts(outlook: Outlook) -> list[Part]:
    """What runs by itself, and what else may help, each with why."""
    found: list[Part] = []
    if outlook.next_at is not None:
        coming = (Bold(text="By itself: "), outlook.next_book, " begins at ")
        found.append(
            Text(line=line(*coming, When(at=outlook.next_at, style="time"), " unless somebody says hold."))
        )
    found += [
        Text(line=line(Bold(text="By itself: "), *_tried(one, outlook.waits)), small=True)
        for one in outlook.tries[-_TRIES:]
    ]
    course = outlook.course
    if course is not None and (course.held_by or course.stopped):
        found.append(Text(line=_halted(course), small=True))
    others = [one for one in outlook.suggestions if not one.by_itself]
    if others:
        said = "; ".join(f"{one.runbook} ({one.why})" for one in others[:_BOOKS])
        found.append(Text(line=line(Bold(text="May help: "), cut(said, 400)), small=True))
    return found


def buttons(world: World, incident: Incident, outlook: Outlook) -> list[Control]:
    """A button for each runbook that may help, one for any other, and one that stops or lets go what runs by itself."""
    carried = {"incident": incident.id}
    found: list[Control] = [
        Button(
            label=cut(f"Run {one.runbook}…", 30),
            verb="runbook.run",
            args=carried | {"runbook": one.runbook} | _service(world, one.runbook, incident),
            speak=f"Run {one.runbook} for {incident.id}",
        )
        for one in outlook.suggestions[: _BOOKS - 1]
    ]
    if world.runbooks:
        other = "Run another…" if found else "Run a runbook…"
        speak = f"Run a runbook for {incident.id}"
        found.append(Button(label=other, verb="runbook.run", args=carried, speak=speak))
    return found + _switch(incident, outlook)


def _service(world: World, runbook: str, incident: Incident) -> dict[str, str]:
    """The service, for a runbook that takes one."""
    takes = any(param.type == "service" for param in world.runbooks[runbook].params.values())
    return {"service": incident.service} if takes and incident.service else {}


def _switch(incident: Incident, outlook: Outlook) -> list[Control]:
    course = outlook.course
    if course is not None and (course.held_by or course.stopped):
        speak = f"Let runbooks begin by themselves for {incident.id}"
        return [
            Button(label="Let it run by itself", verb="incident.release", object=incident.id, speak=speak)
        ]
    if outlook.next_at is not None or any(one.stage.is_going_on for one in outlook.tries):
        speak = f"Let nothing begin by itself for {incident.id}"
        return [Button(label="Hold", verb="incident.hold", object=incident.id, speak=speak)]
    return []


def _tried(one: Try, waits: Mapping[str, str]) -> Sequence[str | Code]:
    run: Sequence[str | Code] = (" (", Code(text=one.execution), ")") if one.execution else ()
    if one.execution in waits:
        return (
            one.runbook,
            *run,
            ": has not begun, it waits for approval: ",
            Code(text=waits[one.execution]),
        )
    return (one.runbook, *run, f": {_STAGES[one.stage]}")


def _halted(course: Course) -> Line:
    if course.held_by:
        why = f": {course.held_why}" if course.held_why else "."
        return line(
            Bold(text="On hold"), f", said {course.held_name}{cut(why, 300)} Nothing begins by itself."
        )
    return line(
        Bold(text="Stopped: "), f"nothing more begins by itself. {cut(course.stopped, 300).capitalize()}."
    )
