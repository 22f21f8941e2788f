"""THE list of what can be plugged in: one line per action."""

from collections.abc import Mapping

from bot.actions.chat_post import ChatPost
from bot.actions.http import Http
from bot.actions.metric_check import MetricCheck
from bot.actions.shell import Shell
from core.runbooks.action import ActionSpec, AnyAction
from core.wiring import World

ACTIONS: Mapping[str, ActionSpec] = {
    kind.spec.name: kind.spec for kind in (ChatPost, Http, MetricCheck, Shell)
}


def actions(world: World) -> dict[str, AnyAction]:
    """Every action, ready to run, by the name that runbooks use."""
    metrics = world.backends.metrics
    made: tuple[AnyAction, ...] = (
        ChatPost(world.channels),
        Http(world.actions.http),
        MetricCheck(str(metrics.prometheus) if metrics is not None else ""),
        Shell(world.actions.shell),
    )
    return {action.spec.name: action for action in made}
