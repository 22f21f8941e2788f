"""What a model is told of a conversation: what was said earlier that has to do with it, and how it went lately. Pure."""

from collections.abc import Sequence

from core.conversation.llm import estimate
from core.conversation.recalling.rank import Found, Said
from core.text import one_line

TOKENS = 1_500
_HALF = TOKENS // 2


def text(at_hand: Sequence[Said], found: Sequence[Found]) -> str:
    """The last turns, oldest first, as many as fit one half; and of what was found what is not among them in the other."""
    lately: list[Said] = []
    left = _HALF
    for said in reversed(at_hand):
        left -= estimate(said.text)
        if left < 0:
            break
        lately.insert(0, said)
    shown = {said.id for said in lately}
    earlier = sorted((one.said for one in found if one.said.id not in shown), key=lambda said: said.at)
    lines = ["Said earlier:", *map(_line, earlier)] if earlier else []
    lines += ["Said just now:", *map(_line, lately)] if lately else []
    return "\n".join(lines)


def _line(said: Said) -> str:
    return f"{said.at:%Y-%m-%d %H:%M} UTC, {said.speaker}: {one_line(said.text, 500)}"
