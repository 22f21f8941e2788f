"""Messages of a Slack workspace that grow word by word, with Slack's refusals; a workspace may have none."""

from typing import Any, Protocol

METHODS = ("chat.startStream", "chat.appendStream", "chat.stopStream")
_NOT_OPEN = {"error": "message_not_in_streaming_state"}


class Workspace(Protocol):
    """Where they are shown."""

    faults: list[str]

    def grow(self, channel: str, text: str, thread: str) -> str:
        """A new message of the bot; returns its `ts`."""
        ...

    def more(self, ts: str, text: str) -> None:
        """More words in it."""
        ...


class Streams:
    """`are_there` where the workspace has streams. `open` are the messages that grow, `pieces` what each was told."""

    def __init__(self) -> None:
        self.are_there = False
        self.open: set[str] = set()
        self.pieces: dict[str, list[str]] = {}

    def answer(self, method: str, workspace: Workspace, args: dict[str, Any]) -> dict[str, Any]:
        """What a call is answered."""
        if not self.are_there:
            return {"error": "unknown_method"}
        if method == "chat.startStream":
            return self._start(workspace, args)
        ts = args["ts"]
        if ts not in self.open:
            return _NOT_OPEN
        if method == "chat.stopStream":
            self.open.remove(ts)
        else:
            workspace.more(ts, args["markdown_text"])
            self.pieces[ts].append(args["markdown_text"])
        return {"ts": ts, "channel": args["channel"]}

    def _start(self, workspace: Workspace, args: dict[str, Any]) -> dict[str, Any]:
        if not all(args.get(name) for name in ("thread_ts", "recipient_user_id", "recipient_team_id")):
            workspace.faults.append("a stream in a channel needs a thread, and whom it is for")
        text = args.get("markdown_text", "")
        ts = workspace.grow(args["channel"], text, args["thread_ts"])
        self.open.add(ts)
        self.pieces[ts] = [text]
        return {"ts": ts, "channel": args["channel"]}
