"""Where people can sign in from: the doors for which an application is configured."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal
from urllib.parse import urlsplit

from bot.settings import DISCORD_API_URL, Settings
from core.errors import ConfigError, Problem
from core.people.sessions.config import SigninConfig

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Door:
    """One way in. `issuer` is the OpenID issuer, or for Discord, which is none, where its interface is."""

    name: Literal["oidc", "slack", "discord"]
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str


def doors_of(settings: Settings, config: SigninConfig) -> tuple[Door, ...]:
    """The doors of these settings, the organisation's own first.

    Raises:
        ConfigError: a door is half configured, is not reached over TLS, or what opens it is not installed.
    """
    found = [door for door in (_oidc(settings, config), _slack(settings, config), _discord(settings)) if door]
    if found and find_spec("authlib") is None:
        mend = "Install it: pip install 'wardroom-chatops[oidc]'"
        raise ConfigError([Problem("sign-in", 0, f"{found[0].label} needs the extra `oidc`.", mend)])
    return tuple(found)


def _oidc(settings: Settings, config: SigninConfig) -> Door | None:
    issuer, secret = settings.oidc_issuer.rstrip("/"), settings.oidc_client_secret.get_secret_value()
    if not issuer:
        return None
    if not settings.oidc_client_id or not secret:
        what = "There is an issuer, and no application at it."
        raise ConfigError([Problem("OIDC_ISSUER", 0, what, "Set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too.")])
    if not is_safe(issuer):
        raise ConfigError(
            [Problem("OIDC_ISSUER", 0, "It is not reached over TLS.", "Use its https:// address.")]
        )
    return Door("oidc", config.issuer_name, issuer, settings.oidc_client_id, secret, "openid profile email")


def _slack(settings: Settings, config: SigninConfig) -> Door | None:
    secret = settings.slack_client_secret.get_secret_value()
    if not config.slack_team:
        return None
    if not settings.slack_client_id or not secret:
        what = "Signing in with Slack is configured (`signin: {slack_team}`), and there is no application for it."
        mend = "Set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET from the page of your Slack app."
        raise ConfigError([Problem("SLACK_CLIENT_ID", 0, what, mend)])
    parts = urlsplit(settings.slack_api_url)
    issuer = f"{parts.scheme}://{parts.netloc}"
    return Door("slack", "Slack", issuer, settings.slack_client_id, secret, "openid profile email")


def _discord(settings: Settings) -> Door | None:
    secret = settings.discord_client_secret.get_secret_value()
    if not settings.discord_client_id or not secret:
        return None
    api = (settings.discord_api_url or DISCORD_API_URL).rstrip("/")
    return Door("discord", "Discord", api, settings.discord_client_id, secret, "identify")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read or change what goes there."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
