"""The real Alertmanager, where it is installed: a process of its own that is told of alerts and sends to a receiver."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.seed import free_port
from bot.workers import pause

NAMES = ("alertmanager", "prometheus-alertmanager")
_LIMIT = 20.0
_CONFIG = """
route:
  receiver: wardroom
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  repeat_interval: 2s
receivers:
  - name: wardroom
    webhook_configs:
      - url: URL
        send_resolved: true
        http_config: {authorization: {type: Bearer, credentials: TOKEN}}
"""


def program() -> str | None:
    """Where it is; None if it is not installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Program:
    """A running Alertmanager, to which alerts are sent as Prometheus does."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def tells(self, *, over: bool = False, **labels: str) -> None:
        """An alert fires, or is over."""
        now = datetime.now(UTC).isoformat()
        alert: dict[str, Any] = {"labels": labels, "annotations": {"summary": f"{labels['alertname']} fires"}}
        alert |= {"endsAt": now} if over else {"startsAt": now}
        async with self._http.post(f"{self._url}/api/v2/alerts", json=[alert]) as answer:
            assert answer.status == 200, await answer.text()


@asynccontextmanager
async def running(path: str, folder: Path, receiver: str, token: str) -> AsyncIterator[Program]:
    """An Alertmanager that sends to `receiver`, stopped at the end."""
    config, port = folder / "alertmanager.yml", free_port()
    config.write_text(_CONFIG.replace("URL", receiver).replace("TOKEN", token))
    process = await asyncio.create_subprocess_exec(
        path,
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as http:
            await _ready(http, url)
            yield Program(url, http)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(http: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(_LIMIT):
        while True:
            try:
                async with http.get(f"{url}/-/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await pause(asyncio.Event(), 0.05)
