"""An id of another kind than what is asked for: it is said to be one, and what is asked for is asked again."""

from tests.handlers.house import House, said


async def test_an_incident_is_no_run_that_could_be_cancelled(house: House) -> None:
    await house.command("dev", "/incident declare checkout is down")
    for service in ("checkout", "payments"):
        await house.command("bo", f"/runbook run restart-service service={service} environment=staging")
    assert "Cancel a run: which run?" == (await house.say("ana", "cancel run")).title
    card = await house.say("ana", "INC 1")
    assert "Cancel a run: which run?" == card.title
    assert "INC-1 is an incident, and no run." in said(card)
    assert "> INC 1\nWith what was said before, that is “cancel run”." in said(card)
    assert ["RUN-2", "RUN-1", "Never mind"] == [one.label for one in card.controls]
    assert "RUN-1 is told to stop" in said(
        await house.press("ana", await house.press("ana", card, "RUN-1"), "Go")
    )


async def test_an_id_answers_what_was_asked_also_where_something_was_looked_at_since(house: House) -> None:
    for service in ("checkout", "payments"):
        await house.command("bo", f"/runbook run restart-service service={service} environment=staging")
    await house.say("ana", "cancel a run")
    await house.say("ana", "how is payments?")
    assert "That would be /runbook cancel RUN-1." in said(await house.say("ana", "RUN-1"))
