"""The part of a check that looks at where programs and browsers come in: HTTP, gRPC, MCP. Nothing is opened."""

import socket
from importlib.util import find_spec

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import WardroomError


def parts(settings: Settings) -> list[Part]:
    """A line for the port of the pages, and for each other door that is open or should be."""
    found = [_port("port", settings.http_host, settings.http_port, "WARDROOM_HTTP_PORT")]
    if settings.grpc_port != "off":
        found.append(_grpc(settings, settings.grpc_port))
    if settings.mcp_port is not None:
        found.append(_mcp(settings, settings.mcp_port))
    return found


def _grpc(settings: Settings, port: int) -> Part:
    if find_spec("grpc") is None:
        mend = "pip install 'wardroom-chatops[grpc]', or set WARDROOM_GRPC_PORT=off."
        return Part("grpc", Status.WARN, "not served: its packages are not installed", mend)
    from bot.grpc.server import Tls, credentials

    tls = Tls(settings.grpc_tls_cert, settings.grpc_tls_key, settings.grpc_tls_client_ca)
    try:
        secured = credentials(settings.http_host, tls)
    except WardroomError as error:
        return Part("grpc", Status.FAIL, error.what, error.mend)
    more = ", with TLS" if secured else ", without TLS, for this machine only"
    return _port("grpc", settings.http_host, port, "WARDROOM_GRPC_PORT", more)


def _mcp(settings: Settings, port: int) -> Part:
    if find_spec("mcp") is None:
        mend = "pip install 'wardroom-chatops[mcp]', or take WARDROOM_MCP_PORT away."
        return Part("mcp", Status.FAIL, "Wardroom will not start: the package is not installed", mend)
    # Without a public name it is for this machine alone, whatever the pages listen on.
    host = settings.http_host if settings.mcp_public_url else "127.0.0.1"
    return _port("mcp", host, port, "WARDROOM_MCP_PORT")


def _port(name: str, host: str, port: int, variable: str, more: str = "") -> Part:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        mend = f"Is Wardroom running? Else choose another with {variable}."
        return Part(name, Status.WARN, f"{host}:{port} cannot be listened on: {error.strerror}", mend)
    return Part(name, Status.OK, f"{host}:{port} is free{more}")
