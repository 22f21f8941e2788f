"""Remedies for an incident: what begins by itself, whether it helped, and people who say hold.

Source: the co-pilot design (3.3, steps 4 and 5). Each public function is one transaction, or what a reaction or a due
time does in one. Whatever is about to begin looks at the incident as it is at that moment.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from core.errors import Conflict
from core.incidents import records as incidents
from core.incidents import units
from core.incidents.incident import Incident, State
from core.incidents.remedies import decision, records, selection, words
from core.incidents.remedies.beginning.units import BY, Wanted, begin
from core.incidents.remedies.config import RemediationConfig
from core.incidents.remedies.decision import Begin, Facts, Later, Stop, Wait
from core.incidents.remedies.remedy import Outlook, Signs, Stage, Try
from core.incidents.remedies.signs.units import Sighting, look
from core.incidents.states import Happening
from core.incidents.units import VIEW, Step
from core.people.person import Person
from core.runbooks import records as run_rows
from core.runbooks.starting import units as starting
from core.runbooks.states import ExecutionState
from core.runbooks.units import runs
from core.runbooks.units.commit import closing_words
from core.store import deadlines, events, outbox, turns
from core.store.engine import Unit
from core.text import clean, cut

NEXT, LOOK = "remedies.next", "remedies.look"
_WHY = 1_000
_WORKED_ON = (State.OPEN, State.ACKNOWLEDGED, State.MITIGATING)


class Scene(starting.Stage, Protocol):
    """What of the world is needed to let runbooks begin by themselves."""

    @property
    def remediation(self) -> RemediationConfig:
        """What may begin by itself, and within which limits."""
        ...


def on_incident(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """An incident began, came back or changed: let what may help begin soon, and call off what is not wanted any more."""
    del data
    if not scene.remediation.rules:
        return
    incident = incidents.get(unit, ref, lock=True)
    seen = look(unit, scene, incident)
    tries = records.tries(unit, ref)
    for one in tries:
        _follow(unit, scene, incident, seen, one)
    is_due = deadlines.pending(unit, NEXT, ref) is not None
    facts = _facts(unit, scene, incident, seen)
    is_wanted = decision.may_act(facts) and bool(facts.rules)
    if is_wanted and not is_due:
        deadlines.set(unit, NEXT, ref, unit.now + scene.remediation.wait)
    elif is_due and not is_wanted:
        deadlines.clear(unit, NEXT, ref)
    if is_due != is_wanted:
        outbox.refresh(unit, VIEW, ref)


def on_back(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """An incident was opened again: what had stopped may go on, within the same limits."""
    if scene.remediation.rules:
        course = records.course(unit, ref)
        if course.stopped:
            records.save_course(unit, replace(course, stopped=""))
    on_incident(unit, scene, ref, data)


def on_health_changed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A service became something else: its incidents may be over, or need something now."""
    if scene.remediation.rules:
        for incident in incidents.of_service(unit, ref):
            on_incident(unit, scene, incident, data)


def on_next(unit: Unit, scene: Scene, ref: str) -> None:
    """It is time to see what may begin by itself."""
    _go_on(unit, scene, incidents.get(unit, ref, lock=True))


def on_run_closed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run that began by itself has ended: see whether it helped, or stop."""
    del data
    incident, one = _locked(unit, records.of_run(unit, ref), Stage.RUNNING)
    if incident is None or one is None:
        return
    run, seen = run_rows.get(unit, ref), look(unit, scene, incident)
    if run.state is not ExecutionState.COMPLETED:
        records.move(unit, one, Stage.REFUSED if run.started_at is None else Stage.FAILED)
        why = words.failed(one, str(run.state).lower().replace("_", " "))
        spent = decision.spent(scene.remediation, _facts(unit, scene, incident, seen))
        _stop(unit, incident, why, words.stopped_after(closing_words(run), spent))
        return
    if _ended(unit, incident, seen, one):
        return
    until = unit.now + scene.remediation.patience
    records.move(unit, one, Stage.WATCHED, until)
    deadlines.set(unit, LOOK, one.id, until)
    _note(unit, incident, words.watched(one, until))


def on_look(unit: Unit, scene: Scene, ref: str) -> None:
    """A run that ended had its time to help."""
    incident, one = _locked(unit, records.by_id(unit, ref), Stage.WATCHED)
    if incident is None or one is None:
        return
    seen = look(unit, scene, incident)
    if _ended(unit, incident, seen, one):
        return
    records.move(unit, one, Stage.NO_HELP)
    events.append(unit, "remedy.did_not_help", incident.id, actor=BY.id, data=_facts_of(one))
    if seen.signs is not Signs.WRONG:
        why = f"nobody can tell whether {one.execution} ({one.runbook}) helped"
        _stop(unit, incident, why, words.stopped(why))
        return
    _go_on(unit, scene, incident, words.no_help(one, seen.words(incident.service), unit.now))


def hold(unit: Unit, scene: Scene, incident_id: str, by: Person, why: str = "") -> Incident:
    """Let nothing begin by itself for this incident; a run that has begun goes on, one that waits for people does not.

    Raises:
        Conflict: it is over, or on hold already.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    course = records.course(unit, incident.id)
    if not incident.is_open or course.held_by:
        what = f"{incident.id} is on hold already, said {course.held_name}." if course.held_by else ""
        raise Conflict(what or f"{incident.id} is {incident.state}.", "Nothing begins by itself there.")
    why = cut(clean(why), _WHY)
    said = replace(course, held_by=by.id, held_name=by.name, held_why=why)
    records.save_course(unit, said)
    deadlines.clear(unit, NEXT, incident.id)
    events.append(unit, "remedy.held", incident.id, actor=by.id, data={"why": why})
    running = ""
    for one in records.tries(unit, incident.id):
        if one.stage is Stage.RUNNING and not _call_off(unit, scene, incident, one, f"{by.name} said hold"):
            running = one.execution
    return _say(unit, incidents.get(unit, incident.id, lock=True), words.held(by.name, why, running), by)


def release(unit: Unit, incident_id: str, by: Person) -> Incident:
    """Let runbooks begin by themselves again for this incident, within the same limits.

    Raises:
        Conflict: nobody said hold, and nothing has stopped.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    course = records.course(unit, incident.id)
    if not course.held_by and not course.stopped:
        raise Conflict(f"{incident.id} is not on hold.", "`/incident hold` is how one says so.")
    records.save_course(unit, replace(course, held_by="", held_name="", held_why="", stopped=""))
    events.append(unit, "remedy.released", incident.id, actor=by.id)
    deadlines.set(unit, NEXT, incident.id, unit.now)
    return _say(unit, incident, words.released(by.name), by)


def outlook(unit: Unit, scene: Scene, incident: Incident) -> Outlook:
    """What may help an incident, and what is done by itself: for whoever looks at it."""
    if not incident.is_open:
        return Outlook()
    seen = look(unit, scene, incident)
    found = selection.suggestions(scene.remediation, scene.runbooks, scene.services, seen.matter)
    facts = _facts(unit, scene, incident, seen)
    at = deadlines.pending(unit, NEXT, incident.id)
    chosen = decision.decide(scene.remediation, facts, at) if at is not None else None
    book = chosen.rule.runbook if isinstance(chosen, Begin) else ""
    mine = [one for one in facts.waiting if one.incident == incident.id]
    waits = {one.execution: one.request for one in mine if one.request}
    return Outlook(found, facts.course, facts.tries, at if book else None, book, waits)


def _go_on(unit: Unit, scene: Scene, incident: Incident, before: str = "") -> None:
    """Do what is to be done now; `before` is what came of the last one, told in one message with what follows."""
    seen = look(unit, scene, incident)
    turns.take(unit, "remedies")  # the limit is one for all incidents
    facts = _facts(unit, scene, incident, seen)
    match decision.decide(scene.remediation, facts, unit.now):
        case Begin(rule):
            seen_by = selection.seen_by(rule, seen.matter)
            number, turn = len(facts.tries) + 1, decision.begun(facts.tries) + 1
            wanted = Wanted(incident, rule, seen_by, number, turn, scene.remediation)
            made, said = begin(unit, scene, wanted)
            records.begin(unit, made)
            events.append(unit, "remedy.begun", incident.id, actor=BY.id, data=_facts_of(made))
            incident = incidents.get(unit, incident.id, lock=True)
            if made.execution:
                # The card of the run tells it in the thread.
                incident = _say(unit, incident, before) if before else incident
                _note(unit, incident, said)
            else:
                _say(unit, incident, f"{before} {said}".strip())
                deadlines.set(unit, NEXT, incident.id, unit.now)
        case Later(at, why):
            deadlines.set(unit, NEXT, incident.id, at)
            _say(unit, incident, f"{before} {words.later(at, why)}".strip())
        case Wait(why):
            deadlines.set(unit, NEXT, incident.id, unit.now + decision.AGAIN)
            _say_once(unit, incident, f"{before} {words.not_yet(why)}".strip())
        case Stop(why):
            _stop(unit, incident, why, f"{before} {words.spent(why)}".strip())
        case None if before:
            _say(unit, incident, before)


def _follow(unit: Unit, scene: Scene, incident: Incident, seen: Sighting, one: Try) -> None:
    """What a change of the incident means for a try that goes on."""
    if one.stage is Stage.WATCHED:
        _ended(unit, incident, seen, one)
    elif one.stage is Stage.RUNNING and (seen.signs is Signs.OVER or not incident.is_open):
        why = "what it was to mend is well again" if incident.is_open else f"{incident.id} is over"
        _call_off(unit, scene, incident, one, why)


def _call_off(unit: Unit, scene: Scene, incident: Incident, one: Try, why: str) -> bool:
    """End a run that has not begun; False if it has."""
    run = run_rows.get(unit, one.execution)
    if run.started_at is not None or run.state.is_final:
        return False
    records.move(unit, one, Stage.CALLED_OFF)
    runs.cancel(unit, scene, one.execution, BY)
    _say(unit, incidents.get(unit, incident.id, lock=True), words.called_off(one, why))
    return True


def _locked(unit: Unit, found: Try | None, stage: Stage) -> tuple[Incident | None, Try | None]:
    """The incident of a try, locked, and the try as it is then; neither if it is not so far, or farther."""
    incident = incidents.get(unit, found.incident, lock=True) if found is not None else None
    one = records.by_id(unit, found.id) if found is not None else None
    return (incident, one) if one is not None and one.stage is stage else (None, None)


def _ended(unit: Unit, incident: Incident, seen: Sighting, one: Try) -> bool:
    """Whether nothing is left to be watched: what began the incident is over, or people ended it for reasons of theirs."""
    if seen.signs is Signs.OVER:
        _helped(unit, incident, seen, one)
    elif not incident.is_open:
        records.move(unit, one, Stage.UNWATCHED)
        deadlines.clear(unit, LOOK, one.id)
    return seen.signs is Signs.OVER or not incident.is_open


def _helped(unit: Unit, incident: Incident, seen: Sighting, one: Try) -> None:
    records.move(unit, one, Stage.HELPED)
    deadlines.clear(unit, LOOK, one.id)
    events.append(unit, "remedy.helped", incident.id, actor=BY.id, data=_facts_of(one))
    said = words.helped(one, seen.words(incident.service), unit.now)
    if incident.state in _WORKED_ON and not incident.came_of_alerts:
        # Alerts are watched, and end what they began; what people declared, people end.
        units.step(unit, incident, Step(Happening.MONITORING, BY, f"{said} Resolve it when you are sure."))
    else:
        _say(unit, incident, said)


def _stop(unit: Unit, incident: Incident, why: str, said: str) -> None:
    records.save_course(unit, replace(records.course(unit, incident.id), stopped=why))
    deadlines.clear(unit, NEXT, incident.id)
    events.append(unit, "remedy.stopped", incident.id, actor=BY.id, data={"why": why})
    _say(unit, incident, said)


def _say(unit: Unit, incident: Incident, said: str, by: Person = BY) -> Incident:
    return units.remark(unit, incident, by, said, kind="remedy")


def _say_once(unit: Unit, incident: Incident, said: str) -> None:
    if said not in {entry.text for entry in incidents.timeline(unit, incident.id)}:
        _say(unit, incident, said)


def _note(unit: Unit, incident: Incident, said: str) -> None:
    """Write it on the timeline, and let the cards show it: a run is told of when it begins, and when it is known whether it helped."""
    units.note(unit, incident.id, "remedy", BY.name, said)
    outbox.refresh(unit, VIEW, incident.id)


def _facts(unit: Unit, scene: Scene, incident: Incident, seen: Sighting) -> Facts:
    return Facts(
        incident=incident,
        signs=seen.signs,
        course=records.course(unit, incident.id),
        rules=selection.rules(scene.remediation, scene.runbooks, scene.services, seen.matter),
        tries=records.tries(unit, incident.id),
        lately=records.lately(unit, unit.now - decision.HOUR),
        latest=records.latest(unit, incident.service),
        waiting=records.waiting(unit, incident.service),
    )


def _facts_of(one: Try) -> dict[str, Any]:
    return {"runbook": one.runbook, "execution": one.execution}
