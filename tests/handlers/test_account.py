import pytest

from core.errors import Invalid, Unavailable
from core.place import Actor
from core.store import inbox
from handlers import pipeline
from handlers.cards import problem
from handlers.cards.card import Code, Plain, Text, literals, say
from handlers.inbound import Command
from handlers.registry import REGISTRY
from tests.handlers.house import HERE, House, said

ELSEWHERE = Actor(platform="discord", user="1001", name="Ana")


async def as_stranger(house: House, text: str) -> str:
    """What an account on another platform is told."""
    place = HERE.model_copy(update={"platform": "discord", "direct": True})
    area, _, rest = text.removeprefix("/").partition(" ")
    said_so = Command(key=house.key(), actor=ELSEWHERE, place=place, area=area, text=rest)
    return said(await house.take(said_so))


async def code_of(house: House) -> str:
    """A code that Ana makes on the platform where she is known."""
    card = await house.command("ana", "/wardroom link")
    return said(card).split("/wardroom link ")[1].split()[0]


async def test_one_says_who_one_is(house: House) -> None:
    answer = said(await house.command("ana", "/wardroom whoami"))
    assert all(part in answer for part in ("Ana", "sre", "incident.*", "slack"))


async def test_a_stranger_is_told_how_to_get_in_and_can_do_nothing_else(house: House) -> None:
    for text in ("/wardroom whoami", "/incident declare x", "/approvals list", "/wardroom unlink"):
        answer = await as_stranger(house, text)
        assert "I do not know you yet" in answer, text
        assert "/wardroom link" in answer
    assert "I do not know this account yet" in await as_stranger(house, "/wardroom help")
    assert "I do not know you here" in await as_stranger(house, "/wardroom link")


async def test_a_code_makes_one_person_of_two_accounts(house: House) -> None:
    code = await code_of(house)
    assert "you are Ana now" in await as_stranger(house, f"/wardroom link {code}")
    assert "discord, local, slack" in await as_stranger(house, "/wardroom whoami")
    await as_stranger(house, "/wardroom unlink")
    assert "I do not know you yet" in await as_stranger(house, "/wardroom whoami")


async def test_a_code_is_told_to_its_owner_alone(house: House) -> None:
    code = await code_of(house)
    assert await house.queued("say") == []
    assert code in str(await house.queued("whisper"))


async def test_guessing_ends_after_five_wrong_codes(house: House) -> None:
    code = await code_of(house)
    for _ in range(5):
        assert "wrong, was used, or is older" in await as_stranger(house, "/wardroom link aaaa-aaaa")
    assert "Too many wrong codes" in await as_stranger(house, f"/wardroom link {code}")


async def test_one_s_page_shows_what_waits_and_what_goes_on(house: House) -> None:
    await house.command("bo", "/incident declare checkout is down")
    card = await house.command("ana", "/wardroom")
    assert all(part in said(card) for part in ("Waiting for you (0)", "INC-1", "checkout is down"))
    assert said(await house.live("home", "ana")) == said(card)


async def test_one_s_page_shows_nothing_that_one_may_not_see(house: House) -> None:
    await house.command("bo", "/incident declare checkout is down")
    assert "checkout is down" not in said(await house.command("gus", "/wardroom mine"))


async def test_opening_one_s_page_draws_it_and_says_nothing(house: House) -> None:
    opened = Command(key="opened", actor=ELSEWHERE, place=HERE, area="wardroom", text="home")
    await house.store.transact(inbox.put, "opened", {})
    await house.store.transact(pipeline.handle, house.world, REGISTRY, opened)
    assert len(await house.queued("home")) == 1
    assert await house.queued("whisper") == []
    assert "I do not know this account yet" in said(await house.live("home", ""))


async def test_help_is_made_of_the_verbs_themselves(house: House) -> None:
    everything = said(await house.say("ana", "help"))
    assert all(f"/{area}" in everything for area in ("approvals", "incident", "runbook", "wardroom"))
    incidents = said(await house.say("ana", "help incident"))
    assert all(verb.example in incidents for verb in REGISTRY.verbs if verb.command.startswith("incident "))
    assert "Did you mean `/wardroom help runbook`?".replace("`", "") in said(
        await house.command("ana", "/wardroom help rumbook")
    )


async def test_every_command_answers_to_help(house: House) -> None:
    areas = {verb.command.split(" ")[0] for verb in REGISTRY.verbs} - {"ask", "wardroom"}
    for area in sorted(areas):
        assert said(await house.say("ana", f"help {area}")) == said(
            await house.command("ana", f"/{area} help")
        )
    assert said(await house.say("ana", "help")) == said(await house.command("ana", "/wardroom help"))


async def test_an_unknown_command_is_answered_with_the_nearest(house: House) -> None:
    assert "/incident resolve" in said(await house.command("ana", "/incident resovle"))


def test_a_problem_says_what_happened_how_to_mend_it_and_where_to_look() -> None:
    card = problem.card(Unavailable("The database is locked.", "Say `/wardroom help` <!channel>."), "7F3K-22")
    assert said(card).startswith("The database is locked.\nSay /wardroom help <!channel>.")
    assert "7F3K-22" in card.summary
    shown = [
        span.text for part in card.parts if part.kind == "text" for span in part.line if span.kind == "code"
    ]
    assert ["/wardroom help", "7F3K-22"] == shown
    assert Code(text="/wardroom help") in literals("Say `/wardroom help`.")


def test_an_answer_shows_what_can_be_typed_as_such() -> None:
    card = say("Say `/incident release`, ", Plain(text="a`b`c"), ".")
    assert (
        Text(
            line=(
                Plain(text="Say "),
                Code(text="/incident release"),
                Plain(text=", "),
                Plain(text="a`b`c"),
                Plain(text="."),
            )
        ),
    ) == card.parts
    assert "Say /incident release, a`b`c." == card.summary


def test_a_problem_of_any_length_fits() -> None:
    card = problem.card(Invalid("x" * 100_000, "`" + "y" * 100_000))
    assert len(card.summary) < 3_000


@pytest.mark.parametrize("text", ["what can I do here?", "what can you do for me?", "/wardroom help"])
async def test_the_overview_holds_what_one_may_use(house: House, text: str) -> None:
    told = said(await house.say("gus", text))
    assert "/status" in told
    assert "breakglass" not in told
    assert "other commands need permissions that you do not have" in told
    assert "declare" in said(await house.say("ana", text))
