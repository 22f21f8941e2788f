"""What holds for every play: one more no never helps, and the order of the yeses changes nothing."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from core.approvals import policy, simulate
from core.approvals.acts import Act
from core.approvals.config import Policy
from core.approvals.course import Course
from core.approvals.draft import Cast
from core.approvals.simulate import Play
from core.store.scratch import Scratch, scratch
from tests.core.approvals.people import PEOPLE, TEAMS
from tests.stores import START

acts = st.lists(
    st.builds(
        lambda minutes, who, choice: Act(timedelta(minutes=minutes), choice, PEOPLE[who], "so"),
        st.integers(0, 120),
        st.sampled_from(["ana", "bo", "chi", "eve"]),
        st.sampled_from(["approve", "abstain"]),
    ),
    max_size=6,
)


@given(
    acts=acts,
    extra=st.tuples(st.integers(0, 120), st.sampled_from(["ana", "bo", "chi"])),
    needed=st.integers(1, 3),
    block=st.integers(1, 3),
)
@settings(max_examples=40)
def test_one_more_rejection_never_turns_a_refusal_into_an_approval(
    acts: list[Act], extra: tuple[int, str], needed: int, block: int
) -> None:
    """Among the same people. Where others are asked next, a rejection may bring them in sooner (rules of escalation)."""
    after, who = extra
    rejection = Act(timedelta(minutes=after), "reject", PEOPLE[who], "so")
    others = [act for act in acts if act.person.id != who]
    with scratch() as house:
        without = _played(house, others, "without", needed, block)
        with_it = _played(house, [*others, rejection], "with", needed, block)
    assert _was_approved(without) or not _was_approved(with_it)


@given(acts=acts, needed=st.integers(1, 3), seed=st.integers(0, 1_000))
@settings(max_examples=40)
def test_yeses_that_come_in_another_order_give_the_same_result(
    acts: list[Act], needed: int, seed: int
) -> None:
    yes = [act for act in acts if act.doing == "approve"]
    mixed = [*yes]
    Random(seed).shuffle(mixed)  # noqa: S311 - an order, and no secret
    again = [
        Act(timed.after, "approve", act.person, "so")
        for timed, act in zip(sorted(yes, key=lambda act: act.after), mixed, strict=True)
    ]
    with scratch() as house:
        first = _was_approved(_played(house, yes, "first", needed, 2))
        assert first is _was_approved(_played(house, again, "again", needed, 2))


def _played(house: Scratch, acts: list[Act], key: str, needed: int, block: int) -> Course:
    asks = Policy.model_validate(
        {
            "name": "p",
            "applies_to": "access",
            "ask": [{"role": "sre"}, {"role": "security"}],
            "approvals": needed,
            "rejections_to_block": block,
            "timeout": "3h",
        }
    )
    cast = Cast(PEOPLE, TEAMS, lambda kind, subject, now: policy.evaluate([asks], kind, subject, now))
    return simulate.play(house, cast, Play("access", {}, PEOPLE["dev"], START, tuple(acts), key=key))


def _was_approved(course: Course) -> bool:
    return any(words.startswith("it ends: APPROVED") for _, words in course.lines)
