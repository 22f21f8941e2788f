"""Messages that say so plainly what they want that nobody need weigh them: short orders about a thing that is named. Pure."""

import re
from collections.abc import Mapping, Sequence

from core.language.intent import Intent

SURE = 0.97
_ASKED = r"^(?:(?:hey|hi|hello|ok|please|can|could|would|you|kindly) )*"
_SHOW = r"(?:(?:what is|show(?: me)?|give me|tell me|get(?: me)?|check) )?(?:the )?(?:current )?"
_ALL = r"(?: (?:to )?(?:all|everyone|everybody|team|folks|you all|together|bot|wardroom|again|there))?"
_MARKS = r"(?: [!:,.-])*"
_PLEA = (
    r"(?:(?:omg|sos|oh no|damn|urgent|urgently|emergency|please|help(?: me| us)?|(?:i|we) (?:really )?need (?:some )?help|(?:somebody|someone|anybody|anyone) help(?: me| us)?|"
    r"now|asap|fast|quick|immediately|here|right) (?:[!:,.-] )*)"
)
_GONE = r"(?:completely |totally |all )?(?:down|dead|gone|broken|unreachable|unavailable|on fire|crashed)"
_END = r"(?: (?:please|now|thanks|!|\?))*$"

# The words are those of `features.words`: small letters, a kind in the place of a name.
_PATTERNS: Mapping[Intent, tuple[str, ...]] = {
    Intent.INCIDENT_UPDATE: (
        r"(?:resolve|close|reopen|acknowledge|escalate|mitigate) _inc_",
        r"assign _inc_ to _usr_",
        r"(?:can|may) i (?:ack|acknowledge|resolve|close|take) _inc_",
        r"escalate(?: it| this| that| the incident)?",
        r"(?:resolve|reopen|acknowledge) (?:it|this|that|the incident)",
        r"(?:set|raise|lower|change) _inc_ to _sev_",
    ),
    Intent.WORKFLOW_CANCEL: (r"(?:cancel|stop|abort|kill|terminate|halt) (?:execution |run )?_exe_",),
    Intent.WORKFLOW_STATUS: (
        rf"{_SHOW}(?:status|state|progress)(?: of)? (?:the )?(?:_exe_|_wf_)(?: workflow)?",
        r"_exe_ (?:status|state|progress)",
    ),
    Intent.STATUS_QUERY: (
        rf"{_SHOW}(?:status|state|health)(?: of)? (?:the )?(?:_inc_|_svc_)(?: service)?(?: (?:in|on) _env_)?",
        r"is (?:the )?_svc_ (?:up|down|ok|healthy|alive)",
        r"_inc_ (?:status|state)",
        r"(?:what is|what's|whats) (?:going on|happening|up|the (?:matter|story|situation)) (?:with|at) (?:the )?_svc_(?: (?:in|on) _env_)?",
        r"(?:list|show)(?: me)?(?: all)?(?: the)? open incidents",
    ),
    Intent.RUNBOOK_EXECUTE: (
        r"(?:restart|reboot|bounce) (?:the )?_svc_(?: (?:in|on) _env_)?",
        r"(?:run|execute) (?:the )?(?:runbook )?_rb_(?: runbook)?(?: (?:for|on) _svc_)?(?: (?:in|on) _env_)?",
        r"drain (?:node )?_ins_",
        r"fail over (?:the )?_svc_",
    ),
    Intent.DEPLOY: (
        r"deploy (?:the )?(?:_svc_|_mdl_)(?: _ver_)?(?: (?:to|on|in) _env_)?",
        r"(?:roll back|rollback) (?:the )?(?:_svc_|_mdl_)(?: (?:in|on) _env_)?(?: to _ver_)?",
        r"roll (?:_svc_|_mdl_) back",
    ),
    Intent.SCALE: (
        r"scale (?:the )?(?:_svc_|_mdl_) to _num_(?: (?:replicas|pods|instances))?(?: (?:in|on) _env_)?",
    ),
    Intent.WORKFLOW_START: (
        r"(?:run|start|trigger|launch|kick off) (?:the )?_wf_(?: (?:workflow|pipeline))?",
    ),
    Intent.INCIDENT_START: (
        r"(?:open|declare|create|raise|file|start) (?:an? |new )*(?:_sev_(?: incident)?|incident) (?:for|on|in|about) (?:the )?_svc_(?: [^!?]{1,200})?",
        r"(?:we have|we have got|there is|we are having) (?:a |an |another )?(?:major |big |huge |total |full |complete )?(?:outage|major incident)(?: (?:in|on|of) (?:_env_|_svc_))?",
        r"(?:the )?(?:everything|site|website|web site|shop|app|whole site|whole thing|_env_) is (?:completely |totally )?(?:down|dead|on fire)(?:(?: [!,.])* help(?: me| us)?)?",
        rf"{_PLEA}{{1,6}}(?:the |our )?(?:[\w-]+ ){{1,2}}(?:is |are )?{_GONE}{_MARKS}(?: _sev_)?{_MARKS}",
        rf"{_PLEA}{{1,6}}(?:nobody|no one|customers|users) (?:can|cannot|can not|can't) [\w-]+(?: [\w-]+){{0,3}}{_MARKS}",
        r"(?:nobody|no one|customers|users|clients) (?:can|cannot|can not|can't) (?:log in|login|sign in|pay|check out|order|connect|reach (?:us|it|the site|_svc_)|use _svc_)",
        rf"(?:the |our )?(?:[\w-]+ ){{1,2}}is {_GONE}{_MARKS} (?:please )?help(?: me| us)?{_MARKS}",
        r"_sev_(?: [!:,-])* (?:the |our )?(?:[\w-]+ ){1,3}(?:(?:is|are) )?(?:completely |totally |all )?(?:down|dead|gone|broken|unreachable|unavailable|on fire)",
    ),
    Intent.HELP: (r"help(?: me)?", r"what can you do"),
    Intent.NONE: (
        rf"(?:(?:good )?(?:morning|evening|afternoon|night|day)|hi|hello|hey|yo|thanks(?: a lot| so much)?|thank you(?: (?:so|very) much)?|cheers|bye){_ALL}",
    ),
}
_WHOLE = tuple(
    (re.compile(f"{_ASKED}(?:{pattern}){_END}"), intent)
    for intent, patterns in _PATTERNS.items()
    for pattern in patterns
)


def match(tokens: Sequence[str]) -> Intent | None:
    """The intent of a message that is one of these orders from its first word to its last; None if it is none."""
    said = " ".join(tokens)
    return next((intent for pattern, intent in _WHOLE if pattern.match(said)), None)
