"""What stands in the slots of the patterns: names of invented worlds, times, numbers, whom, why."""

import random
import re

from core.language.entity import Names

SERVICES = (
    "checkout payments search auth-gateway recommendation-engine inference-cluster user-db cache ingest-pipeline billing-api "
    "orders cart catalog inventory shipping notifications mailer api-gateway frontend web session-store identity ledger fraud-check "
    "pricing reports analytics-db event-bus kafka redis postgres-main image-resizer media-proxy edge-proxy graphql-api mobile-bff "
    "login-service profile-service booking matching dispatch geo-index feature-store vector-db embedding-service llm-gateway "
    "prompt-router data-lake etl-worker scheduler queue-worker audit-log webhooks invoice-service tax-api risk-engine chat-backend "
    "presence-service search-indexer recommendation-api ad-server customer-portal partner-api status-page dns-resolver vault"
).split()
MODELS = (
    "sentiment-model fraud-model churn-model ranking-model embedding-model spam-classifier price-predictor intent-model "
    "vision-model demand-forecast toxicity-filter summarizer-model credit-score-model"
).split()
RUNBOOKS = (
    "database-failover restart-service drain-node rotate-certs clear-cache scale-out rollback-release restart-pods failover-db "
    "flush-cdn renew-certificates free-disk-space rotate-keys warm-cache evacuate-zone restore-backup replay-queue reindex-search "
    "cordon-node purge-sessions promote-replica enable-maintenance"
).split()
WORKFLOWS = (
    "deploy-pipeline nightly-batch canary-release model-retrain release-train weekly-report data-sync index-rebuild blue-green-release "
    "nightly-backup month-end-close feature-rollout etl-daily schema-migration"
).split()
ENVIRONMENTS = {
    "production": ("prod", "live"),
    "staging": ("stage", "stg"),
    "dev": ("development",),
    "canary": (),
    "qa": (),
    "sandbox": (),
    "preprod": (),
}

_METRICS = (
    "latency;p95 latency;p99 latency;p50 latency;median latency;tail latency;response time;response times;error rate;error ratio;"
    "error rates;5xx rate;failure rate;throughput;requests per second;request rate;rps;qps;cpu;cpu usage;cpu load;cpu utilization;"
    "memory;memory usage;ram usage;memory consumption;heap usage;disk usage;disk space;network traffic;availability;uptime;"
    "success rate;queue depth;queue length;consumer lag;replication lag;cache hit rate;gpu usage;saturation;load average;"
    "request count;number of requests;traffic;load;connection count;open connections;apdex;time to first byte"
).split(";")
_TIMES = (
    "last hour;last 2 hours;last 30 minutes;past hour;past 15 min;over the last 3 days;in the last 10 minutes;since yesterday;"
    "since monday;since 9am;since midnight;since noon;since this morning;since the last deploy;yesterday;today;this week;this morning;"
    "this month;last week;last month;last night;tonight;yesterday evening;on friday;on monday;between 9 and 11;between 10:00 and 11:30;"
    "from 14:00 to 15:00;around 3pm;at 10:30;at 3am;over the weekend;for the last 24h;past week;past 7 days;for the past day;"
    "last 5m;last 24 hours;over the past month;on 2026-03-12;on march 3rd;on 3/14;from monday to wednesday;during the incident;"
    "since the incident started;after the deploy;right now;now;at the moment;currently;atm;in the last quarter;this afternoon;"
    "last weekend;an hour ago;two hours ago;since 2 days;the day before yesterday;during lunch;over night;within the last hour"
).split(";")
_TESTS = (
    "tests;unit tests;integration tests;e2e tests;end-to-end tests;regression tests;smoke tests;load tests;contract tests;"
    "edge case tests;performance tests;api tests;ui tests;acceptance tests;sanity tests;test cases;stress tests;security tests;"
    "property tests;component tests;negative tests"
).split(";")
_TEST = (
    "test;unit test;integration test;regression test;load test;smoke test;contract test;e2e test;end-to-end test;test case;"
    "performance test;stress test;test suite;acceptance test"
).split(";")
_TARGETS = (
    "the discount calculation in {S};the login flow;the refund flow of {S};the retry logic in {S};{S};{S};{SM};{SM};{MO};the {EP} endpoint;"
    "the token refresh in {S};the new endpoint in {S};the parser of {S};{S} talking to {S};the cart;rounding in {S};"
    "the rate limiter;the webhook handler in {S};{MO} {V};the password reset;the payment callback;the search ranking;"
    "schema validation in {S};the migration of {S};the feature flag code;timeouts between {S} and {S};the error handling of {S};"
    "the new module;the changes of {S} {V};empty inputs in {S};concurrent writes in {S};the pagination of {S};the cache layer"
).split(";")
_TROUBLES = (
    "{S} is down;{S} does not respond;{S} down;users cannot log in;customers cannot pay;{S} returns {CODE};checkout is broken;"
    "the site is down;everything is slow;{S} latency;{S} in {E};{S};{S} loses data;{S} replication is broken;emails are not sent;"
    "orders are lost;wrong prices shown in {S};{S} outage;all requests to {S} fail;{S} is not reachable;{S} unreachable in {E};"
    "the database is corrupted;login is broken;{S} throws errors since {T};payments are failing;{P} of requests fail;"
    "data loss in {S};disk full on {INST};the queue is stuck;we leak customer data;{S} serves stale data;timeouts on {S};"
    "{S} error rate at {P};prod is on fire;{S} on fire;{S} is dead;high latency on {S};{S} keeps crashing;the app crashes on login;"
    "cards are declined;nobody can check out;{S} does not accept cards;sms are not delivered;ssl error on {S};"
    "{S} 5xx spike;cache stampede on {S};false positives of {MO};wrong currency in {S}"
).split(";")
_WHYS = (
    "root cause was an expired certificate;it was a bad deploy;false alarm;vendor fixed it;we rolled back;the cause was a full disk;"
    "fixed by restarting {S};duplicate of {I};error rate is back to normal;customers confirm;config error;it recovered by itself;"
    "a memory leak in {S};all clear;no impact any more;dns problem at the provider;the failover helped;only {P} of users affected"
).split(";")
_NOTES = (
    "failover finished at 13:50;we restarted {S};the vendor confirmed the issue;we failed over the db, monitoring now;"
    "rolled back {SM} to {V};{S} is recovering;customers affected in europe;the fix is deployed to {E};waiting for the provider;"
    "database is back;error rate is going down;we are investigating {S};scaled {S} to {N} pods;next update in {D};"
    "found the bad commit;support informed;{S} back to normal;traffic moved to the other region;logs show timeouts to {S};"
    "no progress yet;we suspect the load balancer;hotfix is being built"
).split(";")
_QUOTES = (
    '"connection refused";"timeout";"deadlock detected";OutOfMemory;NullPointerException;OOMKilled;"too many connections";timeouts;'
    '"permission denied";ERR_TLS_CERT;"payment declined";KeyError;"disk full";panic;"rate limit exceeded";segfault;"no such host";'
    "stack traces;status {CODE};\"connection reset by peer\";ECONNREFUSED;exception;order {ID};trace_id={TID};'invalid token';"
    'ValueError;"certificate expired";"payment provider outage";"user not found";retrying;"context deadline exceeded"'
).split(";")
_PATHS = "/api/cart /v1/orders /login /checkout /search /api/users/{id} /health /graphql /v2/payments /api/products /cart".split()
_PEOPLE = "@carol @bob @dana <@U0441KLM> <@U12AB34CD> <@!882211334455> @sara <@U777XYZ> @john.doe @mike @priya <@U09QWERTZ>".split()
_FIRST = "tom mike anna sara lena john kim raj dave ana bo chi eve jonas maria wei olga pete".split()
_CHANNELS = "<#C0777OPS|incidents> #incidents #ops <#C12345|ops> #war-room".split()
_SEVERITIES = (
    "sev1 sev2 sev3 sev 1 SEV2 p1 p2 P1 P3 critical high medium low major minor urgent sev-1 critical".split()
)
_SUITES = "regression smoke integration e2e evaluation nightly full acceptance sanity performance login unit".split()
_URLS = "github.com/acme/checkout/pull/412 grafana.example/d/abc wiki.example/postmortem youtu.be/dQw4 news.example/article jira.example/OPS-123".split()


class Slots:
    """One invented world, and the dice that fill slots from it."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        pick = dice.sample
        self.services = pick(SERVICES, 14)
        self.models = pick(MODELS, 3)
        self.runbooks = pick(RUNBOOKS, 7)
        self.workflows = pick(WORKFLOWS, 5)
        self.environments = pick(sorted(ENVIRONMENTS), 4)
        if dice.random() < 0.35:  # half of the worlds people speak of have these
            self.environments = ["production", "staging", "dev", "canary"]

    def names(self, bot: frozenset[str]) -> Names:
        """What is known of it."""
        return Names(
            bot=bot,
            services=dict.fromkeys(self.services, ()),
            models=dict.fromkeys(self.models, ()),
            runbooks=dict.fromkeys(self.runbooks, ()),
            workflows=dict.fromkeys(self.workflows, ()),
            environments={name: ENVIRONMENTS[name] for name in self.environments},
        )

    def fill(self, slot: str) -> str:
        """Words for a slot."""
        d = self._dice
        if slot.startswith("?"):
            return "" if d.random() < 0.55 else self._phrase(slot[1:])
        return _nested(self, self._word(slot))

    def fill_all(self, text: str) -> str:
        """A text with all its slots filled."""
        return _nested(self, text)

    def _phrase(self, slot: str) -> str:
        said = self.fill(slot)
        return f"{self._dice.choice(('in', 'on', 'in', ''))} {said}" if slot == "E" else said

    def _word(self, slot: str) -> str:
        d = self._dice
        lists = {
            "M": _METRICS, "T": _TIMES, "TT": _TESTS, "TTS": _TEST, "TG": _TARGETS, "TR": _TROUBLES, "WHY": _WHYS, "NOTE": _NOTES,
            "Q": _QUOTES, "EP": _PATHS, "U": _PEOPLE, "PN": _FIRST, "CH": _CHANNELS, "SEV": _SEVERITIES, "SU": _SUITES, "URL": _URLS,
            "L": ("error", "warn", "warning", "debug", "info", "fatal"), "LV": ("error", "warn", "warning", "debug", "info", "fatal", "", "", ""),
            "CODE": ("500", "502", "503", "504", "404", "429", "401", "5xx"), "AT": ("at 18:00", "tonight", "tomorrow at 9", "at 22:00", "in 10 minutes", "now"),
        }  # fmt: skip
        if slot in lists:
            return d.choice(lists[slot])
        return str(getattr(self, f"_{slot.lower()}")())

    def _named(self, name: str) -> str:
        return self._dice.choice(
            (
                name,
                name,
                name,
                name.replace("-", " "),
                name.replace("-", "_"),
                f"the {name.replace('-', ' ')}",
            )
        )

    def _s(self) -> str:
        said = self._named(self._dice.choice(self.services))
        return f"{said} service" if self._dice.random() < 0.08 else said

    def _mo(self) -> str:
        return self._named(self._dice.choice(self.models))

    def _sm(self) -> str:
        return self._mo() if self._dice.random() < 0.25 else self._s()

    def _r(self) -> str:
        return self._named(self._dice.choice(self.runbooks)).removeprefix("the ")

    def _w(self) -> str:
        return self._named(self._dice.choice(self.workflows)).removeprefix("the ")

    def _e(self) -> str:
        name = self._dice.choice(self.environments)
        return self._dice.choice((name, name, *ENVIRONMENTS[name]))

    def _v(self) -> str:
        d = self._dice
        numbers = ".".join(str(d.randrange(12)) for _ in range(d.choice((2, 2, 3, 3, 1))))
        return d.choice(
            (f"v{numbers}", numbers if "." in numbers else f"v{numbers}", f"{d.getrandbits(28):07x}a1"[:7])
        )

    def _n(self) -> str:
        return self._dice.choice(
            (*"23456789", "10", "12", "20", "50", "100", "two", "three", "four", "five", "ten")
        )

    def _i(self) -> str:
        n = self._dice.randrange(1, 400)
        return self._dice.choice((f"INC-{n}", f"INC-{n}", f"inc-{n}", f"inc {n}", f"INC{n}"))

    def _x(self) -> str:
        return f"{self._dice.choice(('WF', 'WF', 'wf', 'RUN'))}-{self._dice.randrange(1, 200)}"

    def _d(self) -> str:
        return f"{self._dice.randrange(1, 60)}{self._dice.choice((' minutes', ' min', 'm', ' seconds', 's', ' s', '0 ms', '0ms', ' hours', 'h'))}"

    def _p(self) -> str:
        return (
            f"{self._dice.choice((5, 10, 20, 50, 80, 90, 99.9))}{self._dice.choice(('%', ' %', ' percent'))}"
        )

    def _id(self) -> str:
        return str(self._dice.randrange(1_000, 999_999))

    def _ip(self) -> str:
        return f"10.{self._dice.randrange(255)}.3.7"

    def _tid(self) -> str:
        return f"{self._dice.getrandbits(128):032x}"[: self._dice.choice((32, 32, 16))]

    def _inst(self) -> str:
        d = self._dice
        return d.choice(
            (
                f"worker-{d.randrange(30)}",
                f"node-{d.randrange(30)}",
                f"{d.choice(self.services)}-6f7c9d-x2x4k",
                f"ip-10-0-{d.randrange(99)}-7",
            )
        )


_SLOT = re.compile(r"\{([A-Z]{1,4})\}")


def _nested(slots: Slots, said: str) -> str:
    while found := _SLOT.search(said):
        said = said[: found.start()] + slots.fill(found[1]) + said[found.end() :]
    return said
