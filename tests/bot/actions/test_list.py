"""Every action of the list keeps the same promises."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import plugins
from bot.actions.chat_post import ChatPost, PostArgs
from core.notify.channel import Channel
from core.place import Place
from core.runbooks.action import Action, ActionFailed, AskAction, Context, RowAction, UnitAction
from core.runbooks.load import load_library
from core.world import World

OPS = Place(platform="local", channel="ops")
HERE = Place(platform="local", channel="dev", thread="t1")


def context(place: Place | None) -> Context:
    """What a step is told."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Context(
        execution="RUN-1", step="a", key="k", attempt=1, deadline=now, stop=asyncio.Event(), place=place
    )


@pytest.mark.parametrize("name", sorted(plugins.ACTIONS))
def test_an_action_is_listed_under_its_own_name_and_describes_itself(name: str) -> None:
    spec = plugins.ACTIONS[name]
    made = plugins.actions(World(workspace="acme"))[name]
    assert spec.name == name
    assert made.spec is spec
    assert spec.nature({}) in ("idempotent", "at_most_once", "resumable")
    assert spec.args.model_config.get("extra") == "forbid"
    assert [isinstance(made, kind) for kind in (Action, UnitAction, RowAction, AskAction)].count(True) == 1


@pytest.mark.parametrize("name", sorted(plugins.ACTIONS))
def test_an_action_that_speaks_to_people_says_so_and_is_told_no_secret(name: str) -> None:
    made = plugins.actions(World(workspace="acme"))[name]
    assert made.spec.shows == isinstance(made, UnitAction | RowAction | AskAction)


@pytest.mark.parametrize("name", sorted(plugins.ACTIONS))
def test_an_action_and_its_arguments_are_explained_in_the_reference(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs/reference/actions.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    fields = plugins.ACTIONS[name].args.model_fields
    given = {field.alias or key for key, field in fields.items()}
    assert set() == {key for key in given if f"`{key}`" not in row}
    assert f"`{plugins.ACTIONS[name].nature({})}`" in row


def test_what_changes_things_may_run_once_only_unless_its_file_says_otherwise() -> None:
    natures = {name: spec.nature({"method": "POST"}) for name, spec in plugins.ACTIONS.items()}
    assert natures["shell"] == natures["http"] == "at_most_once"
    assert plugins.ACTIONS["http"].nature({}) == "idempotent"
    assert not plugins.ACTIONS["http"].changes({})


def test_the_examples_load_with_the_real_actions() -> None:
    books = load_library([Path(__file__).parents[3] / "examples" / "runbooks"], plugins.ACTIONS)
    assert sorted(books) == ["database-failover", "restart-service"]


def test_words_go_to_the_thread_where_the_run_was_asked_for_or_to_a_named_channel() -> None:
    said: list[tuple[Place, str]] = []
    post = ChatPost({"ops": Channel(name="ops", places=(OPS,))})
    post.record(lambda place, text: said.append((place, text)), PostArgs(text="a"), context(HERE))
    post.record(
        lambda place, text: said.append((place, text)), PostArgs(text="b", channel="ops"), context(HERE)
    )
    assert said == [(HERE, "a"), (OPS, "b")]


def test_an_unknown_channel_and_no_chat_at_all_are_told() -> None:
    post = ChatPost({"ops": Channel(name="ops")})
    with pytest.raises(ActionFailed, match="no channel “opps”"):
        post.record(lambda _place, _text: None, PostArgs(text="a", channel="opps"), context(HERE))
    with pytest.raises(ActionFailed, match="no chat"):
        post.record(lambda _place, _text: None, PostArgs(text="a"), context(None))
