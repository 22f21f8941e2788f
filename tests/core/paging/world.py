"""Three people with chats, mailboxes and phones, one schedule, one escalation."""

from datetime import datetime, timedelta

from core.notify.channel import Channel
from core.oncall.schedule import Layer, Schedule
from core.paging.page import Plan, Step
from core.people.person import Person
from core.people.team import Team
from core.place import Place
from core.world import World

PEOPLE = {
    name: Person(
        id=name,
        name=name.title(),
        email=f"{name}@acme.test",
        phone=f"+49170000000{number}",
        accounts={"slack": f"U0{name.upper()}"},
    )
    for number, name in enumerate(("ana", "bo", "eve"), start=1)
}
PRIMARY = Schedule("primary", "UTC", (Layer(("ana", "bo"), "weekly", datetime(2026, 3, 2, 0)),))  # noqa: DTZ001 - on the wall
PLAN = Plan(
    name="platform",
    steps=(Step(schedule="primary"), Step(following="primary", wait=timedelta(minutes=10))),
    repeat=1,
    final=Step(people=("eve",)),
)
WORLD = World(
    workspace="acme",
    people=PEOPLE,
    teams={
        "platform": Team(name="platform", members=("ana", "bo"), schedule="primary", escalation="platform")
    },
    schedules={"primary": PRIMARY},
    escalations={"platform": PLAN},
    channels={
        "ops": Channel(name="ops", places=(Place(platform="slack", channel="C0OPS"),)),
        "mail": Channel(name="mail", outlets={"email": {"from": "w@acme.test"}}),
        "pager": Channel(name="pager", outlets={"sms": {}}),
    },
    secret_key="k" * 40,
    public_url="http://wardroom.test",
)
