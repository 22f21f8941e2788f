"""A server that lets people sign in: an OpenID issuer, one in Slack's shape, and Discord's OAuth, on a free port.

It speaks the protocols for real: discovery, authorization with PKCE, tokens against the client's secret, keys, and
tokens signed with RS256. What it says falsely, it says because a test told it to.
"""

import base64
import hashlib
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import encode_basic_auth, web
from joserfc import jwt
from joserfc.jwk import RSAKey

from core.clock import Clock

CLIENT, SECRET = "wardroom-client", "client-secret-of-the-tests"
_KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
_FORGED = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})


class Issuer:
    """Signs people in as `user`. `lies` replace claims; `forged` signs with a key of its own; `seen` are authorizations.

    `slash` ends the issuer's name, as some do. `last_login` is how long ago the person showed who they are; longer than `max_age` asks them again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.user: dict[str, Any] = {"sub": "ana-at-acme"}
        self.lies: dict[str, Any] = {}
        self.forged = False
        self.slash = ""
        self.refuses = ""
        self.last_login = timedelta(0)
        self.seen: list[dict[str, str]] = []
        self.calls: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._about),
                web.get("/openid/connect/authorize", self._authorize),
                web.get("/oauth2/authorize", self._authorize),
                web.post("/api/openid.connect.token", self._token),
                web.post("/api/v10/oauth2/token", self._token),
                web.get("/openid/connect/keys", self._keys),
                web.get("/api/v10/users/@me", self._me),
            ]
        )
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        assert self._runner is not None
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _about(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.lies.get("issuer", self.url + self.slash),
                "authorization_endpoint": f"{self.url}/openid/connect/authorize",
                "token_endpoint": f"{self.url}/api/openid.connect.token",
                "jwks_uri": f"{self.url}/openid/connect/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.seen.append(asked)
        assert (CLIENT, "code", "S256") == (
            asked["client_id"],
            asked["response_type"],
            asked["code_challenge_method"],
        )
        back: dict[str, str] = {"state": asked["state"]}
        if self.refuses:
            back["error"] = self.refuses
        else:
            code = secrets.token_urlsafe(16)
            self._codes[code] = asked
            back |= {"code": code, "iss": self.lies.get("back_from", self.url)}
        if request.path.startswith("/oauth2"):
            back.pop("iss", None)
        raise web.HTTPFound(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append(request.path)
        asked = self._codes.pop(form.get("code", ""), None)
        basic = request.headers.get("Authorization") == encode_basic_auth(CLIENT, SECRET)
        posted = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        if (
            asked is None
            or not (basic or posted)
            or challenge != asked["code_challenge"]
            or form.get("redirect_uri") != asked["redirect_uri"]
        ):
            return web.json_response({"ok": False, "error": "invalid_grant"}, status=400)
        token = secrets.token_urlsafe(16)
        self._tokens.add(token)
        given = {"ok": True, "access_token": token, "token_type": "Bearer"}
        if not request.path.endswith("oauth2/token"):
            given["id_token"] = self._id_token(asked)
        return web.json_response(given)

    def _id_token(self, asked: dict[str, str]) -> str:
        now = self._clock.now()
        longest = asked.get("max_age")
        ago = self.last_login
        if longest is not None and ago.total_seconds() > int(longest):
            ago = timedelta(0)
        claims = {
            "iss": self.url + self.slash,
            "aud": CLIENT,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + 300,
            "auth_time": int((now - ago).timestamp()),
            "nonce": asked.get("nonce"),
            **self.user,
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = _FORGED if self.forged else _KEY
        header = {"alg": "RS256", "kid": "first"}
        return str(jwt.encode(header, claims, key))

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response({"keys": [_KEY.as_dict(private=False)]})

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
            return web.json_response({"message": "401: Unauthorized"}, status=401)
        return web.json_response({"id": self.user["sub"], "username": "ana"})
