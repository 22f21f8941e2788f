"""Which hooks there are: by what each is read, where it is, and how its sender signs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import SecretStr

from bot.settings import named_secret
from core import wiring
from core.incidents.config import HookConfig
from core.incidents.sources import addresses, generic
from core.incidents.sources.source import Read
from core.world import World


@dataclass(frozen=True)
class Hook:
    """One sender: its name, what kind it is of, what reads its deliveries, and how it signs, if it does."""

    source: str
    kind: str
    read: Read
    signed: HookConfig | None = None
    secret: SecretStr | None = None


def hooks(world: World, secrets: Mapping[str, SecretStr]) -> dict[str, Hook]:
    """Every hook, by its source; `secrets` are the keys of those that sign."""
    config = world.alerts
    known: dict[str, HookConfig] = {str(name): one for name, one in config.hooks.items()}
    found = {kind: Hook(kind, kind, read, known.get(kind)) for kind, read in wiring.SOURCES.items()}
    for name, sender in config.named_senders().items():
        source, usual = addresses.named(sender.kind, name), found[sender.kind]
        found[source] = replace(usual, source=source, signed=sender.signed or usual.signed)
    for name, one in config.generic.items():
        source = f"generic:{name}"
        found[source] = Hook(source, "generic", generic.reader(one.mapped()), one.signed)
    keys = {source: secrets.get(source) or secrets.get(hook.kind) for source, hook in found.items()}
    return {source: replace(hook, secret=keys[source]) for source, hook in found.items()}


def paths(world: World) -> dict[str, str]:
    """The sender of each address that stands fixed, by the address: the built-in ones, and those with a name of their own."""
    found = {path: kind for kind, path in addresses.PATHS.items()}
    own = {
        addresses.address(one.kind, name): addresses.named(one.kind, name)
        for name, one in world.alerts.named_senders().items()
    }
    return found | own


def keys_of(world: World) -> dict[str, SecretStr]:
    """The keys of senders that sign, by their source.

    Raises:
        ConfigError: a variable that the configuration names holds nothing.
    """
    config = world.alerts
    signing: dict[str, HookConfig] = {str(name): one for name, one in config.hooks.items()}
    signing |= {
        addresses.named(one.kind, name): one.signed
        for name, one in config.named_senders().items()
        if one.signed
    }
    signing |= {f"generic:{name}": one.signed for name, one in config.generic.items() if one.signed}
    return {source: named_secret(one.secret_env) for source, one in signing.items()}
