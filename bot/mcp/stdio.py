"""The tools over standard input and output: a small process that speaks to a house elsewhere, and holds no data."""

import anyio

from bot.mcp.rest import Rest
from bot.mcp.server import server
from bot.settings import Settings
from bot.telemetry import set_up_logs


def serve(settings: Settings) -> None:
    """Serve until standard input ends. What is logged goes to standard error."""
    set_up_logs(settings.log_format)
    anyio.run(_serve, settings)


async def _serve(settings: Settings) -> None:
    rest = Rest(settings.url)
    token = settings.token.get_secret_value()
    try:
        await server(rest, lambda _ctx: token).run_stdio_async()
    finally:
        await rest.close()
