"""Remembering, recalling and forgetting: each public function is one transaction, or part of one.

What was said somewhere is recalled there alone, whoever asks: so nobody hears of a private channel or of somebody's
direct messages anywhere else. Channels that the configuration shares are the exception.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.conversation.answering import units as answering
from core.conversation.config import MemoryConfig
from core.conversation.learning import records as habits
from core.conversation.llm import estimate
from core.conversation.memory import context, records
from core.conversation.memory.compress import summary
from core.conversation.memory.hiding import hidden
from core.conversation.memory.turn import Kept, Tier, session_of
from core.conversation.recalling.budget import select
from core.conversation.recalling.question import ask, spans
from core.conversation.recalling.rank import AROUND, Found, Said, rank
from core.conversation.sessions import records as sessions
from core.conversation.sessions.units import LASTS
from core.errors import Invalid, NotFound
from core.notify.channel import Channel
from core.people import records as people
from core.people.person import Person
from core.place import Actor, Place
from core.store import erasing, events
from core.store.engine import Unit
from core.text import clean, cut, message

TOPIC = "summaries"
BOT = "Wardroom"
_TURN = 4_000  # letters of a turn that are kept
_PAUSE = timedelta(hours=6)  # after which what is said does not stand beside what was said before
_AWAY = max(abs(away) for away in AROUND)
_CENTRES = 60
_FULL = 0.8
_FACTS = 200
_FACT = 1_000


@dataclass(frozen=True)
class Here:
    """Whose conversation, and where."""

    person: Person
    place: Place

    @property
    def session(self) -> str:
        """The conversation."""
        return session_of(self.place)


@dataclass(frozen=True)
class Mind:
    """The terms of remembering: the rules, people by id, channels by name, and what takes known secrets out of a text."""

    rules: MemoryConfig
    people: Mapping[str, Person]
    channels: Mapping[str, Channel]
    conceal: Callable[[str], str] = str

    def sight(self, place: Place) -> records.Sight:
        """What may be seen from there."""
        shared = {
            one.lane()
            for name in self.rules.shared
            if name in self.channels
            for one in self.channels[name].places
        }
        return records.Sight(place.lane(), tuple(sorted(shared)))

    def named(self, row: Kept) -> str:
        """Who said it."""
        if row.tier in (Tier.BOT, Tier.SUMMARY):
            return BOT
        person = self.people.get(row.person)
        return person.name if person else row.person


def remember(unit: Unit, mind: Mind, here: Here, said: Sequence[tuple[Tier, str]]) -> None:
    """Keep what this person said to the bot there, and what it said to them; secrets are taken out before."""
    if not mind.rules.turns or not here.person.is_human:
        return
    for tier, text in said:
        if text.strip():
            _add(unit, mind, here, tier, text)
    _compress(unit, mind, here)


def learn(unit: Unit, mind: Mind, here: Here, fact: str) -> Kept:
    """Keep a fact until it is erased.

    Raises:
        Invalid: it is empty or too long, or this person has as many as are kept.
    """
    if not mind.rules.turns:
        raise Invalid("Nothing is remembered here: `memory: {turns: 0}` says so.", "Ask an administrator.")
    text = message(fact)
    if not text or len(text) > _FACT:
        raise Invalid(f"A fact has 1 to {_FACT:,} characters; this one has {len(text):,}.", "Say it shorter.")
    if len(records.of_person(unit, here.person.id, (Tier.FACT,))) >= _FACTS:
        raise Invalid(f"You have {_FACTS} facts, which is the most.", "Erase some: `/wardroom memory`.")
    return _add(unit, mind, here, Tier.FACT, text)


def recall(
    unit: Unit, mind: Mind, here: Here, question: str, tokens: int, near: Mapping[int, float] | None = None
) -> list[Found]:
    """What was said that answers this best, as much as fits so many tokens, best first; only what may be seen there.

    `near` says of what may be seen there how near it is to the question by what it means, from 0 to 1, where that is known.
    """
    sight = mind.sight(here.place)
    speakers = [*(one.name for one in mind.people.values()), BOT]
    within = spans(question, unit.now, here.person.timezone)
    asked = ask(question, speakers, asker=here.person.name, within=within)
    rows = records.having(unit, sight, asked.weights)
    corpus = records.corpus(unit, sight, rows)
    rows += _nearest(unit, near or {}, {row.id for row in rows})
    nearness = None if near is None else {str(id_): value for id_, value in near.items()}
    first = rank(asked, [_said(mind, row) for row in rows], corpus, unit.now, nearness)[:_CENTRES]
    centres = {int(one.said.id) for one in first}
    beside = records.around(unit, sight, [row for row in rows if row.id in centres], _AWAY)
    known = {row.id: row for row in (*rows, *beside)}
    found = rank(asked, [_said(mind, row) for row in known.values()], corpus, unit.now, nearness)
    return select(found, tokens)


def at_hand(unit: Unit, mind: Mind, here: Here) -> list[Said]:
    """This person's conversation there as it goes on: the summary of what was before, if any, and the last turns."""
    rows = records.at_hand(unit, here.person.id, here.session)
    rows.sort(key=lambda row: (row.tier is not Tier.SUMMARY, row.number))
    return [_said(mind, row) for row in rows]


def before(unit: Unit, mind: Mind, here: Here, question: str, near: Mapping[int, float] | None = None) -> str:
    """What a model is told of what was said there before this question was asked; `near` as in `recall`."""
    now = [said for said in at_hand(unit, mind, here) if said.text.strip() != question.strip()]
    found = recall(unit, mind, here, question, context.TOKENS // 2, near)
    return context.text(now, [one for one in found if one.said.text != question])


def erase(unit: Unit, person: Person, id_: int) -> None:
    """Erase one thing of one's own; a turn's summary goes with it.

    Raises:
        NotFound: one has no such thing.
    """
    mine = [row for row in records.get_all(unit, [id_]) if row.person == person.id]
    if not mine:
        raise NotFound("There is no such thing in what I keep about you.", "`/wardroom memory` shows it.")
    gone = [mine[0].id]
    if mine[0].folded:
        summaries = records.of_person(unit, person.id, (Tier.SUMMARY,))
        gone += [row.id for row in summaries if row.session == mine[0].session]
    records.erase(unit, gone)
    records.purge(unit)


def forget(unit: Unit, person: Person) -> int:
    """Erase all turns, summaries, facts and habits of a person, what was understood last, and the answers to them.

    What was still on its way arrives, and is erased soon after; what a model is answering ends.
    The audit keeps that it happened.

    Returns:
        How many there were.
    """
    rows = records.of_person(unit, person.id)
    accounts = [Actor(platform=platform, user=user) for platform, user in person.accounts.items()]
    accounts += people.accounts_of(unit, person.id)
    erasing.erase_told(unit, accounts, {row.place for row in rows if row.direct})
    count = records.erase(unit, [row.id for row in rows])
    count += habits.erase(unit, person.id)
    answering.forget(unit, person)
    sessions.erase(unit, person.id)
    records.purge(unit)
    events.append(unit, "memory.forgotten", person.id, actor=person.id)
    return count


def expire(unit: Unit, rules: MemoryConfig) -> int:
    """Erase what has been kept for long enough; returns how many."""
    sessions.forget(unit, unit.now - LASTS)
    habits.expire(unit, unit.now - rules.summaries)
    old = records.older(unit, (Tier.PERSON, Tier.BOT), unit.now - rules.turns)
    old += records.older(unit, (Tier.SUMMARY,), unit.now - rules.summaries)
    if old:
        records.erase(unit, old)
        records.purge(unit)
    return len(old)


def take_summary(unit: Unit, model: str) -> tuple[Kept, list[Kept]] | None:
    """Take the oldest summary that no model was asked for; with the turns that it stands for. None if there is none.

    It counts as asked for from now on, so that ours stands if no answer comes.
    """
    row = records.unwritten(unit)
    if row is None:
        return None
    turns = records.folded(unit, row)
    records.rewrite(unit, row.id, row.text, model)
    return row, turns


def summed_up(unit: Unit, row: Kept, text: str, model: str) -> None:
    """Put a model's words into a summary; nothing happens if it is gone, or the words are none."""
    words = cut(hidden(clean(text)), _TURN)
    if words:
        records.rewrite(unit, row.id, words, model)


def vectors(unit: Unit, mind: Mind, here: Here, model: str) -> list[tuple[int, bytes]]:
    """The vectors of what may be seen there."""
    return records.vectors(unit, mind.sight(here.place), model)


def _nearest(unit: Unit, near: Mapping[int, float], known: Collection[int]) -> list[Kept]:
    """What is nearest to a question and has none of its words."""
    others = sorted((id_ for id_ in near if id_ not in known), key=lambda id_: -near[id_])
    return records.get_all(unit, others[:_CENTRES])


def _add(unit: Unit, mind: Mind, here: Here, tier: Tier, text: str) -> Kept:
    session = here.session if tier is not Tier.FACT else ""
    number, last = records.next_number(unit, session) if session else (0, None)
    if last is not None and unit.now - last > _PAUSE:
        number += _AWAY
    words = cut(hidden(mind.conceal(text)), _TURN)
    return records.add(
        unit,
        Kept(
            id=0,
            person=here.person.id,
            tier=tier,
            place=here.place.lane(),
            direct=here.place.direct,
            session=session,
            number=number,
            at=unit.now,
            text=words,
            tokens=estimate(words),
        ),
    )


def _compress(unit: Unit, mind: Mind, here: Here) -> None:
    """Sum up the older half of what is at hand, once that is four fifths of the room there is."""
    rows = records.at_hand(unit, here.person.id, here.session)
    if sum(row.tokens for row in rows) <= _FULL * mind.rules.tokens:
        return
    before = [row for row in rows if row.tier is Tier.SUMMARY]
    turns = [row for row in rows if row.tier is not Tier.SUMMARY]
    older = turns[: max(1, len(turns) // 2)]
    said = [("", row.text) for row in before] + [(mind.named(row), row.text) for row in older]
    text = summary(said, mind.rules.tokens // 5)
    records.erase(unit, [row.id for row in before])
    records.fold(unit, [row.id for row in older])
    last = older[-1]
    records.add(
        unit,
        Kept(
            id=0,
            person=here.person.id,
            tier=Tier.SUMMARY,
            place=last.place,
            direct=last.direct,
            session=here.session,
            number=last.number,
            at=unit.now,
            text=text,
            tokens=estimate(text),
        ),
    )
    unit.wake(TOPIC)


def _said(mind: Mind, row: Kept) -> Said:
    # A summary and a fact have no neighbours.
    session = row.session if row.tier in (Tier.PERSON, Tier.BOT) else f"{row.tier} {row.id}"
    return Said(str(row.id), session, row.number, mind.named(row), row.at, row.text, row.tier)
