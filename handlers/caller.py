"""Who asks at a door for programs, what their token lets them do, and which requests they may see."""

from dataclasses import dataclass

from core.approvals.request import Request
from core.errors import Forbidden
from core.people.permissions import may
from core.people.person import Person
from core.people.tokens.token import Token, allows, concerns
from core.world import World


@dataclass(frozen=True)
class Caller:
    """A program or person at a door, and the token by which it is known."""

    person: Person
    token: Token
    world: World

    def must(self, permission: str) -> None:
        """Check that both the person and the token may do this.

        Raises:
            Forbidden: one of them may not; says which.
        """
        if not may(self.person, permission, self.world.roles):
            raise Forbidden(
                f"{self.person.name} may not do this: it needs the permission `{permission}`.",
                "A role that grants it can be given in `wardroom.yaml`.",
            )
        self.token_must(permission)

    def may(self, permission: str) -> bool:
        """Whether both the person and the token may do this."""
        return may(self.person, permission, self.world.roles) and allows(self.token, permission)

    def token_must(self, permission: str, *others: str) -> None:
        """Check that the token may do this, or one of the `others` that include it, where the thing says who may.

        Raises:
            Forbidden: it was made for something else; says for what it has to be.
        """
        if not any(allows(self.token, one) for one in (permission, *others)):
            raise Forbidden(
                f"This token may not do this: it lacks the scope `{permission}`.",
                f"Make one with: wardroom token create --person {self.person.id} --scope {permission}",
            )

    @property
    def sees_all(self) -> bool:
        """Whether both the person and the token may look at every request."""
        return self.may("approval.list")


def may_see(caller: Caller, request: Request) -> bool:
    """Whether somebody may see a request: who asked, who is asked, the human behind, and whoever reads all."""
    me = caller.person.id
    asker = caller.world.people.get(request.requester)
    mine = me == request.requester or (asker is not None and asker.owner == me)
    theirs = mine or request.seat_of(me) is not None
    return caller.sees_all or (theirs and concerns(caller.token, "approval"))
