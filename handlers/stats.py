"""What the language model was used for today: by whoever asks, and by all together."""

from core.conversation.spending import units as spending
from core.conversation.spending.records import Use
from core.store.engine import Unit
from handlers.cards.card import Card, Fields, line, say
from handlers.verb import Call, Nothing, Reply, Verb


def stats(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """Calls, tokens and dollars of today, and what is left."""
    world = call.world
    if not world.llm_model:
        words = "No language model is configured, and nothing needs one. WARDROOM_LLM_MODEL names one."
        return Reply(card=say(words))
    mine, ours = spending.today(unit, call.person.id)
    left = spending.left(world.llm.budget, mine, ours)
    items = (
        ("Model", line(world.llm_model)),
        ("You, today", line(_words(mine))),
        ("All together", line(_words(ours))),
        ("Left for you", line(f"{left:,} tokens, until 00:00 UTC")),
    )
    summary = f"You used {_words(mine)} of {world.llm_model} today; {left:,} tokens are left for you."
    return Reply(
        card=Card(title="What the language model was used for", parts=(Fields(items=items),), summary=summary)
    )


def _words(use: Use) -> str:
    calls = "1 call" if use.calls == 1 else f"{use.calls:,} calls"
    failed = f" ({use.failed:,} failed)" if use.failed else ""
    price = f", ${use.price / spending.MILLION:.2f}" if use.price else ""
    unknown = f", {use.unpriced:,} without a known price" if use.unpriced else ""
    return f"{calls}{failed}, {use.tokens:,} tokens{price}{unknown}"


VERBS = (
    Verb(
        name="wardroom.usage",
        command="wardroom usage",
        help="Show what you and all together used of the language model today.",
        example="/wardroom usage",
        args=Nothing,
        run=stats,
        reads=True,
        permission="",
    ),
)
