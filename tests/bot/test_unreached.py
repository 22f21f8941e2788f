"""Whoever reads why something was not reached reads words, and neither names of classes nor of addresses."""

import asyncio

import aiohttp
import pytest

from bot.unreached import why
from tests.bot.checks.servers import closed_port


async def failure(url: str) -> BaseException:
    async with aiohttp.ClientSession() as http:
        with pytest.raises((aiohttp.ClientError, OSError)) as caught:
            await http.get(url, timeout=aiohttp.ClientTimeout(5))
    return caught.value


async def test_a_port_that_nobody_listens_on_is_told() -> None:
    assert "no connection (connection refused)" == why(
        await failure(f"http://127.0.0.1:{await closed_port()}/")
    )


async def test_a_name_that_nobody_knows_is_told() -> None:
    said = why(await failure("http://no-such-host.invalid/"))
    assert "name" in said
    assert "Error" not in said


async def test_a_server_without_tls_or_without_an_answer_is_told() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"not what was wanted\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert "TLS" in why(await failure(f"https://127.0.0.1:{port}/"))
        assert "it gave no proper answer" == why(await failure(f"http://127.0.0.1:{port}/"))


def test_the_rest_is_told_without_names_of_classes() -> None:
    assert "it did not answer in time" == why(TimeoutError())
    assert "it closed the connection without an answer" == why(aiohttp.ServerDisconnectedError())
    assert "it gave no proper answer" == why(ValueError("x"))
