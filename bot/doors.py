"""What every door for programs asks of them, whatever its protocol: a token, well-formed words, a key."""

import re
from ipaddress import ip_address
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from core.digest import digest
from core.errors import Invalid, TooMany, UnknownPerson, WardroomError
from core.people.tokens import units as tokens
from core.place import Actor
from core.store.engine import Store
from core.world import World
from handlers.caller import Caller
from handlers.limits import Limiter

MESSAGE_LIMIT = 256 * 1024
KEY_PATTERN = "^[!-~]([ -~]{0,198}[!-~])?$"
_KEY = re.compile(KEY_PATTERN)
_DEEPEST = 60
Model = TypeVar("Model", bound=BaseModel)


class Gate:
    """Lets in whoever holds a token, as often as the limits allow; one for all doors of a house."""

    def __init__(self, store: Store, world: World, limiter: Limiter) -> None:
        self._store = store
        self._world = world
        self._limiter = limiter

    async def caller(self, authorization: str) -> Caller:
        """Whose token came in `Bearer ...`.

        Raises:
            UnknownPerson: there is none, or it does not count.
            TooMany: its person asks too often.
            Unavailable: the database does not answer.
        """
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise UnknownPerson(
                "This needs a token.",
                "Send `authorization: Bearer …`, made by: wardroom token create --person NAME",
            )
        return await self.known(secret.strip())

    async def known(self, secret: str) -> Caller:
        """Whose token this is.

        Raises:
            UnknownPerson: it does not count.
            TooMany: its person asks too often.
            Unavailable: the database does not answer.
        """
        person, token = await self._store.read(tokens.owner, self._world.people, secret)
        caller = Caller(person, token, self._world)
        self.count(caller)
        return caller

    def count(self, caller: Caller) -> None:
        """Count one more call of somebody who is in already.

        Raises:
            TooMany: its person asks too often.
        """
        self._limiter.admit(Actor(platform="api", user=caller.token.id))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def parsed(model: type[Model], data: Any, where: str, mend: str) -> Model:
    """The words of a program as this model has them.

    Raises:
        Invalid: they do not fit; names at most five faults and none of the values.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        told = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or where}: {fault['msg'].rstrip('.')}" for fault in faults[:5]
        )
        raise Invalid(f"The {where} cannot be used: {told}.", mend) from None


def loaded(raw: bytes, where: str) -> Any:
    """The JSON that a program sent.

    Raises:
        Invalid: it is none, or nested too deeply.
    """
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The {where} is no JSON: {error}.", "Send one JSON object.") from None
    if _is_deeper(data, _DEEPEST):
        raise Invalid(f"The {where} is nested too deeply.", f"{_DEEPEST} levels are the most.")
    return data


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(one, levels - 1) for one in inner)


def checked_key(given: str, name: str, mend: str) -> str:
    """The idempotency key that a program sent under this name.

    Raises:
        Invalid: there is none, or it is no short text.
    """
    key = given.strip()
    if not key:
        raise Invalid(f"This needs an {name}.", mend)
    if not _KEY.fullmatch(key):
        raise Invalid(f"The {name} is not of 1 to 200 printable ASCII characters.", mend)
    return key


def execution_of(caller: Caller, request_id: str, key: str) -> str:
    """The id of the use that this key claims: the same key, the same use."""
    return f"ex_{digest({'token': caller.person.id, 'key': key, 'of': request_id})[:24]}"


def code_of(error: WardroomError) -> str:
    """The stable code of an error."""
    return str(error.data.get("code", error.code))


def wait_of(error: TooMany) -> int:
    """How many seconds to wait before it is worth trying again."""
    return max(1, round(float(str(error.data.get("retry_after", 1)))))
