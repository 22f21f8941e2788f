"""On Slack's Home somebody sees whether they are on call and how they are called, and changes it there."""

from pathlib import Path
from typing import Any

from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import TEAM
from tests.stories.night import SCHEDULES
from tests.stories.test_on_slack import ANA, on_slack


def pressed(slack: FakeSlack, label: str) -> dict[str, Any]:
    """What Slack delivers when somebody presses a button of their Home."""
    view = slack.homes[ANA]
    elements = (one for block in view["blocks"] for one in block.get("elements", ()))
    action = next(one for one in elements if one.get("type") == "button" and label in one["text"]["text"])
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": ANA, "username": "ana", "team_id": TEAM},
        "container": {"type": "view", "view_id": "V0HOME"},
        "view": {"id": "V0HOME", "type": "home"} | view,
        "trigger_id": slack._trigger(ANA),
        "actions": [action | {"block_id": "b1", "action_ts": "1700000000.000100"}],
    }


async def test_the_home_says_when_and_how_one_is_called_and_its_button_changes_it(
    tmp_path: Path, slack: FakeSlack
) -> None:
    async with on_slack(tmp_path, slack, extra=SCHEDULES):
        await slack.opens_home(ANA)
        await slack.until(lambda: "how you are paged" in str(slack.homes.get(ANA)), "the section")
        shown = str(slack.homes[ANA])
        assert ("n call" in shown, "Urgent" in shown, "Quiet hours" in shown) == (True, True, True)
        await slack.deliver("interactive", pressed(slack, "Change how I am paged"))
        modal = await slack.modal(ANA)
        assert "You can be reached by slack" in str(modal)
        await slack.submits(ANA, modal, {"quiet": "22:00-07:00"})
        await slack.until(lambda: "22:00-07:00" in str(slack.homes[ANA]), "the Home to follow")
