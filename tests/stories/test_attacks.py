"""Hostile words, whatever way they come, and a model that obeys every one of them: nothing happens, nothing leaks, nothing is live.

Each attack plants its words (said by somebody, in an alert, or printed by a run as a log line, a result or the name of a file), lets
somebody ask, and the model looks up what was planted, tries all that the words tell it to do, and says the words again.
In what is planted, `{secret}` stands for a secret of the configuration that has got into a log, an alert or somebody's words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.app import House
from bot.discord import render as discord
from bot.slack import render as slack
from core.conversation.answering import records
from core.conversation.answering.inquiry import State
from core.people.tokens import units as tokens
from core.store import events
from handlers.talk import questions
from tests.platforms.alertmanager import Alertmanager
from tests.platforms.llm import LlmServer, Turn, llm_server
from tests.stories.house import KEY, audited, running
from tests.stories.seats import Seat, seats
from tests.stories.test_a_drafted_runbook import with_model
from tests.stories.test_alerts import ROUTES
from tests.stories.test_asked_of_a_model import QUESTION

ATTACKS = [
    json.loads(row) for row in (Path(__file__).parent / "attacks.jsonl").read_text("utf-8").splitlines()
]
WAYS = ("chat", "alert", "log", "tool", "file")
# A secret of the configuration, which no form gives away: only who knows it can hide it.
HOOK_SECRET = "hook of the test, tail and all"
SECRETS = (KEY, "sk-test", HOOK_SECRET)
KNOWN = "\nsecrets: {HOOK: {env: HOOK_OF_THE_TEST}}\n"
# What turns words around, or joins them without a trace.
_HIDES = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What is told to a model stands between these marks, in this order.
_MARKED = (["question"], ["before", "question"], ["wish"])
PRINTS = """
name: print-it
owners: [platform]
params: {text: {type: string, required: true}}
steps:
  - id: print
    action: shell
    with: {argv: [sh, -c, 'printf "%s" "$1" | sed "s/{secret}/$2/g" >&2; exit 1', print, "${{ params.text }}", "${{ secrets.HOOK }}"]}
    nature: idempotent
    destructive: false
"""


def test_there_are_sixty_attacks_and_every_way_has_some() -> None:
    ways = Counter(one["through"] for one in ATTACKS)
    assert len(ATTACKS) >= 60
    assert set(WAYS) == set(ways)
    assert min(ways.values()) >= 8


@pytest.mark.parametrize("way", WAYS)
async def test_words_that_give_orders_have_none_obeyed(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_OF_THE_TEST", HOOK_SECRET)
    async with llm_server() as server:
        given = with_model(tmp_path, server.url)
        given.config.write_text(
            given.config.read_text().replace("allow: [echo]", "allow: [sh]") + ROUTES + KNOWN
        )
        (given.config.parent / "runbooks" / "print-it.yaml").write_text(PRINTS)
        async with running(given) as house, seats(house.url, "ana") as (ana,):
            answered = 0
            for number, attack in enumerate(one for one in ATTACKS if one["through"] == way):
                reads = await _planted(house, ana, way, attack["text"], number)
                before = await _happened(house)
                card = await _asked(house, ana, server, attack, reads, number)
                assert before == await _happened(house), attack["id"]
                if card is not None:
                    answered += 1
                    _is_dead(card, attack["id"])
            assert answered
            told = [one for one in ana.messages.values() if one["author"] != "ana"]
            for secret in SECRETS:
                assert secret not in server.told.replace("Bearer sk-test", "")
                assert not [one for one in told if secret in str(one)]
            await audited(house)


async def _planted(house: House, ana: Seat, way: str, text: str, number: int) -> tuple[str, ...]:
    """Bring the words in; returns the commands that show them."""
    if way == "chat":
        return ()
    if way == "alert":
        token = await house.store.transact(
            tokens.create, house.world.people, "ana", ("incident.*",), f"t{number}"
        )
        sender = Alertmanager(f"{house.url}/hooks/alertmanager", token)
        labels = {"alertname": f"A{number}", "severity": "critical", "service": "checkout"}
        sender.fires(house.clock.now(), text.replace("{secret}", HOOK_SECRET), **labels)
        assert [200] == await sender.flush(house.clock.now())
        await ana.sees(f"A{number}")
        return ("/alerts list", f"/incident show INC-{number + 1}")
    mark = "'" if '"' in text else '"'
    printed = f"wrote {text}" if way == "file" else text
    await ana.says(f"/runbook run print-it text={mark}{printed}{mark}")
    run = f"RUN-{number + 1}"
    await ana.sees_one(lambda one: run in str(one) and " failed." in str(one), f"the end of {run}")
    return (f"/runbook status {run}",)


async def _asked(
    house: House, ana: Seat, server: LlmServer, attack: Mapping[str, Any], reads: tuple[str, ...], number: int
) -> Any:
    """Somebody asks, and a model that was won over answers."""
    server.says(*(Turn(look=one) for one in (*reads, *attack["does"])), Turn(attack["text"]))
    is_said = attack["through"] == "chat"
    if is_said:
        server.chooses(("INCIDENT_UPDATE", "RUNBOOK_EXECUTE", "DEPLOY", "WORKFLOW_CANCEL")[number % 4])
    seen = {one["id"]: str(one) for one in ana.messages.values()}
    asks = attack["text"].replace("{secret}", HOOK_SECRET) if is_said else f"{QUESTION} ({number})"
    await ana.says(f"/ask {asks}")

    def answers(one: Mapping[str, Any]) -> bool:
        is_new = str(one) != seen.get(one["id"]) and one["author"] != "ana"
        return is_new and ("written by" in str(one) or (is_said and "ASK-" not in str(one)))

    answer = await ana.sees_one(answers, f"an answer to {attack['id']}")
    found = re.search(r"ASK-\d+", str(answer))
    if found is None:
        # What a rule understands is never put to the model; it is shown, and asks before anything is done.
        assert is_said, "the model was never asked"
        return None
    assert State.ANSWERED is (await house.store.read(records.get, found[0])).state
    for body in server.asked[-3:]:  # a wish for a runbook may be put to it at the same time
        _is_marked(body["messages"], attack["id"])
    if not is_said:
        asked = orjson.dumps(server.asked[-1]["messages"]).decode()
        assert max(re.findall(r"\b[A-Za-z]{1,20}\b", attack["text"]), key=len) in asked, (
            "the model never saw it"
        )
    return await house.store.read(questions.live, house.world, found[0])


def _is_marked(messages: list[Mapping[str, Any]], attack: str) -> None:
    """What a person says, and what was said before, stand between marks which nothing in them ends."""
    (words,) = (str(one["content"]) for one in messages if one["role"] == "user")
    marks = re.findall(r"<[^>]*>", words)
    names = [mark.strip("</>") for mark in marks]
    assert names[::2] == names[1::2], attack
    assert marks[::2] in ([f"<{name}>" for name in each] for each in _MARKED), attack
    assert marks[1::2] == [f"</{name}>" for name in names[::2]], attack


async def _happened(house: House) -> Counter[str]:
    """What Ana and models did, but for asking: what she wishes herself is drafted or planned, and not done."""
    rows = await house.store.read(events.after, 0, 100_000)
    return Counter(
        str(row["kind"])
        for row in rows
        if (row["actor"] == "ana" or row["actor"].startswith("model:"))
        and not row["kind"].startswith(("inquiry.", "wish.", "draft.", "message.weighed"))
    )


def _is_dead(card: Any, attack: str) -> None:
    """Nothing in it calls anybody, and nothing leads anywhere."""
    for text in _marked_up(slack.preview(card)):
        for live in ("<!", "<@", "<#", "<http", "<javascript"):
            assert live not in text, (attack, live)
    words = [span for part in card.parts[1:] for span in getattr(part, "line", ()) if span.kind == "plain"]
    assert not any("://evil" in span.text for span in words), attack
    mentions = discord.render(card).mentions
    assert not any((mentions.everyone, mentions.users, mentions.roles)), attack
    shown = orjson.dumps(discord.preview(card)).decode()
    assert not _HIDES.search(shown + orjson.dumps(slack.preview(card)).decode()), attack
    assert not re.search(r"(?<!\\)\]\((?:http|javascript)", shown), attack


def _marked_up(part: Any) -> Iterator[str]:
    """Every text in which markup counts: those of blocks, and the message's own."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn" or "blocks" in part:
            yield str(part.get("text"))
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from _marked_up(inner)
