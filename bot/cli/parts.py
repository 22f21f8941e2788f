"""The parts of a check that need nothing but files: configuration, runbooks, key, addresses."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.settings import SHORTEST_KEY, Settings
from core.errors import ConfigError

if TYPE_CHECKING:
    from core.world import World

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Status(StrEnum):
    """How a part is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Part:
    """One line of the check: what was looked at, how it is, what mends it, and each mistake of a file."""

    name: str
    status: Status
    detail: str
    mend: str = ""
    problems: tuple[str, ...] = ()


def files(settings: Settings) -> tuple[list[Part], bool]:
    """The parts, and whether the files are wrong."""
    from bot.configuration import load_world

    parts = []
    broken = False
    try:
        parts += _world(settings, load_world(settings))
    except ConfigError as error:
        broken = True
        count = len(error.problems)
        detail = f"{count} mistake{'s' if count > 1 else ''} in {settings.config} and its runbooks"
        parts.append(Part("configuration", Status.FAIL, detail, "", tuple(map(str, error.problems))))
    parts += [_key(settings), _platforms(settings), _public(settings)]
    return parts, broken


def _world(settings: Settings, world: "World") -> list[Part]:
    named = {
        "people": world.people,
        "roles": world.roles,
        "services": world.services,
        "policies": world.policies,
    }
    counted = ", ".join(f"{name}: {len(things)}" for name, things in named.items())
    parts = [Part("configuration", Status.OK, f"{settings.config} ({counted})")]
    parts.append(_actions())
    if world.runbooks:
        parts.append(
            Part("runbooks", Status.OK, f"{len(world.runbooks)}: {', '.join(sorted(world.runbooks))}")
        )
    else:
        mend = "Name folders of them under `runbooks:`."
        parts.append(Part("runbooks", Status.WARN, "there is none", mend))
    parts += _uncovered(world)
    if _links_lead_nowhere(settings, world):
        detail = (
            f"links in mails and text messages lead to {settings.base_url}, which only this machine reaches"
        )
        mend = "Set WARDROOM_PUBLIC_URL to the address that people use."
        parts.append(Part("links", Status.WARN, detail, mend))
    parts.append(_signin(settings, world))
    lonely = [
        policy.name
        for policy in world.policies
        if policy.approvals
        > len([person for person in world.people.values() if person.is_human and person.active]) - 1
    ]
    if lonely:
        detail = f"{', '.join(lonely)}: whoever asks is not counted, and then too few people are left"
        parts.append(Part("policies", Status.WARN, detail, "Ask more people, or lower `approvals`."))
    return parts


def _uncovered(world: "World") -> list[Part]:
    """What changes something without a policy that speaks about it."""
    from core.clock import SystemClock
    from core.runbooks.coverage import uncovered

    found = uncovered(world.policies, world.runbooks, world.environments, SystemClock().now())
    if not found:
        return []
    named = "; ".join(
        f"{name} in {', '.join(where)}" if where else name for name, where in sorted(found.items())
    )
    detail = f"no policy speaks about {named}: said in words, or in production, it asks its owners; else it runs when asked for"
    mend = "Add a policy with `applies_to: runbook` and `when: subject.destructive`, and say whom it asks."
    return [Part("coverage", Status.WARN, detail, mend)]


def _actions() -> Part:
    from bot.extensions import found
    from bot.plugins import ACTIONS

    named = ", ".join(sorted(ACTIONS))
    try:
        theirs = found(ACTIONS)
    except ConfigError as error:
        return Part("actions", Status.FAIL, named, "", tuple(map(str, error.problems)))
    more = "".join(f"; {name} (by {theirs[name].origin})" for name in sorted(theirs))
    return Part("actions", Status.OK, f"{named}{more}")


def _links_lead_nowhere(settings: Settings, world: "World") -> bool:
    """Whether people are sent links that they cannot open."""
    ways = {way for channel in world.channels.values() for way in channel.outlets}
    return bool(ways & {"email", "sms"}) and urlsplit(settings.base_url).hostname in _LOOPBACK


def _signin(settings: Settings, world: "World") -> Part:
    from bot.web.signin.doors import doors_of

    try:
        doors = doors_of(settings, world.signin)
    except ConfigError as error:
        return Part("sign-in", Status.FAIL, error.problems[0].what, error.problems[0].mend)
    asking = [policy.name for policy in world.policies if policy.second_factor]
    named = ", ".join((*(door.label for door in doors), "a link from the chat"))
    more = f"; second factor: {', '.join(asking)} (wardroom totp list says who has one)" if asking else ""
    return Part("sign-in", Status.OK, f"by {named}{more}")


def _key(settings: Settings) -> Part:
    length = len(settings.secret_key.get_secret_value())
    if length >= SHORTEST_KEY:
        return Part("secret key", Status.OK, "set")
    detail = (
        f"WARDROOM_SECRET_KEY is {'too short' if length else 'missing'}; {SHORTEST_KEY} characters are needed"
    )
    return Part("secret key", Status.FAIL, detail, "Make one with: openssl rand -base64 33")


def _platforms(settings: Settings) -> Part:
    fronts = [
        name
        for name, there in (
            ("Slack", settings.has_slack),
            ("Discord", settings.has_discord),
            ("the local workspace", settings.local),
        )
        if there
    ]
    if fronts:
        return Part("platforms", Status.OK, ", ".join(fronts))
    mend = "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN; or try: wardroom demo"
    return Part("platforms", Status.FAIL, "there is no token for any chat platform", mend)


def _public(settings: Settings) -> Part:
    address = urlsplit(settings.base_url)
    if address.scheme == "https" or address.hostname in _LOOPBACK:
        return Part("public address", Status.OK, settings.base_url)
    mend = "Put a proxy with TLS in front, and set WARDROOM_PUBLIC_URL to its https:// address."
    return Part("public address", Status.WARN, f"{settings.base_url} is not encrypted", mend)
