"""What looks like a secret is taken out of words, and what only speaks of secrets stays."""

import pytest

from core.conversation.memory.hiding import hidden

COMMIT = "3f2a9c1b7d5e8f0a1b2c3d4e5f60718293a4b5c6"


@pytest.mark.parametrize(
    "text",
    [
        "token=abc123",
        "API_KEY: 'a b c'",
        'the "secret": "s3"',
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk",
        "ghp_abcdefghijklmnopqrstuvwxyz",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "postgres://me:word@host/db",
        "aB3" * 12,
        "rk_live_51HxYzAbCdEf",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "Authorization: Basic dXNlcjpwYXNz",
        f"{COMMIT}{COMMIT[:24]}",
        f"token {COMMIT}",
        f"the deploy key for stripe is {COMMIT[:32]}",
        f"https://hooks.example.com/deploy?key={COMMIT}",
        f"SENTRY_TOKEN `{COMMIT}`",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert "•••" in hidden(f"look: {text} there")


@pytest.mark.parametrize(
    "said",
    [
        "the password for user-db is swordfish",
        "the password for the user-db replica in staging is swordfish",
        "password of staging was swordfish",
        "PASSWORD of grafana = swordfish",
        "the root password's swordfish",
        "pw: swordfish",
        "the root pw is swordfish",
        "*password*: swordfish",
        "passphrase swordfish",
        "log in with password swordfish please",
        "passwords are swordfish",
        "I changed the password to swordfish",
        "the password of user-db has been changed to swordfish",
        "the password is now swordfish",
        "the passphrase is correct swordfish battery staple",
        "the api key for stripe is swordfish",
        "SECRET_KEY=swordfish",
        "psql --password swordfish",
        "curl -u admin:swordfish https://user-db",
        "user: admin pass: sw0rdfish",
        "password sw0rdfish",
    ],
)
def test_a_secret_that_is_called_so_in_words_is_hidden(said: str) -> None:
    shown = hidden(said)
    assert "•••" in shown
    assert not any(word in shown for word in ("swordfish", "sw0rdfish", "staple"))
    assert f"“{shown}”." == hidden(f"“{shown}”.")


@pytest.mark.parametrize(
    "said",
    [
        "restart checkout in production",
        "AP-1042 at 10:30",
        "the token bucket is full",
        "1.4.2",
        "the password policy is strict",
        "password for staging is in the vault",
        "the token for checkout is expired",
        "what is the password for user-db?",
        "is the token for checkout valid?",
        "log in with password authentication",
        "reset the password of bo",
        "the password was changed by bo yesterday",
        "checkout can't read its password from vault: permission denied",
        "who rotated the secret of payments: was it bo",
        "shipping is slow, and the spin is bad",
        "the tests pass: all good",
        "max_tokens=100",
        "docker run --user 1000:1000 checkout",
        f"rolled checkout back to {COMMIT}",
        f"the bad commit is {COMMIT[:12]}",
        f"https://github.com/acme/checkout/commit/{COMMIT}",
        f"the token service runs {COMMIT}",
        f"monkeys broke {COMMIT}",
        "https://grafana.example.com/d/Ab12cdEf34/Checkout-overview-2026?orgId=1&refresh=30s",
    ],
)
def test_what_is_none_stays(said: str) -> None:
    assert said == hidden(said)
