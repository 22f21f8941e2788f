"""What the language model was used for, told to whoever asks."""

from dataclasses import replace

from core.conversation.config import ModelConfig, Prices
from core.conversation.llm import Used
from core.conversation.spending import units as spending
from tests.handlers.house import House, said


async def test_everybody_sees_what_they_and_all_used_today(house: House) -> None:
    assert "nothing needs one" in said(await house.command("gus", "/wardroom usage"))
    config = ModelConfig(prices=Prices(read=1, written=2))
    house.world = replace(house.world, llm_model="openai:test", llm=config)
    for who in ("ana", "gus"):
        held = await house.store.transact(spending.hold, config, who, 1_000, 500)
        used = spending.priced(config, Used(900, 50_000))
        await house.store.transact(spending.settle, held, used, failed=who == "gus")
    card = said(await house.command("gus", "/wardroom usage"))
    assert "1 call (1 failed), 50,900 tokens, $0.10" in card
    assert "2 calls (1 failed), 101,800 tokens, $0.20" in card
    assert "149,100 tokens" in card
