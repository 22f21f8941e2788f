from pathlib import Path

from bot.slack.manifest import manifest, to_yaml
from handlers.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[3]


def test_the_file_is_what_the_verbs_make() -> None:
    assert (ROOT / "manifest.yml").read_text() == to_yaml(manifest(REGISTRY.verbs))


def test_it_asks_for_what_the_adapter_uses_and_no_more() -> None:
    made = manifest(REGISTRY.verbs)
    heard = set(made["settings"]["event_subscriptions"]["bot_events"])
    scopes = set(made["oauth_config"]["scopes"]["bot"])
    needed = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "app_home_opened": "chat:write",
        "reaction_added": "reactions:read",
        "reaction_removed": "reactions:read",
    }
    assert heard == needed.keys()
    # Besides what is heard: commands, direct messages to people who cannot be told in a channel, pictures and pins.
    assert scopes == {*needed.values(), "commands", "im:write", "files:read", "files:write", "pins:write"}
    assert {"channels:manage", "channels:read"} == set(made["oauth_config"]["scopes"]["bot_optional"])


def test_it_stays_within_slacks_limits() -> None:
    made = manifest(REGISTRY.verbs)
    features = made["features"]
    assert len(features["slash_commands"]) <= 50
    assert all(len(one["command"]) <= 32 for one in features["slash_commands"])
    assert all(len(one["name"]) <= 24 for one in features["shortcuts"])
    assert len(made["display_information"]["name"]) <= 35
    assert 175 <= len(made["display_information"]["long_description"]) <= 4_000


def test_over_http_every_address_is_ours() -> None:
    made = manifest(REGISTRY.verbs, "https://wardroom.acme.test/")
    address = "https://wardroom.acme.test/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {one["url"] for one in made["features"]["slash_commands"]} == {address}
    assert made["settings"]["socket_mode_enabled"] is False


def test_a_renamed_command_is_offered_by_its_name() -> None:
    commands = manifest(REGISTRY.verbs, names={"incident": "inc"})["features"]["slash_commands"]
    assert ["/alerts", "/approvals", "/ask", "/inc", "/oncall", "/runbook", "/status", "/wardroom"] == [
        one["command"] for one in commands
    ]
