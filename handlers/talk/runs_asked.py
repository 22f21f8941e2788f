"""How people ask about runs: about one by its id, the last one, and those of a time, a service or an end. Pure."""

import re
from collections.abc import Mapping

from core.runbooks.from_language import candidates
from core.world import World
from handlers.talk import deeds

_END = r"[\s?.!]*"
_SHOW = r"(?:(?:(?:please |can you |could you )?(?:show|give|tell|get|list)(?: me| us)?|what(?:'s|’s| is| was| are| were)|see|let me see|look at|status of) )?"
_RUN = r"(?:runbook )?(?:run|execution|job)"
_RUNS = r"(?:(?:runbook )?runs?|executions?|jobs?)"
_STATES: Mapping[str, str] = {
    "failed": r"failed|failing|broken?|broke|crashed|went wrong|did(?: not|n't|n’t) work|unsuccessful",
    "done": r"succeeded|worked|finished|completed|successful|were successful|went (?:well|through|ok)|are done|done",
    "cancelled": r"(?:were |was |got )?(?:cancelled|canceled|aborted|called off)",
}
"""How a run ended, by the words for it."""
_STATE = "|".join(_STATES.values())
_TIME = r"(?:since|from|between|yesterday|today|tonight|overnight|last|this|the (?:last|past)|past|in the|on|over|during|after|before|earlier|recently|lately)\b"
_WHEN = rf"(?: (?:of )?(?P<when>{_TIME}[\w :,.+-]{{0,60}}?))?"
_OF = rf"(?: (?:of|for|about|with|on) (?:the |our |service )*(?P<of>(?!{_TIME})[\w.-]+(?: [\w.-]+)??))?"
_BY = r"(?: by @?(?P<who>[\w.-]+))?"
_WHERE = rf"(?: in (?!{_TIME})(?P<where>[\w-]+))?"
_LAST = rf"(?:the |our )?(?:(?P<mine>my) )?(?:very )?(?:last|latest|most recent|newest)(?: (?P<state>{_STATE}))? {_RUN}(?: that (?P<ended>{_STATE}))?{_OF}{_BY}{_WHERE}"
_LAST_ONE = (
    rf"{_SHOW}{_LAST}{_END}",
    rf"how (?:did|is) {_LAST} (?:go|end|doing|going){_END}",
    rf"(?:when|what) (?:was|is) {_LAST}{_END}",
    rf"(?:who|what) (?:started|ran|began|launched|triggered) {_LAST}{_END}",
    rf"(?:what happened (?:in|with|to)|how long did|when did) {_LAST}(?: take| last| start| begin| end| finish)?{_END}",
)  # fmt: skip
_GOING = rf"(?:how(?:'s|’s|s| is)|(?:(?:what(?:'s|’s|s| is) )?the |show me the )?status of) (?:the|this|that|my|our) (?P<kind>run|execution|deploy|deployment|restart|rollout|rollback|failover|scaling)(?: of (?P<of>[\w.-]+))?(?: (?:going|doing|coming along|looking|progressing|so far|now))*{_END}"
_MANY = rf"(?:(?:{_SHOW}|how many |which |what |any |were there(?: any)? |did any |have any |are there any )(?:(?:the|all|any|of|our|recent) )*)"
_WERE = r"(?: (?:there|that|which|were|was|did|do|have|has|we|i|had|been|run|made|started))*"
_SEVERAL = (
    rf"{_MANY}(?:(?P<mine>my) )?(?:(?P<state>{_STATE}) )?{_RUNS}{_WERE}(?: (?P<ended>{_STATE}|fail))?{_OF}{_BY}{_WHERE}{_WHEN}{_END}",
    rf"{_SHOW}(?:the |our |all |my )?(?P<recent>(?:last|latest|most recent) \d{{1,3}}|recent|latest|previous) {_RUNS}{_OF}{_BY}{_WHERE}{_END}",
    rf"(?:what|which|how many) {_RUNS} (?:did|have) (?P<mine>i) (?:start(?:ed)?|run|ma[dk]e|asked for|do|done){_OF}{_WHERE}{_WHEN}{_END}",
    rf"(?:what|which ones?)(?: has| have)?(?: all)?(?: just)? (?P<state>{_STATE}){_OF}{_WHERE}{_WHEN}{_END}",
    rf"(?:did|has|have) (?:anything|something|any)(?: runs?)? (?P<state>fail(?:ed)?){_WHERE}{_WHEN}{_END}",
    rf"(?:(?:show me |list |any |how many )(?:the |all )*)?(?P<state>failures){_OF}{_WHERE}{_WHEN}{_END}",
    rf"how (?:often|many times) (?:did|has|have|does) (?:the )?(?:runbook )?(?P<of>[\w.-]+) (?:runs? )?(?P<state>fail(?:ed)?){_WHERE}{_WHEN}{_END}",
)  # fmt: skip
_ID = r"(?P<id>RUN-\d+)"
_ONE: Mapping[str, tuple[str, ...]] = {
    "took": (
        rf"how long (?:did|does|has|is|was|will) {_ID}(?: been)?(?: going to)? (?:take|taken|last|lasted|run|running|going)(?: for| so far)?{_END}",
        rf"how long (?:took|lasted) {_ID}{_END}",
        rf"(?:when|since when|at what time) (?:did|was|is|has) {_ID}(?: been)? (?:start|started|begin|begun|run|running|finish|finished|end|ended|over|done|stop|stopped){_END}",
    ),
    "who": (
        rf"who(?:'s|’s| is| has| was)? (?:started|ran|run|began|begun|launched|triggered|asked for|wanted|behind|approved|signed off|cancelled|canceled|stopped|rejected|refused) {_ID}{_END}",
        rf"(?:whose (?:run )?(?:is|was)|by whom (?:was|is)) {_ID}(?: (?:started|run|approved|rejected|refused|cancelled))?{_END}",
    ),
    "why": (
        rf"(?:is|was) {_ID}(?: already)? (?:approved|agreed to|allowed|signed off)(?: yet| already)?{_END}",
        rf"(?:who|whom)(?: else)?(?: still)? (?:needs|has|must|should|can|may|will)(?: still)?(?: to)? (?:approve|sign off(?: on)?|decide(?: on)?|agree to) {_ID}{_END}",
        rf"(?:did|has) (?:anybody|anyone|somebody|someone) (?:approved?|signed? off(?: on)?|rejected?) {_ID}(?: yet| already)?{_END}",
        rf"why (?:was|is|has|did|does|were) {_ID}(?: been)?(?: not)? (?:refused|rejected|denied|vetoed|cancelled|canceled|stopped|called off|not (?:run|started|begun)|run|start|started|begin|begun|waiting|wait|stuck|paused){_END}",
    ),
}  # fmt: skip

_LOG = r"(?:log output|logs?|log lines|output)"
_THING = r"(?P<thing>(?!the\b|my\b|your\b|me\b|this\b|that\b)[\w.-]+)"
_LOGS = (
    rf"{_SHOW}(?:(?:the|all|any|latest|recent|last|error) )*{_LOG}{_OF}{_WHERE}(?: please)?{_END}",
    rf"(?:tail|follow|read|check|get|open|fetch|grep|see|show|look (?:at|into|in))(?: me)?(?: the)?(?: {_THING})? {_LOG}{_OF}{_WHERE}(?: please)?{_END}",
    rf"{_THING} {_LOG}{_WHERE}(?: please)?{_END}",
    rf"what (?:do|does|did|is in) the {_LOG}(?: (?:say|tell(?: us)?))?{_OF}{_WHERE}{_END}",
)  # fmt: skip


def logs(world: World, text: str) -> dict[str, str] | None:
    """Of which service logs are asked for, and where; empty of none in particular, None for all else."""
    for pattern in _LOGS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        said = {name: value for name, value in found.groupdict().items() if value} if found else {}
        service = deeds.name_of(world.services, said.get("of", said.get("thing", "")))
        where = deeds.name_of(world.environments, said.get("where", ""))
        if found and service is not None and where is not None:
            return {name: value for name, value in (("service", service), ("where", where)) if value}
    return None


_BOOKS = (
    rf"{_SHOW}(?:(?:which|what|any|all|are there(?: any)?|is there(?: any| an?)?|do we have(?: any| an?)?) )?(?:the )?(?:runbooks?|playbooks?)(?: (?:are|is|do|does|there|we|have|can|i|you|run|use|exist))*(?: (?:for|of|about|on|with) (?:the |service )*{_THING})(?: (?:have|exist|there))*{_END}",
    rf"(?:what|which runbooks?) (?:can|could|may) (?:i|we|you) (?:run|start|do|execute) (?:for|on|with|about) (?:the |service )*{_THING}{_END}",
    rf"(?:what|which) (?:runbooks?|playbooks?) does (?:the |service )*{_THING} have{_END}",
)  # fmt: skip


def books(world: World, text: str) -> dict[str, str] | None:
    """For which service runbooks are asked for; None for all else."""
    for pattern in _BOOKS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        service = deeds.name_of(world.services, found["thing"]) if found else None
        if service:
            return {"service": service}
    return None


def of_one(_world: World, text: str) -> dict[str, str] | None:
    """Which run is asked about, and what: how long it `took`, `who` was at it, `why` it did not run; None for all else."""
    for what, patterns in _ONE.items():
        for pattern in patterns:
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            if found is not None:
                return {"id": found["id"], "show": what}
    return None


def asked(world: World, text: str) -> dict[str, str] | None:
    """Which runs are asked for; None if no runs are, or something is named that nobody knows."""
    for patterns, last in ((_LAST_ONE, "yes"), (_SEVERAL, "")):
        for pattern in patterns:
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            raw = (
                _known(world, {name: value for name, value in found.groupdict().items() if value})
                if found
                else None
            )
            # Whoever asks for runs, and for none in particular, wants those that are under way.
            if raw is not None and (last or raw or (found and found.groupdict().get("recent"))):
                return raw | ({"last": last} if last else {})
    return None


def going(world: World, text: str) -> dict[str, str] | None:
    """Of what kind and of which service the run is that somebody asks about while it goes on: “how is the deploy going?”; None for all else."""
    found = re.fullmatch(_GOING, text, re.IGNORECASE)
    kind = deeds.kind(found["kind"]) if found else ""
    service = deeds.name_of(world.services, found["of"] or "") if found else None
    if service is None or (kind and not candidates(world.runbooks, kind)):
        return None
    raw = {"runbook": kind, "service": service, "last": "yes", "here": "yes"}
    return {name: value for name, value in raw.items() if value}


_VERSIONS = (
    rf"(?:what|which) (?:version|release|build) (?:of (?:the )?(?P<service>[\w.-]+) )?(?:is|does|runs) ?(?:running |deployed |live |out |now )*(?:(?:in|on) (?P<where>[\w-]+))?{_END}",
    rf"(?:what|which) (?:version|release|build) (?:does|is|has) (?:the )?(?P<service>[\w.-]+) (?:run|running|on|at|have)(?: (?:in|on) (?P<where>[\w-]+))?{_END}",
    rf"(?:what(?:'s|’s|s| is) (?:the )?)?(?:current |deployed |running |live )*version of (?:the )?(?P<service>[\w.-]+)(?: (?:in|on) (?P<where>[\w-]+))?{_END}",
)  # fmt: skip


def versions(world: World, text: str) -> dict[str, str] | None:
    """Of which service, where, the version is asked for: the deployments say it; None for all else."""
    for pattern in _VERSIONS:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        said = {name: value for name, value in found.groupdict().items() if value} if found else {}
        service = deeds.name_of(world.services, said.get("service", ""))
        where = deeds.name_of(world.environments, said.get("where", ""))
        if said and service is not None and where is not None:
            raw = {"did": "deploy", "service": service, "where": where}
            return {name: value for name, value in raw.items() if value}
    return None


_BY_WHOM = (
    rf"(?:can you )?(?:(?:show|tell) me )?what (?:all )?(?:did|has|have) (?P<who>i|(?!you\b|we\b|they\b)@?[\w.-]+) (?P<did>approve[d]?|reject(?:ed)?|decide[d]?|do|done|did|deploy(?:ed)?|restart(?:ed)?|run|change[d]?){_WHEN}{_END}",
    rf"(?:can you )?(?:show|tell) me what (?P<who>i|@?[\w.-]+) (?P<did>did|has done|approved|decided|deployed|restarted|changed){_WHEN}{_END}",
)  # fmt: skip


_COUNTED = rf"how many (?P<did>{'|'.join(deeds.DONE.values())})(?: (?:did|have|has|had|were|was|we|there|been|made|done|do|happened|run))*{_OF}{_WHERE}{_WHEN}{_END}"
_FAILED = rf"{_MANY}?(?P<state>failed|broken|successful|cancelled) (?P<did>{'|'.join(deeds.DONE.values())}){_OF}{_WHERE}{_WHEN}{_END}"


def counted(world: World, text: str) -> dict[str, str] | None:
    """What was done of one kind, in which time: “how many deploys this week?”; None for all else."""
    found = re.fullmatch(_COUNTED, text, re.IGNORECASE)
    return _of_kind(world, found)


def failed(world: World, text: str) -> dict[str, str] | None:
    """The runs of one kind that came to an end of that kind: “failed deploys”; None for all else."""
    found = re.fullmatch(_FAILED, text, re.IGNORECASE)
    raw = _of_kind(world, found)
    if found is None or raw is None or not candidates(world.runbooks, raw["did"]):
        return None
    return {name: value for name, value in raw.items() if name != "did"} | {
        "runbook": raw["did"],
        "state": end_of(found["state"]),
    }


def _of_kind(world: World, found: re.Match[str] | None) -> dict[str, str] | None:
    """What is named besides the kind of thing that was done; None where it is nothing that is known."""
    said = {name: value for name, value in found.groupdict().items() if value} if found else {}
    service = deeds.name_of(world.services, said.get("of", ""))
    where = deeds.name_of(world.environments, said.get("where", ""))
    if not said or service is None or where is None or not deeds.is_time(said.get("when", "today")):
        return None
    raw = {"did": deeds.kind(said["did"]), "service": service, "where": where, "when": said.get("when", "")}
    return {name: value for name, value in raw.items() if value}


def by_whom(world: World, text: str) -> dict[str, str] | None:
    """What somebody did, and when: of one kind where that is what runbooks do, else all of it; None for all else."""
    for pattern in _BY_WHOM:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        who = deeds.person_of(world, found["who"]) if found else None
        if found and who and (not found["when"] or deeds.is_time(found["when"])):
            kind = deeds.kind(found["did"])
            return (
                {"who": who}
                | ({"did": kind} if kind else {})
                | ({"when": found["when"]} if found["when"] else {})
            )
    return None


def end_of(word: str) -> str:
    """How a run ended, by a word for it; empty if it is none."""
    if re.match(r"fail", word, re.IGNORECASE):
        return "failed"
    return next((name for name, said in _STATES.items() if re.fullmatch(said, word, re.IGNORECASE)), "")


def _known(world: World, said: dict[str, str]) -> dict[str, str] | None:
    when, where = said.get("when", ""), said.get("where", "")
    if (when and not deeds.is_time(when)) or (where and not deeds.name_of(world.environments, where)):
        return None
    of = _thing(world, said.get("of", ""))
    who = "me" if "mine" in said else deeds.person_of(world, said.get("who", "we"))
    if of is None or who is None:
        return None
    raw = {**of, "state": end_of(said.get("state", said.get("ended", ""))), "when": when, "who": who}
    raw |= {"where": where} if where else {}
    return {name: value for name, value in raw.items() if value}


def _thing(world: World, word: str) -> dict[str, str] | None:
    """The service, the environment, the person or the runbook that a word means; None if it is nothing that is known."""
    if not word:
        return {}
    for kind, known in (("service", world.services), ("where", world.environments)):
        name = deeds.name_of(known, word)
        if name:
            return {kind: name}
    who = deeds.person_of(world, word)
    if who:
        return {"who": who}
    return {"runbook": word} if candidates(world.runbooks, word) else None
