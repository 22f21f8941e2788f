import pytest

from core.people.permissions import may
from core.people.person import Person

ROLES = {
    "sre": frozenset({"incident.*", "runbook.run"}),
    "developer": frozenset({"incident.declare"}),
    "admin": frozenset({"*"}),
    "agent": frozenset({"approval.request"}),
}


def person(*roles: str, active: bool = True) -> Person:
    return Person(id="ana", name="Ana", roles=frozenset(roles), active=active)


@pytest.mark.parametrize(
    ("roles", "permission", "expected"),
    [
        (("sre",), "incident.resolve", True),
        (("sre",), "runbook.run", True),
        (("sre",), "runbook.cancel", False),
        (("developer",), "incident.declare", True),
        (("developer",), "incident.resolve", False),
        (("developer", "sre"), "incident.resolve", True),
        (("admin",), "anything.at_all", True),
        (("nobody-wrote-this-role",), "incident.declare", False),
        ((), "incident.declare", False),
        ((), "", True),
    ],
)
def test_a_role_grants_what_its_patterns_say(roles: tuple[str, ...], permission: str, expected: bool) -> None:
    assert may(person(*roles), permission, ROLES) is expected


def test_whoever_may_do_something_in_an_area_may_read_it() -> None:
    assert may(person("developer"), "incident.read", ROLES)
    assert not may(person("agent"), "incident.read", ROLES)


def test_an_area_is_not_a_beginning_of_a_name() -> None:
    roles = {"odd": frozenset({"inc.*"})}
    assert not may(person("odd"), "incident.declare", roles)


def test_somebody_who_has_left_may_do_nothing() -> None:
    assert not may(person("admin", active=False), "incident.declare", ROLES)
    assert not may(person("admin", active=False), "", ROLES)
