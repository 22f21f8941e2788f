"""The pieces of a message that can each be a request: sentences, and what stands before and after “and then”. Pure."""

import re

MOST = 6
_BETWEEN = re.compile(
    r"(?<=[?!])\s+|(?<=[^\W\d]\.)\s+(?=\S)|(?<=\d\.)\s+(?=[^\W\d])(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|\s*;\s+|\s*\n+\s*"
    r"|[,.]?\s+(?:and\s+then|and\s+also|and\s+after\s+that|after\s+that|then\s+also)\s+|,\s+then\s+|,\s+also\s+"
    r"|\s+and\s+(?=(?:please\s+)?(?:show|tell|restart|deploy|scale|run|start|open|close|cancel|stop|list|give|check|compare|explain|page|declare|resolve|reopen|ack|acknowledge|set|assign|make|post|escalate|silence|mute|who\s+is|how\s+is|what\s+is)\b)",
    re.IGNORECASE,
)

_LEADS = re.compile(r"(?:and\s+|then\s+|also\s+|after\s+that\s+|,\s*)+", re.IGNORECASE)


def clauses(text: str) -> tuple[str, ...]:
    """The pieces, in order; the whole if there is but one."""
    found = tuple(_bare(piece) for piece in _BETWEEN.split(text) if len(piece.split()) > 1)
    return found[:MOST] if len(found) > 1 else (text.strip(),)


def _bare(piece: str) -> str:
    leads = _LEADS.match(piece.strip())
    return piece.strip()[leads.end() :] if leads else piece.strip()
