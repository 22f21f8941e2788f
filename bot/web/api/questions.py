"""Questions in plain words, for programs."""

from bot.web.api.route import Answer, Asking, Route
from handlers import looking
from handlers.looking import Words
from handlers.registry import REGISTRY


def routes() -> tuple[Route, ...]:
    """The one route."""
    return (
        Route(
            "POST",
            "/ask",
            "Answer words that only look; show what others would do, and do nothing.",
            "ask.question",
            ask,
            Words,
        ),
    )


async def ask(asking: Asking) -> Answer:
    """Read what there is; a read cannot change anything."""
    return Answer(await asking.store.read(looking.answer, asking.caller, REGISTRY, asking.body))
