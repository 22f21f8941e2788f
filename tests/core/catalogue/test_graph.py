from core.catalogue.graph import dependents
from core.catalogue.model import Service


def world(**edges: tuple[str, ...]) -> dict[str, Service]:
    return {name: Service(name=name, depends_on=needs) for name, needs in edges.items()}


def test_those_who_depend_on_it_directly_come_before_those_who_do_by_others() -> None:
    services = world(db=(), payments=("db",), checkout=("payments",), reco=("db",), lonely=())
    assert dependents(services, "db") == ("payments", "reco", "checkout")
    assert dependents(services, "lonely") == ()


def test_a_circle_ends_where_it_begins() -> None:
    assert dependents(world(a=("b",), b=("c",), c=("a",)), "a") == ("c", "b")
