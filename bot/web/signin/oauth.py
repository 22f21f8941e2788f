"""The way through a door: OAuth 2 with PKCE (RFC 7636), and OpenID Connect with its signed token.

Authlib makes and reads the messages and judges the claims, joserfc checks the signature; both are imported when
somebody signs in. What an issuer says is foreign: bounded, and believed only if its key has signed it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import orjson
import structlog
from pydantic import BaseModel, ConfigDict

from bot.web.signin.doors import Door, is_safe
from core.clock import Clock
from core.errors import Forbidden, Unavailable
from core.ids import new_secret
from core.people.sessions.session import FRESH
from handlers.signing import Account

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

_PATIENCE = aiohttp.ClientTimeout(total=10)
_OK = 200
_LIMIT = 256 * 1024
_LEEWAY = 60
_SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_SLACK = "https://slack.com/"
log = structlog.get_logger("wardroom.signin")


class Attempt(BaseModel):
    """What this browser keeps, sealed, between leaving for the door and coming back."""

    model_config = ConfigDict(frozen=True)

    door: str
    state: str
    nonce: str
    verifier: str
    following: str


@dataclass(frozen=True)
class Endpoints:
    """Where a door is asked what; `issuer` is what it calls itself, to the letter."""

    issuer: str
    authorize: str
    token: str
    keys: str
    by_post: bool


def attempt_at(door: Door, following: str) -> Attempt:
    """A new attempt: nothing in it can be guessed, and nothing was used before."""
    return Attempt(
        door=door.name, state=new_secret(), nonce=new_secret(), verifier=new_secret(), following=following
    )


class Passage:
    """Goes to a door and comes back with an account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def leave(self, door: Door, attempt: Attempt, back: str) -> str:
        """Where the browser is sent; `back` is where it comes back to.

        Raises:
            Unavailable: the door does not answer as it should.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        more: dict[str, Any] = {
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        if door.name != "discord":
            more["nonce"] = attempt.nonce
        if door.name == "oidc":
            # Whoever signed in longer ago is asked again, so that a sign-in can be a second factor.
            more["max_age"] = str(int(FRESH.total_seconds()))
        async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
            where = await _endpoints(http, door)
        made: str = prepare_grant_uri(
            where.authorize, door.client_id, "code", back, door.scope, attempt.state, **more
        )
        return made

    async def come_back(self, door: Door, attempt: Attempt, back: str, answer: Mapping[str, str]) -> Account:
        """The account that the door vouches for; `answer` is what the browser brings.

        Raises:
            Forbidden: it was not this attempt, the person refused, or the token is not to be believed.
            Unavailable: the door does not answer as it should.
        """
        state = answer.get("state", "")
        if not hmac.compare_digest(state.encode("utf-8", "replace"), attempt.state.encode()):
            raise _not_believed("it does not belong to the attempt that was begun in this browser")
        if answer.get("error"):
            raise Forbidden(f"{door.label} did not let you in.", "Try again, or use another way.")
        if not answer.get("code") or answer.get("iss", door.issuer).rstrip("/") != door.issuer:
            raise _not_believed("it is not complete, or comes from elsewhere")
        async with aiohttp.ClientSession(timeout=_PATIENCE) as http:
            where = await _endpoints(http, door)
            given = await _token(http, door, where, attempt, (back, answer["code"]))
            if door.name == "discord":
                return await _discord_account(http, door, str(given.get("access_token", "")))
            keys = await _fetched(http.get(where.keys, allow_redirects=False), door)
        believed = _Judge(where.issuer, door, attempt, self._clock.now())
        return _account(door, believed.claims(given, keys))


async def _endpoints(http: aiohttp.ClientSession, door: Door) -> Endpoints:
    if door.name == "discord":
        origin = door.issuer.partition("/api")[0]
        return Endpoints(
            door.issuer, f"{origin}/oauth2/authorize", f"{door.issuer}/oauth2/token", "", by_post=False
        )
    about = f"{door.issuer}/.well-known/openid-configuration"
    found = await _fetched(http.get(about, allow_redirects=False), door)
    named = [
        str(found.get(f"{name}", "")) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ]
    issuer = str(found.get("issuer", ""))
    if issuer.rstrip("/") != door.issuer or not all(map(is_safe, named)):
        raise _confused(door)
    ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    authorize, token, keys = named
    return Endpoints(issuer, authorize, token, keys, by_post="client_secret_basic" not in ways)


async def _token(
    http: aiohttp.ClientSession, door: Door, where: Endpoints, attempt: Attempt, came: tuple[str, str]
) -> Mapping[str, Any]:
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    back, code = came
    more = {"code": code, "code_verifier": attempt.verifier, "client_id": door.client_id}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if where.by_post:
        more["client_secret"] = door.client_secret
    else:
        headers["Authorization"] = aiohttp.encode_basic_auth(door.client_id, door.client_secret)
    body = prepare_token_request("authorization_code", "", back, **more)
    return await _fetched(http.post(where.token, data=body, headers=headers, allow_redirects=False), door)


async def _discord_account(http: aiohttp.ClientSession, door: Door, token: str) -> Account:
    headers = {"Authorization": f"Bearer {token}"}
    found = await _fetched(http.get(f"{door.issuer}/users/@me", headers=headers, allow_redirects=False), door)
    user = str(found.get("id", ""))
    if not user:
        raise _confused(door)
    return Account("discord", user)


@dataclass(frozen=True)
class _Judge:
    """Believes a token of this issuer, for this door and this attempt, now."""

    issuer: str
    door: Door
    attempt: Attempt
    now: datetime

    def claims(self, given: Mapping[str, Any], keys: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the token says, if the issuer has signed it, for us, for this attempt, and it has not run out."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.door.client_id},
        }
        params = {
            "nonce": self.attempt.nonce,
            "client_id": self.door.client_id,
            "access_token": given.get("access_token"),
        }
        try:
            known = KeySet.import_key_set(cast("KeySetSerialization", dict(keys)))
            token = jwt.decode(str(given.get("id_token", "")), known, _SIGNED_BY)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(self.now.timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("sign-in token refused", door=self.door.name, why=type(error).__name__)
            raise _not_believed(
                "its token is not signed for us, or does not belong to this attempt"
            ) from None
        return dict(claims)


def _account(door: Door, claims: Mapping[str, Any]) -> Account:
    if door.name == "slack":
        user, team = claims.get(f"{_SLACK}user_id"), claims.get(f"{_SLACK}team_id")
        return Account("slack", str(user or ""), str(team or ""))
    return Account(
        "oidc",
        str(claims["sub"]),
        email=str(claims.get("email", "")) if claims.get("email_verified") is True else "",
        authenticated=_moment(claims.get("auth_time")),
    )


def _moment(seconds: object) -> datetime | None:
    """When the issuer says that it asked the person; None if it says nothing of use."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None


async def _fetched(asked: Any, door: Door) -> Mapping[str, Any]:
    """The JSON object that a door answers with."""
    try:
        async with asked as answer:
            raw = await answer.content.read(_LIMIT)
            data = orjson.loads(raw)
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        log.warning("sign-in door does not answer", door=door.name, why=type(error).__name__)
        raise _confused(door) from None
    if status != _OK or not isinstance(data, dict) or data.get("ok") is False:
        log.warning("sign-in door refuses", door=door.name, status=status)
        raise _confused(door)
    return data


def _confused(door: Door) -> Unavailable:
    return Unavailable(
        f"{door.label} does not answer as it should, so nobody can sign in with it now.",
        "Try again in a moment, or say `/wardroom signin` in the chat.",
    )


def _not_believed(why: str) -> Forbidden:
    return Forbidden(f"That sign-in is not believed: {why}.", "Begin again at the page to sign in.")
