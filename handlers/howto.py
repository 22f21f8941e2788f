"""“How do I …?”, answered from the documentation, the commands, and what whoever asks may do."""

import re
from functools import cache

from core.language.intent import Intent
from core.people.permissions import may
from core.store.engine import Unit
from core.text import message
from core.wiring import World
from handlers import heard
from handlers.cards import howto as cards
from handlers.manual.finding import Index, find, is_about
from handlers.manual.pages import Passage
from handlers.verb import Args, Call, Reply, Verb

_COMMANDS = 3
_NAMED = 5
_COVERED = 0.45


class Question(Args):
    """What somebody wants to know how to do."""

    question: str


def howto_verbs(all_verbs: tuple[Verb, ...]) -> tuple[Verb, ...]:
    """The verb that says how the others are used."""

    @cache
    def commands() -> Index:
        return Index((f"{verb.command} {verb.name}", f"{verb.help} {verb.example}") for verb in all_verbs)

    def answer(_unit: Unit, call: Call, args: Question) -> Reply:
        question = message(args.question)
        passages = find(question, 2)
        meant = [all_verbs[place] for place in commands().best(question, _COMMANDS, _COVERED)]
        meant += [verb for verb in _named(all_verbs, passages[:1]) if verb not in meant]
        shown = tuple(_shown(call, verb) for verb in meant[:_COMMANDS])
        # Where commands answer, only a passage that is about just that is worth its room.
        told = passages[:1] if not shown or any(is_about(question, one) for one in passages[:1]) else []
        where = tuple(passages), call.world.public_url
        return Reply(card=cards.answer(question, tuple(told), shown, where))

    return (
        Verb(
            name="wardroom.how",
            command="wardroom how",
            help="Answer how something is done here: from the documentation, and from what you may do.",
            example="/wardroom how do I silence an alert?",
            args=Question,
            run=answer,
            rest="question",
            intents=(Intent.HELP,),
            hears=heard.how,
            reads=True,
            permission="",
            when_named=True,
            patterns=(
                r"how (?:do|can|could|would|should|may|might|must) (?:i|we|you|one|people|somebody) (?P<question>\S.*)",
                r"how (?:to|does one) (?P<question>\S.*)",
                r"where (?:do|can) (?:i|we) (?P<question>(?:set|find|see|change|configure|say|enter|look) .*)",
                r"(?:i want to know|tell me|show me|explain(?: to me)?) how (?:to|i can|we can|i) (?P<question>\S.*)",
            ),
        ),
    )


def _named(verbs: tuple[Verb, ...], passages: list[Passage]) -> list[Verb]:
    """The commands that a passage names, in its order."""
    by_command = {verb.command: verb for verb in verbs}
    words = [
        found[1] for passage in passages for found in re.finditer(r"/([a-z]+(?: [a-z]+)?)\b", passage.text)
    ]
    return [by_command[one] for one in dict.fromkeys(words) if one in by_command]


def _shown(call: Call, verb: Verb) -> cards.Shown:
    needs = verb.needs()
    if may(call.person, needs, call.world.roles):
        return cards.Shown(verb.example, verb.help)
    return cards.Shown(verb.example, verb.help, needs, _who_may(call.world, needs))


def _who_may(world: World, needs: str) -> str:
    able = [one.name for one in world.people.values() if one.is_human and may(one, needs, world.roles)]
    if len(able) > _NAMED:
        return f"{', '.join(able[:_NAMED])} and {len(able) - _NAMED} others"
    return ", ".join(able)
