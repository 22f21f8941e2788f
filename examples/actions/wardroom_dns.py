"""An action of one's own: `dns.lookup` says which addresses a name leads to."""

import asyncio

from pydantic import BaseModel, ConfigDict, Field

from core.runbooks.action import ActionFailed, ActionSpec, Context


class LookupArgs(BaseModel):
    """What to look up."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=253)


class Lookup:
    """Looks names up."""

    spec = ActionSpec("dns.lookup", LookupArgs, nature=lambda _: "idempotent", changes=lambda _: False)

    async def run(self, args: LookupArgs, context: Context) -> dict[str, object]:
        """Look it up; the result has `addresses`."""
        del context  # a look-up is too short to be stopped
        try:
            found = await asyncio.get_running_loop().getaddrinfo(args.name, None)
        except OSError as error:
            raise ActionFailed(f"{args.name} leads nowhere: {error.strerror}.", retriable=True) from None
        return {"addresses": sorted({str(one[4][0]) for one in found})}
