"""The gRPC server: where it listens, by which certificate, within which limits, its health, and an end in good order."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc
import structlog
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_health.v1.health import aio as health  # type: ignore[attr-defined]  # its stubs lack it
from grpc_reflection.v1alpha import reflection

from bot.doors import MESSAGE_LIMIT, is_loopback
from bot.grpc.service import NAME, Service
from core.errors import Invalid

_GRACE = 5.0  # seconds that calls under way are given at the end
_AT_ONCE = 5_000  # calls and streams together; more are told to come back
_MINUTE = 60_000
_OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.max_concurrent_streams", 1_000),
    # Two servers on one port would each get some of the calls; better that the second one is told.
    ("grpc.so_reuseport", 0),
    # Those who watch may be silent for hours: look whether they are still there.
    ("grpc.keepalive_time_ms", _MINUTE),
    ("grpc.keepalive_timeout_ms", 20_000),
    # Those who ask too often whether we are there are cut off.
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 3),
    ("grpc.max_connection_idle_ms", 10 * _MINUTE),
)
log = structlog.get_logger("wardroom.grpc")


@dataclass(frozen=True)
class Tls:
    """Files in PEM: the server's certificate (with its chain) and key, and whose certificates callers must have."""

    cert: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None


class GrpcServer:
    """Serves the service, its health and its description.

    Args:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        service: what is served.
        tls: without it, only this machine is served.

    Raises:
        Invalid: other machines could reach it without TLS, or the files of TLS cannot be used.
    """

    def __init__(self, host: str, port: int, service: Service, tls: Tls) -> None:
        self._host = f"[{host}]" if ":" in host else host
        self._wanted = port
        self._service = service
        self._credentials = credentials(host, tls)
        self._server: aio.Server | None = None
        self._health = health.HealthServicer()
        self.port = port

    @property
    def address(self) -> str:
        """Where callers reach it."""
        return f"{self._host}:{self.port}"

    async def start(self) -> None:
        """Listen.

        Raises:
            Invalid: the port is taken, or the address is not this machine's.
        """
        server = aio.server(options=_OPTIONS, maximum_concurrent_rpcs=_AT_ONCE)
        server.add_generic_rpc_handlers((self._service.handlers(),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection((NAME, HEALTH, reflection.SERVICE_NAME), server)
        where = f"{self._host}:{self._wanted}"
        try:
            self.port = (
                server.add_secure_port(where, self._credentials)
                if self._credentials
                else server.add_insecure_port(where)
            )
        except RuntimeError as problem:
            raise Invalid(
                f"I cannot listen on {where} for gRPC.",
                "Is another Wardroom running? Choose another port with WARDROOM_GRPC_PORT, or `off`.",
            ) from problem
        await server.start()
        self._server = server
        await self.tell(serving=True)
        log.info("grpc.serving", address=self.address, tls=self._credentials is not None)

    async def tell(self, *, serving: bool) -> None:
        """Let those who ask for its health know whether calls can be answered now."""
        status = health_pb2.HealthCheckResponse.SERVING
        if not serving:
            status = health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", NAME):
            await self._health.set(name, status)

    async def stop(self) -> None:
        """Take nothing new, and give calls under way five seconds."""
        await self._health.enter_graceful_shutdown()
        if self._server is not None:
            await self._server.stop(_GRACE)
            self._server = None


def credentials(host: str, tls: Tls) -> grpc.ServerCredentials | None:
    """What connections are secured with; None: nothing, and only this machine reaches it.

    Raises:
        Invalid: other machines could reach it without TLS, or the files cannot be used.
    """
    if tls.cert is None and tls.key is None and tls.client_ca is None:
        if not is_loopback(host):
            raise Invalid(
                f"Tokens would travel in the clear, so gRPC is not served on {host} without TLS.",
                "Set WARDROOM_GRPC_TLS_CERT and WARDROOM_GRPC_TLS_KEY, or WARDROOM_GRPC_PORT=off if nobody uses it.",
            )
        return None
    if tls.cert is None or tls.key is None:
        raise Invalid(
            "TLS for gRPC needs a certificate and its key.",
            "Set both WARDROOM_GRPC_TLS_CERT and WARDROOM_GRPC_TLS_KEY.",
        )
    authority = _read(tls.client_ca, "WARDROOM_GRPC_TLS_CLIENT_CA") if tls.client_ca else None
    pair = (_read(tls.key, "WARDROOM_GRPC_TLS_KEY"), _read(tls.cert, "WARDROOM_GRPC_TLS_CERT"))
    _check(tls.cert, tls.key, authority)
    return grpc.ssl_server_credentials([pair], authority, require_client_auth=authority is not None)


def _read(path: Path, variable: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Invalid(f"{variable} names {path}, which cannot be read: {problem.strerror}.") from None


def _check(cert: Path, key: Path, authority: bytes | None) -> None:
    """Say in words what the library would say by refusing every connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except (ssl.SSLError, ValueError) as problem:
        raise Invalid(
            f"WARDROOM_GRPC_TLS_CERT and WARDROOM_GRPC_TLS_KEY cannot be used together: {problem}.",
            "They are files in PEM: the certificate with its chain, and the key that belongs to it, without a password.",
        ) from None
    try:
        if authority is not None:
            context.load_verify_locations(cadata=authority.decode("ascii"))
    except (ssl.SSLError, ValueError) as problem:
        raise Invalid(
            f"WARDROOM_GRPC_TLS_CLIENT_CA cannot be used: {problem}.", "It is a file in PEM."
        ) from None


def _no_password() -> str:
    raise ValueError("the key has a password")
