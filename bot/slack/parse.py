"""What Slack sends, as what the house understands; pure. Every key says what was said or pressed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.slack import forms
from bot.slack.controls import verb_of
from core.place import Actor, Place
from handlers.inbound import Click, Command, Correction, Message, Reaction, Submit, decode

Payload = Mapping[str, Any]
CHANGED = ("message_changed", "message_deleted")
_HEARD = (None, "thread_broadcast", "file_share", "me_message")
SHORTCUTS = {"incident.declare": "declare", "incident.timeline": "timeline"}
# What reading something raises that Slack never sent in this form.
NOT_OURS = (ValueError, KeyError, TypeError, AttributeError, IndexError)
_TITLE = 100
_WORDS = 3_000


def message(body: Payload, bot_user: str, commands: Mapping[str, str]) -> Message | Command | None:
    """Words of a person; None for other bots, edits, joins and our own. Words that begin with a command are one."""
    event = body["event"]
    if event.get("subtype") not in _HEARD or event.get("bot_id") or not event.get("user"):
        return None
    if event["user"] == bot_user:
        return None
    team = str(body.get("team_id") or event.get("team") or "")
    text = str(event.get("text") or "")
    direct = event.get("channel_type") == "im" or str(event["channel"]).startswith("D")
    ours = event.get("parent_user_id") == bot_user
    named = event.get("type") == "app_mention" or f"<@{bot_user}>" in text
    place = Place(
        platform="slack",
        channel=event["channel"],
        thread=event.get("thread_ts") if event.get("thread_ts") != event["ts"] else None,
        message=event["ts"],
        workspace=team,
        direct=direct,
    )
    actor = Actor(platform="slack", user=event["user"], workspace=team)
    key = f"slack:{team}:{event['channel']}:{event['ts']}"
    words = spoken(text, bot_user)
    area = re.match(r"^/([a-z][a-z0-9_-]{0,31})(?:\s+(.*))?$", words, re.DOTALL | re.IGNORECASE)
    if area and (direct or ours or named):
        name = commands.get(area[1].lower(), area[1].lower())
        return Command(key=key, actor=actor, place=place, area=name, text=(area[2] or "").strip())
    is_called = direct or named
    return Message(
        key=key, actor=actor, place=place, text=words, addressed=is_called or ours, named=is_called
    )


def reaction(body: Payload) -> Reaction:
    """A sign that somebody put on a message, or took off it."""
    event = body["event"]
    item, team = event["item"], str(body.get("team_id") or "")
    channel, ts, is_on = str(item["channel"]), str(item["ts"]), event["type"] == "reaction_added"
    return Reaction(
        key=f"slack:{event['type']}:{channel}:{ts}:{event['user']}:{event['reaction']}:{event['event_ts']}",
        actor=_actor(team, event["user"], ""),
        place=Place(platform="slack", channel=channel, message=ts, workspace=team),
        sign=str(event["reaction"]),
        is_on=is_on,
    )


def correction(body: Payload) -> Correction | None:
    """What a person had said, as they changed it; None if no person's words changed, as when a link is unfolded."""
    event = body["event"]
    before, after = event.get("previous_message") or {}, event.get("message") or {}
    is_gone = event["subtype"] == "message_deleted"
    said = before if is_gone else after
    if (
        said.get("bot_id")
        or not said.get("user")
        or (not is_gone and before.get("text") == after.get("text"))
    ):
        return None
    team, channel, ts = str(body.get("team_id") or ""), str(event["channel"]), str(said["ts"])
    return Correction(
        key=f"slack:{event['subtype']}:{channel}:{ts}:{event['ts']}",
        actor=_actor(team, said["user"], ""),
        place=Place(platform="slack", channel=channel, message=ts, workspace=team),
        text=None if is_gone else spoken(str(after.get("text") or ""), "")[:_WORDS],
    )


def moment(ts: str) -> datetime:
    """When a message was said: Slack's name of it is the time."""
    return datetime.fromtimestamp(float(ts), UTC)


def spoken(text: str, bot_user: str) -> str:
    """The words as they were typed, without the mention of the bot."""
    words = re.sub(rf"<@{re.escape(bot_user)}(\|[^>]*)?>[\s,:]*", " ", text) if bot_user else text
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def command(body: Payload, commands: Mapping[str, str]) -> Command:
    """A slash command; `commands` maps what it is called here to its area."""
    name = str(body["command"]).lstrip("/").lower()
    return Command(
        key=f"slack:command:{body['trigger_id']}",
        actor=_actor(body["team_id"], body["user_id"], body.get("user_name", "")),
        place=Place(
            platform="slack",
            channel=body["channel_id"],
            workspace=body["team_id"],
            direct=body.get("channel_name") == "directmessage" or str(body["channel_id"]).startswith("D"),
        ),
        area=commands.get(name, name),
        text=spoken(str(body.get("text") or ""), ""),
    )


def click(body: Payload) -> Click:
    """A button, or a choice in a menu.

    Raises:
        ValueError: this was never a button of ours.
    """
    action = body["actions"][0]
    chosen = (action.get("selected_option") or {}).get("value", "")
    verb, value, choice = _pressed(str(action["action_id"]), str(action.get("value") or ""), str(chosen))
    object_id, revision, digest, args = decode(value)
    if choice:
        args["value"] = choice
    place = _place(body)
    user = body["user"]["id"]
    spot = (
        place.message
        or (body.get("container") or {}).get("message_ts")
        or (body.get("view") or {}).get("id", "")
    )
    return Click(
        key=f"slack:click:{place.channel}:{spot}:{action['action_ts']}:{user}:{verb}",
        actor=_actor(_team(body), user, body["user"].get("username") or body["user"].get("name") or ""),
        place=place,
        verb=verb,
        object=object_id,
        revision=revision,
        digest=digest,
        args=args,
    )


def submit(body: Payload) -> Submit:
    """A modal that was filled in and sent.

    Raises:
        ValueError: it is not a modal of ours.
    """
    modal = body["view"]
    kept, place = forms.carried(modal)
    return Submit(
        key=f"slack:view:{modal['id']}:{modal.get('hash', '')}",
        actor=_actor(_team(body), body["user"]["id"], body["user"].get("username") or ""),
        place=place,
        verb=kept["verb"],
        object=kept["object"],
        revision=kept["revision"],
        digest=kept["digest"],
        args=kept["args"],
        fields=forms.written(modal),
    )


def shortcut(body: Payload) -> Command | None:
    """Something that was chosen in a message's menu; None for a shortcut that is not ours."""
    word = SHORTCUTS.get(str(body.get("callback_id")))
    if word is None or body.get("type") != "message_action":
        return None
    said, channel = body["message"], body["channel"]["id"]
    team = body.get("team") or {}
    text = spoken(str(said.get("text") or ""), "")[:_WORDS]
    link = f"https://{team.get('domain', 'app')}.slack.com/archives/{channel}/p{str(said['ts']).replace('.', '')}"
    options = {"source_link": link, "source_by": str(said.get("user") or "")}
    options["source_at"] = moment(str(said["ts"])).isoformat()
    if word == "declare":
        options |= {"source_text": text, "title": " ".join(text.split())[:_TITLE]}
    else:
        options["text"] = text
    user = body["user"]["id"]
    return Command(
        key=f"slack:shortcut:{channel}:{said['ts']}:{body.get('action_ts', '')}:{user}:{word}",
        actor=_actor(_team(body), user, body["user"].get("name") or ""),
        place=Place(
            platform="slack",
            channel=channel,
            thread=said.get("thread_ts") if said.get("thread_ts") != said["ts"] else None,
            message=said["ts"],
            workspace=_team(body),
            direct=channel.startswith("D"),
        ),
        area="incident",
        text=word,
        options={name: value for name, value in options.items() if value},
    )


def home(body: Payload) -> Command | None:
    """The person's own page was opened."""
    event = body["event"]
    if event.get("tab", "home") != "home":
        return None
    team = str(body.get("team_id") or "")
    return Command(
        key=f"slack:event:{body['event_id']}",
        actor=_actor(team, event["user"], ""),
        place=Place(platform="slack", channel=event["user"], workspace=team, direct=True),
        area="wardroom",
        text="home",
    )


def _pressed(action: str, value: str, chosen: str) -> tuple[str, str, str]:
    """Verb, what the button carries, and what was chosen in a menu."""
    verb, *rest = action.split("~", 2)
    if verb == "more":
        verb, _, value = chosen.partition("~")
        return verb, value, ""
    carried = 2
    if len(rest) == carried:
        return verb, rest[1], chosen
    return verb_of(action), value, chosen


def _place(body: Payload) -> Place:
    container, user = body.get("container") or {}, body["user"]["id"]
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    if not channel:
        return Place(platform="slack", channel=user, workspace=_team(body), direct=True)
    said = body.get("message") or {}
    ts = container.get("message_ts") or said.get("ts")
    thread = container.get("thread_ts") or said.get("thread_ts")
    return Place(
        platform="slack",
        channel=channel,
        thread=thread if thread != ts else None,
        message=None if container.get("is_ephemeral") else ts,
        workspace=_team(body),
        direct=channel.startswith("D"),
    )


def _team(body: Payload) -> str:
    return str((body.get("team") or {}).get("id") or (body.get("user") or {}).get("team_id") or "")


def _actor(team: str, user: str, name: str) -> Actor:
    return Actor(platform="slack", user=user, workspace=str(team or ""), name=name)
