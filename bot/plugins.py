"""THE list of what can be plugged in: one line per action and per way of telling."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from bot.actions.ansible import Ansible
from bot.actions.chat_ask import ChatAsk
from bot.actions.chat_post import ChatPost
from bot.actions.http import Http
from bot.actions.incident_update import IncidentUpdate
from bot.actions.kubectl import Kubectl
from bot.actions.log_search import LogSearch
from bot.actions.metric_check import MetricCheck
from bot.actions.notify import Notify
from bot.actions.python import Python
from bot.actions.shell import Shell
from bot.actions.sleep import Sleep
from bot.actions.tests_run import RunTests
from bot.backends.book import RestBook
from bot.backends.loki import Loki
from bot.backends.prometheus import Prometheus
from bot.channels.channel import Gear, Outlet
from bot.channels.chat import Chat
from bot.channels.direct import Direct
from bot.channels.email import Email
from bot.channels.sms import Sms
from bot.channels.webhook import Callback, Webhook
from bot.channels.websocket import Websocket
from bot.checks.command import CommandCheck
from bot.checks.dns import DnsCheck
from bot.checks.http import HttpCheck
from bot.checks.promql import PromqlCheck
from bot.checks.tcp import TcpCheck
from bot.checks.tls import TlsCheck
from bot.extensions import found, found_checks
from core.clock import Clock, SystemClock
from core.health.check import Check, CheckSpec
from core.runbooks.action import ActionSpec, AnyAction, Offer
from core.trading.ports import Book
from core.world import World

ACTIONS: Mapping[str, ActionSpec] = {
    kind.spec.name: kind.spec
    for kind in (
        *(Ansible, ChatAsk, ChatPost, Http, IncidentUpdate, Kubectl, LogSearch, MetricCheck, Notify, Python),
        *(RunTests, Shell, Sleep),
    )
}

CHANNELS: Mapping[str, Callable[[Gear], Outlet]] = {
    kind.way: kind for kind in (Callback, Chat, Direct, Email, Sms, Webhook, Websocket)
}

CHECKS: Mapping[str, CheckSpec] = {
    kind.spec.name: kind.spec for kind in (CommandCheck, DnsCheck, HttpCheck, PromqlCheck, TcpCheck, TlsCheck)
}


def channels(gear: Gear) -> dict[str, Outlet]:
    """Every way of telling, by the name that channels use."""
    return {name: make(gear) for name, make in CHANNELS.items()}


def book(world: World, secret: Callable[[str | None], SecretStr]) -> Book | None:
    """Where what is known about orders is asked for, if anywhere."""
    config = world.backends.book
    return RestBook(config, secret(config.secret_env)) if config is not None else None


def actions(world: World, clock: Clock | None = None) -> dict[str, AnyAction]:
    """Every action, ready to run, by the name that runbooks use; those that others bring as well.

    Raises:
        ConfigError: an action that is installed cannot be used.
    """
    clock = clock or SystemClock()
    metrics, logs = world.backends.metrics, world.backends.logs
    made: tuple[AnyAction, ...] = (
        Ansible(world.actions.ansible),
        ChatAsk(world.channels),
        ChatPost(world.channels),
        Http(world.actions.http),
        IncidentUpdate(world),
        Kubectl(world.actions.kubectl),
        LogSearch(Loki(str(logs.loki), clock) if logs is not None else None),
        MetricCheck(Prometheus(str(metrics.prometheus), clock) if metrics is not None else None),
        Notify(world),
        Python(world.actions.python),
        Shell(world.actions.shell),
        Sleep(),
        RunTests(world.suites),
    )
    theirs = {name: extension.action for name, extension in found(ACTIONS).items()}
    return {action.spec.name: action for action in made} | theirs


def checks(world: World, clock: Clock) -> dict[str, Check]:
    """Every kind of check, ready to look, by the name that services use; those that others bring as well.

    Raises:
        ConfigError: a check that is installed cannot be used.
    """
    metrics = world.backends.metrics
    address = str(metrics.prometheus) if metrics is not None else ""
    made: tuple[Check, ...] = (
        CommandCheck(world.actions.shell),
        DnsCheck(),
        HttpCheck(),
        PromqlCheck(Prometheus(address, clock) if address else None, address),
        TcpCheck(),
        TlsCheck(clock),
    )
    return {check.spec.name: check for check in made} | found_checks(CHECKS)


def offers() -> dict[str, Offer]:
    """What is known of every action, and where it is from.

    Raises:
        ConfigError: an action that is installed cannot be used.
    """
    ours = {name: Offer(spec) for name, spec in ACTIONS.items()}
    return ours | {name: Offer(one.action.spec, one.origin) for name, one in found(ACTIONS).items()}


def specs() -> dict[str, ActionSpec]:
    """What is known of every action, for reading runbooks.

    Raises:
        ConfigError: an action that is installed cannot be used.
    """
    return {name: offer.spec for name, offer in offers().items()}
