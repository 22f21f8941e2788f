"""Where a policy asks for a second factor: the click records nothing, a page of one's own takes the decision.

The page is opened by a link that is bound to person, request and digest. It takes a code of the person's
authenticator, or a sign-in at the organisation's own issuer that is at most half an hour old.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from core.approvals import records, units, words
from core.approvals.draft import Decided
from core.approvals.glass.units import Custom, Emergency, break_glass
from core.approvals.request import Choice, Request
from core.approvals.strength import strength_of
from core.errors import NotFound, SecondFactorNeeded
from core.people.factor import units as factors
from core.people.passes import one_time
from core.people.passes import units as passes
from core.people.passes.one_time import Errand, Pass
from core.people.permissions import may
from core.people.person import Person
from core.people.sessions.session import factor_of
from core.people.sessions.units import SignedIn
from core.store.engine import Unit
from core.world import World
from handlers.approvals.judging import cast_for
from handlers.cards import approval as cards
from handlers.cards.card import Button, Card, Text, line, say

Standing = Literal["open", "used", "outdated", "ended", "expired", "gone"]
_AGAIN = "Press *Approve* on its card again for a new link."
_NONE_YET = "You have set up none yet: `/wardroom totp` in the chat does, then come back here."


@dataclass(frozen=True)
class Action:
    """What is done once the second factor was shown: its name on the button, and the unit that does it."""

    label: str
    run: Callable[[Unit, World, Person, Errand, str], Decided]


def _approve(unit: Unit, _world: World, person: Person, errand: Errand, factor: str) -> Decided:
    said = (errand.about, person, Choice.APPROVE, errand.reason, errand.digest)
    return units.decide(unit, *said, via=errand.via, factor=factor)


def break_alone(unit: Unit, world: World, person: Person, errand: Errand, factor: str = "") -> Decided:
    """Approve at once and alone, for the reason and on the subject of the errand."""
    request = records.get(unit, errand.about)
    others = tuple(
        one
        for one in world.people.values()
        if one.is_human and one.id != person.id and may(one, "approval.break_glass", world.roles)
    )
    custom = Custom(world.break_glass.review, world.break_glass.again, others)
    why = Emergency(errand.reason, errand.digest, strength_of(errand.via, factor))
    return break_glass(unit, request.id, person, why, cast_for(world, request), custom)


ACTIONS: Mapping[str, Action] = {
    "approve": Action("Approve", _approve),
    "break_glass": Action("Approve alone", break_alone),
}
"""Everything that can be held until a second factor is shown, by the name that its pass carries."""


@dataclass(frozen=True)
class Held:
    """What became of a decision; `link` is the pass of the page where it waits for a second factor."""

    decided: Decided
    link: str = ""


@dataclass(frozen=True)
class Sight:
    """The page as it stands: whether it can decide, why not, and the card of now.

    `is_fresh`: a sign-in stands in for the code. `is_enrolled`: there is an authenticator to ask for.
    """

    found: Pass
    request: Request
    person: Person | None
    standing: Standing
    words: str
    card: Card
    is_enrolled: bool
    is_fresh: bool

    @property
    def label(self) -> str:
        """What is done."""
        return ACTIONS[self.found.errand.action].label


@dataclass(frozen=True)
class Told:
    """What became of what was sent from the page: the page of now, what to say, and whether it was taken."""

    sight: Sight
    words: str
    is_taken: bool = False


def decide(unit: Unit, world: World, person: Person, errand: Errand, factor: str = "") -> Held:
    """Take a decision (`errand.action` is the choice); one that needs a second factor is held behind a link."""
    said = (errand.about, person, Choice(errand.action), errand.reason, errand.digest)
    decided = units.decide(unit, *said, via=errand.via, factor=factor)
    if not isinstance(decided.refusal, SecondFactorNeeded) or not world.secret_key:
        return Held(decided)
    link = hold(unit, person, replace(errand, digest=decided.request.digest))
    refusal = _refusal(unit, world, person, decided.request, link)
    return Held(Decided(decided.request, refusal.sentence(), refusal), link)


def hold(unit: Unit, person: Person, errand: Errand) -> str:
    """Hold an action of ACTIONS until the person shows a second factor; returns the pass of its page."""
    return passes.make(unit, person, "confirm", errand)


def held_card(unit: Unit, person: Person, about: str, link: str) -> Card:
    """What a person is told whose decision is held: alone, with the link, and how to get a second factor."""
    told = say(f"{about} asks for your second factor, so nothing is recorded yet.").parts
    confirm = Button(label="Confirm it", style="primary", one_time=link, speak=f"Confirm {about}")
    if factors.is_enrolled(unit, person.id):
        more = "The page behind this button takes your code. It is yours alone, for ten minutes, and counts once."
        controls: tuple[Button, ...] = (confirm,)
    else:
        more = (
            "You have set up none yet. Do it first: it takes a minute and an authenticator app. Then confirm."
        )
        setting_up = Button(
            label="Set it up",
            style="primary",
            one_time=passes.make(unit, person, "enrol"),
            speak="Set up a second factor",
        )
        controls = (setting_up, confirm.model_copy(update={"style": "plain"}))
    return Card(
        parts=(*told, Text(line=line(more))),
        controls=controls,
        tone="waiting",
        summary=f"{about} asks for your second factor, so nothing is recorded yet.",
    )


def look(unit: Unit, world: World, found: Pass, signed: SignedIn | None) -> Sight | None:
    """What the page of a held decision shows; None if what it is about is not there."""
    try:
        request = records.get(unit, found.errand.about)
    except NotFound:
        return None
    person = world.people.get(found.person)
    standing, said = _standing(unit, request, found, person)
    mine = signed if signed is not None and signed.person.id == found.person else None
    return Sight(
        found=found,
        request=request,
        person=person,
        standing=standing,
        words=said,
        card=cards.card(world, request),
        is_enrolled=factors.is_enrolled(unit, found.person),
        is_fresh=bool(mine and factor_of(mine.session, unit.now)),
    )


def confirm(
    unit: Unit, world: World, link: tuple[str, str], code: str, signed: SignedIn | None
) -> Told | None:
    """Take what was sent from the page; `link` is the pass and its key. A refusal is told, not raised.

    Returns:
        None if the link is none of ours.
    """
    found = passes.find(unit, world.secret_key, *link, lock=True)
    sight = look(unit, world, found, signed) if found and found.purpose == "confirm" else None
    if sight is None or sight.person is None:
        return None
    if sight.standing != "open":
        return Told(sight, sight.words)
    factor, why = _shown(unit, world, sight, code)
    if not factor:
        return Told(sight, why)
    errand = sight.found.errand
    decided = ACTIONS[errand.action].run(unit, world, sight.person, errand, factor)
    if decided.refusal is None:
        passes.use(unit, sight.found)
    after = look(unit, world, sight.found, signed) or sight
    return Told(after, decided.words, is_taken=decided.refusal is None)


def _shown(unit: Unit, world: World, sight: Sight, code: str) -> tuple[str, str]:
    """Which second factor was shown, or why none was."""
    if sight.is_fresh and not code:
        return "oidc", ""
    if sight.person is None or not sight.is_enrolled:
        return "", _NONE_YET
    if not code.strip():
        return "", "Type the code that your authenticator shows."
    early = factors.too_early(unit, sight.person.id, world.second_factor.enrolment_wait)
    if early:
        return "", early
    shown = factors.show(unit, world.secret_key, sight.person, code)
    return ("totp", "") if shown.is_right else ("", shown.words)


def _refusal(unit: Unit, world: World, person: Person, request: Request, link: str) -> SecondFactorNeeded:
    url = f"{world.public_url}{one_time.path_of(world.secret_key, link)}"
    first = (
        ""
        if factors.is_enrolled(unit, person.id)
        else "Say `/wardroom totp` in the chat to set one up; then "
    )
    mend = f"{first}confirm it within ten minutes at {url}"
    return SecondFactorNeeded(
        f"A yes to {request.id} needs your second factor, so nothing is recorded yet.",
        f"{mend[0].upper()}{mend[1:]}",
        link=url,
    )


def _standing(unit: Unit, request: Request, found: Pass, person: Person | None) -> tuple[Standing, str]:
    """Whether this link can decide now, and what to say if it cannot; the gravest reason first."""
    reasons: tuple[tuple[bool, Standing, str], ...] = (
        (person is None or not person.active, "gone", "You are not among the people I know any more."),
        (found.used is not None, "used", f"This link was used, or a newer one took its place. {_AGAIN}"),
        (
            request.digest != found.errand.digest,
            "outdated",
            f"{request.id} has changed since you pressed the button. Below is how it stands now. {_AGAIN}",
        ),
        (
            not request.is_pending,
            "ended",
            f"{words.present(request)}. There is nothing left to decide.",
        ),
        (found.expires <= unit.now, "expired", f"This link has run out after ten minutes. {_AGAIN}"),
    )
    return next(((standing, said) for applies, standing, said in reasons if applies), ("open", ""))
