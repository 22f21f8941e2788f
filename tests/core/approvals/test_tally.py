from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from core.approvals.request import Choice, Rules, Seat, Vote
from core.approvals.tally import Outcome, count

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = ("ana", "bo", "chi", "dee", "eli")
GROUPS = ("sre", "security", "manager")


def seat(person: str, *groups: str, veto: bool = False) -> Seat:
    return Seat(person=person, name=person.title(), groups=groups or ("sre",), veto=veto)


def vote(person: str, choice: Choice, digest: str = "d", strength: str = "chat") -> Vote:
    return Vote(person=person, name=person.title(), choice=choice, at=NOW, digest=digest, strength=strength)


seats = st.lists(
    st.builds(
        lambda person, groups, veto: seat(person, *sorted(groups), veto=veto),
        st.sampled_from(PEOPLE),
        st.sets(st.sampled_from(GROUPS), min_size=1),
        st.booleans(),
    ),
    unique_by=lambda one: one.person,
    max_size=5,
)
votes = st.lists(
    st.builds(
        vote,
        st.sampled_from(PEOPLE),
        st.sampled_from(Choice),
        st.sampled_from(["d", "old"]),
        st.sampled_from(["chat", "mail", "token", "page", "chat+totp", "page+oidc"]),
    ),
    unique_by=lambda one: one.person,
    max_size=5,
)
rules = st.builds(
    Rules,
    needed=st.integers(1, 4),
    must=st.lists(st.sampled_from(GROUPS), unique=True, max_size=2).map(tuple),
    block=st.integers(1, 3),
    two_roles_by_one=st.booleans(),
    second_factor=st.booleans(),
    excluded=st.lists(st.sampled_from(PEOPLE), max_size=1).map(tuple),
)


def yes(*people: str) -> list[Vote]:
    return [vote(person, Choice.APPROVE) for person in people]


def test_two_of_three_are_enough_when_two_are_needed() -> None:
    result = count(Rules(needed=2), [seat("ana"), seat("bo"), seat("chi")], yes("ana", "bo"), "d")
    assert (Outcome.APPROVED, 2) == (result.outcome, result.approvals)


def test_a_veto_cannot_be_outvoted() -> None:
    everybody = [seat("ana"), seat("bo"), seat("chi", veto=True)]
    result = count(Rules(needed=2, block=3), everybody, [*yes("ana", "bo"), vote("chi", Choice.REJECT)], "d")
    assert (Outcome.REJECTED, "VETOED", "chi") == (result.outcome, result.code, result.by)


def test_one_rejection_blocks_where_one_is_enough() -> None:
    result = count(
        Rules(needed=1, block=1), [seat("ana"), seat("bo")], [*yes("ana"), vote("bo", Choice.REJECT)], "d"
    )
    assert Outcome.REJECTED is result.outcome


def test_the_only_approver_who_rejects_never_ends_in_an_approval() -> None:
    result = count(Rules(needed=1, block=1), [seat("ana")], [vote("ana", Choice.REJECT)], "d")
    assert Outcome.REJECTED is result.outcome


def test_a_role_that_must_agree_is_not_outnumbered_by_another() -> None:
    everybody = [seat("ana"), seat("bo"), seat("chi", "security")]
    result = count(Rules(needed=2, must=("security",)), everybody, yes("ana", "bo"), "d")
    assert (Outcome.PENDING, ("security",)) == (result.outcome, result.missing)


def test_one_person_does_not_stand_for_two_roles_that_must_agree() -> None:
    everybody = [seat("ana", "sre", "security"), seat("bo", "sre")]
    both = Rules(needed=1, must=("sre", "security"))
    assert Outcome.PENDING is count(both, everybody, yes("ana"), "d").outcome
    assert Outcome.APPROVED is count(both, everybody, yes("ana", "bo"), "d").outcome
    alone = both.model_copy(update={"two_roles_by_one": True})
    assert Outcome.APPROVED is count(alone, everybody, yes("ana"), "d").outcome


def test_a_quorum_that_nobody_is_left_for_is_unreachable_and_not_a_rejection() -> None:
    everybody = [seat("ana"), seat("bo")]
    result = count(Rules(needed=2, block=2), everybody, [vote("bo", Choice.ABSTAIN)], "d")
    assert (Outcome.UNREACHABLE, "QUORUM_UNREACHABLE") == (result.outcome, result.code)


def test_a_vote_on_something_else_does_not_count() -> None:
    result = count(Rules(needed=1), [seat("ana")], [vote("ana", Choice.APPROVE, "old")], "d")
    assert (Outcome.PENDING, 0) == (result.outcome, result.approvals)


def test_a_yes_without_the_second_factor_that_is_asked_for_does_not_count_and_leaves_its_person_open() -> (
    None
):
    rules, everybody = Rules(needed=1, second_factor=True), [seat("ana"), seat("bo")]
    for weak in ("chat", "mail", "token", "page", "", "chat+", "totp", "chat+sms"):
        result = count(rules, everybody, [vote("ana", Choice.APPROVE, strength=weak)], "d")
        assert (Outcome.PENDING, 0) == (result.outcome, result.approvals)
        assert ["ana", "bo"] == [one.person for one in result.open]


def test_a_yes_with_a_second_factor_counts_and_a_no_needs_none() -> None:
    rules = Rules(needed=1, second_factor=True)
    for strong in ("chat+totp", "mail+totp", "page+oidc"):
        sure = [vote("ana", Choice.APPROVE, strength=strong)]
        assert Outcome.APPROVED is count(rules, [seat("ana")], sure, "d").outcome
    assert Outcome.REJECTED is count(rules, [seat("ana")], [vote("ana", Choice.REJECT)], "d").outcome


@given(rules, seats, votes, st.randoms(use_true_random=False))
def test_the_order_of_votes_and_seats_changes_nothing(
    rules: Rules, seats: list[Seat], votes: list[Vote], random: Random
) -> None:
    mixed_seats, mixed_votes = list(seats), list(votes)
    random.shuffle(mixed_seats)
    random.shuffle(mixed_votes)
    assert count(rules, seats, votes, "d") == count(rules, mixed_seats, mixed_votes, "d")


@given(rules, seats, votes, st.sampled_from(PEOPLE))
def test_another_rejection_never_helps(
    rules: Rules, seats: list[Seat], votes: list[Vote], person: str
) -> None:
    before = count(rules, seats, votes, "d").outcome
    others = [one for one in votes if one.person != person]
    after = count(rules, seats, [*others, vote(person, Choice.REJECT)], "d").outcome
    assert not (after is Outcome.APPROVED and before is not Outcome.APPROVED)


@given(rules, seats, votes)
def test_an_approval_always_has_enough_yes_votes_of_people_who_may(
    rules: Rules, seats: list[Seat], votes: list[Vote]
) -> None:
    if count(rules, seats, votes, "d").outcome is not Outcome.APPROVED:
        return
    may = {one.person for one in seats} - set(rules.excluded)
    counted = {one.person for one in votes if one.choice is Choice.APPROVE and one.digest == "d"} & may
    if rules.second_factor:
        counted -= {one.person for one in votes if "+" not in one.strength}
    assert len(counted) >= rules.needed
    groups = {group for one in seats if one.person in counted for group in one.groups}
    assert set(rules.must) <= groups


@given(rules, seats)
def test_silence_is_never_an_approval(rules: Rules, seats: list[Seat]) -> None:
    assert count(rules, seats, [], "d").outcome in (Outcome.PENDING, Outcome.UNREACHABLE)
