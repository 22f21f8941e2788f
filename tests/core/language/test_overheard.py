"""What is not for the bot: what people paste and tools post, what is said to somebody else, and what speaks of people."""

import json
import time

import pytest

from bench.language import NOW as MARCH
from bench.language import SETS, Score, world
from core.language.intent import Intent
from core.language.leaning.turns import Turn
from core.language.signs import signs
from core.language.understand import understand
from tests.core.language.scoring import NAMES, NOW


def intent(text: str, *, addressed: bool | None = None, history: tuple[Turn, ...] = ()) -> Intent:
    """What `text` asks for."""
    return understand(text, now=NOW, names=NAMES, addressed=addressed, history=history).intent


@pytest.mark.parametrize(
    "text",
    [
        "```kubectl rollout restart deploy/checkout -n production```",
        "`kubectl -n checkout rollout restart deploy/checkout`",
        "$ terraform apply -target=module.search",
        "helm upgrade checkout ./charts/checkout --set replicas=8",
        "SELECT count(*) FROM orders WHERE status = 'stuck'",
        "2026-03-18T13:04:11.882Z ERROR payments timeout after 5000ms",
        '{"service": "payments", "replicas": 6}',
        "GitHub Actions: deploy search 6.1 -> staging succeeded in 3m",
        "renovate[bot]: Update dependency spring to 3.4.3 in search",
        "deployed by jenkins-bot: checkout 7.3.2 to production",
        "lgtm, only please add a test for the empty basket",
        "fix(payments): restart the pool when the database fails over",
        "@bob how many replicas did you end up with on search?",
        "hey <@U12AB34CD> restart payments please",
    ],
)
def test_what_is_pasted_posted_or_said_to_somebody_is_for_nobody(text: str) -> None:
    assert (Intent.NONE, Intent.NONE) == (intent(text), intent(text, addressed=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U0WARDROOM> ```kubectl says pending``` restart payments in production", Intent.RUNBOOK_EXECUTE),
        ("<@U0WARDROOM> restart payments in production", Intent.RUNBOOK_EXECUTE),
        ("<@U12AB34CD> takes the lead of INC-12", Intent.INCIDENT_UPDATE),
        ("show me logs with `connection refused` from payments", Intent.LOG_QUERY),
        ("update INC-12: the vendor confirms", Intent.INCIDENT_UPDATE),
    ],
)
def test_a_request_with_such_things_in_it_stays_one(text: str, expected: Intent) -> None:
    assert expected == intent(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jonno will you take INC-128 or should I? I've got capacity till 4",
        "ok so the plan: drain worker-12, swap the disks. ravi you do the disks, I do the rest",
        "did the bot just restart the wrong service again",
        "why does it always break when I'm on call",
    ],
)
def test_what_speaks_of_people_is_not_answered_unless_it_was_said_to_the_bot(text: str) -> None:
    assert Intent.NONE == intent(text, addressed=False)


@pytest.mark.parametrize("text", ["restart payments in production", "can you show me the p95 of checkout?"])
def test_a_plain_request_is_heard_without_being_called(text: str) -> None:
    assert Intent.NONE != intent(text, addressed=False)


def test_an_answer_that_speaks_of_oneself_is_an_answer() -> None:
    asked = understand("deploy search 8.2.0", now=NOW, names=NAMES)
    before = (Turn("user", asked.text, "DEPLOY", asked.entities), Turn("bot", "Which environment?"))
    assert Intent.DEPLOY == intent("production I guess", addressed=False, history=before)


def test_a_mention_of_the_bot_and_of_a_person_are_signs() -> None:
    assert "called" in signs("<@U0WARDROOM> error rate of checkout", NAMES)
    assert "called" not in signs("error rate of checkout", NAMES)
    assert "people" not in signs("can you show me the error rate, please", NAMES)


def test_messages_of_others_are_understood() -> None:
    score = Score()
    for line in (SETS / "others_held_out.jsonl").read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if "turns" in said:
            score.talk(said["turns"], world(SETS / "world.json"), NOW, "UTC")
        else:
            score.judge(said, world(SETS / "world.json"), NOW, "UTC")
    assert MARCH[:10] == NOW.date().isoformat()
    assert 0.95 <= score.right / score.messages, score.wrong
    assert 0.01 > score.false / score.strangers, score.wrong
    assert 0.90 <= score.turns[1] / score.turns[0], score.wrong
    there, given, hits = score.kinds["all"]
    assert 0.95 <= 2 * hits / (there + given), score.wrong
    assert 0.75 <= score.kinds["time_range"][2] / score.kinds["time_range"][0], score.wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U12AB34CD> reports payments is down, declare an incident", Intent.INCIDENT_START),
        ("curl https://payments/health fails, declare an incident", Intent.INCIDENT_START),
        ("```kubectl rollout restart deploy/checkout```", Intent.NONE),
    ],
)
def test_what_was_surely_said_to_the_bot_is_weighed(text: str, expected: Intent) -> None:
    assert expected == intent(text, addressed=True)


@pytest.mark.parametrize(
    "text", ["`" * 900 + "x", "github" + " " * 900, "```x" * 250, "curl " * 200, "a." * 400, "[" * 900]
)
def test_hostile_shapes_take_no_longer_than_others(text: str) -> None:
    begun = time.perf_counter()
    intent(text, addressed=False)
    assert 0.25 > time.perf_counter() - begun
