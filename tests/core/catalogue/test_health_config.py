"""How checks are written: in short, in full, with the usual values, and with every mistake told where it stands."""

from datetime import timedelta
from typing import Any

import pytest

from bot.configuration import WardroomFile
from core.catalogue.config import HealthConfig
from core.catalogue.model import HealthCheck
from core.errors import ConfigError
from core.source import load, validate


def check(**given: Any) -> HealthCheck:
    return HealthConfig.model_validate({"name": "x", **given}).check()


def test_a_check_in_short_has_the_usual_values() -> None:
    made = check(http="http://shop.internal/healthz")
    assert ("liveness", True, 2, 3, timedelta(seconds=30), timedelta(seconds=5)) == (
        made.kind, made.critical, made.rise, made.fall, made.interval, made.timeout,
    )  # fmt: skip
    assert ("http", "http://shop.internal/healthz") == (made.means, made.target)


def test_what_is_foreign_is_not_critical_unless_it_is_said() -> None:
    assert [True, False, True, False] == [
        check(tcp="a:1", kind="readiness").critical,
        check(tcp="a:1", kind="dependency").critical,
        check(tcp="a:1", kind="dependency", critical=True).critical,
        check(tcp="a:1", critical=False).critical,
    ]


def test_a_look_never_takes_longer_than_until_the_next() -> None:
    assert timedelta(seconds=2) == check(tcp="a:1", interval="2s").timeout


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{name: a, http: 'http://me:secret@shop/'}", "holds a name or a password"),
        ("{name: a, http: {url: 'http://shop/', expct: [200]}}", "Did you mean `expect`?"),
        ("{name: a, tcp: shop}", "`shop` has no port. Write host:port"),
        ("{name: a, tcp: 'shop:99999'}", "has no port"),
        ("{name: a, dns: {name: shop, server: 'ns:53'}}", "Write the server's address"),
        ("{name: a, promql: 'a < 1 and b > 2'}", "Let the comparison be outermost"),
        ("{name: a, promql: 'up{'}", "brackets do not fit together"),
        ("{name: a, command: 'pg_isready -h db'}", "A command is a list, since no shell reads it."),
        ("{name: a, command: []}", "`command` has 0, and needs 1 or more."),
        ("{name: a}", "has 0 means; it needs one. One of: http, tcp, dns, tls, promql, command, uses."),
        ("{name: a, tcp: 'a:1', dns: a}", "has 2 means"),
        ("{name: a, tcp: 'a:1', interval: 10ms}", "runs more often than once a second"),
        (
            "{name: a, tcp: 'a:1', interval: 2s, timeout: 3s}",
            "may take longer than the time until the next one",
        ),
        ("{name: a, tcp: 'a:1', with: {x: 1}}", "nothing that takes it"),
        ("{name: a, tcp: 'a:1', fall: 0}", "`fall` must be at least 1, and is 0."),
    ],
)
def test_a_mistake_is_told_at_its_line(written: str, said: str) -> None:
    text = f"workspace: acme\nservices:\n  shop:\n    health:\n      - {written}\n"
    with pytest.raises(ConfigError) as refused:
        validate(load(text, "wardroom.yaml"), WardroomFile)
    (problem,) = refused.value.problems
    assert problem.line == 5
    assert said in str(problem)
