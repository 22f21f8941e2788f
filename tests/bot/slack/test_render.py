"""Any card, with anything in it, is a message that Slack takes, and nothing foreign in it comes alive."""

import re
from typing import Any

from hypothesis import HealthCheck, given, settings

from bot.slack import forms, parse
from bot.slack.controls import verb_of
from bot.slack.render import render
from core.place import Place
from handlers.cards.card import (
    Bold,
    Button,
    Card,
    Code,
    Fields,
    Literal_,
    Quote,
    Select,
    Text,
    When,
    Who,
    line,
)
from handlers.cards.form import Form
from tests.cards import CARDS, FORMS, LONG
from tests.platforms.slack_limits import problems
from tests.stores import START

OPS = Place(platform="slack", channel="C0OPS", workspace="T0ACME")
# What means something to Slack stands between these signs; of ours there are dates, people and links.
ALIVE = re.compile(r"<[^>]*>")
OURS = re.compile(r"<!date\^\d+\^[^|]+\|[^>]+>|<@[UW][A-Z0-9]+>|<https://wardroom\.test/[^|>]*\|[^>]*>")


def message(card: Card) -> dict[str, Any]:
    made = render(card)
    return {"text": made.text, "blocks": made.blocks}


def texts(value: Any) -> list[str]:
    """Every text that Slack reads as mrkdwn."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return []


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(CARDS)
def test_any_card_is_within_slacks_limits(card: Card) -> None:
    assert [] == problems(message(card))


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(FORMS)
def test_any_form_is_within_slacks_limits(form: Form) -> None:
    view = forms.view(form, OPS)
    assert [] == problems(view)
    kept, place = forms.carried(view)
    assert (form.verb, form.object, OPS) == (kept["verb"], kept["object"], place)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(LONG)
def test_nothing_foreign_mentions_anybody_or_becomes_a_link(foreign: str) -> None:
    card = Card(
        title=foreign,
        parts=(
            Text(line=line(foreign, Bold(text=foreign), Code(text=foreign))),
            Quote(label=foreign, text=foreign),
            Literal_(text=foreign),
            Fields(items=((foreign, line(foreign)),)),
        ),
        footer=line(foreign),
        hint=foreign,
    )
    made = message(card)
    for text in [*texts(made["blocks"]), made["text"]]:
        assert [] == ALIVE.findall(text)
        assert "\u202e" not in text


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(CARDS)
def test_what_is_alive_in_a_card_is_ours(card: Card) -> None:
    found = [alive for text in texts(message(card)["blocks"]) for alive in ALIVE.findall(text)]
    assert [] == [alive for alive in found if not OURS.fullmatch(alive) and not alive.startswith("<http")]


def test_people_and_moments_are_slacks_own() -> None:
    spans = line(
        Who(name="Ana", ids={"slack": "U0ANA"}), " ", When(at=START), " ", Who(name="Bo", ids={"slack": "x"})
    )
    (block,) = message(Card(parts=(Text(line=spans),)))["blocks"]
    assert "<@U0ANA> <!date^1772442000^{time}|09:00 UTC> *Bo*" == block["text"]["text"]
    (block,) = message(Card(parts=(Text(line=line(When(at=START, ago=True))),)))["blocks"]
    assert "<!date^1772442000^{time} ({ago})|2026-03-02 09:00 UTC>" == block["text"]["text"]


def test_more_buttons_than_there_is_room_for_become_a_menu_that_works() -> None:
    buttons = tuple(
        Button(label=f"Step {n}", verb="runbook.answer", object="RUN-1", args={"step": str(n)})
        for n in range(9)
    )
    (block,) = message(Card(controls=buttons, revision=7, digest="9f3c2a11"))["blocks"]
    *shown, menu = block["elements"]
    assert ["Step 0", "Step 1", "Step 2", "Step 3"] == [one["text"]["text"] for one in shown]
    chosen = next(option for option in menu["options"] if option["text"]["text"] == "Step 8")
    click = parse.click(clicked({"action_id": menu["action_id"], "selected_option": chosen}))
    assert ("runbook.answer", "RUN-1", {"step": "8"}) == (click.verb, click.object, click.args)
    assert (7, "9f3c2a11") == (click.revision, click.digest)


def test_a_choice_in_a_menu_comes_back_as_the_value() -> None:
    select = Select(
        label="Severity", verb="incident.severity", object="INC-1", options=(("SEV1", "1"), ("SEV2", "2"))
    )
    (block,) = message(Card(controls=(select,), revision=3))["blocks"]
    menu = block["elements"][0]
    assert "incident.severity" == verb_of(menu["action_id"])
    click = parse.click(clicked({"action_id": menu["action_id"], "selected_option": menu["options"][1]}))
    assert ("incident.severity", "INC-1", {"value": "2"}) == (click.verb, click.object, click.args)


def test_what_was_cut_says_where_the_rest_is() -> None:
    card = Card(parts=tuple(Text(line=line("x" * 2_900)) for _ in range(60)), hint="/approvals show AP-1")
    assert "Shortened. /approvals show AP-1" in message(card)["blocks"][-1]["elements"][0]["text"]


def test_there_is_one_primary_button_and_screen_readers_are_told_more() -> None:
    card = Card(
        controls=(
            Button(label="Approve", verb="a.b", style="primary", speak="Approve AP-1: restart checkout"),
            Button(label="Go", verb="a.c", style="primary"),
        )
    )
    first, second = message(card)["blocks"][0]["elements"]
    assert ("primary", "Approve AP-1: restart checkout") == (first["style"], first["accessibility_label"])
    assert "style" not in second


def clicked(action: dict[str, Any]) -> dict[str, Any]:
    return {
        "team": {"id": "T0ACME"},
        "user": {"id": "U0ANA"},
        "channel": {"id": "C0OPS"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C0OPS"},
        "actions": [action | {"action_ts": "3.4"}],
    }
