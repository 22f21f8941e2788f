"""Taking out of a text what looks like a secret, before it is kept. Pure.

A person may well paste a token where it does not belong. What is known to be a secret is taken out by the caller; this
takes out what only looks like one: the forms of well-known tokens, and whatever is called a password, token or key.
"""

import re

from core.text import SECRETS

MASK = "•••"
# Every repetition is bounded, or begins where no other can: none of them tries again what it has read.
_FORMS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON web token
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bsk-[\w-]{16,}|\bAIza[\w-]{30,}|\bnpm_\w{30,}|\bpypi-[\w-]{30,}|\bhf_\w{20,}"
    r"|\b[rsp]k_(?:live|test)_\w{8,}|\bwhsec_[\w+/=]{16,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bdckr_pat_[\w-]{16,}|\bshp(?:at|ca|pa|ss)_\w{16,}|\bdo[opr]_v1_\w{16,}|\bgls?a_\w{16,}"
    r"|\bhv[sb]\.[\w-]{16,}|\bgsk_\w{20,}|\bxai-\w{20,}|\btskey-[\w-]{16,}|\blin_api_\w{16,}|\bATATT[\w-]{20,}"
    r"|\b[A-Fa-f0-9]{41,}\b",  # forty digits are a commit, unless they are called a key
    re.DOTALL,
)
_LONG = re.compile(r"https?://\S+|[A-Za-z0-9+/_-]{32,}={0,2}")
_KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))

_WORD = r"(?:pass(?:word|wd|phrase|code)|(?<![a-z])(?:pwd?|pin(?: code)?))"
_NAME = rf"(?:{_WORD}|secret|token|(?:api|access|private|secret|signing|encryption)[_ -]?key|credentials?)"
# What it is for, between its name and its value: “the password for user-db is …”, “the token (staging): …”.
_WHAT = r"\s+(?:here|there|now)|\s*\([^)\n]{1,40}\)|\s+(?:for|of|on"
_FOR = rf"(?:{_WHAT}|to|in|at)(?:\s+[^\s=:,;.!?]{{1,40}}){{1,6}}?)?"
_OF = rf"(?:{_WHAT})(?:\s+[^\s=:,;.!?]{{1,40}}){{1,6}}?)?"
_VALUE = r"""(?P<value>"[^"]{1,200}"|'[^']{1,200}'|\S+)"""
# What is said of a password, and is none.
_STATES = (
    "about|again|all|already|also|an?|and|are|as|at|bad|being|better|blocked|both|broken|but|by|can|did|different|do|does|down|"
    "due|easy|empty|enough|fine|for|free|from|full|good|gone|hard|he|here|how|i|if|in|incorrect|invalid|is|it|its|just|kept|"
    "currently|known|later|local|long|lost|mandatory|mine|never|new|no|none|not|now|null|of|off|ok|okay|old|on|only|open|optional|or|our|"
    "ours|out|over|personal|please|private|public|read|ready|really|right|safe|same|secret|secure|see|sent|set|she|short|"
    "simple|so|something|stale|still|strict|strong|sure|that|the|their|them|then|there|they|this|to|too|unknown|unset|up|"
    "useless|valid|very|was|we|weak|were|what|when|where|which|who|why|with|without|wrong|yes|you|yours?|"
    r"correct(?=[.,;:!?]|\s*$)|[a-z]+(?:ed|ing)"
)
_NO_STATE = rf"(?!(?:{_STATES})(?:[\s.,;:!?)]|$))"
# What goes with the word and makes another thing of it: “password policy”, “with password authentication”.
_THINGS = (
    "auth|authentications?|based|box|change[sr]?|check(?:s|er)?|entry|expiry|fails?|fields?|file|flow|forms?|generators?|"
    "grant|hash(?:es)?|hints?|history|input|length|lists?|log-?ins?|managers?|page|policy|policies|prompts?|protection|"
    "requirements?|resets?|rotations?|rules?|settings?|store|strength|sync|vault|works?"
)
_NO_THING = rf"(?!(?:{_THINGS})\b){_NO_STATE}"
_MINE = r"(?:(?:the|my|our|its|this)\s+)?"
_LOOKS_SO = r"(?P<value>(?=\S*\d)(?=\S*[A-Za-z])\S{6,})"
_WORDS = r"(?P<value>\S+(?:\s(?!(?:and|but|then|so|please|for|in)\b)[\w-]{1,40}){0,9})"
_IS = r"(?:['’]s|\s+(?:is|was|are|were|will be|should be)\b):?"
_KEY = rf"(?<![a-z])(?:{_NAME}|api-?key|key|auth|bearer|signature|sig|hmac)"
_HEX = r"(?P<value>[0-9a-f]{20,40}\b)"
_BECAME = r"(?:\s+(?:is|was|has been|got))?(?:\s+now)?\s+(?:set|changed|reset|rotated|updated)\s+to"

_CALLED = tuple(
    re.compile(rf"(?P<before>{before})(?!{MASK}){value}", re.IGNORECASE)
    for before, value in (
        # A passphrase is several words.
        (rf"passphrase(?:{_FOR}(?:{_IS}|\s*[:=]))?\s+{_NO_THING}", _WORDS),
        (rf"{_NAME}[\"'*_`]{{0,2}}\s*[:=]\s*", _VALUE),
        (
            rf"{_KEY}s?[\"'*_`]{{0,2}}{_FOR}(?:{_IS}|\s*[:=])?\s*(?:(?:now|still|currently|new)\s+)?[\"'*_`]{{0,2}}",
            _HEX,
        ),
        (rf"{_NAME}{_OF}\s*(?:=|:\s)\s*{_NO_STATE}", _VALUE),
        (rf"{_NAME}s?{_FOR}{_IS}\s+(?:(?:now|still|currently|just|actually)\s+)?{_NO_STATE}", _VALUE),
        (rf"{_NAME}s?{_FOR}{_BECAME}\s+{_NO_STATE}", _VALUE),
        (
            rf"\b(?:set|changed?|reset|updated?)\s+{_MINE}(?:[\w-]{{1,30}}\s+){{0,2}}?{_NAME}{_FOR}\s+to\s+{_NO_STATE}",
            _VALUE,
        ),
        (
            rf"\b(?:with|using|use|try|enter|type)\s+{_MINE}(?:[\w-]{{1,30}}\s+)?{_WORD}\s+{_NO_THING}",
            _VALUE,
        ),
        (rf"{_WORD}\s+", _LOOKS_SO),
        (r"(?<![a-z])pin(?: code)?\s+", r"(?P<value>\d{4,8}\b)"),
        (r"\bpass:\s*", _LOOKS_SO),
        (r"\bpass=", _VALUE),
        (rf"--[a-z-]{{0,20}}{_NAME}\s+", _VALUE),
        (r"(?<!\S)(?:-u|--user)[\s=]\s*[\"']?[^\s:\"']{1,80}:(?!\d+\b)", r"(?P<value>\S+)"),
        (r"\bauthorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer|token)\s+", r"(?P<value>\S+)"),
    )
)


def hidden(text: str) -> str:
    """The text with everything that looks like a secret replaced by three bullets."""
    text = _LONG.sub(_of_all_kinds, _FORMS.sub(MASK, SECRETS.sub(MASK, text)))
    for called in _CALLED:
        text = called.sub(rf"\g<before>{MASK}", text)
    return text


def _of_all_kinds(found: re.Match[str]) -> str:
    """Nothing that is long and has small letters, capitals and digits is a word; a link is no secret by its length."""
    is_secret = not found[0].startswith("http") and all(kind.search(found[0]) for kind in _KINDS)
    return MASK if is_secret else found[0]
