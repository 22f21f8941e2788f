"""Taking out of a text what looks like a secret, before it is kept. Pure.

A person may well paste a token where it does not belong. What is known to be a secret is taken out by the caller; this
takes out what only looks like one: the forms of well-known tokens, and whatever is called a password, token or key.
"""

import re

from core.text import SECRETS

MASK = "•••"
_FORMS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON web token
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bsk-[\w-]{16,}|\bAIza[\w-]{30,}|\bnpm_\w{30,}|\bpypi-[\w-]{30,}|\bhf_\w{20,}"
    r"|\b[A-Fa-f0-9]{40,}\b"
    r"|\b(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{32,}={0,2}",
    re.DOTALL,
)
_CALLED = re.compile(
    r"(?P<name>\b[\w-]*(?:password|passwd|passphrase|secret|token|api[_ -]?key|access[_ -]?key|credentials?|pin))"
    r"(?P<between>\"?'?\s*(?:[:=]|\bis\b:?)\s*)(?P<value>\"[^\"]+\"|'[^']+'|\S+)",
    re.IGNORECASE,
)


def hidden(text: str) -> str:
    """The text with everything that looks like a secret replaced by three bullets."""
    text = _FORMS.sub(MASK, SECRETS.sub(MASK, text))
    return _CALLED.sub(lambda found: f"{found['name']}{found['between']}{MASK}", text)
