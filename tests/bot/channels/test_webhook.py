"""Notices to programs: signed, known by their id, and never to an address behind the fence."""

from datetime import timedelta

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Scheme

from bot.channels.webhook import Options, fence_of
from bot.fence import Fence, Outside
from core.approvals.request import Choice
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.clock import SystemClock
from core.notify.links import signing_secret
from core.store.engine import Store
from tests.bot.channels.house import KEY, House, settings, siem, world
from tests.bot.cli.test_connections import server
from tests.platforms.receiver import SECRET, Receiver


@pytest.fixture
def house(store: Store, receiver: Receiver) -> House:
    return House(store, world(siem(receiver.url), deadline=timedelta(hours=1)), settings())


async def test_an_event_is_signed_and_holds_what_is_listed_and_nothing_else(
    house: House, receiver: Receiver
) -> None:
    request = await house.ask("siem")
    await house.settle()
    (event,) = receiver.events
    assert event["type"] == "approval.requested"
    assert event["data"] == {
        "id": "AP-1",
        "kind": "runbook",
        "status": "PENDING",
        "priority": "HIGH",
        "digest": request.digest,
        "created": "2026-03-02T09:00:00Z",
        "expires": "2026-03-02T13:00:00Z",
    }
    assert receiver.bad == 0


async def test_every_try_has_the_same_id(house: House, receiver: Receiver) -> None:
    receiver.answers.extend([(500, {}), (502, {})])
    await house.ask("siem")
    await house.settle()
    await house.pass_time(seconds=5)
    await house.pass_time(seconds=10)
    assert len(receiver.events) == 1
    assert (len(receiver.ids), len(set(receiver.ids))) == (3, 1)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 302])
async def test_what_will_never_be_taken_is_not_tried_again(
    house: House, receiver: Receiver, status: int
) -> None:
    receiver.answers.extend([(status, {"Location": "/other"})])
    request = await house.ask("siem")
    await house.settle()
    await house.pass_time(minutes=1)
    assert len(receiver.ids) == 1
    assert await house.states(request) == ["- siem webhook FAILED"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_that_asks_to_wait_is_given_time(
    house: House, receiver: Receiver, status: int
) -> None:
    receiver.answers.extend([(status, {"Retry-After": "Mon, 02 Mar 2026 09:01:00 GMT"})] * 9)
    request = await house.ask("siem")
    await house.settle()
    await house.pass_time(seconds=59)
    assert len(receiver.ids) == 1
    for _ in range(7):
        await house.pass_time(seconds=61)
    receiver.answers.clear()
    await house.pass_time(seconds=61)
    assert await house.states(request) == ["- siem webhook ACCEPTED"]


async def test_a_private_address_is_called_only_where_it_is_listed(store: Store, receiver: Receiver) -> None:
    named = receiver.url.replace("127.0.0.1", "localhost")
    house = House(store, world(siem(named)), settings())
    request = await house.ask("siem")
    await house.settle()
    assert receiver.ids == []
    (entry,) = await house.ledger(request)
    assert "private address" in entry.detail
    probe = await house.outlets["webhook"].probe(house.world.channels["siem"])
    assert (probe.ok, "allow" in probe.mend) == (False, True)


async def test_a_listed_name_may_be_a_private_one(store: Store, receiver: Receiver) -> None:
    named = receiver.url.replace("127.0.0.1", "localhost")
    house = House(store, world(siem(named, allow=["localhost"])), settings())
    await house.ask("siem")
    await house.settle()
    assert len(receiver.events) == 1


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/in", "http://localhost:{port}/in", "http://169.254.169.254/latest"]
)
async def test_a_redirect_leads_nowhere_private(store: Store, receiver: Receiver, target: str) -> None:
    async def lure(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": target.format(port=receiver.port)})

    async with server([web.post("/in", lure)]) as root:
        house = House(store, world(siem(f"{root}/in")), settings())
        request = await house.ask("siem")
        await house.settle()
    assert receiver.ids == []
    (entry,) = await house.ledger(request)
    assert (entry.state, "private address" in entry.detail) == ("FAILED", True)


async def test_a_redirect_to_a_listed_place_is_followed_with_the_event(
    store: Store, receiver: Receiver
) -> None:
    async def moved(_: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": receiver.url})

    async with server([web.post("/in", moved)]) as root:
        channel = siem(f"{root}/in", allow=[f"127.0.0.1:{receiver.port}"])
        house = House(store, world(channel), settings())
        await house.ask("siem")
        await house.settle()
    assert len(receiver.events) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://user:password@example.org/",
        "file:///etc/passwd",
        "http://224.0.0.1/",
    ],
)
def test_the_fence_knows_private_addresses_in_every_dress(url: str) -> None:
    with pytest.raises(Outside):
        Fence(()).check(url)


async def test_a_name_is_judged_by_where_it_leads() -> None:
    for name in ("localhost", "127.1", "2130706433"):
        with pytest.raises(OSError):
            await Fence(()).resolve(name, 80)


def test_the_address_in_the_file_is_listed_with_its_port_alone() -> None:
    fence = fence_of(Options(url="http://127.0.0.1:18081/in"))
    fence.check("http://127.0.0.1:18081/other")
    with pytest.raises(Outside):
        fence.check("http://127.0.0.1:80/")


async def test_without_its_key_nothing_is_sent_and_the_probe_says_so(
    store: Store, receiver: Receiver
) -> None:
    house = House(store, world(siem(receiver.url)), settings(), secrets={})
    request = await house.ask("siem")
    await house.settle()
    (entry,) = await house.ledger(request)
    assert (entry.detail, receiver.ids) == ("SIEM_SECRET is not set", [])
    probe = await house.outlets["webhook"].probe(house.world.channels["siem"])
    assert (probe.ok, probe.detail) == (False, "SIEM_SECRET is not set")
    house.secrets["SIEM_SECRET"] = "a"
    probe = await house.outlets["webhook"].probe(house.world.channels["siem"])
    assert (probe.ok, "not base64" in probe.detail) == (False, True)
    house.secrets["SIEM_SECRET"] = SECRET
    assert (await house.outlets["webhook"].probe(house.world.channels["siem"])).ok


async def test_by_the_machines_clock_the_schemes_own_verifier_agrees(store: Store) -> None:
    seen: list[object] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(Scheme(SECRET).verify(await request.text(), dict(request.headers)))
        return web.Response()

    async with server([web.post("/in", take)]) as root:
        store.clock = SystemClock()
        house = House(store, world(siem(f"{root}/in")), settings())
        await house.ask("siem")
        await house.settle()
    assert len(seen) == 1


async def test_a_program_is_called_back_with_a_key_of_its_own_once_for_each_end(
    store: Store, receiver: Receiver
) -> None:
    receiver.secret = signing_secret(KEY, "person", "rex")
    given = world(callback_hosts=("127.0.0.1",))
    house = House(store, given, settings())
    request = await house.ask(by="rex", callback=receiver.url)
    await house.settle()
    assert receiver.events == []
    await house.decide(request, "ana")
    receiver.answers.append((500, {}))
    await house.settle()
    await house.pass_time(seconds=5)
    assert [one["data"]["status"] for one in receiver.events] == ["APPROVED"]
    await store.transact(using.claim, request.id, "RUN-1")
    await store.transact(using.report, request.id, Happening.EXECUTED, "done")
    await house.settle()
    await house.pass_time(minutes=5)
    told = [(one["type"], one["data"]["status"]) for one in receiver.events]
    assert told == [("approval.closed", "APPROVED"), ("approval.executed", "EXECUTED")]
    assert receiver.bad == 0


async def test_a_callback_behind_the_fence_is_never_called(store: Store, receiver: Receiver) -> None:
    house = House(store, world(), settings())
    request = await house.ask(by="rex", callback=receiver.url)
    await house.decide(request, "ana", Choice.REJECT)
    await house.settle()
    assert receiver.ids == []
    assert await house.states(request) == ["rex callback callback FAILED"]
