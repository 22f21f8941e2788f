"""The simulated workspace in a terminal: words in, cards out as words, buttons by their number."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp

from bot.cli.typed import Out, fill, stdin_lines
from core.clock import SystemClock
from core.errors import Unavailable
from core.ids import new_id

HELP = """Type words or a /command and press Enter. Also:
  1            press button 1          1 2        choose option 2 of menu 1
  :1 reason    press button 1, and give the reason its form asks for
  :as ana      be somebody else        :channel ops   go to another channel (:channel @ = with the bot)
  :thread 3    answer under message 3  :up        leave the thread
  :home        your own page           :help      this        :quit"""
_QUIET = 2.0  # seconds without news after which a session without a keyboard is over
_RETRIES = (0.3, 1, 2, 5, 5, 5)


async def chat(url: str, persona: str, lines: AsyncIterator[str] | None = None, out: Out = print) -> None:
    """Talk in the simulated workspace at `url` as `persona` until the input ends.

    Args:
        url: where the workspace is, such as `http://127.0.0.1:8080`.
        persona: whom to be.
        lines: what is typed; None: the lines of stdin.
        out: where lines are shown.

    Raises:
        Unavailable: nobody answers at `url`.
    """
    async with aiohttp.ClientSession() as session:
        talk = Talk(session, url, persona, out)
        await talk.connect()
        reader = asyncio.create_task(talk.read())
        try:
            await talk.type_in(lines or stdin_lines())
            await talk.quiet()
        finally:
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader


class Talk:
    """One conversation: who one is, where one is, and what the numbers on the screen mean."""

    def __init__(self, session: aiohttp.ClientSession, url: str, persona: str, out: Out) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._out = out
        self._clock = SystemClock()
        self._numbers = itertools.count(1)
        self._controls: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._threads: dict[int, dict[str, Any]] = {}
        self._shown: dict[str, str] = {}
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._greeted = asyncio.Event()
        self._snapshot: dict[str, Any] = {}
        self.persona = persona
        self.channel = ""
        self.thread = ""

    async def connect(self) -> None:
        """Open the socket and say who one is."""
        try:
            self._socket = await self._session.ws_connect(f"{self._url}/local/ws")
        except (aiohttp.ClientError, OSError) as problem:
            raise Unavailable(
                f"There is no simulated workspace at {self._url}.",
                "Start one with `wardroom demo` in another terminal, or name its address with --url.",
            ) from problem
        await self._hello()

    async def read(self) -> None:
        """Show what arrives; come back when the line breaks."""
        while True:
            async for frame in self._socket:
                self._take(json.loads(frame.data))
            self._out("— the line broke; coming back …")
            await self._come_back()

    async def type_in(self, lines: AsyncIterator[str]) -> None:
        """Do what each line says, one after another."""
        await self._welcome()
        async for text in lines:
            if text.strip() in (":quit", ":q"):
                return
            await self._line(text.strip(), lines)

    async def quiet(self) -> None:
        """Wait until nothing has arrived for two seconds."""
        with suppress(TimeoutError):
            while True:
                self._news.clear()
                await asyncio.wait_for(self._news.wait(), _QUIET)

    async def _come_back(self) -> None:
        for pause in _RETRIES:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), pause)
            with suppress(Unavailable):
                await self.connect()
                return
        raise Unavailable("The workspace does not come back.", "Start it again with `wardroom demo`.")

    async def _welcome(self) -> None:
        async with asyncio.timeout(10):
            await self._greeted.wait()

    async def _hello(self) -> None:
        self._greeted.clear()
        known = {"since": self._snapshot.get("change", 0), "epoch": self._snapshot.get("epoch", "")}
        await self._socket.send_json({"t": "hello", "persona": self.persona, **known})

    def _take(self, frame: dict[str, Any]) -> None:
        self._news.set()
        waiting = self._answers.pop(str(frame.get("re", "")), None)
        if waiting is not None:
            if not waiting.done():
                waiting.set_result(frame)
        elif frame.get("t") == "snapshot":
            self._arrive(frame)
        elif frame.get("t") == "change":
            self._snapshot["change"] = max(self._snapshot.get("change", 0), frame["message"]["change"])
            self._show(frame["message"])
        elif "error" in frame:
            self._out(f"! {frame['error']}")
            self._greeted.set()

    def _arrive(self, frame: dict[str, Any]) -> None:
        self._snapshot = frame
        if not self.channel or (self.channel.startswith("@") and self.channel != f"@{self.persona}"):
            self.channel = f"@{self.persona}" if self.channel else frame["channels"][0]["id"]
        if frame["reset"]:
            name = next(one["name"] for one in frame["personas"] if one["id"] == frame["persona"])
            self._out(f"— simulated workspace · you are {name} in {self._where()} · :help")
        for message in frame["messages"][-20:]:
            self._show(message)
        self._greeted.set()

    def _where(self) -> str:
        return "your conversation with the bot" if self.channel.startswith("@") else f"#{self.channel}"

    def _show(self, message: dict[str, Any]) -> None:
        text = str(message["text"])
        controls = [self._control(message, control) for control in message.get("controls", ())]
        whole = "\n".join([text, *controls])
        if self._shown.get(message["id"]) == whole:
            return
        again = "changed · " if message["id"] in self._shown else ""
        self._shown[message["id"]] = whole
        number = next(self._numbers)
        self._threads[number] = message
        when = datetime.fromisoformat(message["at"]).astimezone().strftime("%H:%M")
        alone = " · only you see this" if message["only"] else ""
        place = (
            "home"
            if message["kind"] == "home"
            else f"{message['channel']}{' ↳' if message['thread'] else ''}"
        )
        self._out(f"({number}) {again}{place} · {message['author']} {when}{alone}")
        for one in whole.splitlines():
            self._out(f"    {one}")

    def _control(self, message: dict[str, Any], control: dict[str, Any]) -> str:
        if control.get("url"):
            return f"{control['label']}: {control['url']}"
        known = (
            n
            for n, (m, c) in self._controls.items()
            if (m["id"], c["verb"], c["label"]) == (message["id"], control["verb"], control["label"])
        )
        number = next(known, None) or next(self._numbers)
        self._controls[number] = (message, control)
        options = " ".join(f"{at}={label}" for at, (label, _) in enumerate(control.get("options", ()), 1))
        return f"[{number}] {control['label']} {options}".rstrip()

    async def _line(self, text: str, lines: AsyncIterator[str]) -> None:
        word, _, rest = text.lstrip(":").partition(" ")
        if (
            word.isdigit()
            and int(word) in self._controls
            and (text.startswith(":") or not rest or rest.isdigit())
        ):
            await self._press(int(word), rest.strip(), lines)
        elif text.startswith(":"):
            await self._order(word, rest.strip())
        elif text:
            frame = {"t": "say", "channel": self.channel, "thread": self.thread, "text": text}
            await self._do(frame, lines)

    async def _order(self, word: str, rest: str) -> None:
        match word:
            case "as":
                self.persona, self.thread, self._snapshot = rest, "", {}
                self._shown.clear()
                await self._hello()
                await self._welcome()
            case "channel":
                self.channel, self.thread = (f"@{self.persona}" if rest == "@" else rest.lstrip("#")), ""
                self._out(f"— in {self._where()}")
            case "thread" if rest.isdigit() and int(rest) in self._threads:
                message = self._threads[int(rest)]
                self.channel, self.thread = message["channel"], message["thread"] or message["id"]
                self._out(f"— answering under ({rest}); :up to leave")
            case "up":
                self.thread = ""
            case "home":
                await self._ask({"t": "home"})
            case _:
                self._out(HELP)

    async def _press(self, number: int, rest: str, lines: AsyncIterator[str]) -> None:
        message, control = self._controls[number]
        frame = {"t": "press", "message": message["id"], "verb": control["verb"], "value": control["value"]}
        options = control.get("options")
        if options:
            if not rest.isdigit() or not 0 < int(rest) <= len(options):
                self._out(f"! Choose with `{number} 1` to `{number} {len(options)}`.")
                return
            frame["choice"] = options[int(rest) - 1][1]
        elif control.get("confirm") and not rest:
            self._out(f"? {control['confirm']} Type yes to go on.")
            if (await anext(lines, "")).strip().lower() not in ("y", "yes"):
                self._out("— nothing was done.")
                return
        await self._do(frame, lines, place=message, first="" if options else rest)

    async def _do(
        self,
        frame: dict[str, Any],
        lines: AsyncIterator[str],
        *,
        place: dict[str, Any] | None = None,
        first: str = "",
    ) -> None:
        answer = await self._ask(frame)
        if "form" not in answer:
            return
        spot = place or {"channel": self.channel, "thread": self.thread, "id": ""}
        fields = await fill(answer["form"], lines, first, self._out)
        where = {"channel": spot["channel"], "thread": spot["thread"], "message": spot["id"]}
        await self._ask({"t": "send", **where, **answer["form"]["carry"], "fields": fields})

    async def _ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        frame = {"id": new_id(self._clock.now()), **frame}
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[frame["id"]] = answer
        await self._socket.send_json(frame)
        try:
            result = await asyncio.wait_for(answer, 10)
        except TimeoutError:
            self._answers.pop(frame["id"], None)
            result = {"ok": False, "error": "No answer within 10 s. See whether it was done, then try again."}
        if not result["ok"]:
            self._out(f"! {result['error']}")
        return result
