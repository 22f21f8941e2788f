"""Taking a step: whom it means at this moment, each called by their own ways, and channels told; part of a unit."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from core.notify import routing
from core.notify import units as notify
from core.notify.units import Occasion
from core.oncall import units as oncall
from core.oncall.schedule import Schedule
from core.paging import course, records
from core.paging.page import Called, Page, Position, Step
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.paging.telling.units import GOOD_FOR, TOLD, VIEW
from core.people.person import Person
from core.store import events, outbox
from core.store.engine import Unit

_AHEAD = 10


def call(
    unit: Unit, scene: Scene, page: Page, at: Position, without: Collection[str]
) -> tuple[list[Called], bool]:
    """Call whoever a step means; returns the calls, and whether a channel is told."""
    people = _meant(unit, scene, page, at, without)
    calls = [one for each in people if (one := ringing.begin(unit, scene, page, each, at)) is not None]
    names = [name for name in course.step_at(page.plan, at).channels if name in scene.channels]
    for name in names:
        _tell(unit, scene, page, at, name)
    if calls or names:
        before = Counter(one.person for one in records.calls(unit, page))
        times = {one.person: before[one.person] for one in calls}
        said = facts(at, calls) | {
            "times": times,
            "channels": names,
            "kind": "page.called",
            "incident": page.incident,
        }
        events.append(unit, "page.called", page.id, actor="system", data=said)
    return calls, bool(names)


def ahead(unit: Unit, scene: Scene, page: Page, without: Collection[str]) -> tuple[list[Person], Step]:
    """Whom the next step calls at which anybody but these can be called or a channel is told, and that step."""
    at = course.following(page.plan, page.at)
    while not ((people := _meant(unit, scene, page, at, without)) or tells(page, at)):
        if course.is_final(page.plan, at):
            break
        at = course.following(page.plan, at)
    return people, course.step_at(page.plan, at)


def _meant(unit: Unit, scene: Scene, page: Page, at: Position, without: Collection[str]) -> list[Person]:
    """Whom a step means now but these, each once, with those who were named in the place of others."""
    step = course.step_at(page.plan, at)
    is_behind = any(one.schedule == step.following for one in page.plan.steps[: at.step])
    called = {*called_by(unit, page, at), *without}
    meant = _stand_ins(scene, page, whom(unit, scene, step, called, is_behind=is_behind))
    return [one for one in meant if one.id not in without]


def tells(page: Page, at: Position) -> bool:
    """Whether this step tells a channel, where somebody may read it."""
    return bool(course.step_at(page.plan, at).channels)


def whom(
    unit: Unit, scene: Scene, step: Step, called: Collection[str] = (), *, is_behind: bool = False
) -> list[Person]:
    """Everybody a step means now, each once; those who are gone are left out.

    Args:
        unit: the unit of work.
        scene: what is needed of the world.
        step: the step.
        called: whom this time through has called already, and need not be called as the next.
        is_behind: a step before it called whoever was on call then, who may be somebody else by now.
    """
    named = [*step.people, *_on_call(unit, scene, step.schedule)]
    named += _next(unit, scene, step.following, called, is_behind=is_behind)
    team = scene.teams.get(step.team)
    named += team.members if team else ()
    return here(scene, named)


def expected(unit: Unit, scene: Scene, page: Page) -> dict[str, str]:
    """Who the schedules of the next step mean as things stand, by `schedule` and `following`; whom they mean then may differ."""
    if page.due is None:
        return {}
    at = course.following(page.plan, page.at)
    step = course.step_at(page.plan, at)
    is_behind = any(one.schedule == step.following for one in page.plan.steps[: at.step])
    now = oncall.on_call(unit, _named(scene, step.schedule), page.due)
    later = _next(unit, scene, step.following, called_by(unit, page, at), is_behind=is_behind)
    found = {"schedule": now.get(step.schedule, ""), "following": next(iter(later), "")}
    return {name: page.instead.get(person, person) for name, person in found.items() if person}


def _stand_ins(scene: Scene, page: Page, meant: Sequence[Person]) -> list[Person]:
    """The same with those who were named in the place of others, as long as they are there."""
    named = (here(scene, [page.instead.get(one.id, one.id)]) or [one] for one in meant)
    return here(scene, [one.id for each in named for one in each])


def here(scene: Scene, named: Iterable[str]) -> list[Person]:
    """Those of them who can be called, each once: those who are gone are left out."""
    known = (scene.people.get(one) for one in dict.fromkeys(named))
    return [one for one in known if one is not None and one.is_human and one.active]


def facts(at: Position, calls: Sequence[Called]) -> dict[str, Any]:
    """What is kept of calls: whom, when in the plan, and who has no way to be reached by."""
    return {
        "round": at.round,
        "step": at.step,
        "people": [one.person for one in calls],
        "without_a_way": [one.person for one in calls if not one.rungs],
    }


def called_by(unit: Unit, page: Page, at: Position) -> set[str]:
    """Whom the page has called this time through its plan."""
    return {one.person for one in records.calls(unit, page) if one.round == at.round}


def _on_call(unit: Unit, scene: Scene, name: str) -> list[str]:
    return list(oncall.on_call(unit, _named(scene, name)).values())


def _named(scene: Scene, name: str) -> dict[str, Schedule]:
    schedule = scene.schedules.get(name)
    return {} if schedule is None else {name: schedule}


def _next(unit: Unit, scene: Scene, name: str, called: Collection[str], *, is_behind: bool) -> list[str]:
    """Whoever is on call next and is not now; whoever is on call now, if that has changed since somebody was called for it."""
    schedule = scene.schedules.get(name)
    if schedule is None:
        return []
    now, *later = oncall.ahead(unit, schedule, unit.now, count=_AHEAD)
    others = [one.person for one in later if one.person != now.person]
    in_turn = (*([now.person] if is_behind else ()), *others)
    return [one for one in in_turn if one and one not in called][:1]


def _tell(unit: Unit, scene: Scene, page: Page, at: Position, name: str) -> None:
    channel = scene.channels[name]
    there = {(one.platform, one.channel): one for one in outbox.places(unit, VIEW, page.id)}
    for place in channel.places:
        known = there.get((place.platform, place.channel))
        if known is None:
            outbox.publish(unit, VIEW, page.id, place)
        else:
            outbox.say(unit, known, f"Still nobody has answered {page.id}.", about=page.id)
    occasion = Occasion(page.id, f"{TOLD}:{page.version}:{at.round}.{at.step}", "", unit.now + GOOD_FOR)
    notify.send(unit, occasion, routing.own_routes(channel))
