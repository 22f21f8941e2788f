"""Secrets reach an action and nothing else, however they are written when they come back."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from core.errors import Invalid
from core.runbooks import secrecy
from core.runbooks.action import ActionFailed
from core.runbooks.secrecy import Hider
from tests.core.runbooks.house import House, book
from tests.core.runbooks.test_load import HEAD, mistakes

SECRET = 'hun"ter/2 +ü'
ONE = 'name: s\nsteps:\n  - {id: a, action: do, with: {token: "Bearer ${{ secrets.T }}"}, outputs: {o: "${{ result.o }}"}}\n'


@given(
    st.text(st.characters(codec="utf-8"), min_size=6, max_size=40),
    st.binary(max_size=7),
    st.binary(max_size=7),
)
def test_no_way_of_writing_a_secret_shows_it(secret: str, before: bytes, after: bytes) -> None:
    hider = Hider()
    hider.learn([secret])
    for written in (secret, quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]):
        assert written not in hider.text(f"x {written} y") or written in secrecy.MASK
    coded = base64.b64encode(before + secret.encode() + after).decode()
    assert secrecy.MASK in hider.text(coded)


def test_keys_and_what_is_nested_are_hidden_too_and_older_values_stay_hidden() -> None:
    hider = Hider()
    hider.learn(["first-one"])
    hider.learn(["second-one"])
    assert hider.value({"first-one": ["second-one", 1, None]}) == {"•••": ["•••", 1, None]}


def test_a_secret_too_short_to_be_hidden_is_refused() -> None:
    with pytest.raises(Invalid, match="less than 4"):
        Hider().learn(["abc"])


async def test_nothing_that_is_kept_or_said_of_a_run_has_the_secret_in_any_form(house: House) -> None:
    coded = base64.b64encode(b"ana:" + SECRET.encode()).decode()
    house.hands.behave = lambda _step, _context: {"o": {SECRET: quote_plus(SECRET)}, "stdout": coded}
    await house.start(book(ONE))
    await house.go(house.engine(secret_values={"T": SECRET}))
    assert house.hands.done == [("a", {"token": f"Bearer {SECRET}"})]
    run = await house.get()
    assert run.steps["a"].outputs == {"o": {"•••": "•••"}}
    house.hands.behave = lambda _step, _context: ActionFailed(f"said {SECRET}", log=json.dumps(SECRET))
    await house.start(book(ONE), key="k2")
    await house.go(house.engine(secret_values={"T": SECRET}))
    again = await house.get("RUN-2")
    kept = f"{run} {again} {await house.said()} {await house.store.read(_audit)}"
    for written in (SECRET, quote_plus(SECRET), coded, json.dumps(SECRET)[1:-1]):
        assert written not in kept
    assert again.steps["a"].error == "said •••"


def _audit(unit: object) -> str:
    from core.store import events

    return str(events.after(unit, 0, 10_000))  # type: ignore[arg-type]


async def test_a_step_reads_its_secrets_when_it_begins_and_only_those(house: House) -> None:
    asked: list[str] = []

    class Vault(dict[str, str]):
        @override
        def __getitem__(self, name: str) -> str:
            asked.append(name)
            return super().__getitem__(name)

    vault = Vault(T="the-first-one", OTHER="never-asked-for")
    engine = house.engine(secret_values=vault)
    await house.start(book(ONE))
    vault["T"] = "the-rotated-one"
    await house.go(engine)
    assert (asked, house.hands.done) == (["T"], [("a", {"token": "Bearer the-rotated-one"})])


async def test_a_step_whose_secret_is_not_there_fails_and_says_which(house: House) -> None:
    await house.start(book(ONE))
    await house.go(house.engine())
    assert "There is no secret T here." in (await house.get()).steps["a"].error


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("  - {id: a, action: chat.post, with: {text: '${{ secrets.T }}'}}", "shows this to people"),
        ("  - {id: a, approval: {reason: '${{ secrets.T }}', ask: [{role: sre}]}}", "no “secrets” here"),
        ("  - {id: a, action: do, outputs: {x: '${{ secrets.T }}'}}", "no “secrets” here"),
        ("  - {id: a, action: do, when: secrets.T == 'x'}", "no “secrets” here"),
        ("  - {id: a, action: do, with: {x: '${{ secrets[\"T\"] }}'}}", "Write it as ${{ secrets.NAME }}"),
    ],
)
def test_a_secret_where_it_would_be_shown_is_a_mistake_of_the_file(steps: str, words: str) -> None:
    found = mistakes(HEAD + steps + "\n")
    assert any(words in one for one in found), found


def test_a_secret_that_is_not_configured_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(ONE)
    told = [str(problem) for problem in secrecy.unknown([file], {"TT": object()})]
    assert len(told) == 1
    assert "s.yaml:3:" in told[0]
    assert "There is no secret `T`. Did you mean `TT`" in told[0]
    assert secrecy.unknown([file], {"T": object()}) == []
