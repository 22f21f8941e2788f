"""What must hold across the configuration before a policy may judge anything. Pure."""

from collections.abc import Iterable, Mapping

from core.approvals.config import ASKED, AskConfig, Policy, TriggerConfig
from core.approvals.eligible import Asked, Known, too_few
from core.approvals.limits import NEVER_GRAVE
from core.approvals.silence.rule import NEVER
from core.document import Path
from core.errors import Problem
from core.people.person import Person
from core.people.team import Team
from core.source import Source, nearest

KINDS = ("runbook", "trade")
"""The kinds that the house itself asks about; programs name others."""
_ALIKE = 0.8
_LIGHT = ("LOW", "MEDIUM")


def check_policies(
    source: Source,
    policies: Mapping[int, Policy],
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    known: Known,
) -> list[Problem]:
    """What a policy names and does not exist, and quorums that its people can never reach.

    `policies` are by their place in the file.
    """
    humans = [person.id for person in people.values() if person.is_human]
    words = {"role": known.roles, "team": teams, "person": humans, "schedule": known.schedules}
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for index, policy in policies.items():
        at: Path = ("policies", index)
        if policy.name in seen:
            line = source.at(("policies", seen[policy.name]))[0]
            what = f"Another policy is called {policy.name} (line {line})."
            problems.append(source.problem((*at, "name"), what, "Give each its own name."))
        seen.setdefault(policy.name, index)
        problems += _misspelt(source, at, policy)
        strangers = [
            source.unknown((*path, kind), kind, word, words[kind])
            for path, ask in _asks(at, policy)
            for kind in ASKED
            if (word := getattr(ask, kind)) is not None and word not in words[kind]
        ]
        strangers += _off_call(source, at, policy, teams)
        problems += strangers
        problems += [
            source.unknown((*at, "notify", number), "channel", channel, known.channels)
            for number, channel in enumerate(policy.notify)
            if channel not in known.channels
        ]
        problems += [
            source.unknown((*at, "asks", number, "trigger"), "trigger", one.trigger, policy.reasons)
            for number, one in enumerate(policy.asks)
            if one.trigger not in policy.reasons
        ]
        if not strangers and policy.effect == "ask":
            asked = Asked(people, teams, known.schedules)
            problems += [*_reachable(source, at, policy, asked), *too_few(source, at, policy, asked, known)]
            problems += _reachable_by_reasons(source, at, policy, asked)
            problems += _vetoes_reach(source, at, policy, policies.values(), asked)
        problems += _silent(source, at, policy)
    return problems


def _misspelt(source: Source, at: Path, policy: Policy) -> list[Problem]:
    """A kind that is nearly one of ours: such a policy would never speak, and nobody would notice."""
    kind = policy.applies_to
    meant = None if kind in KINDS else nearest(kind, KINDS, _ALIKE)
    if meant is None:
        return []
    what = f"`{kind}` is nearly `{meant}`, and such a policy would not speak about one."
    mend = f"Write `applies_to: {meant}`, or call a kind of your own something else."
    return [source.problem((*at, "applies_to"), what, mend)]


def _silent(source: Source, at: Path, policy: Policy) -> list[Problem]:
    """What a policy leaves to silence and may not: all that is grave, can become so, or is not known."""
    approves, listed = policy.on_timeout == "approve", policy.auto_approve
    if approves and listed is None:
        mend = "Add `auto_approve: {triggers: [...]}`, or write `on_timeout: expire`."
        return [source.problem((*at, "on_timeout"), "Silence approves nothing that is not listed.", mend)]
    if listed is None:
        return []
    if not approves:
        what = f"{policy.name} lists what silence approves, and lets silence approve nothing."
        return [
            source.problem((*at, "auto_approve"), what, "Write `on_timeout: approve`, or remove the list.")
        ]
    if policy.second_factor:
        what = f"{policy.name} asks for a second factor, which silence does not show."
        return [source.problem((*at, "second_factor"), what, "Remove it, or write `on_timeout: expire`.")]
    if policy.severity not in _LIGHT:
        what = f"{policy.name} is {policy.severity}, and silence approves only what is NORMAL."
        return [source.problem((*at, "severity"), what, "Write `severity: MEDIUM`, or `on_timeout: expire`.")]
    places = ((*at, "auto_approve", "triggers", number) for number in range(len(listed.triggers)))
    found = (
        _unsilent(source, here, code, policy) for here, code in zip(places, listed.triggers, strict=True)
    )
    return [problem for problem in found if problem is not None]


def _unsilent(source: Source, here: Path, code: str, policy: Policy) -> Problem | None:
    """Why silence may not approve what has this code."""
    own = {trigger.name: trigger for trigger in policy.triggers}
    packed = sorted(NEVER_GRAVE) if policy.pack else []
    known = [*own, *packed] or [policy.name]
    if code in NEVER:
        return source.problem(
            here, f"Silence never approves {code}.", "Leave it out: people have to look at it."
        )
    if code not in known and policy.pack:
        what = f"Silence cannot approve {code}: it is no trigger of this policy, or grows with the order."
        return source.problem(here, what, f"There is: {', '.join(known)}.")
    if code not in known:
        return source.unknown(here, "trigger", code, known)
    if code in own and _may_grow(own[code]):
        what = f"{code} can become HIGH, and silence approves only what is NORMAL."
        return source.problem(here, what, f"Give {code} `severity: MEDIUM`, or leave it out.")
    return None


def _may_grow(trigger: TriggerConfig) -> bool:
    return trigger.severity not in _LIGHT if trigger.severity or trigger.measure else False


def _off_call(source: Source, at: Path, policy: Policy, teams: Mapping[str, Team]) -> list[Problem]:
    return [
        source.problem((*path, "oncall"), f"{ask.team} has no schedule.", "Give the team a `schedule`.")
        for path, ask in _asks(at, policy)
        if ask.oncall and ask.team and ask.team in teams and teams[ask.team].schedule is None
    ]


def _asks(at: Path, policy: Policy) -> list[tuple[Path, AskConfig]]:
    named = [((*at, "ask", number), ask) for number, ask in enumerate(policy.ask)]
    named += [
        ((*at, "triggers", index, "ask", number), ask)
        for index, trigger in enumerate(policy.triggers)
        for number, ask in enumerate(trigger.ask)
    ]
    named += [
        ((*at, "asks", index, "ask", number), ask)
        for index, one in enumerate(policy.asks)
        for number, ask in enumerate(one.ask)
    ]
    named += [((*at, "veto", number), ask) for number, ask in enumerate(policy.veto)]
    if policy.emergency is not None:
        named += [((*at, "emergency", "ask", number), ask) for number, ask in enumerate(policy.emergency.ask)]
    return named + [
        ((*at, "escalation", step, "add", number), ask)
        for step, rung in enumerate(policy.escalation)
        for number, ask in enumerate(rung.add)
    ]


def _reachable(source: Source, at: Path, policy: Policy, asked: Asked) -> list[Problem]:
    groups = {ask.name: asked.members(ask) for ask in policy.everybody_asked}
    most = asked.most(policy.everybody_asked)
    if most < policy.approvals:
        what = f"{policy.name} needs {policy.approvals} approvals, and only {most} people may give one."
        mend = "Lower `approvals`, or ask more people; programs cannot approve."
        return [source.problem((*at, "approvals"), what, mend)]
    must = [ask.name for ask in policy.ask if ask.must]
    for index, ask in enumerate(policy.ask):
        if ask.must and not groups[ask.name]:
            what = f"{policy.name} must have a vote from {ask.name}, and nobody is in it."
            return [source.problem((*at, "ask", index), what, "Give somebody that role, or remove `must`.")]
    alone = policy.severity in ("HIGH", "CRITICAL")
    if alone and not _apart(must, groups, frozenset()):
        what = f"{policy.name} needs different people for {', '.join(must)}, and there are not enough."
        return [source.problem((*at, "ask"), what, "At HIGH and above one person counts for one role.")]
    if alone and len(must) > policy.approvals:
        what = f"{policy.name} has {len(must)} `must` roles, and needs {policy.approvals} approvals."
        return [source.problem((*at, "approvals"), what, f"Write {len(must)} or more.")]
    return []


def _vetoes_reach(
    source: Source, at: Path, policy: Policy, policies: Iterable[Policy], asked: Asked
) -> list[Problem]:
    """Who may veto, and is asked by no policy of this kind: they have no vote, so there is no veto."""
    asks = [ask for one in policies if one.applies_to == policy.applies_to for ask in one.everybody_asked]
    named = {ask.name for ask in asks}
    always = {person for ask in asks if not ask.is_on_call for person in asked.members(ask)}
    for index, ask in enumerate(policy.veto):
        members = asked.members(ask)
        left = members - always if ask.is_on_call else frozenset()
        if ask.name in named or (members & always and not left):
            continue
        what = f"{policy.name} lets {ask.name} veto, and asks none of them."
        if members & always:
            what = f"{policy.name} lets whoever is {ask.name} veto, and does not ask {min(left)}, who takes turns."
        elif not members:
            what = f"{policy.name} lets {ask.name} veto, and nobody is in it."
        mend = "Who is not asked has no vote. Add them to `ask`, or remove the veto."
        return [source.problem((*at, "veto", index), what, mend)]
    return []


def _reachable_by_reasons(source: Source, at: Path, policy: Policy, asked: Asked) -> list[Problem]:
    """What single reasons ask for beyond the policy, and can never get."""
    for path, ask in _asks(at, policy):
        if ask.must and path[2] in ("asks", "triggers") and not asked.members(ask):
            what = f"{policy.name} must have a vote from {ask.name}, and nobody is in it."
            return [source.problem(path, what, "Give somebody that role, or remove `must`.")]
    there = asked.most(policy.everybody_asked)
    most = max([1, *(one.approvals for one in policy.triggers), *(one.approvals for one in policy.asks)])
    if there < most:
        what = f"{policy.name} can need {most} approvals, and only {there} people may give one."
        return [source.problem(at, what, "Lower `approvals`, or ask more people; programs cannot approve.")]
    return []


def _apart(must: list[str], groups: Mapping[str, frozenset[str]], taken: frozenset[str]) -> bool:
    """Whether each group can be given a person of its own."""
    if not must:
        return True
    return any(_apart(must[1:], groups, taken | {person}) for person in groups[must[0]] - taken)
