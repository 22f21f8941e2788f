"""The check `dns`: a name has a record, and the right one."""

from typing import ClassVar

from bot.checks.address import split
from core.catalogue.probes import DnsProbe
from core.health.check import CheckSpec, Finding, Status
from core.text import one_line

_SHOWN = 5


class DnsCheck:
    """Asks the machine's name servers, or the one that is named."""

    spec: ClassVar[CheckSpec] = CheckSpec("dns", DnsProbe)
    side = ""

    async def probe(self, args: DnsProbe, seconds: float) -> Finding:
        """Ask."""
        import dns.asyncresolver
        import dns.exception
        import dns.resolver

        try:
            resolver = dns.asyncresolver.Resolver(configure=args.server is None)
            if args.server is not None:
                host, resolver.port = split(args.server)
                resolver.nameservers = [host]
            # Its own limit comes first, so that what it says is more than that time is up.
            resolver.lifetime = seconds * 0.9
            answer = await resolver.resolve(args.name, args.record, search=False)
        except dns.resolver.NXDOMAIN:
            return Finding(Status.UNHEALTHY, "there is no such name")
        except dns.resolver.NoAnswer:
            return Finding(Status.UNHEALTHY, f"it has no record {args.record}")
        except dns.resolver.NoNameservers as error:
            return Finding(Status.UNHEALTHY, f"the name server refuses: {one_line(str(error), 160)}")
        except dns.exception.DNSException as error:
            status = Status.UNKNOWN if args.server is None else Status.UNHEALTHY
            return Finding(status, f"the name server does not answer: {one_line(str(error), 160)}")
        return _judged(sorted(one_line(str(record), 100).rstrip(".") for record in answer), args)


def _judged(found: list[str], args: DnsProbe) -> Finding:
    shown = ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
    wanted = {one.rstrip(".") for one in args.expect}
    if missing := wanted - set(found):
        return Finding(Status.UNHEALTHY, f"it is {shown}, without {', '.join(sorted(missing))}")
    return Finding(Status.HEALTHY, f"it is {shown}")
