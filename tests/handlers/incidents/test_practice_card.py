"""The figures of the practice as a card."""

from datetime import UTC, datetime

import pytest

from core.incidents.practice.figures import Practice, Spread
from core.incidents.practice.units import Compared
from core.world import World
from handlers.cards.practice import card
from tests.handlers.house import said

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noise", "alerts", "words"),
    [
        (1.0, 2, "Noise: nobody acted on 2 of 2 alerts\n"),
        (0.0, 1, "Noise: nobody acted on 0 of 1 alert\n"),
        (0.25, 40, "Noise: nobody acted on 10 of 40 alerts, 25%\n"),
        (None, 0, "Noise: –, no alert is over\n"),
    ],
)
def test_noise_says_how_many_alerts_nobody_acted_on(noise: float | None, alerts: int, words: str) -> None:
    never = Spread(0)
    now = Practice(AT, AT, 1, never, never, never, alerts=alerts, noise=noise)
    assert words in said(
        card(
            World(workspace="acme"),
            Compared(days=7, is_until_now=True, now=now, before=Practice(AT, AT, 0, never, never, never)),
        )
    )
