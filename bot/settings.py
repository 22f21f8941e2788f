"""What the environment says: secrets and addresses. Everything else is in wardroom.yaml.

A variable NAME can also be given as NAME_FILE, the path of a file that holds it, which is how secrets are
mounted into containers. No value is ever shown: not in errors, not in logs, not in a repr.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from core.errors import ConfigError, Problem

SLACK_API_URL = "https://slack.com/api/"
DISCORD_API_URL = "https://discord.com/api/v10"
SHORTEST_KEY = 32
_SECRET_LIMIT = 64 * 1024
_Port = Annotated[int, Field(ge=0, le=65_535)]


def _named(variable: str, default: Any, **more: Any) -> Any:
    return Field(default, validation_alias=variable, **more)


class Settings(BaseSettings):
    """The environment, read once. A port of 0 takes any that is free."""

    model_config = SettingsConfigDict(
        extra="ignore", env_ignore_empty=True, populate_by_name=True, frozen=True, hide_input_in_errors=True
    )

    config: Path = _named("WARDROOM_CONFIG", Path("wardroom.yaml"))
    database_url: SecretStr = _named("WARDROOM_DATABASE_URL", SecretStr("sqlite:///var/wardroom.db"))
    http_host: str = _named("WARDROOM_HTTP_HOST", "127.0.0.1")
    http_port: _Port = _named("WARDROOM_HTTP_PORT", 8080)
    grpc_port: _Port | Literal["off"] = _named("WARDROOM_GRPC_PORT", 50052)
    grpc_tls_cert: Path | None = _named("WARDROOM_GRPC_TLS_CERT", None)
    grpc_tls_key: Path | None = _named("WARDROOM_GRPC_TLS_KEY", None)
    grpc_tls_client_ca: Path | None = _named("WARDROOM_GRPC_TLS_CLIENT_CA", None)
    mcp_port: _Port | None = _named("WARDROOM_MCP_PORT", None)
    mcp_public_url: str = _named("WARDROOM_MCP_PUBLIC_URL", "", pattern=r"^(https://[^\s/?#]+[^\s]*)?$")
    public_url: str = _named("WARDROOM_PUBLIC_URL", "", pattern=r"^(https?://[^\s/?#]+[^\s]*)?$")
    secret_key: SecretStr = _named("WARDROOM_SECRET_KEY", SecretStr(""))
    log_format: Literal["auto", "json", "human"] = _named("WARDROOM_LOG_FORMAT", "auto")
    local: bool = _named("WARDROOM_LOCAL", default=False)
    demo: bool = _named("WARDROOM_DEMO", default=False)
    no_color: str = _named("NO_COLOR", "")
    url: str = _named("WARDROOM_URL", "http://127.0.0.1:8080", pattern=r"^https?://[^\s/?#]+[^\s]*$")
    token: SecretStr = _named("WARDROOM_TOKEN", SecretStr(""))

    slack_bot_token: SecretStr = _named("SLACK_BOT_TOKEN", SecretStr(""))
    slack_app_token: SecretStr = _named("SLACK_APP_TOKEN", SecretStr(""))
    slack_signing_secret: SecretStr = _named("SLACK_SIGNING_SECRET", SecretStr(""))
    slack_client_id: str = _named("SLACK_CLIENT_ID", "")
    slack_client_secret: SecretStr = _named("SLACK_CLIENT_SECRET", SecretStr(""))
    slack_api_url: str = _named("SLACK_API_URL", SLACK_API_URL)

    discord_token: SecretStr = _named("DISCORD_TOKEN", SecretStr(""))
    discord_api_url: str = _named("DISCORD_API_URL", "")
    discord_client_id: str = _named("DISCORD_CLIENT_ID", "")
    discord_client_secret: SecretStr = _named("DISCORD_CLIENT_SECRET", SecretStr(""))
    discord_gateway_url: str = _named("DISCORD_GATEWAY_URL", "")

    oidc_issuer: str = _named("OIDC_ISSUER", "", pattern=r"^(https?://[^\s/?#]+[^\s?#]*)?$")
    oidc_client_id: str = _named("OIDC_CLIENT_ID", "")
    oidc_client_secret: SecretStr = _named("OIDC_CLIENT_SECRET", SecretStr(""))

    llm_model: str = _named("WARDROOM_LLM_MODEL", "", pattern=r"^([a-z][a-z0-9/-]*:[^\s]+)?$")
    openai_base_url: str = _named("OPENAI_BASE_URL", "", pattern=r"^(https?://[^\s/?#]+[^\s]*)?$")
    openai_api_key: SecretStr = _named("OPENAI_API_KEY", SecretStr(""))
    ollama_base_url: str = _named("OLLAMA_BASE_URL", "", pattern=r"^(https?://[^\s/?#]+[^\s]*)?$")
    smtp_url: SecretStr = _named("SMTP_URL", SecretStr(""))
    twilio_account_sid: str = _named("TWILIO_ACCOUNT_SID", "")
    twilio_auth_token: SecretStr = _named("TWILIO_AUTH_TOKEN", SecretStr(""))
    twilio_api_url: str = _named("TWILIO_API_URL", "")

    @property
    def has_slack(self) -> bool:
        """Whether there is a token to speak to Slack with."""
        return bool(self.slack_bot_token.get_secret_value())

    @property
    def has_discord(self) -> bool:
        """Whether there is a token to speak to Discord with."""
        return bool(self.discord_token.get_secret_value())

    @property
    def base_url(self) -> str:
        """Where people reach the pages, without a slash at the end."""
        return (self.public_url or f"http://{self.http_host}:{self.http_port}").rstrip("/")

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives goes before the environment; nothing else is read."""
        return init_settings, _Environment(settings_cls)


def secret_named(variable: str) -> str:
    """The value of an environment variable that the configuration names; empty if it is not set.

    Raises:
        ConfigError: the file that `variable`_FILE names cannot be read.
    """
    kept = {name: value for name, value in EnvSettingsSource(Settings).env_vars.items() if value}
    name = variable.lower()
    return kept.get(name) or _read_file(variable, kept.get(f"{name}_file")) or ""


def load_settings(**given: Any) -> Settings:
    """The settings of this process; `given` by the caller go before the environment.

    Raises:
        ConfigError: with every variable that cannot be used, by name and never by value.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        raise ConfigError([_wrong(str(it["loc"][0]), it) for it in details]) from None


def _wrong(variable: str, mistake: Mapping[str, Any]) -> Problem:
    if mistake["type"] == "string_pattern_mismatch":
        return Problem(variable, 0, "This is no address.", "Write one as in https://wardroom.example.org.")
    if variable.endswith("_PORT"):
        also = ", or off" if variable == "WARDROOM_GRPC_PORT" else ""
        return Problem(variable, 0, "This is no port.", f"Write a number from 0 to 65535{also}; 0 takes any.")
    return Problem(variable, 0, f"This cannot be used: {mistake['msg']}.")


def named_secret(variable: str | None) -> SecretStr:
    """What the variable that the configuration names holds, or its NAME_FILE; empty if it names none.

    Raises:
        ConfigError: it is not set, or its file cannot be read.
    """
    if variable is None:
        return SecretStr("")
    found = secret_named(variable)
    if not found:
        what = "The configuration names this variable, and it holds nothing."
        raise ConfigError([Problem(variable, 0, what, "Set it, or remove `secret_env`.")])
    return SecretStr(found)


def require_key(settings: Settings) -> None:
    """Refuse to start without the key that signs links and codes.

    Raises:
        ConfigError: it is missing or shorter than 32 characters.
    """
    if len(settings.secret_key.get_secret_value()) < SHORTEST_KEY:
        what = f"The key that signs links and codes is missing or shorter than {SHORTEST_KEY} characters."
        mend = "Make one with: openssl rand -base64 33"
        raise ConfigError([Problem("WARDROOM_SECRET_KEY", 0, what, mend)])


class _Environment(EnvSettingsSource):
    """The environment, with the files that NAME_FILE names put in the place of NAME."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        self.env_vars = _with_files(self.env_vars, settings_cls)


def _with_files(variables: Mapping[str, str | None], cls: type[BaseSettings]) -> Mapping[str, str | None]:
    merged = dict(variables)
    problems = []
    for name in (str(field.validation_alias) for field in cls.model_fields.values()):
        path = merged.get(f"{name}_file".lower())
        if not path:
            continue
        if merged.get(name.lower()):
            problems.append(Problem(f"{name}_FILE", 0, f"Both {name} and {name}_FILE are set.", "Keep one."))
            continue
        try:
            merged[name.lower()] = _read_file(name, path)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return merged


def _read_file(name: str, path: str | None) -> str | None:
    if not path:
        return None
    try:
        return _content(Path(path))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no short text"
        what = f"The file it names cannot be read: {why}."
        raise ConfigError([Problem(f"{name}_FILE", 0, what, "Check the path.")]) from None


def _content(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_SECRET_LIMIT + 1)
    if len(data) > _SECRET_LIMIT:
        raise ValueError(str(path))
    return data.decode("utf-8").strip()
