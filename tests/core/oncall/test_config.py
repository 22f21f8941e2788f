import pytest

from core.errors import ConfigError
from core.oncall.config import ScheduleConfig, check_schedules
from core.people.person import Person
from core.source import load, validate


@pytest.mark.parametrize(
    ("layer", "what"),
    [
        ("{people: [ana]}", "`start` is missing in this layer."),
        ('{start: "2026-01-05T09:00"}', "`people` is missing in this layer."),
        ("{}", "`people` is missing in this layer."),
        ("{ical: a.ics, ical_env: CALENDAR}", "A layer has one calendar: `ical` or `ical_env`."),
        ('{ical: a.ics, start: "2026-01-05T09:00"}', "A calendar says itself when it begins"),
        ("{ical: 'ftp://x/a.ics'}", "is neither an address nor a file of a calendar."),
        ("{ical: 'file:///etc/passwd'}", "is neither an address nor a file of a calendar."),
        ("{ical: /etc/passwd}", "is neither an address nor a file of a calendar."),
        ("{ical: a.ics, refresh: 1s}", "`refresh`"),
    ],
)
def test_a_layer_is_turns_or_a_calendar(layer: str, what: str) -> None:
    read = load(f"timezone: UTC\nlayers: [{layer}]", "wardroom.yaml")
    with pytest.raises(ConfigError) as caught:
        validate(read, ScheduleConfig)
    assert what in caught.value.problems[0].what


def test_people_whom_words_mean_exist() -> None:
    read = load("schedules: {a: {layers: [{ical: a.ics, names: {boss: aan}}]}}", "wardroom.yaml")
    config = validate(read, ScheduleConfig, ("schedules", "a"))
    (problem,) = check_schedules(read, {"a": config}, {"ana": Person(id="ana", name="Ana")})
    assert ("Unknown human `aan`.", "Did you mean `ana`? Valid here: ana.") == (problem.what, problem.mend)
