"""Words that are made to be slow: none of the sentences that are known takes more than its length is worth to be told from them."""

from contextlib import suppress
from time import process_time

import pytest

from core.errors import Invalid
from core.text import MESSAGE_LIMIT
from handlers.inbound import Message
from handlers.registry import REGISTRY
from handlers.talk import further, reading
from tests.handlers.house import HERE, actor, world

_PIECES = ("! ", ", ", "- ", "-", "please ", "can you ", "inc-1 ", "inc-1, ", "\u00a0 \n", "a-", "1 ")
_BEFORE = ("", "checkout is down ", "show me the ", "what happened ", "tell bo ", "set severity of inc-1 to ")


@pytest.mark.parametrize("piece", _PIECES)
def test_no_sentence_takes_long_to_be_read(piece: str) -> None:
    house = world()
    began = process_time()
    for before in _BEFORE:
        text = (before + piece * MESSAGE_LIMIT)[:MESSAGE_LIMIT]
        said = Message(key="k", actor=actor("ana"), place=HERE, text=text, addressed=True)
        further.are_several(said)
        with suppress(Invalid):
            reading.understand(house, REGISTRY, said, in_room=True)
    assert process_time() - began < 2
