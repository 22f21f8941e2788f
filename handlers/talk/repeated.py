"""The question before once more, of something else: “and payments?” after “did you restart checkout?”, “and yesterday?”."""

import re
from collections.abc import Sequence

from core.language.leaning.turns import Turn
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Message
from handlers.talk import deeds, lately, names
from handlers.talk.asked_of import OF_NAMES
from handlers.talk.reading import Understood, Verbs

_AND = re.compile(
    r"\W*(?:and|or|what about|how about)\s+(?:(?:what|how) about\s+)?(?:(?:for|on|of|to|in|by|the|last|service)\s+)*(?P<rest>[\w@.:-][\w @.:-]{0,60}?)[\s?.!]*",
    re.IGNORECASE,
)

_OF_SERVICES = frozenset(("health.show", "oncall.lately", "runbook.history", "runbook.list", "runbook.logs"))


def again(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """What was asked before in this conversation, with what these words name in the place of what was named; None for all else."""
    rest = _rest(said.text)
    before = _before(world, lately.history(unit, person, said.place)) if rest else None
    if before is None:
        return None
    verb, raw, since = before
    for each in since:
        raw |= _with(world, verb, raw, each)
    found = _with(world, verb, raw, rest)
    return Understood(verbs.by_name[verb], raw | found, in_words=True) if found else None


def _rest(text: str) -> str:
    found = _AND.fullmatch(" ".join(text.split()))
    return found["rest"] if found else ""


def _before(world: World, history: Sequence[Turn]) -> tuple[str, dict[str, str], list[str]] | None:
    """The last question about a name, and what it was asked of since, where nothing else came after it."""
    since: list[str] = []
    for turn in reversed(history):
        if turn.role != "user":
            continue
        for verb, asked in OF_NAMES:
            raw = asked(world, turn.text)
            if raw is not None:
                return verb, raw, since
        rest = _rest(turn.text)
        if not rest:
            return None
        since.insert(0, rest)
    return None


def _with(world: World, verb: str, raw: dict[str, str], rest: str) -> dict[str, str]:
    """What is asked for now; empty if the words name nothing that such a question has."""
    if verb == "oncall.who":
        return {"whom": rest} if names.is_known(world, rest) else {}
    service = deeds.name_of(world.services, rest)
    if service:
        return {"service": service} if verb in _OF_SERVICES else {}
    if verb != "oncall.lately":
        return {}
    if "did" in raw and deeds.kind(rest):
        return {"did": rest}
    where = deeds.name_of(world.environments, rest)
    return {"where": where} if where else {"when": rest} if deeds.is_time(rest) else {}
