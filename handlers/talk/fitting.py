"""Which words answer, correct or refuse what somebody was asked, by what is asked; everything else is for others."""

import re

from core.language.leaning.consent import Leaving, accepts, leaves
from core.language.leaning.frame import frame
from core.language.understand import Understanding
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Message
from handlers.talk import consenting, correcting, grasp, guessing, labels, standing
from handlers.talk.pending import Pending
from handlers.talk.reading import Understood, Verbs

_ID = re.compile(r"\W*(?:RUN|INC)-\d{1,9}\W*", re.IGNORECASE)


def left(verbs: Verbs, said: Message) -> Understood:
    """That what is open is dropped, refused or put off."""
    return Understood(verbs.by_name[standing.OPEN], {"said": str(leaves(said.text) or "show")}, answers=True)


def grasped(found: grasp.Grasped, *, answers: bool = False) -> Understood:
    """What was made out, as it is done."""
    return Understood(found.verb, found.raw, found.meant, answers=answers)


def pressed(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """A label of the card that was shown here last; what is said to every question is no label."""
    is_answer = accepts(said.text) or leaves(said.text)
    found = None if is_answer else labels.pressed(unit, world, verbs.by_name, person, said)
    return grasped(found, answers=True) if found is not None else None


def fits(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message, asked: Pending
) -> Understood | None:
    """A yes, a no, or nothing but what was missing; everything else is for others."""
    # It is read as where it was asked, also in the thread that somebody opened beneath their own words.
    to_us = said.model_copy(update={"addressed": True, "place": asked.place})
    if asked.wants_a_yes:
        found = consenting.one_or_other(unit, world, verbs.by_name, person, said, asked) or consenting.answer(
            unit, world, verbs.by_name, person, said
        )
        if found is not None:
            return grasped(found, answers=True)
    if leaves(said.text) in (Leaving.DROPS, Leaving.STOPS):
        return left(verbs, said)
    if asked.mode == "sure":
        return _mended(unit, world, verbs, person, said, asked)
    if asked.mode in guessing.BY_MODE:
        picked = guessing.BY_MODE[asked.mode]
        guess = picked(unit, world, verbs.by_name, person, said, asked)
        return grasped(guess, answers=True) if guess is not None else None
    return _lacking(unit, world, verbs, person, to_us, asked) if asked.mode == "lacks" else None


def _lacking(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message, asked: Pending
) -> Understood | None:
    """The order with what was missing, where words say nothing but that."""
    meant = grasp.meaning(unit, world, person, said)
    if _ID.fullmatch(said.text) and (meant.how, meant.intent.value) != ("answer", asked.intent):
        # Something was looked at since it was asked, and an id by itself answers it all the same.
        meant = consenting.retold(unit, world, person, f"{asked.text} {said.text.strip()}", asked)
    elif meant.how != "answer" or meant.intent.value != asked.intent or not _says_only(said.text, meant):
        return None
    found = grasp.decide(world, verbs.by_name, meant)
    return grasped(found, answers=True) if found is not None else None


def _mended(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message, asked: Pending
) -> Understood | None:
    """The order that was shown, corrected; or its end, where words say only that it is not what was meant."""
    found = correcting.corrected(unit, world, verbs.by_name, person, said, asked)
    if found is not None:
        return grasped(found, answers=True)
    is_refused = correcting.refuses(unit, world, person, said)
    return Understood(verbs.by_name[standing.OPEN], {"said": "wrong"}, answers=True) if is_refused else None


def _says_only(text: str, meant: Understanding) -> bool:
    """Whether words are nothing but what they name; of what was chosen from a list, it is not kept where it stands."""
    rest = text
    for one in meant.entities:
        rest = re.sub(re.escape(str(one.value)), " ", rest, flags=re.IGNORECASE)
    return frame(text, meant.entities).bare or frame(rest, ()).bare
