"""Whom of those who are asked one tells first, and whom a little later. Pure.

Rule 27: being there orders notices and decides nothing.
"""

from collections.abc import Mapping
from datetime import timedelta

from core.approvals.request import Priority
from core.people.availability import There


def in_order(
    there: Mapping[str, There], priority: Priority, stagger: timedelta
) -> tuple[list[str], frozenset[str]]:
    """These people, the likeliest to answer first, and those who are told in person only after `stagger`.

    What is grave is told to all at once, and so is what nobody of them is there for.
    """
    order = sorted(there, key=lambda person: (there[person].standing, person))
    absent = frozenset(person for person in order if not there[person].is_available)
    spared = priority == "NORMAL" and bool(stagger) and len(absent) < len(order)
    return order, absent if spared else frozenset()
