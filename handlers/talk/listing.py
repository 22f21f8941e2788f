"""How people ask for what is listed and looked at: “which alerts are firing?”, “any open pages?”, “who is away?”. Pure.

They ask each other in the same words, so these are taken only where the bot is addressed. What a list is called in one word
or two stands with its verb.
"""

from collections.abc import Mapping

from handlers.talk import declaring

_POLITE = r"(?:(?:can|could|would) you |please |and |so |i (?:want|would like|need) to see |let me see )?"
_LEAD = (
    r"(?:(?:show|list|give|see|display|tell)(?: me| us)?|what(?: is| are|'s)?|which(?: ones?)?(?: of)?|(?:are|is) there|"
    r"do (?:we|you|i)(?: currently)? have|have we(?: got)?|any|how many)"
)
_EACH = r"(?: (?:the|all|any|some|an?|every|our|my|of|other))*"
_STATES = (
    r"open|active|waiting|pending|current|currently|ongoing|running|due|known|available|possible|different"
)
_MORE = (
    r"are|is|exist|exists|do|does|can|could|be|that|which|there|have|we|i|you|know|use|run|see|here|going on|right now|now|"
    r"at the moment|today|this week|at all|for (?:me|us)|of (?:mine|ours)|please|in (?:effect|force|place)"
)
# What is asked about one runbook; whether it is one is for whoever knows their names.
OF_A_RUNBOOK = (
    rf"{_POLITE}(?:what (?:does|do|can|will|would)|how does|explain(?: to me)?|describe|(?:tell me|what do you know) about|what(?:'s| is)|what (?:parameters|inputs|arguments) does)"
    r" (?:the )?(?:runbook )?(?P<runbook>[a-z][\w-]*)(?: runbook)?(?: (?:do|work|need|take|want|ask(?: for)?|change|to me|about|exactly|for))*[\s?.!]*"
)
# Who asks whether they may, or whether they should, has ordered nothing yet.
LEAVE = (
    r"(?:can|may|might|could|should|shall|must) (?:i|we)|(?:am i|are we) (?:allowed|permitted|free) to|"
    r"(?:is it|would it be) (?:ok|okay|fine|safe|allowed|all right|alright) (?:to|if (?:i|we))|do (?:i|we) need (?:an? |any )?approval (?:to|before i|if i)"
)
# What is asked to see before anything runs; which runbook it is about is read from the rest.
PLANNED = (
    rf"{_POLITE}(?:{LEAVE}|show (?:me )?(?:the )?plan (?:of|for)|(?:do |make )?(?:a )?dry[- ]?run(?: of| for)?|preview|simulate|what (?:would|will) (?:happen|change|be done) (?:if|when) (?:i|we)|"
    r"who (?:would have to|would|will|must|has to|needs to) (?:approve|agree to|decide on|allow)|who approves) (?:running |to run |run )?(?:the )?(?P<said>\S.{3,200}?)[\s?.!]*"
)
_NOW = r"(?: (?:right now|now|currently|at the moment|today|tonight|tomorrow|this week|next week))?"
_WHEN = r"today|tonight|tomorrow|yesterday|next|this|on|at|in|last|over|during|the|(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun"
_END = r"[\s?.!]*"
_PAST = r"(?P<when>(?:since|from|between|yesterday|overnight|last night|over)\b[\w :,.+-]{0,60}?)"
_THEN = r"(?P<when>(?:since|from|between|yesterday|today|tonight|last|this|the (?:last|past)|past|in the|on|over|during|after|before|earlier)\b[\w :,.+-]{0,60}?)"


def listed(things: str, states: str = "") -> str:
    """The sentences that ask for a list of `things`, with `states` that may be said of these; both are alternatives."""
    state = f"{states}|{_STATES}" if states else _STATES
    return rf"(?!what(?:'s| is) an? ){_POLITE}{_LEAD}{_EACH}(?: (?:{state}))* (?:{things})(?: (?:{state}|{_MORE}))*{_END}"


_TASKS = r"tasks?|action (?:items?|points?)|to-?dos?|follow[ -]?ups?"
_ITS = r"(?:the |that |this )(?:[\w-]+ ){0,5}(?:restart|deploy|deployment|run|rollback|failover|scaling|request|change)"
ASKED: Mapping[str, tuple[str, ...]] = {
    "alert.list": (listed("alerts?|alarms?", "firing"),),
    "alert.silences": (
        listed("silences?|mutes?|(?:maintenance )?windows?(?: of maintenance)?"),
        rf"what(?:'s| is| alerts are| alarms are)(?: being)? (?:silenced|muted|quiet|kept quiet){_NOW}{_END}",
        rf"is (?:anything|something) (?:silenced|muted){_NOW}{_END}",
    ),
    "alert.heartbeats": (
        listed("heartbeats?", "late|missing|overdue"),
        rf"are (?:all )?(?:the |our )?heartbeats (?:coming in|ok|okay|fine|there|on time){_NOW}{_END}",
    ),
    "approval.list": (
        rf"(?:(?:please|ok|okay|yes|i)[\s,]+)*(?P<which>approve|reject)(?: (?:it|this|that|this one|that one|{_ITS}))?{_END}",
        listed(r"(?:approvals?|approval requests?|requests?)(?: for approval)?", "unanswered|undecided"),
        rf"{_POLITE}{_LEAD}{_EACH} (?P<which>approved|rejected) (?:requests?|approvals?)(?: (?:{_MORE}))*{_END}",
        rf"(?:approvals?|approval requests?|requests?|votes?) (?:pending|open|waiting|left|missing){_NOW}{_END}",
        rf"(?:what|which requests?|who)(?: all)? (?:is|are|has|have)(?: still)? (?:waiting for (?:an? )?approvals?|waiting to be approved|not (?:yet )?(?:approved|decided|voted|answered)|pending approval|unapproved)(?: yet)?{_NOW}{_END}",
        rf"(?:is there |do i have )(?:anything|something)(?: that)? (?P<which>waiting)(?: for (?:my|an) (?:approval|vote))?{_NOW}{_END}",
        rf"(?:is there )?(?:anything|something)(?: here)?(?: for me)? to (?:approve|decide)(?: for me)?{_NOW}{_END}",
        rf"what (?:do i have|is there|have i got)(?: for me)? to (?:approve|decide)(?: on)?{_NOW}{_END}",
    ),
    "approval.show": (
        rf"(?:what(?:'s|s| is) |show (?:me )?|look at |open )?(?P<id>ap-\d+){_END}",
        rf"(?:what(?:'s| is) )?(?:the )?(?:status|state) of (?P<id>ap-\d+){_END}",
        rf"(?:how (?:is|does)|is|was|may i|can i|should i|must i|did (?:anybody|anyone|somebody|someone)|has (?:anybody|anyone|somebody|someone))(?: already)? (?:(?:approved?|decided?(?: on)?|vote on|rejected?) )?(?P<id>ap-\d+)(?: (?:going|stand|doing|still|already|yet|open|approved|rejected|decided|over|done))*{_END}",
    ),
    "approval.back": (rf"(?:hi|hello|hey)?[\s,!.]*i(?:'m| am|m) back(?: again| early| now)*{_END}",),
    "approval.details": (
        rf"(?:so )?(?:why|who|when|until when|how long|what happened to|what became of)\b[^?]*\b(?P<id>ap-\d+)\b[^?]*{_END}",
    ),
    "approval.approve_all": (
        rf"(?:please )?approve (?:everything|all|all of (?:it|them|these|those))(?: that is (?:open|low))?{_END}",
    ),
    "approval.delegations": (
        listed("delegations?|absences?|deputies"),
        rf"who(?:'s| is| are|'ll be| will be)(?: currently)? (?:away|absent|out of office|out|ooo|on (?:holidays?|vacation|leave)|off){_NOW}{_END}",
        rf"is (?:anybody|anyone|somebody|someone) (?:away|absent|out of office|on (?:holidays?|vacation|leave)|off){_NOW}{_END}",
    ),
    "health.show": (
        listed("(?:services?|systems?)"),
        rf"(?:please |can you |could you )*(?:check|look at|have a look at|take a look at|look into|inspect)(?: on)? (?:the )?(?:service )?(?P<service>(?!(?:inc|run|ap|pg)-\d)[\w.-]+)(?: service)?(?: for (?:me|us)| please| again| now)*{_END}",
        rf"(?:when was|when did we) (?:last )?(?:deploy(?:ed)? )?(?:the )?(?P<service>[\w.-]+)(?: last)? ?(?:deployed|released|rolled out|shipped)?(?: last)?{_END}",
    ),
    "incident.declare": (declaring.ASKED_LAST,),
    "incident.stats": (
        rf"(?:(?:what(?:'s| is| was) )?(?:the |our )?(?:mttr|mtta)|how many (?:incidents|outages)(?: (?:did we have|have we had|were there|have there been|happened))?)(?: (?:in|over|during|of|for))? (?P<period>(?:(?:the )?(?:last|past) |this )?(?:\d+ ?(?:d|days?|w|weeks?|months?)|day|week|month|quarter|year)){_END}",
        rf"how(?:'s|s| is| was) (?:our |the )?(?:mttr|mtta)(?: (?P<period>(?:(?:the )?(?:last|past) |this )?(?:\d+ ?(?:d|days?|w|weeks?|months?)|day|week|month|quarter|year)))?{_END}",
        rf"how many pages(?: (?:did we have|were there|have there been|did i get|went out))? (?:in |over |during )?(?P<period>(?:(?:the )?(?:last|past) |this )(?:\d+ ?(?:d|days?|w|weeks?|months?)|day|week|month|quarter|year)){_END}",
        r"how (?:often|fast|quickly|long|well)\b.*\b(?:incidents?|outages?|pages?|recover)\b.*",
    ),
    "incident.list": (
        rf"(?:(?:and |so )?(?:how many|any|were there(?: any)?|have there been(?: any)?|did we have(?: any)?|have we had(?: any)?)) (?:incidents?|outages?)(?: (?:there|were|was|did|have|we|had|happened|been|opened|declared))* {_PAST}{_END}",
        rf"(?!how many|do |are |is |any |have ){_POLITE}(?:{_LEAD}{_EACH} )?(?:incidents?|outages?)(?: (?:there|that|which|were|was|did|have|we|had|happened|been|opened|declared|of))* {_THEN}{_END}",
        rf"(?:is (?:anybody|anyone|somebody|someone)|who(?:'s| is))(?: already)? (?:working on|looking at|looking into|on) (?:it|this|that|(?:the )?(?:outage|problem|incident)s?){_END}",
        rf"{_POLITE}{_LEAD}(?: the)? (?P<which>all)(?: the)? (?:incidents?|outages?){_END}",
        rf"what(?:'s| is|s) (?:still )?open{_NOW}{_END}",
        # How many there were in a week are figures, and no list of those that are open.
        rf"(?!how many\b.*\bthis (?:week|month|quarter|year)\b){listed('incidents?|outages?|disturbances?')}",
    ),
    "incident.task": (
        rf"{_POLITE}(?:{_LEAD} )?(?:the )?(?P<who>my) (?:(?:open|own|other) )*(?:{_TASKS})(?: (?:{_MORE}))*{_END}",
        rf"(?:what|which) (?:{_TASKS}) (?:do|have) (?P<who>i) (?:have|got)(?: left| open| to do)*{_NOW}{_END}",
        listed(_TASKS, "unfinished|overdue|left|undone"),
    ),
    "oncall.show": (
        rf"(?:am i|are we|when am i|when is my|when do i have)(?: still| currently)? (?:next )?(?:on[ -]?call|on duty|shift|next shift)(?: (?:next|again|now|tonight|today))?{_END}",
        rf"(?:am i|are we) (?:on[ -]?call|on duty) (?P<at>(?:{_WHEN})\b[\w :,.-]{{0,40}}?){_END}",
        r"(?:who|whom) (?:do|can|could|should|must|shall) (?:i|we) (?:call|page|wake|contact|ring|ping|reach)(?: up)?\b.*",
        (
            rf"{_POLITE}(?:see |show (?:me )?|tell (?:me )?|check |find out )?who(?:(?:'s| is|'ll be| will be| (?P<past>was)|s)? (?:the )?(?:on[ -]?call|on duty|on pager duty)|(?: has| holds) (?:the pager|pager duty))"
            rf"(?: for (?:the )?(?P<team>[\w.-]+)(?: team)?)?(?: (?:right )?now| (?P<at>(?:{_WHEN})\b[\w :,.-]{{0,40}}?))?{_END}"
        ),
    ),
    "runbook.list": (
        listed(
            r"(?:runbooks?|playbooks?)(?: (?:for|about|that|which|to) (?!inc-|it\b|this\b|that\b)[\w ,-]{1,60})?"
        ),
        rf"what (?:can|could) (?:(?:i|we|you) (?:run|start|execute)|be (?:run|started|executed))(?: here)?(?: for (?:me|us))?{_NOW}{_END}",
    ),
    "runbook.actions": (
        listed(r"actions?(?: for (?:steps|runbooks))?"),
        rf"what (?:can|could) (?:a |the )?steps?(?: of a runbook)? (?:all )?do{_END}",
    ),
    "runbook.graph": (
        rf"(?:please )?(?:show|draw)(?: me)?(?: a| the)? (?:graph|picture|diagram|drawing) of (?:the )?(?:runbook )?(?P<id>[\w-]+){_END}",
    ),
    "runbook.drafts": (listed("drafts?"),),
    "runbook.environments": (listed("environments?|envs?"),),
    "runbook.status": (
        listed("runs?|executions?|jobs?"),
        rf"is (?:anything|something|any run(?:book)?) running(?: (?:in|on) [\w-]+)?{_NOW}{_END}",
        rf"what are you (?:doing|running|working on|up to){_NOW}{_END}",
    ),
    "wardroom.memory": (rf"what (?:do i prefer|are my preferences|do you know that i prefer){_END}",),
    "wardroom.mine": (
        rf"(?:so )?(?:(?:is )?(?:anything|something) (?:going on|happening|new|up)|what(?:'s| is) (?:going on|happening|new)|any(?:thing)? news|(?:is )?(?:it )?all (?:quiet|calm)){_NOW}{_END}",
        rf"(?:what|who|is (?:anything|something)|anything)(?: is|'s|s)?(?: waits?| waiting) for me{_NOW}{_END}",
        rf"(?:is there |do i have |what |anything )*(?:anything|something|)(?: that)? ?(?:i|we) (?:must|have to|should|need to|can) (?:approve|decide|vote on)(?: on)?{_NOW}{_END}",
        rf"what (?:do i have to do|(?:needs|waits for|is waiting for) (?:me|my (?:approval|vote|decision|ok|attention))){_NOW}{_END}",
        rf"what did i ask(?: for)?{_END}",
        rf"(?:what about |where are |show (?:me )?)?my (?:open |own )?requests?{_END}",
    ),
    "wardroom.whoami": (
        rf"what (?:am i|are my|is my)(?: allowed to do| able to do| permissions?| roles?| rights?)(?: here)?{_END}",
        rf"(?:what|which) (?:permissions?|roles?|rights?) (?:do i have|have i got|are mine|am i in){_END}",
        rf"(?:what may i do|(?:what(?:'s| is) )?my (?:time ?zone|account|roles?|id|permissions)|who am i|who do you (?:think|take) (?:that )?i am|who do you take me for|do you know me)(?: here)?{_END}",
        listed("permissions?|roles?|rights?"),
    ),
    "wardroom.sessions": (
        rf"where am i (?:signed|logged) in{_NOW}{_END}",
        listed("(?:sign-in |web )?sessions?|sign-?ins?|logins?"),
    ),
    "wardroom.usage": (
        rf"(?:what|how (?:much|many))\b[\w ]{{0,40}}\b(?:language model|llm|ai model|model|tokens?)\b(?:[\w ]{{0,30}}\b(?:cost|costs|spend|spent|used?|usage)\b)?[\w ]{{0,20}}{_END}",
    ),
    "wardroom.help": (
        listed("commands?|(?:slash )?commands?(?: of yours)?|features?"),
        rf"what (?:can|could|should|may) i (?:say|ask|type|write|tell)(?: (?:to )?you| here)?{_END}",
        rf"what (?:all )?(?:are you (?:able|here) (?:to do|for)|are you good for|do you do|can you do|can you help (?:me |us )?with)(?: for (?:me|us))?(?: here)?{_END}",
        rf"(?:show|tell)(?: me| us)? what (?:you|i) can (?:do|say|ask)(?: here)?{_END}",
        rf"how do you work{_END}",
    ),
}
"""By the name of a verb the sentences that mean it, with named groups that are arguments."""
