from core.incidents import records
from core.incidents.incident import State
from core.store import outbox
from tests.handlers.house import HERE, House, said

DOWN = "checkout is down"
THERE = HERE.model_copy(update={"channel": "C0THERE"})


async def test_a_second_declaration_is_asked_about_and_joins_the_first(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    asked = await house.command("dev", "/incident declare cart fails", THERE)
    assert "Is “cart fails” the same as INC-1?" in said(asked)
    assert 1 == len(await house.store.read(records.find))
    button = asked.controls[0]
    assert button.kind == "button"
    answer = await house.click("dev", button.verb, button.object, THERE, **button.args)
    assert "What you saw stands on the timeline of INC-1" in said(answer)
    assert "Dev sees it too: cart fails" == (await house.store.read(records.timeline, "INC-1"))[-1].text
    places = await house.store.read(outbox.places, "incident", "INC-1")
    assert "C0THERE" in {place.channel for place in places}


async def test_whoever_insists_declares_another(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    asked = await house.command("dev", "/incident declare", title="cart fails", severity="sev1")
    await house.press("dev", asked, "Declare another")
    await house.command("dev", "/incident declare --new checkout is slow")
    found = await house.store.read(records.find)
    assert {("INC-1", DOWN, 3), ("INC-2", "cart fails", 1), ("INC-3", "checkout is slow", 3)} == {
        (one.id, one.title, one.severity) for one in found
    }
    again = await house.press("dev", asked, "Declare another")
    assert "no longer here" in said(again)


async def test_other_services_tests_and_what_is_over_are_no_second_one(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident declare", title="payments are slow")
    await house.command("ana", "/incident declare", title=DOWN, test="true")
    await house.command("ana", "/incident resolve INC-1 a deploy")
    await house.command("ana", "/incident declare", title=DOWN)
    assert 4 == len(await house.store.read(lambda unit: records.find(unit, only_open=False)))


async def test_incidents_are_linked_and_merged_in_words(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident declare --new payments fail")
    await house.say("bo", "link INC-1 to INC-2 the same disk")
    assert "See also: INC-2 (the same disk)" in said(await house.live("incident", "INC-1"))
    await house.command("bo", "/incident unlink INC-1 INC-2")
    assert "See also" not in said(await house.live("incident", "INC-1"))
    answer = await house.command("bo", "/incident merge INC-2 into INC-1")
    assert "INC-2 is a part of INC-1 now" in said(answer)
    assert "It is a part of INC-1 now. Go on there." in said(await house.live("incident", "INC-2"))
    assert State.CLOSED is (await house.store.read(records.get, "INC-2")).state
    over = await house.live("incident", "INC-2")
    assert "payments fail" not in said(await house.press("bo", over, "Show INC-1"))
    assert ["Timeline", "Show INC-1"] == [one.label for one in over.controls]
    refused = await house.command("bo", "/incident reopen INC-2 wrong")
    assert "INC-2 is a part of INC-1." in said(refused)


async def test_what_cannot_be_is_told_with_what_can(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    for text, words in (
        ("link INC-1", "To what?"),
        ("link INC-1 banana", "Link to INC-…"),
        ("link INC-1 RUN-9", "RUN-9"),
        ("unlink INC-1 RUN-9", "Its links: none."),
        ("merge INC-1", "Into which incident"),
        ("merge INC-1 into banana", "Into which incident"),
        ("merge INC-1 into INC-1", "part of itself"),
        ("merge INC-1 into INC-9", "There is no incident INC-9."),
    ):
        assert words in said(await house.command("ana", f"/incident {text}"))
    assert "it needs the permission" in said(await house.command("dev", "/incident merge INC-1 into INC-2"))
