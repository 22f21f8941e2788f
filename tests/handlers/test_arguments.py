import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from handlers import arguments
from handlers.inbound import decode, encode
from handlers.registry import REGISTRY
from handlers.verb import NOTHING, Args, Verb


class Run(Args):
    runbook: str
    environment: str = "staging"
    times: int = 1
    words: str = ""


RUN = Verb(
    name="x.run",
    command="x run",
    help="Run.",
    example="/x run y",
    args=Run,
    run=lambda _unit, _call, _args: NOTHING,
    order=("runbook", "environment"),
    rest="words",
)


def test_words_fill_what_is_positional_and_the_rest_is_kept_as_it_is() -> None:
    assert {
        "runbook": "restart",
        "environment": "prod",
        "words": "because  it=hangs",
    } == arguments.from_words(RUN, "restart prod because  it=hangs")


def test_what_is_named_at_the_very_end_counts_and_in_the_midst_it_is_a_word() -> None:
    assert {"runbook": "restart", "environment": "prod", "words": "it hangs", "times": "2"} == (
        arguments.from_words(RUN, "restart prod it hangs times=2")
    )
    assert "not times=2 again" == arguments.from_words(RUN, "x y not times=2 again")["words"]
    assert "it is it=so" == arguments.from_words(RUN, "x y it is it=so")["words"]


def test_what_was_said_before_is_not_said_otherwise_at_the_end() -> None:
    found = arguments.from_words(RUN, "times=1 x y words that say times=2")
    assert ("1", "words that say times=2") == (found["times"], found["words"])


def test_a_quoted_value_keeps_its_blanks() -> None:
    assert {"runbook": "a b", "environment": "c d"} == arguments.from_words(RUN, '"a b" environment="c d"')


def test_an_unknown_argument_names_the_nearest_and_shows_how() -> None:
    with pytest.raises(Invalid) as refused:
        arguments.typed(RUN, {"runbook": "x", "enviroment": "prod"})
    assert "Did you mean `environment`?" in refused.value.what
    assert "for example `/x run y`" in refused.value.mend


def test_a_wrong_type_says_what_and_a_missing_argument_which() -> None:
    with pytest.raises(Invalid, match="times cannot be “many”"):
        arguments.typed(RUN, {"runbook": "x", "times": "many"})
    with pytest.raises(Invalid, match="`/x run` needs runbook"):
        arguments.typed(RUN, {})


@given(st.text(max_size=300))
def test_any_words_are_understood_or_refused_in_words(text: str) -> None:
    for verb in REGISTRY.verbs:
        try:
            arguments.typed(verb, arguments.from_words(verb, text))
        except Invalid:
            continue


@given(st.text(max_size=40))
def test_any_button_is_ours_or_no_button(value: str) -> None:
    try:
        decode(value)
    except ValueError:
        return


@given(
    st.from_regex(r"[A-Z]{2,3}-[1-9][0-9]{0,4}", fullmatch=True),
    st.integers(0, 10**6),
    st.text("0123456789abcdef", max_size=64),
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.from_regex(r"[a-z0-9-]{0,12}", fullmatch=True)
    ),
)
def test_what_a_button_carries_comes_back(ref: str, revision: int, digest: str, args: dict[str, str]) -> None:
    assert (ref, revision, digest[:8], args) == decode(encode(ref, revision, digest, args))


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("oncall swap", "platform bo reason=I am at the dentist", {"reason": "I am at the dentist"}),
        (
            "oncall swap",
            "platform bo reason=I am ill now=true",
            {"reason": "I am ill", "now": "true", "person": "bo"},
        ),
        ("oncall swap", "reason=ill platform ana bo", {"reason": "ill", "team": "platform", "other": "bo"}),
        ("oncall swap", "platform reason=I am ill person=bo", {"reason": "I am ill", "person": "bo"}),
        ("oncall swap", 'platform bo reason="I am ill"', {"reason": "I am ill", "person": "bo"}),
        (
            "approvals request",
            "Restart the mail server reason=it drops mail within=2h of=sre",
            {"title": "Restart the mail server", "reason": "it drops mail", "within": "2h", "of": "sre"},
        ),
        (
            "approvals request",
            "reason=it drops mail of=sre Restart it",
            {"title": "Restart it", "reason": "it drops mail", "of": "sre"},
        ),
        (
            "approvals request",
            "of=sre Restart it reason=it drops mail",
            {"title": "Restart it", "reason": "it drops mail", "of": "sre"},
        ),
        ("approvals request", "reason=slow Restart it", {"title": "Restart it", "reason": "slow"}),
        ("approvals away", "3d reason=I am on the train", {"span": "3d", "reason": "I am on the train"}),
        (
            "incident resolve",
            "INC-1 a bad deploy resolution=rolled it back",
            {"cause": "INC-1 a bad deploy", "resolution": "rolled it back"},
        ),
        (
            "incident resolve",
            "INC-7 resolution=killed the query with id=42 on the db --force",
            {"cause": "INC-7", "resolution": "killed the query with id=42 on the db --force"},
        ),
        (
            "incident resolve",
            "INC-7 resolution=killed the query cause=a bad index",
            {"cause": "INC-7 cause=a bad index", "resolution": "killed the query"},
        ),
        (
            "incident resolve",
            "id=INC-7 resolution=killed the query",
            {"id": "INC-7", "resolution": "killed", "cause": "the query"},
        ),
        (
            "incident resolve",
            'INC-7 a bad index resolution=killed the query anyway="it lags"',
            {"cause": "INC-7 a bad index", "resolution": "killed the query", "anyway": "it lags"},
        ),
        (
            "approvals request",
            "Restart the mail server reason=its page says title=x of=sre",
            {"title": "Restart the mail server", "reason": "its page says title=x", "of": "sre"},
        ),
    ],
)
def test_a_sentence_needs_no_quotes(command: str, text: str, expected: dict[str, str]) -> None:
    found = arguments.from_words(REGISTRY.by_command[command], text)
    assert expected == {name: found[name] for name in expected}
