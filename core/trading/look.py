"""One order looked at once: what was judged is what is shown, and what is frozen with the request."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from core.approvals.config import Policy
from core.approvals.hearing import Found, Pack
from core.trading import hard, pack
from core.trading.assessment import assessment
from core.trading.case import Case, case_of, notional_of
from core.trading.intake import read
from core.trading.subject import Subject


class Look:
    """A subject, and the cases that policies made of it."""

    def __init__(self, subject: Mapping[str, Any]) -> None:
        self.subject = dict(subject)
        self._cases: dict[str, Case] = {}

    def judge(self, policy: Policy, subject: Mapping[str, Any], now: datetime) -> Found:
        """What the pack says of this very subject under this policy; stands for the pack where policies are heard."""
        del subject
        case = self._cases[policy.name] = case_of(policy, self.read, now)
        return pack.judge_case(case)

    def among(self, packs: Mapping[str, Pack]) -> dict[str, Pack]:
        """These packs, with this look for the one that it stands for."""
        return {**packs, "trading": self.judge}

    @cached_property
    def read(self) -> Subject:
        """The subject as nouns."""
        return read(self.subject)

    @property
    def notional(self) -> Decimal | None:
        """What the order is worth; None where it cannot be known."""
        return notional_of(self.read)

    def frozen(self) -> dict[str, Any]:
        """The subject with its assessment, once policies were heard: the gravest, if several judged it."""
        found = [assessment(case) for case in self._cases.values()]
        if not found:
            return self.subject
        return {**self.subject, "risk": max(found, key=lambda one: Decimal(one["overall"]))}

    def unknown(self) -> dict[str, str]:
        """What would have to be known to hold the order to its hard limits, and is not, by path."""
        return {
            path: why
            for case in self._cases.values()
            for path, why in case.gaps(frozenset(hard.NEEDS)).items()
        }
