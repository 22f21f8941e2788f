import pytest

from core.catalogue.model import Environment, Service
from core.catalogue.names import nearest_name, resolve
from core.errors import Invalid

SERVICES = {
    "checkout": Service(name="checkout", aliases=("cart", "checkout-svc")),
    "user-db": Service(name="user-db"),
}
ENVIRONMENTS = {"production": Environment(name="production", aliases=("prod", "live"))}


@pytest.mark.parametrize("text", ["checkout", " Checkout ", "CART", "checkout svc", "checkout_svc"])
def test_a_service_is_known_by_name_and_alias_in_any_spelling_of_blanks_and_case(text: str) -> None:
    assert resolve(text, SERVICES, "service").name == "checkout"


def test_environments_are_known_the_same_way() -> None:
    assert resolve("Live", ENVIRONMENTS).name == "production"


@pytest.mark.parametrize(
    ("text", "near"), [("chekout", "checkout"), ("crt", "checkout"), ("userdb", "user-db")]
)
def test_a_near_miss_is_offered_and_never_taken(text: str, near: str) -> None:
    with pytest.raises(Invalid) as caught:
        resolve(text, SERVICES, "service")
    assert caught.value.data["nearest"] == near
    assert f"Did you mean “{near}”?" in caught.value.mend


@pytest.mark.parametrize(("text", "near"), [("db", "user-db"), ("database", "user-db"), ("dbs", None)])
def test_a_part_of_the_only_name_that_has_it_is_near(text: str, near: str | None) -> None:
    assert near == nearest_name(text, SERVICES.values())
    assert nearest_name(text, [*SERVICES.values(), Service(name="orders-db")]) is None


def test_what_is_like_nothing_is_answered_with_all_there_is() -> None:
    with pytest.raises(Invalid, match="I know no service “zebra”") as caught:
        resolve("zebra", SERVICES, "service")
    assert caught.value.data["nearest"] is None
    assert caught.value.mend == "Valid here: checkout, user-db."


def test_hostile_words_are_shown_clean_and_short() -> None:
    with pytest.raises(Invalid) as caught:
        resolve("\u202e" + "x" * 5_000 + "\x00", SERVICES)
    assert len(caught.value.what) < 100
    assert "\u202e" not in caught.value.what


def test_the_nearest_name_may_come_from_an_alias() -> None:
    assert nearest_name("liv", ENVIRONMENTS.values()) == "production"
    assert nearest_name("zebra", ENVIRONMENTS.values()) is None
