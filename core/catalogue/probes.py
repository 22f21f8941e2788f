"""By what a service can be probed, as the configuration file writes it: the short form or all of it."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from typing_extensions import override

from core.catalogue import condition
from core.quantity import Duration
from core.source import Section, wrong
from core.text import one_line
from core.wording import Host, Label, Url

_LAST_PORT = 65_535


def _with_port(value: str) -> str:
    port = value.rpartition(":")[2]
    if not port.isdigit() or not 0 < int(port) <= _LAST_PORT or value.endswith("]"):
        raise wrong(f"`{one_line(value, 60)}` has no port.", "Write host:port, as in db.internal:5432.")
    return value


def _numeric(value: str) -> str:
    try:
        ip_address(value.rpartition(":")[0].strip("[]"))
    except ValueError:
        raise wrong(
            f"`{one_line(value, 60)}` is a name.", "Write the server's address, as in 10.0.0.53:53."
        ) from None
    return value


def _open(value: str) -> str:
    if "@" in value.split("://", 1)[1].split("/", 1)[0]:
        what = "The address holds a name or a password, which everybody would see who may see services."
        raise wrong(what, "Probe something that is open to this machine, or use `command`.")
    return value


def _promql(value: str) -> str:
    try:
        condition.parse(value)
    except ValueError as error:
        mend = "Let the comparison be outermost, as in `(a or vector(0)) < 1`, and make two checks of two conditions."
        raise wrong(f"The condition cannot be judged: {error}.", mend) from None
    return value


Address = Annotated[Host, AfterValidator(_with_port)]
NameServer = Annotated[Host, AfterValidator(_with_port), AfterValidator(_numeric)]
Argument = Annotated[str, StringConstraints(max_length=4_096, pattern=r"^[^\x00]*$")]
Status = Annotated[int, Field(ge=100, le=599)]


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        mend = "Write the program and each argument for itself: [pg_isready, -h, db.internal]."
        raise wrong("A command is a list, since no shell reads it.", mend)
    return value


class Probe(Section):
    """One means, with everything that it takes."""

    @property
    def target(self) -> str:
        """What is looked at, in words that everybody may see; arguments may be secrets."""
        raise NotImplementedError


class HttpProbe(Probe):
    """An address that answers with one of `expect` (2xx and 3xx unless given) and has `contains` in its body.

    An answer that takes longer than `slow` is degraded.
    """

    url: Annotated[Url, AfterValidator(_open)]
    method: Literal["GET", "HEAD"] = "GET"
    expect: tuple[Status, ...] = ()
    contains: str = Field(default="", max_length=500)
    slow: Duration | None = None
    verify: bool = True

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return self.url.partition("?")[0]


class TcpProbe(Probe):
    """A port that takes connections; slower than `slow` is degraded."""

    address: Address
    slow: Duration | None = None

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return self.address


class DnsProbe(Probe):
    """A name that has a record, which is among `expect` if that is given. `server` is asked in place of the machine's."""

    name: Host
    record: Literal["A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT"] = "A"
    expect: tuple[Label, ...] = ()
    server: NameServer | None = None

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return f"{self.name} {self.record}" + (f" at {self.server}" if self.server else "")


class TlsProbe(Probe):
    """A certificate: degraded when it ends within `warn`, unhealthy within `fail`, or when it is not trusted."""

    address: Address
    warn: Duration = timedelta(days=21)
    fail: Duration = timedelta(days=7)
    verify: bool = True

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return self.address


class PromqlProbe(Probe):
    """A condition that holds for every series, or a number that is not zero."""

    query: Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(_promql)]

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return self.query


class CommandProbe(Probe):
    """A listed program. Its code 0 is healthy; with `plugin`, 1 is degraded, 2 unhealthy, others unknown, else all unhealthy."""

    argv: tuple[Argument, ...] = Field(min_length=1, max_length=100)
    plugin: bool = False

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return self.argv[0]


class ForeignProbe(Probe):
    """A check that another package brings: its name, and its own arguments."""

    name: Label
    given: dict[str, Any] = Field(default_factory=dict, alias="with")

    @property
    @override
    def target(self) -> str:
        """What is looked at, in words."""
        return self.name


def short(key: str, kind: type[Any] = str) -> BeforeValidator:
    """Takes the bare value in the place of a mapping with that one key."""

    def read(value: Any) -> Any:
        return {key: value} if isinstance(value, kind) else value

    return BeforeValidator(read)


Http = Annotated[HttpProbe, short("url")]
Tcp = Annotated[TcpProbe, short("address")]
Dns = Annotated[DnsProbe, short("name")]
Tls = Annotated[TlsProbe, short("address")]
Promql = Annotated[PromqlProbe, short("query")]
Command = Annotated[CommandProbe, short("argv", list), BeforeValidator(_listed)]
