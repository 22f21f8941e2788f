"""What people and programs say about a request without deciding: comments, questions, and answers to them. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from core.approvals.change import Noun

Kind = Literal["comment", "question", "answer"]


class Remark(Noun):
    """One thing that was said; `number` counts those of one request, `answers` is the question it answers."""

    number: int
    kind: Kind
    author: str
    name: str
    at: datetime
    text: str
    answers: int | None = None


def unanswered(remarks: Sequence[Remark]) -> list[Remark]:
    """The questions that nobody has answered yet, oldest first."""
    answered = {remark.answers for remark in remarks}
    return [one for one in remarks if one.kind == "question" and one.number not in answered]
