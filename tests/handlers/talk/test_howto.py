"""“How do I …?”: answered from the documentation, and from what whoever asks may do."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.howto import SETS, is_right, judged
from handlers.cards.card import Card, Link, Text
from handlers.inbound import Message
from handlers.manual.finding import Manual, asked_for
from handlers.manual.pages import Passage, names, passages, split, text_of
from handlers.registry import REGISTRY
from tests.handlers.house import OPS, House, actor, said
from tests.stores import opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path)) as store:
        yield House(store)


def found(question: str) -> list[Passage]:
    """The passages that are about a question, the best first."""
    return [one.what for one in Manual(()).find(question) if isinstance(one.what, Passage)]


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("write my first policy", "how-to/first-policy"),
        ("silence an alert", "how-to/alerts"),
        ("make a token for my program", "how-to/agents"),
        ("use PostgreSQL", "how-to/operate"),
        ("start a runbook by the clock", "how-to/triggers"),
        ("have you forget me", "how-to/memory"),
        ("use a second factor", "how-to/second-factor"),
        ("write a runbook action", "reference/actions"),
        ("connect my MCP assistant", "how-to/mcp"),
        ("get notified by email", "how-to/notifications"),
    ],
)
def test_the_page_that_is_about_it_is_found(question: str, page: str) -> None:
    assert page in [one.page for one in found(question)[:3]]


@pytest.mark.parametrize(
    "question", ["bake a cake", "fix my printer", "", "the and of", "'; DROP TABLE memory; --", "?" * 200]
)
def test_nothing_is_found_about_what_no_page_is_about(question: str) -> None:
    assert [] == found(question)


def test_every_page_is_read_in_passages_and_loses_no_word_of_prose() -> None:
    assert {passage.page for passage in passages()} <= names()
    assert "how-to/memory" in names()
    assert not any(name.startswith("decisions/") for name in names())
    made = list(
        split("x", "# A page\n\nSome *prose* with a [link](x.md).\n\n## More\n\n```yaml\na: 1\n```\n")
    )
    assert [("A page", "Some prose with a link."), ("More", "a: 1")] == [
        (one.heading, one.text) for one in made
    ]
    table = "# T\n\n| K | M |\n|---|---|\n" + "".join(f"| `k{n}` | means {n} |\n" for n in range(8))
    assert ["`k0`: means 0", "`k1`: means 1"] == [one.text for one in split("t", table)][:2]
    assert text_of("how-to/memory").startswith("# What the bot remembers")


def test_what_people_ask_for_is_a_command_or_a_section_that_exists() -> None:
    commands = {f"/{verb.command}" for verb in REGISTRY.verbs}
    sections = {place for one in passages() for place in (one.page, f"{one.page}#{one.heading}")}
    assert [] == [what for what in asked_for() if what not in commands | sections]


@pytest.mark.parametrize("half", ["tuned", "held_out"])
async def test_the_first_answer_to_a_judged_set_of_questions_is_mostly_right(half: str) -> None:
    lines = (SETS / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    answered = await judged(json.loads(line) for line in lines)
    assert sum(is_right(asked, first) for asked, first in answered) >= 0.85 * len(lines)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how do I write a policy", "Your first policy"),
        ("how do I become on call", "Write a schedule"),
        ("what happens when nobody answers an approval?", "What silence may approve"),
        ("how do I watch a run?", "The page"),
        ("how do I send alerts from my own tool as json?", "Alerts from any JSON"),
        ("how do I add a new service?", "A service"),
        ("how do I let the bot restart things by itself?", "Let runbooks help by themselves"),
        ("how do I upgrade wardroom?", "The database"),
    ],
)
async def test_what_no_command_does_is_answered_by_the_documentation_first(
    house: House, question: str, says: str
) -> None:
    told = said(await house.say("ana", question))
    assert says in told.split("You can say")[0].split("You may not say")[0]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("swap my shift with bo", "/oncall swap"),
        ("set up 2fa", "/wardroom totp"),
        ("delegate my approvals to bo for 3 days", "/approvals delegate"),
        ("don't page me at night", "/oncall contact"),
        ("I need an approval for a firewall change", "/approvals request"),
        ("bo is on vacation until monday", "/approvals away"),
        ("hwo do i approve somthing", "/approvals approve"),
        ("how do I give my vote to somebody else", "/approvals delegate"),
        ("how do I break the glass?", "/approvals breakglass"),
        ("how do I see what a run would do before running it", "/runbook plan"),
        ("how do I get called on my phone?", "/oncall contact"),
        ("how do I see what was deployed", "/oncall lately"),
        ("how do I tell the bot a fact", "/wardroom remember"),
    ],
)
async def test_a_wish_that_only_a_command_grants_is_told_which(house: House, text: str, command: str) -> None:
    assert command in said(await house.say("ana", text))


@pytest.mark.parametrize(
    "text",
    [
        "let me check",
        "and is that any different by now, or what?",
        "the deploy went fine",
        "I will have a look",
    ],
)
async def test_what_wants_nothing_is_not_explained(house: House, text: str) -> None:
    assert "Here is how" not in said(await house.say("ana", text))


async def test_a_question_with_the_name_of_ones_own_runbook_finds_what_is_about_runbooks(
    house: House,
) -> None:
    told = said(await house.say("ana", "how do I undo restart-service on checkout?"))
    assert "You can say /runbook rollback" in told.partition("\n")[2][:60]


async def test_what_one_may_do_goes_before_what_one_may_not(house: House) -> None:
    told = said(await house.say("gus", "how do I hand a page over?"))
    assert told.index("/oncall handover") < told.find("You may not say") or "You may not say" not in told


async def test_whoever_may_is_told_what_to_say(house: House) -> None:
    card = await house.say("ana", "how do I silence an alert?")
    assert "You can say /alerts silence" in said(card) or "You may not say /alerts silence" in said(card)
    assert "You can say /incident declare" in said(await house.say("dev", "how can I declare an incident?"))


async def test_whoever_may_not_is_told_who_may(house: House) -> None:
    told = said(await house.say("gus", "how do I declare an incident?"))
    assert "You may not say /incident declare" in told
    assert "which needs incident.declare. Who may: Ana, Bo, Dev." in told
    assert "You may not say /incident page" in said(await house.say("gus", "how to page someone"))


async def test_what_nobody_may_is_said_to_be_so(house: House) -> None:
    house.world = replace(house.world, roles={"guest": frozenset({"ask.*"})})
    assert "Nobody here may" in said(await house.say("ana", "how do I declare an incident?"))


async def test_the_answer_leads_to_the_page(house: House) -> None:
    assert "docs/how-to/alerts.md" in said(await house.say("ana", "how do I silence an alert?"))
    house.world = replace(house.world, public_url="https://ops.example")
    card = await house.say("ana", "how do I silence an alert?")
    assert "https://ops.example/manual/how-to/alerts" in _links(card)


async def test_what_no_page_is_about_is_said_so(house: House) -> None:
    assert "I find nothing in the documentation about “how do I bake a cake?”" in said(
        await house.say("ana", "how do I bake a cake?")
    )


async def test_people_who_ask_each_other_are_not_answered(house: House) -> None:
    for text in ("how do I restart my laptop?", "remember that lunch is at noon", "do you remember Paul?"):
        talk = Message(key=house.key(), actor=actor("ana"), place=OPS, text=text, addressed=False)
        assert Card() == await house.take(talk)


def _links(card: Card) -> list[str]:
    texts = [part for part in card.parts if isinstance(part, Text)]
    return [span.url for part in texts for span in part.line if isinstance(span, Link)]
