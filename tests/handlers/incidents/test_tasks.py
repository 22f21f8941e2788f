from core.incidents.tasks import records
from handlers.cards.card import Select
from handlers.incidents.ending import resolve_form
from handlers.incidents.tasks import form
from tests.handlers.house import HERE, House, said

DOWN = "checkout is down"


async def test_tasks_are_given_done_and_listed_in_whatever_order_it_is_said(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    thread = await house.posted("INC-1", HERE, "17.1")
    answer = await house.command("ana", "/incident task add INC-1 rotate the keys @bo due=23:00")
    assert "It is task 1 of INC-1: rotate the keys (Bo)." in said(answer)
    await house.command("ana", "/incident task INC-1 add write to customers")
    await house.say("ana", "incident task add look at the disk", thread)
    found = await house.store.read(records.of, "INC-1")
    assert [
        ("rotate the keys", "bo", True),
        ("write to customers", "", False),
        ("look at the disk", "", False),
    ] == [(one.text, one.assignee, one.due is not None) for one in found]
    assert "Tasks: 0 of 3 done, next: rotate the keys (Bo, until" in said(
        await house.live("incident", "INC-1")
    )
    card = await house.command("bo", "/incident task", id="INC-1")
    menu = card.controls[0]
    assert isinstance(menu, Select)
    answer = await house.click("bo", menu.verb, menu.object, value=menu.options[0][1])
    assert "Task 1 of INC-1 is done. Still to do: 2. write to customers (anybody)" in said(answer)
    assert "1. rotate the keys" in said(await house.command("bo", "/incident task list INC-1"))
    await house.command("bo", "/incident task open INC-1 1")
    assert all(one.done is None for one in await house.store.read(records.of, "INC-1"))


async def test_what_is_left_is_shown_when_it_is_resolved_and_after(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident task add INC-1 order disks")
    asked = await house.store.read(resolve_form, house.world, {"id": "INC-1"})
    assert asked is not None
    assert "Still to do: 1. order disks (anybody)." == asked.intro
    answer = await house.command("ana", "/incident resolve INC-1 a full disk")
    assert "Still to do: 1. order disks (anybody)." in said(answer)
    assert "Tasks: 0 of 1 done" in said(await house.live("incident", "INC-1"))


async def test_a_form_asks_where_only_add_was_said(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    made = form(house.world, {"text": "add INC-1"})
    assert made is not None
    assert (["text", "who", "due"], "INC-1") == ([field.name for field in made.fields], made.object)
    await house.submit("ana", made.verb, made.object, text="order disks", who="bo", due="", **made.args)
    (task,) = await house.store.read(records.of, "INC-1")
    assert ("order disks", "bo") == (task.text, task.assignee)
    assert form(house.world, {"text": "add INC-1 order disks"}) is None


async def test_elsewhere_it_asks_which_incident_and_loses_no_word(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    asked = await house.command("ana", "/incident task add order disks")
    assert "Which incident do you mean?" in said(asked)
    await house.press("ana", asked, "INC-1")
    assert ["order disks"] == [one.text for one in await house.store.read(records.of, "INC-1")]


async def test_what_is_wrong_is_told_with_what_is_right(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    for text, words in (
        ("frobnicate INC-1", "is nothing that tasks know"),
        ("done INC-1 x", "Which task?"),
        ("done INC-1 3", "There are: none yet."),
        ("add INC-1", "What is to be done?"),
        ("add INC-1 x @nobody-here", "I know nobody called"),
        ("add INC-1 x due=someday", "is no moment"),
    ):
        assert words in said(await house.command("ana", f"/incident task {text}"))
    assert "it needs the permission" in said(await house.command("dev", "/incident task add INC-1 x"))


async def test_what_is_open_in_all_incidents_is_listed_and_what_is_ones_own(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident declare service=payments payments is slow")
    assert "No tasks are open." in said(await house.say("bo", "what tasks are open?"))
    await house.say("ana", "add an action item to INC-2: write to customers @bo")
    await house.command("ana", "/incident task add INC-1 rotate the keys due=23:00")
    await house.command("ana", "/incident task add INC-1 look at the disk")
    await house.command("ana", "/incident task done INC-1 2")
    for words in ("what tasks are open?", "show the open action items", "/incident task list"):
        told = said(await house.say("bo", words))
        assert "INC-1 1. rotate the keys (anybody); INC-2 1. write to customers (Bo)." in told
    for words in ("my tasks", "what are my action items?", "which follow-ups do I have"):
        told = said(await house.say("bo", words))
        assert ("write to customers" in told, "rotate" in told) == (True, False)
    assert "No tasks that are yours are open." in said(await house.say("ana", "my tasks"))
    assert "No tasks of Bo" not in said(await house.command("ana", "/incident task list who=bo"))
