"""Which sentence orders what of the incident that it points at, in its room and elsewhere."""

import pytest

from handlers.talk.pointing import pointed


@pytest.mark.parametrize(
    ("words", "verb", "said"),
    [
        ("ack this", "incident.ack", {}),
        ("please acknowledge this incident", "incident.ack", {}),
        ("make this sev4", "incident.severity", {"severity": "sev4"}),
        ("lower this to sev3", "incident.severity", {"severity": "sev3"}),
        ("show this incident", "incident.show", {}),
        ("who leads this?", "incident.show", {}),
        ("what happened so far?", "incident.history", {}),
        ("show the timeline", "incident.history", {}),
        ("who is working on this?", "incident.show", {}),
        ("when did it start?", "incident.show", {}),
        ("what do we know so far?", "incident.summary", {}),
        ("write the postmortem", "incident.postmortem", {}),
        ("mitigated, sprinklers on", "incident.update", {"state": "mitigated", "text": "sprinklers on"}),
        ("note: the index is stale", "incident.timeline", {"text": "the index is stale"}),
    ],
)
def test_in_its_room_it_is_about_that_one_and_elsewhere_it_is_not(
    words: str, verb: str, said: dict[str, str]
) -> None:
    assert (verb, said) == pointed(words, in_room=True)
    assert pointed(words, in_room=False) is None


@pytest.mark.parametrize(
    ("words", "verb", "said"),
    [
        (
            "INC-3 is sev1 because money is lost",
            "incident.severity",
            {"id": "INC-3", "severity": "sev1 because money is lost"},
        ),
        (
            "merge INC-6 and INC-7 into INC-3",
            "incident.merge",
            {"id": "INC-6", "into": " and INC-7 into INC-3"},
        ),
        ("INC-31 is a duplicate of INC-33", "incident.merge", {"id": "INC-31", "into": "INC-33"}),
        ("this is the same as INC-33", "incident.merge", {"into": "INC-33"}),
        ("unassign INC-31", "incident.assign", {"id": "INC-31", "to": "nobody"}),
        ("unassign it", "incident.assign", {"to": "nobody"}),
        ("hand over INC-31 to ana", "incident.assign", {"id": "INC-31", "to": "ana"}),
        ("assign INC-31 Ana Ruiz sev1", "incident.assign", {"id": "INC-31", "to": "Ana Ruiz sev1"}),
        ("give INC-31 to Ana Ruiz", "incident.assign", {"id": "INC-31", "to": "Ana Ruiz"}),
        ("unassign Ana Ruiz from INC-31", "incident.unassign", {"id": "INC-31", "who": "Ana Ruiz"}),
        ("take me off it", "incident.unassign", {"who": "me"}),
        ("add to timeline: rolled back", "incident.timeline", {"text": "rolled back"}),
        ("task: rotate the keys", "incident.task", {"text": "rotate the keys", "value": "add"}),
        ("ana handles comms", "incident.role", {"who": "ana", "role": "comms"}),
        ("I take scribe", "incident.role", {"role": "scribe"}),
        ("ana leads now", "incident.lead", {"who": "ana"}),
    ],
)
def test_elsewhere_too_it_is_ordered(words: str, verb: str, said: dict[str, str]) -> None:
    assert (verb, said) == pointed(words, in_room=False)


@pytest.mark.parametrize(
    "words", ["nobody leads now", "who leads now", "it is sev2", "it happened again", "this is it"]
)
def test_what_only_tells_orders_nothing(words: str) -> None:
    assert pointed(words, in_room=True) is None
