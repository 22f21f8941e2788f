"""A page that somebody has and offers to another."""

from tests.handlers.house import House, said


async def test_a_page_that_is_offered_does_not_say_that_it_calls(house: House) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    await house.command("bo", "/oncall ack PG-1")
    await house.command("bo", "/oncall handover PG-1 ana")
    offered = "Bo asks you to take PG-1 over: the database is slow"
    said_then = said(await house.say("ana", "yes"))
    assert f"{offered}. “ack” takes it." in said_then
    assert offered in said(await house.command("ana", "/wardroom mine"))
    await house.command("bo", "/incident page ana the queue is full")
    assert "Bo still asks you to take PG-1 over" in said(await house.command("ana", "/oncall ack PG-2"))
