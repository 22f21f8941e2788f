"""Nothing secret goes to a language model, and nothing comes back, whole or in pieces; over real HTTP."""

from pathlib import Path

import pytest

from core.conversation.llm import Prompt
from tests.bot.backends.test_llm import ASKED, KEY, asking
from tests.platforms.llm import Turn, llm_server
from tests.stores import sqlite_url


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path)


async def test_no_secret_leaves_and_none_comes_back(url: str) -> None:
    secrets = {"API": "hunter2-and-more"}
    async with (
        llm_server("The key is sk-a-key-that-nobody-may-see.") as server,
        asking(url, server, secrets=secrets) as it,
    ):
        words = f"use {secrets['API']} and xoxb-123456789012-abcdef and {KEY}"
        said = await it.llm.say("ana", Prompt("Be brief.", words, 200))
        assert [] == [one for one in (secrets["API"], "xoxb-1234", KEY) if one in server.told]
        assert KEY not in said.text


PHRASE = "correct horse battery staple"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQabc\nDEF\n-----END PRIVATE KEY-----"
TELLS = (
    (KEY, "sk-a"),
    ("xoxb-123456789012-abcdef", "xoxb"),
    ("the password is hunter2-and-more", "hunter"),
    (PHRASE, "horse"),
    (PEM, "MII"),
)


@pytest.mark.parametrize(("secret", "part"), TELLS)
async def test_no_part_of_a_secret_is_told_while_it_comes_letter_by_letter(
    url: str, secret: str, part: str
) -> None:
    said = Turn(f"Here it is: {secret} and that is all.", letters=True)
    async with llm_server(said) as server, asking(url, server, secrets={"P": PHRASE}) as it:
        heard: list[str] = []

        async def hear(words: str) -> None:
            heard.append(words)

        async def look(command: str) -> str:
            return command

        await it.llm.say("ana", Prompt("Be brief.", "What is it?", 200, look), hear)
        assert "".join(heard).startswith("Here it is: ")
        assert len(heard) > 2
        assert part not in "".join(heard)


async def test_what_comes_is_cleaned_piece_by_piece(url: str) -> None:
    async with llm_server(f"A \u202eB\x07 \x1b[31mC {KEY}") as server, asking(url, server) as it:
        heard: list[str] = []

        async def hear(words: str) -> None:
            heard.append(words)

        said = await it.llm.say("ana", ASKED, hear)
        assert ("A B [31mC •••", "A B [31mC •••") == (said.text, "".join(heard))
