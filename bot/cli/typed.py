"""What is typed: the lines of stdin, and forms filled in line by line."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

Out = Callable[[str], None]


async def fill(form: dict[str, Any], lines: AsyncIterator[str], first: str, out: Out) -> dict[str, str]:
    """Ask for each field of a form, a line each; `first` fills the first field of words."""
    out(f"? {form['title']}" + (f" — {form['intro']}" if form["intro"] else ""))
    filled: dict[str, str] = {}
    for field in form["fields"]:
        if first and field["kind"] != "choice":
            filled[field["name"]], first = first, ""
            continue
        options = [value for _, value in field["options"]]
        menu = " ".join(f"{at}={label}" for at, (label, _) in enumerate(field["options"], 1))
        note = menu or field["hint"] or ("" if field["required"] else "optional")
        out(f"? {field['label']}{f' ({note})' if note else ''}:")
        typed = (await anext(lines, "")).strip() or field["default"]
        is_number = typed.isdigit() and 0 < int(typed) <= len(options)
        filled[field["name"]] = options[int(typed) - 1] if is_number else typed
    return filled


async def stdin_lines() -> AsyncIterator[str]:
    """The lines of stdin, read in a thread of their own so that the conversation goes on meanwhile."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        with suppress(RuntimeError):  # the loop is gone: the conversation is over
            for text in sys.stdin:
                loop.call_soon_threadsafe(typed.put_nowait, text)
            loop.call_soon_threadsafe(typed.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (text := await typed.get()) is not None:
        yield text
