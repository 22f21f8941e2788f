import asyncio
import base64
import hmac
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.anchors import AnchorWriter, read
from core.clock import ManualClock
from core.store import anchor, audit, deadlines, events
from core.store.config import AnchorConfig, AnchorWebhook
from tests.bot.cli.conftest import Wardroom
from tests.bot.cli.record import change, exported, happen_often, rows, write_record
from tests.stores import START, opened
from tests.stories.house import running, settings
from tests.stories.world import write_world


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return write_record(tmp_path)


def _rewrite(database: Path) -> None:
    """Change what happened, and build a chain that fits."""

    async def again() -> None:
        async with opened(f"sqlite:///{database}") as store:
            await store.transact(audit.seal)

    change(
        database,
        "update event set actor = 'eve' where seq = 3",
        "update event set sealed = 0",
        "delete from audit",
        "delete from audit_head",
    )
    asyncio.run(again())


def test_a_chain_that_was_replaced_as_a_whole_is_found_by_its_anchor(
    wardroom: Wardroom, record: Path, tmp_path: Path
) -> None:
    code, out, _ = wardroom("audit", "anchor")
    assert 0 == code
    assert "file: link 10, " in out
    (kept,) = rows((tmp_path / "kept" / "anchors.jsonl").read_text())
    assert ("acme", 10, 64) == (kept["workspace"], kept["number"], len(kept["hash"]))
    code, out, err = wardroom("audit", "verify")
    assert (0, "The audit is whole.\n") == (code, out), err
    assert "1 anchors of kept/anchors.jsonl were compared" in err
    _rewrite(record)
    (tmp_path / "wardroom.yaml").write_text("workspace: acme\n")
    assert 0 == wardroom("audit", "verify")[0], "without an anchor nobody can tell"
    code, out, _ = wardroom("audit", "verify", "--anchor", "kept/anchors.jsonl")
    assert 1 == code
    assert "link 10, anchored at " in out
    assert "is another now; links were replaced (no anchor before it was kept to)" in out


def test_the_first_place_that_differs_from_the_anchors_is_named(
    wardroom: Wardroom, record: Path, tmp_path: Path
) -> None:
    for number in (2, 5, 8):
        with closing(sqlite3.connect(record)) as conn:
            (sealed,) = conn.execute("select hash from audit where number = ?", (number,)).fetchone()
        line = {"number": number, "hash": sealed, "at": "2026-03-02T09:00:00Z"}
        with (tmp_path / "anchors").open("a") as kept:
            kept.write(json.dumps(line) + "\n")
    _rewrite(record)
    out = wardroom("audit", "verify", "--anchor", "anchors")[1]
    assert "link 5, anchored at 2026-03-02 09:00:00 UTC: it is another now" in out
    assert "links up to 2 are what was anchored" in out
    file = exported(wardroom, tmp_path)
    code, again, _ = wardroom("audit", "verify", "--file", str(file), "--anchor", "anchors")
    assert (1, out) == (code, again)


def test_an_end_that_was_cut_off_is_found_by_its_anchor(
    wardroom: Wardroom, record: Path, tmp_path: Path
) -> None:
    wardroom("audit", "anchor")
    change(
        record,
        "delete from event where seq > 7",
        "delete from audit where number > 7",
        "update audit_head set number = 7, hash = (select hash from audit where number = 7)",
    )
    code, out, _ = wardroom("audit", "verify")
    assert 1 == code
    assert "link 10, anchored at" in out
    assert "it is not there; the end was removed" in out
    file = exported(wardroom, tmp_path)
    out = wardroom("audit", "verify", "--file", str(file), "--anchor", "kept/anchors.jsonl")[1]
    assert "it is not there; the end was removed" in out


def test_an_anchor_file_that_is_gone_is_a_finding(wardroom: Wardroom, record: Path, tmp_path: Path) -> None:
    wardroom("audit", "anchor")
    (tmp_path / "kept" / "anchors.jsonl").unlink()
    code, out, _ = wardroom("audit", "verify")
    assert (1, "kept/anchors.jsonl is gone, and 1 anchors were written to it\n") == (code, out)


def test_where_nothing_happened_no_anchor_is_made(wardroom: Wardroom, record: Path, tmp_path: Path) -> None:
    wardroom("audit", "anchor")
    code, out, err = wardroom("audit", "anchor")
    assert (0, "") == (code, out)
    assert "Nothing has happened since" in err
    assert 1 == len((tmp_path / "kept" / "anchors.jsonl").read_text().splitlines())


def test_anchors_need_a_place(wardroom: Wardroom, record: Path, tmp_path: Path) -> None:
    (tmp_path / "wardroom.yaml").write_text("workspace: acme\n")
    code, _, err = wardroom("audit", "anchor")
    assert 1 == code
    assert "names no place for anchors" in err
    assert 0 == wardroom("audit", "anchor", "--file", "by-hand")[0]
    assert 0 == wardroom("audit", "verify", "--anchor", "by-hand")[0]
    (tmp_path / "wardroom.yaml").write_text("workspace: acme\naudit: {anchor: {fiel: x}}\n")
    code, _, err = wardroom("audit", "verify")
    assert 2 == code
    assert "wardroom.yaml:2:18: Unknown key `fiel` in `audit.anchor`. Did you mean `file`?" in err


def test_a_disk_that_cannot_be_written_keeps_the_anchor_for_later(
    wardroom: Wardroom, record: Path, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("a file, where a folder should be")
    code, _, err = wardroom("audit", "anchor")
    assert 1 == code
    assert "The anchor was not written: file: " in err
    with closing(sqlite3.connect(record)) as conn:
        assert [(10, 1, None)] == conn.execute(
            "select number, attempts, written from audit_anchor"
        ).fetchall()


async def test_an_anchor_is_sent_signed_and_again_until_it_is_taken(tmp_path: Path) -> None:
    heard: list[tuple[dict[str, str], bytes]] = []
    answers = [503, 204]

    async def take(request: web.Request) -> web.Response:
        heard.append((dict(request.headers), await request.read()))
        return web.Response(status=answers.pop(0))

    app = web.Application()
    app.router.add_post("/in", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    clock = ManualClock(START)
    config = AnchorConfig(webhook=AnchorWebhook(url=f"http://127.0.0.1:{runner.addresses[0][1]}/in"))
    try:
        async with opened(f"sqlite:///{tmp_path}/w.db", clock) as store:
            await store.transact(happen_often)
            await store.transact(anchor.make, config.targets)
            secret = base64.b64encode(b"0123456789abcdef").decode()
            writer = AnchorWriter(store, config, "acme", SecretStr(f"whsec_{secret}"))
            assert ["It answered 503."] == [fault for _, fault in await writer.write()]
            assert [] == await writer.write(), "not before its time"
            clock.advance(timedelta(minutes=1))
            assert [""] == [fault for _, fault in await writer.write()]
            (event,) = await store.read(events.history, "audit")
    finally:
        await runner.cleanup()
    headers, body = heard[1]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(b"0123456789abcdef", signed, "sha256")).decode()
    assert f"v1,{expected}" == headers["webhook-signature"]
    assert 1_201 == json.loads(body)["number"]
    assert ("audit.anchored", 1_201) == (event["kind"], event["data"]["number"])


async def test_a_running_house_anchors_by_itself_and_again_an_hour_later(tmp_path: Path) -> None:
    clock = ManualClock(START)
    config = write_world(tmp_path, channels=("local",))
    config.write_text(config.read_text() + "\naudit: {anchor: {file: anchors.jsonl, every: 1h}}\n")
    kept = config.parent / "anchors.jsonl"
    async with running(settings(tmp_path, config=config), clock) as house:
        for number in (2, 3):  # the first is made at the start
            await house.store.transact(lambda unit: events.append(unit, "thing.happened", "T", actor="ana"))
            clock.advance(timedelta(hours=1))
            await house.scheduler.run_due()
            async with asyncio.timeout(10):
                while await house.store.read(anchor.count_written, "file") < number:
                    woken = asyncio.Event()
                    house.store.bus.listen("events", woken.set)
                    if await house.store.read(anchor.count_written, "file") < number:
                        await woken.wait()
        assert await house.store.read(deadlines.pending, anchor.KIND, "audit") == clock.now() + timedelta(
            hours=1
        )
        assert "" == await house.store.read(anchor.disagreement, list(read(kept)))
    assert ["09:00", "10:00", "11:00"] == [row["at"][11:16] for row in rows(kept.read_text())]
