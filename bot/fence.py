"""The fence around calls to foreign addresses: nothing private is reached that is not listed.

Names are looked up here and the connection goes to the address that was judged, so a name cannot change its
mind in between. Metadata services of clouds live on private addresses, and so behind the fence.
"""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from typing_extensions import override

PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOW = (1 << 32) - 1


class Outside(OSError):
    """An address that may not be called; the words say which and what to do."""


class Fence(AbstractResolver):
    """Looks names up, and connects only to public addresses and to those that are listed.

    `listed` are hosts, `name` or `name:port`; a name that is listed may lead to a private address if
    `trusts_names`, otherwise that address must be listed itself.
    """

    def __init__(self, listed: Iterable[str], *, trusts_names: bool = False) -> None:
        self._listed = frozenset(listed)
        self._trusts_names = trusts_names

    def check(self, url: str) -> None:
        """Judge what can be judged before a name is looked up.

        Raises:
            Outside: it is no address to call, or a private one that is not listed.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme)
        except ValueError:
            raise Outside(f"“{url[:120]}” is not an address.") from None
        host = (parts.hostname or "").lower()
        if parts.scheme not in PORTS or not host or parts.username or parts.password:
            raise Outside(f"“{url[:120]}” is not an address that can be called: http(s)://host/path.")
        if is_address(host) and not self._may(host, port or 0):
            raise Outside(f"{shown(host)}:{port} is a private address; list it if it should be called.")

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of `host` that may be called."""
        found = await aiohttp.ThreadedResolver().resolve(host, port, family)
        trusted = self._trusts_names and is_listed(host.lower(), port, self._listed)
        vetted = [one for one in found if trusted or self._may(one["host"], port)]
        if not vetted:
            addresses = ", ".join(sorted({one["host"] for one in found}))
            raise Outside(f"{host} leads to the private address {addresses}; list that address as well.")
        return vetted

    def _may(self, address: str, port: int) -> bool:
        return is_listed(address, port, self._listed) or _is_public(address)

    @override
    async def close(self) -> None:
        """There is nothing to let go of."""


def shown(host: str) -> str:
    """A host as addresses write it."""
    return f"[{host}]" if ":" in host else host


def is_listed(host: str, port: int, listed: frozenset[str]) -> bool:
    """Whether the list names this host, with any port or with this one."""
    return bool({shown(host), f"{shown(host)}:{port}"} & listed)


def is_address(host: str) -> bool:
    """Whether it is an address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        # An address of the old kind, told in the new one, is judged as what it is.
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & _LOW)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return address.is_global and not address.is_multicast
