"""Messages whose shape says that they are not for the bot: pasted commands, logs and code, posts of tools, words to somebody else. Pure."""

import re
from collections.abc import Sequence

from core.language.entity import Names
from core.language.features import bots

_FENCE = re.compile(r"```.*?```", re.DOTALL)
_COMMAND = re.compile(
    r"(?:\$ \S|kubectl \w|git (?:push|pull|revert|commit|log|diff|checkout|rebase|merge|reset|stash|cherry-pick|tag|bisect|blame|clone|fetch)\b|"
    r"helm (?:upgrade|install|rollback|list|get|template|diff|uninstall)\b|terraform (?:plan|apply|destroy|init|import|state)\b|"
    r"docker(?:-compose| compose)? (?:run|ps|exec|logs|build|up|down|pull|push|stats|inspect|rm)\b|"
    r"(?:sudo|psql|curl|ssh|scp|aws|gcloud|npm|pip|ansible\S*|systemctl|journalctl|argocd|redis-cli|mysql|openssl|dig|tcpdump|export)\s.*(?:\s-|://|\||=|/)|"
    r"(?:select\b.{1,200}?\bfrom|update \S+ set|insert into|delete from|(?:alter|create|drop) table)\b)",
    re.IGNORECASE | re.DOTALL,
)
_LOGGED = re.compile(
    r"[\[(]?\d{4}[-/]\d\d[-/]\d\d[ t]\d\d:\d\d:\d\d|[a-z]{3} +\d{1,2} \d\d:\d\d:\d\d \S|\[?\d\d:\d\d:\d\d[\].,]\S* *\[?(?:error|warn|info|debug|fatal|trace)|"
    r"traceback \(most recent|(?:caused by|panic|fatal|error): \S+[:(]|exception in thread|at [\w$.]+\([\w.]+:\d+\)|(?:\w+\.){2,}\w*(?:exception|error)\b|"
    r"[{\[]\s*\"\w+\":|(?:level|ts|time|msg)=\S",
    re.IGNORECASE,
)
_TOOLS = (
    "github|gitlab|bitbucket|jira|jenkins|sentry|pagerduty|opsgenie|datadog|pingdom|statuspage|sonarqube|argo ?cd|circleci|travis|teamcity|buildkite|confluence|zendesk|uptimerobot|"
    "new relic|snyk|codecov|azure devops|linear|asana|trello|servicenow|statuscake|nagios|zabbix|checkmk|freshdesk|intercom|rollbar|bugsnag|splunk|grafana|alertmanager|spinnaker|octopus|terraform cloud"
)
_POSTED = re.compile(
    rf"\W*(?:(?:{_TOOLS})(?: (?:actions|cloud|alert(?:s|ing)?|oncall|incidents?))?\s{{0,3}}(?:\[?(?:bot|app)\]?\s{{0,3}})?(?:\d{{1,2}}:\d\d(?: ?[ap]m)?\s{{0,3}})?(?::|—|–|-|\||·|»|>)\s*\S|"
    r"[\w-]+\[bot\]|[\w-]+-bot\b\s*(?::|—|-|(?:merged|deployed|opened|closed|pushed|bumped)\b)|(?:deployed|merged|opened|closed|triggered|posted|reported|approved|released) by [\w-]*bot\b|"
    r"(?:feat|fix|chore|docs|refactor|perf|ci|build|style|revert)(?:\([\w/., -]{1,40}\))?!?: \S|"
    r"(?:lgtm|nit|nitpick|sgtm|ptal)\b)",
    re.IGNORECASE,
)
_GREETING = frozenset(
    "hey hi hello yo ok okay thanks sorry morning cc fyi and so right well please no yes".split()
)
# Whoever is named first in a request about a role is its object.
_ROLES = frozenset(
    "commander lead leads owner owns assign assigned assignee role scribe comms communications call oncall on-call page paged pager escalate responder "
    "responders schedule shift takes take over approve approver approvals invite".split()
)


def is_overheard(text: str, said: str, tokens: Sequence[str], names: Names, *, addressed: bool) -> bool:
    """Whether a message is surely for people, or for nobody: `text` as it came, `said` decoded, `tokens` its words.

    What names the bot never is; of what was said to it in another way, only what is nothing but a paste.
    """
    if bots(names).search(text.casefold()):
        return False
    begin = said.lstrip("`*_ \n")
    if not _FENCE.sub("", text).strip() or _LOGGED.match(begin):
        return True
    return not addressed and bool(_COMMAND.match(begin) or _POSTED.match(begin) or _is_to_somebody(tokens))


def _is_to_somebody(tokens: Sequence[str]) -> bool:
    rest = list(tokens)
    while rest and rest[0] in _GREETING:
        rest.pop(0)
    return len(rest) > 1 and rest[0] == "_usr_" and not _ROLES.intersection(rest)
