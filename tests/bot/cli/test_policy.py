import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.approvals import policy, units
from core.approvals.ageing import units as ageing
from core.approvals.config import Policy
from core.approvals.draft import Draft
from core.approvals.request import Choice
from core.clock import ManualClock, SystemClock
from core.people.person import Person
from core.store import deadlines
from core.store.engine import Unit
from tests.bot.cli.conftest import Wardroom
from tests.house import ROOT
from tests.stores import opened

EXAMPLES = ROOT / "examples" / "policies"
FIRM = str(EXAMPLES / "wardroom.yaml")

CONFIG = """
workspace: acme
people:
  ana: {name: Ana, roles: [sre]}
  bo: {name: Bo, roles: [sre]}
  chi: {name: Chi, roles: [security]}
  dev: {name: Dev, roles: [developer]}
roles: {sre: {}, security: {}, developer: {}}
policies:
  - name: change
    applies_to: access
    when: subject.system == "billing"
    severity: HIGH
    ask: [{role: sre}]
    approvals: 1
    timeout: 4h
"""
CASE = """
cases:
  - name: Ana agrees
    kind: access
    subject: {system: billing}
    asker: dev
    votes: [{after: 1h, ana: approve}]
    expect: {outcome: REQUIRE, end: {status: APPROVED, at: 1h}}
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "wardroom.yaml").write_text(CONFIG)
    (tmp_path / "policy-tests").mkdir()
    (tmp_path / "policy-tests" / "first.yaml").write_text(CASE)
    return str(tmp_path / "wardroom.yaml")


@pytest.mark.parametrize("file", sorted((EXAMPLES / "cases").glob("*.yaml")), ids=lambda file: file.stem)
def test_each_worked_example_comes_out_as_it_says(wardroom: Wardroom, file: Path) -> None:
    code, out, err = wardroom("policy", "test", str(file), "-c", FIRM)
    assert (0, 0) == (code, out.count("!!")), out
    assert "none otherwise than expected" in err


def test_there_are_thirteen_worked_examples_and_each_is_explained() -> None:
    page = (ROOT / "docs" / "policies.md").read_text()
    names = [file.name for file in (EXAMPLES / "cases").glob("*.yaml")]
    assert 13 == len(names)
    assert [] == [name for name in names if name not in page]


def test_cases_beside_the_configuration_are_found(wardroom: Wardroom, config: str) -> None:
    code, out, err = wardroom("policy", "test")
    assert (0, "1 case, none otherwise than expected.\n") == (code, err)
    assert "ok  Ana agrees" in out


@pytest.mark.parametrize(("stagger", "first"), [("5m", "[ana]"), ("0s", "[ana, bo]")])
def test_who_hears_first_follows_from_the_houses_own_delay(
    wardroom: Wardroom, config: str, tmp_path: Path, stagger: str, first: str
) -> None:
    night = "hours: {days: mon-fri, from: '22:00', to: '23:00'}"
    firm = CONFIG.replace("{name: Bo,", f"{{name: Bo, {night},").replace("HIGH", "MEDIUM")
    (tmp_path / "wardroom.yaml").write_text(f"{firm}notifications: {{stagger: {stagger}}}\n")
    case = CASE.replace("outcome: REQUIRE", f"asked: [{{people: [ana, bo], first: {first}}}]")
    (tmp_path / "policy-tests" / "first.yaml").write_text(case)
    code, out, err = wardroom("policy", "test", "-c", config)
    assert 0 == code, out + err


def test_a_difference_is_shown_and_leaves_with_1(wardroom: Wardroom, config: str, tmp_path: Path) -> None:
    stricter = CONFIG.replace("approvals: 1", "approvals: 2")
    (tmp_path / "new.yaml").write_text(stricter[stricter.index("policies:") :])
    code, out, err = wardroom("policy", "test", "--policies", "new.yaml")
    assert 1 == code
    assert "!!  Ana agrees  end: APPROVED at 1h  end: EXPIRED at 4h" in " ".join(out.splitlines())
    assert "1 case, 1 otherwise than expected." in err
    code, out, _ = wardroom("policy", "test", "--policies", "new.yaml", "--json")
    (case,) = json.loads(out)["cases"]
    assert (1, False) == (code, case["ok"])
    assert [{"what": "end", "expected": "APPROVED at 1h", "got": "EXPIRED at 4h"}] == case["differences"]


def test_the_course_of_events_is_told_on_request(wardroom: Wardroom, config: str) -> None:
    _, out, _ = wardroom("policy", "test", "--verbose")
    assert "level 0 asks ana and bo: 1 of those asked must approve" in out
    assert "1h  it ends: APPROVED (APPROVED)" in out


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("asker", "askr", "3:5: `asker` is missing"),
        ("asker", "askr", "6:5: Unknown key `askr` in `cases.0`. Did you mean `asker`?"),
        ("ana: approve", "anna: approve", "7:25: Unknown person `anna`. Did you mean `ana`?"),
        ("ana: approve", "ana: aprove", "`aprove` is nothing that ana can do. Did you mean `approve`?"),
        ("ana: approve", "ana: change", "A change says `to` what, and nothing else does"),
        ("ana: approve", "ana: approve, to: {x: 1}", "A change says `to` what, and nothing else does"),
        ("APPROVED", "APROVED", "`APROVED` is not a status. Did you mean `APPROVED`?"),
        ("1h,", "1 hour,", "is not a duration"),
        ("at: 1h}", "at: 1h, enough: true}", "Unknown key `enough`"),
        ("asker: dev", "asker: dev\n    away: [ana]", "ana is away then"),
        ("asker: dev", "asker: dev\n    away: {ana: soon}", "until when somebody is away"),
        ("asker: dev", "asker: dev\n    at: noon", "`noon` is not a moment"),
        ("asker: dev", "asker: dev\n    sample: order", "Unknown sample `order`"),
        ("subject: {system: billing}", "run: {runbook: restart}", "Unknown runbook `restart`"),
        ("kind: access", "left: []", "does not say what kind of thing"),
        ("expect: {outcome: REQUIRE, end: {status: APPROVED, at: 1h}}", "expect: {}", "expects nothing"),
    ],
)
def test_a_mistake_in_a_case_is_told_with_line_and_nearest_word(
    wardroom: Wardroom, config: str, tmp_path: Path, wrong: str, right: str, told: str
) -> None:
    assert wrong in CASE
    (tmp_path / "bad.yaml").write_text(CASE.replace(wrong, right, 1))
    code, out, err = wardroom("policy", "test", "bad.yaml")
    assert (2, "") == (code, out)
    assert told in err
    assert "bad.yaml:" in err


def test_policies_in_a_case_file_are_checked_like_the_configured_ones(
    wardroom: Wardroom, config: str, tmp_path: Path
) -> None:
    own = "policies: [{name: p, applies_to: access, ask: [{role: sre}], approvals: 5}]"
    (tmp_path / "bad.yaml").write_text(own + CASE)
    code, _, err = wardroom("policy", "test", "bad.yaml")
    assert 2 == code
    assert "p needs 5 approvals, and only 2 people may give one" in err


def test_without_a_file_there_is_nothing_to_try(wardroom: Wardroom, config: str, tmp_path: Path) -> None:
    (tmp_path / "policy-tests" / "first.yaml").unlink()
    code, out, err = wardroom("policy", "test")
    assert (1, "") == (code, out)
    assert "has no .yaml file" in err
    (tmp_path / "policy-tests").rmdir()
    code, out, err = wardroom("policy", "test")
    assert (1, "") == (code, out)
    assert "There is no policy-tests. Write a case into it" in err


def test_a_case_about_a_run_is_planned_as_in_chat(wardroom: Wardroom, tmp_path: Path) -> None:
    book = ROOT / "examples" / "runbooks"
    config = CONFIG.replace("applies_to: access", "applies_to: runbook").replace(
        'subject.system == "billing"', 'subject.environment == "production"'
    )
    more = (
        f"runbooks: ['{book}']\nteams: {{platform: {{members: [ana, bo]}}}}\n"
        "environments: {production: {}, staging: {}}\n"
        "services: {checkout: {owner: platform}, user-db: {owner: platform}}\n"
    )
    (tmp_path / "wardroom.yaml").write_text(config + more)
    case = (
        "cases:\n  - name: A restart\n    asker: dev\n"
        "    run: {runbook: restart-service, params: {service: checkout, environment: production}}\n"
        "    votes: [{after: 1h, bo: approve}]\n"
        "    expect: {policies: [change], end: APPROVED}\n"
    )
    (tmp_path / "run.yaml").write_text(case)
    code, out, err = wardroom("policy", "test", "run.yaml")
    assert 0 == code, out + err
    changed = case.replace("votes: [", "votes: [{after: 10m, ana: change, to: {environment: staging}}, ")
    (tmp_path / "run.yaml").write_text(changed)
    code, out, err = wardroom("policy", "test", "run.yaml", "--verbose")
    assert 0 == code, out + err
    assert "Ana changes it: params.environment production → staging" in out
    (tmp_path / "run.yaml").write_text(changed.replace("staging", "stagign"))
    code, _, err = wardroom("policy", "test", "run.yaml")
    assert 2 == code
    assert "Did you mean “staging”?" in err
    (tmp_path / "run.yaml").write_text(case.replace("service: checkout,", "service: chekout,"))
    code, _, err = wardroom("policy", "test", "run.yaml")
    assert 2 == code
    assert "run.yaml:4:" in err
    assert "Did you mean “checkout”?" in err


def test_past_requests_go_through_the_policies_again(wardroom: Wardroom, config: str, tmp_path: Path) -> None:
    asyncio.run(_past(tmp_path))
    before = _dump(tmp_path)
    code, out, err = wardroom("policy", "replay")
    assert (0, "", "3 requests, none would differ.\n") == (code, out, err), out
    stricter = CONFIG.replace("approvals: 1", "approvals: 2").replace('== "billing"', '!= "shop"')
    (tmp_path / "new.yaml").write_text(stricter)
    code, out, err = wardroom("policy", "replay", "--policies", "new.yaml")
    assert (1, "3 requests, 3 would differ.\n") == (code, err)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "AP-1 billing for a day approvals 1 2" in lines
    assert "end LAPSED at 1h15m EXPIRED at 4h" in lines
    (tmp_path / "new.yaml").write_text(CONFIG.replace('"billing"', '"shop"'))
    code, out, _ = wardroom("policy", "replay", "--policies", "new.yaml", "--json")
    first = json.loads(out)["requests"][0]
    assert (1, "AP-1", False) == (code, first["request"], first["ok"])
    assert {"what": "outcome", "expected": "REQUIRE", "got": "ALLOW"} in first["differences"]
    assert before == _dump(tmp_path), "replay wrote to the store"


def test_replay_looks_back_as_far_as_it_is_told(wardroom: Wardroom, config: str, tmp_path: Path) -> None:
    asyncio.run(_past(tmp_path))
    assert "0 requests, none would differ." in wardroom("policy", "replay", "--since", "1h")[2]
    code, _, err = wardroom("policy", "replay", "--since", "long")
    assert 1 == code
    assert "“long” is not a duration" in err


def test_replay_makes_no_database(wardroom: Wardroom, config: str, tmp_path: Path) -> None:
    code, _, err = wardroom("policy", "replay")
    assert 1 == code
    assert "There is no database at" in err
    assert not list(tmp_path.glob("var/*.db"))


async def _past(folder: Path) -> None:
    """Three requests of the last days: one approved and lapsed, one rejected, one that nobody answered."""
    clock = ManualClock(SystemClock().now() - timedelta(days=3))
    (folder / "var").mkdir()
    async with opened(f"sqlite:///{folder}/var/w.db", clock) as store:
        for number, (who, choice) in enumerate([("ana", Choice.APPROVE), ("bo", Choice.REJECT), ("", None)]):
            request = await store.transact(units.ask, _draft(number), _PEOPLE, {})
            clock.advance(timedelta(hours=1))
            if choice is not None:
                await store.transact(units.decide, request.id, _PEOPLE[who], choice, "so", request.digest)
            for _ in range(6):
                clock.advance(timedelta(hours=1))
                await store.transact(_serve)


def _draft(number: int) -> Draft:
    subject: dict[str, Any] = {"system": "billing", "number": number}
    policies = [Policy.model_validate(_POLICY)]
    verdict = policy.evaluate(policies, "access", subject, SystemClock().now())
    assert verdict.terms is not None
    return Draft(
        kind="access",
        title="billing for a day",
        reason="",
        subject=subject,
        requester=_PEOPLE["dev"],
        terms=verdict.terms,
        key=str(number),
        findings=verdict.findings,
    )


def _serve(unit: Unit) -> None:
    for due in deadlines.due(unit):
        deadlines.take(unit, due)
        ageing.on_due(unit, due.ref)


def _dump(folder: Path) -> list[str]:
    async def read() -> list[str]:
        async with opened(f"sqlite:///{folder}/var/w.db") as store:
            return await store.read(_everything)

    return asyncio.run(read())


def _everything(unit: Unit) -> list[str]:
    tables = ("approval", "approval_vote", "event", "audit", "deadline", "outbox", "number")
    return [str(row) for name in tables for row in unit.conn.exec_driver_sql(f"select * from {name}")]  # noqa: S608 - names of our own


_PEOPLE = {
    name: Person(id=name, name=name.title(), roles=frozenset({role}))
    for name, role in (("ana", "sre"), ("bo", "sre"), ("chi", "security"), ("dev", "developer"))
}
_POLICY = {
    "name": "change",
    "applies_to": "access",
    "when": 'subject.system == "billing"',
    "severity": "HIGH",
    "ask": [{"role": "sre"}],
    "approvals": 1,
    "timeout": "4h",
}
