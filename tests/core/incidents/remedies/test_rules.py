from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.incidents.incident import Incident, State
from core.incidents.remedies import decision, selection
from core.incidents.remedies.config import RemediationConfig, check_remediation
from core.incidents.remedies.decision import HOUR, Begin, Facts, decide
from core.incidents.remedies.remedy import Course, Matter, Signs, Stage, Try, Waiting
from core.source import Section, load, validate
from tests.core.incidents.remedies.scene import BOOKS, world
from tests.core.runbooks.house import book
from tests.stores import START

CONFIG = RemediationConfig.model_validate(
    {"per_incident": 2, "per_hour": 2, "rules": [{"runbook": "restart"}, {"runbook": "failover"}]}
)


class File(Section):
    """A file that says nothing else."""

    remediation: RemediationConfig


def mistakes(text: str) -> list[str]:
    read = load(text, "wardroom.yaml")
    try:
        config = validate(read, File).remediation
    except ConfigError as error:
        return [problem.what for problem in error.problems]
    found = check_remediation(read, config, BOOKS, ["checkout"], ["staging"])
    return [f"{problem.line}: {problem.what} {problem.mend}".strip() for problem in found]


def incident(**changes: Any) -> Incident:
    known: dict[str, Any] = {
        "id": "INC-1",
        "title": "It is slow",
        "severity": 2,
        "state": State.OPEN,
        "service": "checkout",
        "declared_by": "ana",
        "declared_name": "Ana",
        "created": START,
    }
    return Incident(**(known | changes))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("rules: [{runbook: restrat}]", "Unknown runbook `restrat`. Did you mean `restart`?"),
        (
            "rules: [{runbook: restart, services: [chekout]}]",
            "Unknown service `chekout`. Did you mean `checkout`?",
        ),
        ("rules: [{runbook: restart, categories: [latncy]}]", "Unknown category `latncy`."),
        ("environments: [stagin]", "Unknown environment `stagin`. Did you mean `staging`?"),
        ("rules: [{runbook: restart, params: {enviroment: staging}}]", "has no parameter `enviroment`"),
        ("rules: [{runbook: restart, match: 'label.x == 1'}]", "The condition cannot be used"),
        ("rules: [{runbook: restart, params: {environment: '${{ alert.x }}'}}]", "This cannot be filled in"),
        ("per_incident: 0", "`per_incident` must be at least 1"),
    ],
)
def test_every_mistake_of_a_rule_is_told_with_what_would_be_right(said: str, expected: str) -> None:
    (found,) = mistakes(f"remediation:\n  {said}\n")
    assert expected in found


def test_what_nobody_could_be_asked_for_is_a_mistake() -> None:
    steps = '[{id: a, action: shell, with: {argv: [echo, "${{ params.who }}"]}}]'
    needs = book(f"name: needs\nparams: {{who: {{required: true}}}}\nsteps: {steps}")
    read = load("remediation: {rules: [{runbook: needs}]}", "wardroom.yaml")
    (found,) = check_remediation(read, validate(read, File).remediation, {"needs": needs}, [], [])
    assert found.what == "Nobody is there to be asked for `who`, which needs must be told."


def test_a_runbook_says_itself_what_it_is_for() -> None:
    scene = world()
    for service, severity, listed in (("payments", 2, True), ("payments", 3, False), ("checkout", 1, False)):
        matter = Matter(incident(service=service, severity=severity))
        found = selection.suggestions(scene.remediation, BOOKS, scene.services, matter)
        assert listed == ("drain" in [one.runbook for one in found])
    matter = Matter(incident(service="payments"))
    (only,) = selection.suggestions(scene.remediation, BOOKS, scene.services, matter)
    assert only.why == "meant for payments, what is high or worse"


def _try(runbook: str, stage: Stage, begun: datetime) -> Try:
    return Try("1", "INC-1", "checkout", runbook, "RUN-1", stage, begun)


tries = st.builds(
    _try, st.sampled_from(["restart", "failover", "other"]), st.sampled_from(Stage), st.just(START)
)
facts = st.builds(
    Facts,
    incident=st.builds(incident, state=st.sampled_from(State), is_test=st.booleans()),
    signs=st.sampled_from(Signs),
    course=st.builds(
        Course, st.just("INC-1"), held_by=st.sampled_from(["", "ana"]), stopped=st.sampled_from(["", "so"])
    ),
    rules=st.just(CONFIG.rules),
    tries=st.lists(tries, max_size=3),
    lately=st.lists(st.integers(0, 100).map(lambda n: START - timedelta(minutes=n)), max_size=4),
    latest=st.dictionaries(
        st.sampled_from(["restart", "failover"]),
        st.integers(0, 200).map(lambda n: START - timedelta(minutes=n)),
    ),
    waiting=st.lists(
        st.sampled_from(["restart", "failover"]).map(lambda name: Waiting("INC-2", name, "RUN-2", "AP-2")),
        max_size=2,
    ),
)


@given(facts)
def test_nothing_begins_by_itself_that_a_limit_or_a_person_forbids(known: Facts) -> None:
    chosen = decide(CONFIG, known, START)
    if not isinstance(chosen, Begin):
        return
    assert Signs.WRONG is known.signs
    assert known.incident.is_open
    assert known.incident.state is not State.MONITORING
    assert (False, "", "") == (known.incident.is_test, known.course.held_by, known.course.stopped)
    assert not any(one.stage.is_going_on for one in known.tries)
    never_ran = (Stage.REFUSED, Stage.CALLED_OFF)
    assert sum(one.stage not in never_ran for one in known.tries) < CONFIG.per_incident
    tried = {one.runbook for one in known.tries if one.stage is not Stage.CALLED_OFF}
    assert chosen.rule.runbook not in tried | {one.runbook for one in known.waiting}
    assert sum(START - at < HOUR for at in known.lately) < CONFIG.per_hour
    assert START - known.latest.get(chosen.rule.runbook, START - HOUR) >= CONFIG.cool_down


@given(facts)
def test_what_waits_for_a_limit_waits_for_a_moment_that_comes(known: Facts) -> None:
    chosen = decide(CONFIG, known, START)
    if isinstance(chosen, decision.Later):
        assert START < chosen.at <= START + CONFIG.cool_down
