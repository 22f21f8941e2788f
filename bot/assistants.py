"""The door for assistants over HTTP, opened only where a port is set; nothing of it is loaded otherwise."""

from ipaddress import ip_address
from typing import TYPE_CHECKING

from bot.platform import Health
from bot.settings import Settings
from core.errors import Invalid
from core.people.tokens import units as tokens
from core.store.engine import Store
from core.world import World

if TYPE_CHECKING:
    from bot.mcp.http import McpDoor


class Assistants:
    """MCP over HTTP, if WARDROOM_MCP_PORT is set."""

    def __init__(self, settings: Settings, world: World, store: Store) -> None:
        self._settings = settings
        self._world = world
        self._store = store
        self.door: McpDoor | None = None

    async def start(self, port: int) -> None:
        """Listen, if it is wanted; `port` is where the house's own interface is.

        Raises:
            Invalid: the port is taken, or the package is not installed.
        """
        if self._settings.mcp_port is None:
            return
        try:
            from bot.mcp.http import Address, McpDoor
        except ModuleNotFoundError as missing:
            raise Invalid(
                f"WARDROOM_MCP_PORT is set, and MCP needs a package that is not installed: {missing.name}.",
                "pip install 'wardroom-chatops[mcp]', or take the variable away.",
            ) from None
        address = Address(self._settings.http_host, self._settings.mcp_port, self._settings.mcp_public_url)
        self.door = McpDoor(address, _own(self._settings.http_host, port), self._known)
        await self.door.start()

    async def stop(self) -> None:
        """Let calls under way end in words, and listen no more."""
        if self.door is not None:
            await self.door.stop()

    def health(self) -> dict[str, Health]:
        """How it is, if it is wanted."""
        if self.door is None:
            return {}
        running = self.door.is_running
        return {"mcp": Health(ok=running, detail=f"at {self.door.url}" if running else "not running")}

    async def _known(self, secret: str) -> None:
        await self._store.read(tokens.owner, self._world.people, secret)


def _own(host: str, port: int) -> str:
    """The house's address from inside of it."""
    try:
        address = ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        address = ip_address("::1" if ":" in host else "127.0.0.1")
    return f"http://[{address}]:{port}" if ":" in str(address) else f"http://{address}:{port}"
