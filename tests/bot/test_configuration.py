from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.configuration import load_world
from bot.settings import load_settings
from core.errors import ConfigError, Problem
from core.world import World

CONTRACT = Path(__file__).parents[1] / "data" / "contract"
BOOKS: Mapping[str, Any] = {"restart-service": None, "database-failover": None}
Read = Callable[[str], list[str]]
Change = Callable[..., list[str]]
KEY = "k" * 40


def world_of(path: Path) -> World:
    return load_world(load_settings(config=path, secret_key=KEY), lambda *_: BOOKS)


@pytest.fixture
def mistakes(tmp_path: Path) -> Read:
    """The mistakes in a text, without the folder."""

    def read(text: str) -> list[str]:
        path = tmp_path / "wardroom.yaml"
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            world_of(path)
        return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]

    return read


@pytest.fixture
def changed(mistakes: Read) -> Change:
    """The mistakes in the contract's file after a change; the file is fine without it."""
    text = (CONTRACT / "wardroom.yaml").read_text()

    def read(*changes: tuple[str, str]) -> list[str]:
        changed_text = text
        for old, new in changes:
            assert old in changed_text
            changed_text = changed_text.replace(old, new, 1)
        return mistakes(changed_text)

    return read


def test_the_contract_is_accepted_as_it_stands() -> None:
    world = world_of(CONTRACT / "wardroom.yaml")
    assert world.workspace == "acme"
    assert list(world.people) == ["ana", "bo", "chi", "dev", "eve", "rex"]
    assert world.people["ana"].accounts == {"slack": "U0ANA", "discord": "1001", "local": "ana"}
    assert world.people["eve"].timezone == "America/New_York"
    assert world.people["dev"].timezone == "Europe/Berlin"
    assert world.people["rex"].owner == "dev"
    assert world.roles["sre"] >= {"runbook.*", "approval.*"}
    assert world.environments["production"].aliases == ("prod", "live")
    assert [place.platform for place in world.channels["ops"].places] == ["slack", "discord"]
    assert world.channels["siem"].outlets["webhook"]["secret_env"] == "SIEM_WEBHOOK_SECRET"
    assert world.actions.shell.allow == ("echo", "sh")
    assert world.limits.messages_per_minute.person == 30
    assert world.secret_key == KEY
    assert KEY not in repr(world)


def test_the_contracts_policy_keeps_every_word() -> None:
    policy = world_of(CONTRACT / "wardroom.yaml").policies[0]
    assert policy.name == "production-change"
    assert [(ask.role, ask.must) for ask in policy.ask] == [("sre", False), ("security", True)]
    assert (policy.approvals, policy.rejections_to_block, policy.severity) == (2, 1, "HIGH")
    assert (policy.timeout, policy.execution_window) == (timedelta(hours=12), timedelta(minutes=15))
    assert policy.remind == (0.5, 0.9)
    assert [(rung.at, rung.timeout) for rung in policy.escalation] == [
        (0.75, None),
        (1.0, timedelta(hours=1)),
    ]


def test_runbook_folders_are_beside_the_file(tmp_path: Path) -> None:
    seen: list[Path] = []
    path = tmp_path / "wardroom.yaml"
    path.write_text("workspace: a\nrunbooks: [./books, more]\n")

    def library(folders: list[Path], _whom: object) -> dict[str, Any]:
        seen.extend(folders)
        return {}

    load_world(load_settings(config=path), library)
    assert seen == [tmp_path / "books", tmp_path / "more"]


def test_all_mistakes_are_told_at_once_each_with_line_and_nearest(mistakes: Read) -> None:
    text = """\
workspce: acme
people:
  ana: {name: Ana, slack: "@ana", roles: [sra]}
  bo: {name: Bo, slack: U0BO, timezone: Europe/Berlim}
  cy: {name: Cy, slack: U0BO, emial: x}
roles:
  sre: {permissions: [aproval.*]}
services:
  shop: {owner: platfrm, tier: high, depends_on: [shp]}
"""
    found = mistakes(text)
    assert [one.split(": ", 1)[0] for one in found] == [
        f"wardroom.yaml:{place}"
        for place in ("1:1", "1:1", "3:20", "3:43", "4:31", "5:18", "5:31", "7:23", "9:10", "9:26", "9:51")
    ]
    expected = (
        "`workspace` is missing.",
        "Unknown key `workspce`. Did you mean `workspace`?",
        "`@ana` is not a Slack member id. Copy it from the profile in Slack: it looks like U012AB3CD.",
        "Unknown role `sra`. Did you mean `sre`?",
        "`Europe/Berlim` is not a time zone. Did you mean `Europe/Berlin`?",
        "cy and bo (line 4) have one slack account, `U0BO`.",
        "Unknown key `emial` in `people.cy`. Did you mean `email`?",
        "Unknown permission `aproval.*`. Did you mean `approval.*`?",
        "Unknown team `platfrm`. None is configured yet.",
        "`tier` must be a whole number, and is text.",
        "Unknown service `shp`. Did you mean `shop`?",
    )
    for what, one in zip(expected, found, strict=True):
        assert what in one


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("roles: [sre]}\n  bo", "roles: [sra]}\n  bo", "Unknown role `sra`. Did you mean `sre`?"),
        ("members: [ana, bo]", "members: [ana, boo]", "Unknown person `boo`. Did you mean `bo`?"),
        ("owner: dev, roles", "owner: rex, roles", "Unknown human `rex`."),
        ("schedule: platform-primary", "schedule: platform-primry", "Unknown schedule `platform-primry`."),
        ("depends_on: [payments,", "depends_on: [payment,", "Unknown service `payment`. Did you mean `payments`?"),
        ("tier: 0\n    owner: platform", "tier: 0\n    owner: platfrom", "Unknown team `platfrom`. Did you mean `platform`?"),
        ("runbooks: [restart-service]", "runbooks: [restart-servce]", "Unknown runbook `restart-servce`. Did you mean"),
        ("aliases: [reco]", "aliases: [Cart]", "`Cart` of recommendation-engine already means checkout (line 32)."),
        ("aliases: [stg, stage]", "aliases: [LIVE]", "`LIVE` of staging already means production"),
        ("aliases: [stg, stage]", "aliases: [production]", "already means production"),
        ("slack: U0BO", "slack: U0ANA", "bo and ana (line 8) have one slack account, `U0ANA`."),
        ('discord: "1003"', "discord: 1001", "chi and ana (line 8) have one discord account"),
        ("kind: agent, owner: dev", "kind: agent", "Rex is a program without an owner."),
        ("ask: [{role: sre}, {", "ask: [{role: sr}, {", "Unknown role `sr`. Did you mean `sre`?"),
        ("ask: [{role: sre}, {", "ask: [{team: platfrm}, {", "Unknown team `platfrm`. Did you mean `platform`?"),
        ("ask: [{role: sre}, {", "ask: [{person: rex}, {", "Unknown person `rex`."),
        ("ask: [{role: sre}, {", "ask: [{role: sre, team: platform}, {", "This names 2 of role, team, person and schedule."),
        ("ask: [{role: sre}, {", "ask: [{rol: sre}, {", "Unknown key `rol` in `policies.0.ask.0`. Did you mean `role`?"),
        ("approvals: 2", "approvals: 5", "needs 5 approvals, and only 4 people may give one."),
        ("approvals: 2", "approvals: 0", "`approvals`"),
        ("applies_to: runbook", "applies_to: runbok", "`runbok` is nearly `runbook`, and such a policy would not speak about one. Write `applies_to: runbook`"),
        ("on_timeout: expire", "on_timeout: pass", "`on_timeout` cannot be `pass`. Valid here: approve, expire, reject."),
        ("on_timeout: expire", "on_timeout: approve", "Silence approves nothing that is not listed."),
        (
            "    on_timeout: expire",
            "    second_factor: true\n    on_timeout: approve\n    auto_approve: {triggers: [production-change]}",
            "asks for a second factor, which silence does not show.",
        ),
        ("{at: 75%, add: [{role: manager}]}", "{at: 75%, add: [{role: manager}], timeout: 2h}", "The step at 75% would move the deadline, and only one at 100% may. Remove its `timeout`"),
        ("], timeout: 1h}", "]}", "The step at 100% asks people when their time is up. Give it a `timeout`"),
        (
            "    ask: [{role: manager}]\n    approvals: 1",
            "    severity: HIGH\n    on_timeout: approve\n    auto_approve: {triggers: [FIRST_TRADE]}\n    ask: [{role: manager}]\n    approvals: 1",
            "agent-trades is HIGH, and silence approves only what is NORMAL.",
        ),
        ("    on_timeout: expire", "    auto_approve: {triggers: [production-change]}", "lets silence approve nothing"),
        (
            "    ask: [{role: manager}]\n    approvals: 1",
            "    on_timeout: approve\n    auto_approve: {triggers: [LOW_TRUST]}\n    ask: [{role: manager}]\n    approvals: 1",
            "Silence never approves LOW_TRUST. Leave it out: people have to look at it.",
        ),
        (
            "    ask: [{role: manager}]\n    approvals: 1",
            "    on_timeout: approve\n    auto_approve: {triggers: [AMOUNT_THRESHOLD]}\n    ask: [{role: manager}]\n    approvals: 1",
            "Silence cannot approve AMOUNT_THRESHOLD: it is no trigger of this policy, or grows with the order.",
        ),
        (
            "    ask: [{role: manager}]\n    approvals: 1",
            "    on_timeout: approve\n    auto_approve: {triggers: [LARGE]}\n    triggers: [{name: LARGE, measure: subject.amount, limit: 9}]\n    ask: [{role: manager}]\n    approvals: 1",
            "LARGE can become HIGH, and silence approves only what is NORMAL.",
        ),
        ("severity: HIGH", "severity: HIHG", "`severity` cannot be `HIHG`. Did you mean `HIGH`?"),
        ("timeout: 12h", "timeout: 12 hours", "`12 hours` is not a duration."),
        ("remind: [50%, 90%]", "remind: [90%, 50%]", "The reminders are not in order."),
        ("remind: [50%, 90%]", "remind: [50%, 190%]", "`190%` is not a part of a whole."),
        ("notify: [ops]\n  - name", "notify: [opps]\n  - name", "Unknown channel `opps`. Did you mean `ops`?"),
        ("subject.environment ==", "subjct.environment ==", "The condition cannot be used: there is no “subjct” here"),
        ("&& subject.destructive", "&& (subject.destructive", "The condition cannot be used"),
        ("    ask: [{role: manager}]\n    approvals: 1", "    ask: [{role: manager}]\n    asks: [{trigger: LOW_TRSUT, ask: [{role: sre}]}]\n    approvals: 1",
         "Unknown trigger `LOW_TRSUT`. Did you mean `LOW_TRUST`?"),
        ("    ask: [{role: manager}]\n    approvals: 1", "    ask: [{role: manager}]\n    asks: [{trigger: LOW_TRUST, ask: [{role: sra}]}]\n    approvals: 1",
         "Unknown role `sra`. Did you mean `sre`?"),
        ("    ask: [{role: manager}]\n    approvals: 1", "    ask: [{role: manager}]\n    asks: [{trigger: LOW_TRUST, ask: [{role: agent, must: true}]}]\n    approvals: 1",
         "agent-trades must have a vote from agent, and nobody is in it."),
        ("name: agent-trades", "name: production-change", "Another policy is called production-change (line 65)."),
        ("fallback: mail}\n  mail", "fallback: male}\n  mail", "Unknown channel `male`. Did you mean `mail`?"),
        ("mail:     {email: {from: wardroom@acme.test}}", "mail:     {email: {from: wardroom@acme.test}, fallback: ops}",
         "The fallbacks of ops go in a circle: ops → mail → ops."),
        ("sms: {}, fallback: mail", "fallback: mail", "This channel leads nowhere."),
        ("ask: [{role: manager}]", "ask: [{team: security, oncall: true}]", "security has no schedule."),
        ("ask: [{role: manager}]", "emergency: {ask: [{role: manager}]}\n    ask: [{role: manager}]", "The emergency list of agent-trades has one person, and 2 is the least."),
        ("ask: [{role: manager}]", "minimum_approvers: 1\n    emergency: {ask: [{role: managr}, {role: sre}]}\n    ask: [{role: manager}]", "Unknown role `managr`."),
        ("ask: [{role: manager}]", "minimum_approvers: 2\n    ask: [{role: manager}, {person: ana}]", "When Ana Ruiz (sre) asks, one person may decide by agent-trades, and it wants 2."),
        ("ask: [{role: manager}]", "ask: [{role: manager, oncall: true}]", "`oncall` is for a team."),
        ("ask: [{role: manager}]", "ask: [{schedule: platform}]", "Unknown schedule `platform`. Did you mean `platform-primary`?"),
        ("ask: [{role: manager}]\n    approvals: 1", "ask: [{schedule: platform-primary}]\n    approvals: 2", "needs 2 approvals, and only 1 people may give one"),
        ("ask: [{role: manager}]", "ask: [{role: manager}]\n    veto: [{role: agent}]", "agent-trades lets agent veto, and nobody is in it."),
        ("ask: [{role: manager}]", "ask: [{role: manager}]\n    veto: [{person: ana}]", "agent-trades lets ana veto, and asks none of them."),
        ("ask: [{role: manager}]", "ask: [{role: manager}, {person: ana}]\n    veto: [{schedule: platform-primary}]",
         "lets whoever is on call for platform-primary veto, and does not ask bo, who takes turns."),
        ("timezone: Europe/Berlin\n    layers", "timezone: Berlin\n    layers", "`Berlin` is not a time zone."),
        ("{people: [ana, bo], rotate", "{people: [ana, rex], rotate", "Unknown human `rex`."),
        ("interval: 10s", "interval: 10ms", "runs more often than once a second"),
        ("{prometheus:", "{promethus:", "Unknown key `promethus` in `backends.metrics`. Did you mean `prometheus`?"),
        ("declare: high, team: platform", "declare: high, team: plat", "Unknown team `plat`."),
        ("runner: pytest", "runner: pytst", "`runner` cannot be `pytst`. Did you mean `pytest`?"),
        ("person: 30", "person: none", "`person` must be a whole number, and is text."),
        ('allow: ["127.0.0.1:18080"]', 'allow: ["http://127.0.0.1"]', "is not a host. Write host or host:port"),
        ("oncall.*]", "oncal.*]", "Unknown permission `oncal.*`. Did you mean `oncall.*`?"),
        ("oncall.*]", "oncall.shw]", "Unknown permission `oncall.shw`. Did you mean `oncall.show`?"),
        ("oncall.*]", "everything]", "`everything` is not a permission. Write `area.verb`"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_cure(changed: Change, old: str, new: str, said: str) -> None:
    text = (CONTRACT / "wardroom.yaml").read_text()
    first = text.replace(old, new, 1)
    line = next(
        n for n, (a, b) in enumerate(zip(text.split("\n"), first.split("\n"), strict=False), 1) if a != b
    )
    found = changed((old, new))
    assert any(said in one for one in found), found
    numbers = [int(one.split(":")[1]) for one in found if said in one]
    assert min(abs(number - line) for number in numbers) <= 1, found


def test_an_entry_with_a_mistake_of_its_own_is_not_missed_by_others(changed: Change) -> None:
    found = changed(("payments: {tier: 0,", "payments: {teir: 0,"))
    assert len(found) == 1
    assert "Unknown key `teir`" in found[0]


def test_mistakes_of_the_file_and_of_its_runbooks_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "wardroom.yaml"
    path.write_text("workspace: a\nservces: {}\nservices: {a: {runbooks: [x]}}\n")

    def broken(*_: object) -> dict[str, Any]:
        raise ConfigError([Problem("runbooks/x.yaml", 3, "Broken.")])

    with pytest.raises(ConfigError) as caught:
        load_world(load_settings(config=path), broken)
    assert [problem.what for problem in caught.value.problems] == ["Unknown key `servces`.", "Broken."]


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="wardroom init"):
        world_of(tmp_path / "none.yaml")


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutilated_contract_is_a_world_or_told_mistakes(data: st.DataObject, tmp_path: Path) -> None:
    text = (CONTRACT / "wardroom.yaml").read_text()
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    junk = data.draw(st.text(alphabet="ab:-[]{}&*!|>'\"#%\n 1.", max_size=6))
    path = tmp_path / "wardroom.yaml"
    path.write_text(text[:start] + junk + text[start + length :])
    try:
        said = [world_of(path).workspace]
    except ConfigError as error:
        said = [problem.what for problem in error.problems]
    assert said


@pytest.mark.parametrize(
    ("given_rules", "told"),
    [
        ("{late: 5s}", "late"),
        ("{every: 3m, blind: 2m}", "It would count as blind before it looks again."),
        ("{every: 2m, late: 1m}", "It would look less often than it is to notice."),
        ("{evry: 20s}", "Did you mean `every`?"),
    ],
)
def test_the_watchdog_s_times_are_checked(mistakes: Read, given_rules: str, told: str) -> None:
    (mistake,) = mistakes(f"workspace: acme\npaging:\n  watchdog: {given_rules}\n")
    assert mistake.startswith("wardroom.yaml:3:")
    assert told in mistake
