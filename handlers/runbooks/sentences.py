"""The sentences that order a run, or ask what one would do."""

_POLITE = r"(?:(?:please|pls|kindly|can you|could you|would you)\s+)*"
_END = r"(?:\s+(?:please|pls|now))*\s*[.!?]*"
# What is scaled is no number, and no word that says to where: “scale 3”, “scale up”.
_THING = r"(?P<service>(?!(?:\d+|to|up|down|out|in|by|back)(?![\w.-]))[\w.-]+)"
_WHERE = r"(?:\s+(?:in|on|at)\s+(?:the\s+)?(?P<environment>[\w.-]+)(?:\s+(?:environment|env))?)?"
_DOING = r"(?P<runbook>restart|reboot|fail\s?over|failover|roll\s?back|rollback|deploy|scale|drain|promote)"
_KIND = r"(?:the\s+)?(?:service\s+|database\s+)?"
_VERSION = r"(?:(?:version|release)\s+)?v?\d[\w.+-]*"
_TO = r"\s+(?:in|on|at|to)\s+(?:the\s+)?(?!\d)[\w.-]+(?:\s+(?:environment|env))?"

RUN = (
    rf"{_POLITE}{_DOING}\s+{_KIND}{_THING}{_WHERE}{_END}",
    # With a version, or “to staging”: what it is told is read from all of it.
    rf"(?P<said>{_POLITE}{_DOING}\s+(?:{_VERSION}\s+(?:of|for)\s+)?{_KIND}{_THING}(?:\s+{_VERSION})?(?:{_TO})?{_END})",
    rf"{_POLITE}run\s+(?P<runbook>[\w-]+)\s+(?:for|of|on)\s+(?:the\s+)?{_THING}{_WHERE}{_END}",
    rf"{_POLITE}run\s+(?P<runbook>[\w-]+)(?:\s+(?:with\s+)?(?P<params>\w+\s*=.*?))?{_END}",
)
PLAN = (rf"{_POLITE}plan\s+(?P<runbook>[\w-]+)(?:\s+(?P<params>\S.*?))?{_END}",)
