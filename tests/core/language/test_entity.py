from core.catalogue.model import Environment, Service
from core.language.entity import EntityType, Names


def test_names_are_taken_from_a_catalogue_with_their_aliases() -> None:
    names = Names.of(
        [Service(name="checkout", aliases=("shop",))],
        [Environment(name="production", aliases=("prod",))],
        ["drain-node"],
    )
    assert {"checkout": ("shop",)} == names.services
    assert {"production": ("prod",)} == names.environments
    assert {"drain-node": ()} == names.runbooks
    assert (EntityType.SERVICE, names.services) == names.kinds()[0]


def test_equal_names_are_one_key() -> None:
    assert 1 == len({Names(services={"a": ("b",)}), Names(services={"a": ("b",)})})
