"""What no page says goes to the language model, where there is one; else, and if it fails, that no page says it is said."""

from pathlib import Path

from tests.platforms.llm import Turn, llm_server
from tests.stories.house import running
from tests.stories.seats import seats
from tests.stories.test_a_drafted_runbook import with_model


async def test_a_how_that_no_page_answers_is_asked_of_the_model_and_one_that_a_page_answers_is_not(
    tmp_path: Path,
) -> None:
    async with (
        llm_server("Warm the oven first.", Turn(status=500)) as server,
        running(with_model(tmp_path, server.url)) as house,
        seats(house.url, "ana") as (ana,),
    ):
        await ana.says("@wardroom how do I silence an alert?")
        await ana.sees("/alerts silence")
        assert [] == server.asked
        await ana.says("@wardroom how do I bake a cake?")
        await ana.sees("Ana Ruiz asks", "Warm the oven first.", "these are the model's own words")
        await ana.says("@wardroom how do I bake a loaf of bread?")
        await ana.sees("I find nothing in the documentation about", "a fault of its own (500)")
        assert 2 == len(server.asked)
