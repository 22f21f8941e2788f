"""Steps that tell people, and that bring news to an incident."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.demo.seed import seed
from core.health import records as health
from core.health.aggregate import Count
from core.health.check import Status
from core.incidents import records as incidents
from core.incidents.incident import State as IncidentState
from core.notify import units as notices
from core.notify.ledger import State
from core.runbooks import records
from core.store.engine import Unit
from tests.platforms.smtp import MailServer, text_of
from tests.stories.house import audited
from tests.stories.steps import staged

TELL = """
name: tell
params: {what: {type: string, default: slow}}
steps:
  - id: tell
    action: notify
    with: {text: "Checkout is ${{ params.what }} <@everyone>", roles: [sre], people: [dev], channels: [ops, phone]}
    outputs: {note: "${{ result.note }}", people: "${{ result.people }}"}
"""


async def test_people_are_told_in_chat_and_by_what_a_channel_falls_back_to_and_the_ledger_says_so(
    tmp_path: Path, smtp: MailServer
) -> None:
    world = yaml.safe_load(seed(tmp_path / "read", 1).read_text())
    world["people"]["ana"]["email"] = "ana@acme.test"
    channels = {"phone": {"sms": {}, "fallback": "mail"}, "mail": {"email": {"from": "wardroom@acme.test"}}}
    more = {"people": world["people"], "channels": channels}
    async with staged(tmp_path, TELL, more, smtp_url=smtp.url()) as on:
        await on.dev.says("/runbook run tell", channel="dev")
        assert await on.outputs("tell") == {"note": "NOTE-1", "people": ["dev", "ana", "bo"]}
        card = await on.ana.sees("From tell", "Checkout is slow <@everyone>", "@Ana Ruiz", "@Bo Lindqvist")
        assert card["channel"] == "ops"
        (mail,) = await smtp.until("ana@acme.test")
        assert "Checkout is slow <@everyone>" in text_of(mail)
        assert "RUN-1" in text_of(mail) or "/o/" in text_of(mail)
        async with asyncio.timeout(10):
            while True:
                told = await on.house.store.read(notices.ledger, "NOTE-1")
                if all(one.state is not State.QUEUED for one in told):
                    break
                await on.house.sender.measure()
        came = {(one.person, one.channel, one.way): (one.state, one.detail) for one in told}
        assert came["ana", "ops", "chat"] == (State.ACCEPTED, "")
        assert came["ana", "mail", "email"][0] is State.ACCEPTED
        assert came["bo", "phone", "sms"] == (State.FAILED, "no telephone number")
        assert came["bo", "mail", "email"] == (State.FAILED, "no e-mail address")
        await audited(on.house)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("people: [anna], channels: [ops]", "There is no person “anna”. Did you mean `ana`?"),
        ("teams: [platfrom], channels: [ops]", "There is no team “platfrom”. Did you mean `platform`?"),
        ("on_call: [security], channels: [ops]", "There is no team with a schedule “security”."),
        ("channels: [opps]", "There is no channel “opps”. Did you mean `ops`?"),
        ("roles: [dba], channels: [ops]", "None of those who are named is anybody"),
        ("roles: [sre]", "No channel is named"),
    ],
)
async def test_a_step_that_can_tell_nobody_fails_and_says_why(tmp_path: Path, given: str, words: str) -> None:
    book = f"name: tell\nsteps:\n  - {{id: tell, action: notify, with: {{text: Hello, {given}}}}}\n"
    async with staged(tmp_path, book) as on:
        await on.dev.says("/runbook run tell")
        await on.dev.sees("RUN-1", "failed", words)


NEWS = """
name: news
params: {severity: {type: string, default: ""}, state: {type: string, default: mitigating}}
steps:
  - id: news
    action: incident.update
    with: {text: "Failing over", state: "${{ params.state }}", severity: "${{ params.severity }}"}
    outputs: {incident: "${{ result.incident }}", state: "${{ result.state }}", changed: "${{ result.changed }}"}
"""


async def test_a_run_brings_news_to_the_incident_that_it_was_started_from(tmp_path: Path) -> None:
    async with staged(tmp_path, NEWS) as on:
        await on.ana.says("/incident declare Checkout fails")
        await on.dev.sees("INC-1 · Checkout fails")
        await on.ana.says("/runbook run news incident=INC-1 severity=high")
        assert await on.outputs("news") == {"incident": "INC-1", "state": "mitigating", "changed": True}
        await on.dev.sees("Ana Ruiz: now mitigating", "SEV2", "Failing over")
        found = await on.house.store.read(incidents.get, "INC-1")
        assert (found.state, found.severity, found.update) == (IncidentState.MITIGATING, 2, "Failing over")
        await on.ana.says("/runbook run news incident=INC-1 state=resolved")
        await on.dev.sees("Ana Ruiz resolved it. Cause: Failing over")
        await on.ended("RUN-2")
        await on.ana.says("/runbook run news incident=INC-1 state=monitoring")
        await on.ana.sees("RUN-3", "failed", "An incident that is resolved cannot be set to monitoring.")
        assert (await on.house.store.read(records.get, "RUN-3")).incident == "INC-1"
        await audited(on.house)


async def test_a_run_without_an_incident_has_to_name_one(tmp_path: Path) -> None:
    async with staged(tmp_path, NEWS) as on:
        await on.dev.says("/runbook run news")
        await on.dev.sees("RUN-1", "failed", "This run was started from no incident.")


END = """
name: finish
params: {anyway: {type: string, default: ""}}
steps:
  - id: end
    action: incident.update
    with: {text: Failed over, state: resolved, severity: low, anyway: "${{ params.anyway }}"}
    outputs: {state: "${{ result.state }}"}
"""
WAITS = END.replace("finish", "wait-and-finish") + "    retries: 4\n    backoff: {type: constant, base: 1s}\n"


def _is(status: Status) -> Callable[[Unit], None]:
    return lambda unit: health.put_count(unit, "checkout", Count(status, unit.now, ""))


async def test_a_run_resolves_nothing_that_is_still_wrong_unless_it_says_why(tmp_path: Path) -> None:
    async with staged(tmp_path, END) as on:
        await on.ana.says("/incident declare Checkout fails service=checkout")
        await on.dev.sees("INC-1 · Checkout fails")
        await on.house.store.transact(_is(Status.UNHEALTHY))
        await on.ana.says("/runbook run finish incident=INC-1")
        why = "INC-1 is not resolved: checkout is still not healthy by its checks."
        await on.ana.sees("RUN-1", "failed", why)
        kept = await on.house.store.read(incidents.get, "INC-1")
        assert (IncidentState.OPEN, 3, "") == (kept.state, kept.severity, kept.update)
        await on.ana.says('/runbook run finish incident=INC-1 anyway="the probe lies"')
        assert await on.outputs("end", "RUN-2") == {"state": "resolved"}
        lines = [one.text for one in await on.house.store.read(incidents.timeline, "INC-1")]
        assert any(text.endswith("Ana Ruiz: the probe lies") for text in lines)
        await audited(on.house)


async def test_a_step_that_is_tried_again_waits_until_what_speaks_against_the_end_has_passed(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, WAITS) as on:
        await on.ana.says("/incident declare Checkout fails service=checkout")
        await on.dev.sees("INC-1 · Checkout fails")
        await on.house.store.transact(_is(Status.UNHEALTHY))
        await on.ana.says("/runbook run wait-and-finish incident=INC-1")
        await on.ana.sees("RUN-1", "try 2 of 5")
        await on.house.store.transact(_is(Status.HEALTHY))
        assert await on.outputs("end") == {"state": "resolved"}
