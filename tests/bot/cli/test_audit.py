import asyncio
import base64
import csv
import hashlib
import hmac
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot import exports
from bot.anchors import AnchorWriter
from core.approvals import units
from core.approvals.request import Choice
from core.approvals.states import Happening
from core.clock import ManualClock
from core.digest import digest
from core.store import anchor, audit, deadlines, dispatch, events, export
from core.store.audit import GENESIS, link_hash
from core.store.config import AnchorConfig, AnchorWebhook
from core.store.engine import Store, Unit
from tests.bot.cli.conftest import Wardroom
from tests.core.approvals.people import PEOPLE, TEAMS, draft
from tests.stores import START, opened
from tests.stories.house import running, settings
from tests.stories.world import write_world

CONFIG = "workspace: acme\naudit: {anchor: {file: kept/anchors.jsonl, every: 1h}}\n"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A database with a request that was approved and used, one that was rejected, and one that waits."""
    asyncio.run(_written(tmp_path))
    (tmp_path / "wardroom.yaml").write_text(CONFIG)
    return tmp_path / "var" / "w.db"


async def _written(folder: Path) -> None:
    clock = ManualClock(START)
    (folder / "var").mkdir()
    async with opened(f"sqlite:///{folder}/var/w.db", clock) as store:
        for key in ("one", "two", "three"):
            request = await store.transact(units.ask, draft(key, title=f"=cmd|{key}"), PEOPLE, TEAMS)
            await store.transact(_send)
            clock.advance(timedelta(hours=1))
            match key:
                case "one":
                    for who in ("ana", "chi"):
                        clock.advance(timedelta(seconds=1, microseconds=5))
                        await _say(store, request.id, who, Choice.APPROVE, request.digest)
                    await store.transact(units.claim, request.id, "RUN-1")
                    await store.transact(units.report, request.id, Happening.EXECUTED, "restarted")
                case "two":
                    await _say(store, request.id, "ana", Choice.REJECT, request.digest)


async def _say(store: Store, request: str, who: str, choice: Choice, shown: str) -> None:
    await store.transact(units.decide, request, PEOPLE[who], choice, "so it is", shown)


def _send(unit: Unit) -> None:
    for out in dispatch.claim(unit, leader=True):
        dispatch.sent(unit, out, "m1")


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def exported(wardroom: Wardroom, folder: Path, *options: str) -> Path:
    code, _, err = wardroom("audit", "export", "--out", str(folder / "record"), *options)
    assert 0 == code, err
    return folder / "record"


def change(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as conn:
        for statement in statements:
            conn.execute(statement)
        conn.commit()


def test_a_request_is_exported_from_question_to_result(wardroom: Wardroom, record: Path) -> None:
    code, out, err = wardroom("audit", "export", "--request", "AP-1")
    found = rows(out)
    assert (0, f"{len(found)} rows.\n") == (code, err)
    assert [
        "export",
        "approval.requested",
        "request",
        "approval.decided",
        "approval.decided",
        "approval.closed",
        "approval.claimed",
        "approval.executed",
        "end",
    ] == [
        row["kind"] if row["type"] == "event" else row["type"] for row in found if row["type"] != "delivery"
    ]
    sent = [row for row in found if row["type"] == "delivery"]
    assert {("local", "accepted")} == {(row["data"]["lane"][:5], row["data"]["state"]) for row in sent}
    assert {"AP-1"} == {row["ref"] for row in found[1:-1]}
    assert found[2]["data"]["subject"]["title"] == "=cmd|one"
    assert "restarted" == [row for row in found if row["type"] == "event"][-1]["data"]["detail"]


@pytest.mark.parametrize("style", ["jsonl", "csv"])
def test_what_was_exported_is_checked_without_the_database(
    wardroom: Wardroom, record: Path, tmp_path: Path, style: str
) -> None:
    file = exported(wardroom, tmp_path, "--format", style)
    record.unlink()
    code, out, err = wardroom("audit", "verify", "--file", str(file))
    assert (0, "The file is as it was exported.\n") == (code, out), err
    assert "10 linked events" in err
    assert not record.exists()


def test_a_reader_with_nothing_of_ours_can_check_the_chain(wardroom: Wardroom, record: Path) -> None:
    previous = GENESIS
    for row in rows(wardroom("audit", "export")[1]):
        if row["type"] != "event":
            continue
        facts = {name: row[name] for name in ("seq", "at", "kind", "ref", "actor", "data")}
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert row["digest"] == hashlib.sha256(text.encode()).hexdigest()
        assert row["previous"] == previous
        sealed = f"{row['number']}|{row['digest']}|{previous}"
        previous = hashlib.sha256(sealed.encode()).hexdigest()
        assert row["hash"] == previous


def test_a_part_is_exported_by_time_and_says_that_it_is_a_part(
    wardroom: Wardroom, record: Path, tmp_path: Path
) -> None:
    file = exported(wardroom, tmp_path, "--since", "2026-03-02T10:30Z", "--until", "2026-03-02T11:30Z")
    refs = [row["ref"] for row in rows(file.read_text()) if row["type"] == "event"]
    assert ["AP-2", "AP-2", "AP-3"] == refs
    code, _, err = wardroom("audit", "verify", "--file", str(file))
    assert 0 == code
    assert "1 gaps: this is a part of the record" in err
    code, _, err = wardroom("audit", "export", "--since", "yesterday")
    assert 1 == code
    assert "“yesterday” is no moment" in err


def _change_event(lines: list[dict[str, Any]]) -> None:
    lines[1]["data"]["needed"] = 1


def _reseal_one(lines: list[dict[str, Any]]) -> None:
    row = lines[1]
    row["data"]["needed"] = 1
    row["digest"] = digest({name: row[name] for name in ("seq", "at", "kind", "ref", "actor", "data")})
    row["hash"] = link_hash(row["number"], row["digest"], row["previous"])


def _change_subject(lines: list[dict[str, Any]]) -> None:
    lines[2]["data"]["subject"]["environment"] = "staging"


def _change_subject_and_digest(lines: list[dict[str, Any]]) -> None:
    _change_subject(lines)
    lines[2]["digest"] = digest(lines[2]["data"]["subject"])


def _remove(lines: list[dict[str, Any]]) -> None:
    del lines[[number for number, row in enumerate(lines) if row["type"] == "event"][2]]


def _reorder(lines: list[dict[str, Any]]) -> None:
    first, second = [number for number, row in enumerate(lines) if row["kind"] == "approval.decided"][:2]
    lines[first], lines[second] = lines[second], lines[first]


def _cut(lines: list[dict[str, Any]]) -> None:
    del lines[-3:]


def _cut_and_end(lines: list[dict[str, Any]]) -> None:
    last = [number for number, row in enumerate(lines) if row["type"] == "event"][-1]
    del lines[last]


def _append(lines: list[dict[str, Any]]) -> None:
    lines.append(lines[1])


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (_change_event, "link 1 (event 1): the event was changed"),
        (_reseal_one, "does not follow the link before it"),
        (_change_subject, "request AP-1: its subject is not the one that was frozen"),
        (_change_subject_and_digest, "request AP-1: the sealed event is about another subject"),
        (_remove, "link 3 was removed"),
        (_reorder, "links were reordered"),
        (_cut, "its end was cut off"),
        (_cut_and_end, "the export had 10 events, and 9 are here"),
        (_append, "something follows the end of the export"),
    ],
)
def test_whatever_is_changed_in_a_file_is_found(
    wardroom: Wardroom,
    record: Path,
    tmp_path: Path,
    tamper: Callable[[list[dict[str, Any]]], None],
    told: str,
) -> None:
    file = exported(wardroom, tmp_path)
    lines = rows(file.read_text())
    tamper(lines)
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in lines))
    code, out, err = wardroom("audit", "verify", "--file", str(file))
    assert 1 == code
    assert told in out
    assert "NOT whole" in err


def test_what_is_no_export_is_refused_with_its_line(wardroom: Wardroom, record: Path, tmp_path: Path) -> None:
    file = exported(wardroom, tmp_path)
    file.write_text(file.read_text().replace("\n", "\n{\n", 1))
    code, _, err = wardroom("audit", "verify", "--file", str(file))
    assert (2, True) == (code, f"{file}:2: This is no row of an export." in err)
    assert 2 == wardroom("audit", "verify", "--file", "nowhere")[0]


def test_no_file_is_replaced_by_an_export(wardroom: Wardroom, record: Path, tmp_path: Path) -> None:
    exported(wardroom, tmp_path)
    code, _, err = wardroom("audit", "export", "--out", str(tmp_path / "record"))
    assert 1 == code
    assert "no file is replaced" in err


def test_no_cell_of_a_table_is_a_formula_and_every_cell_comes_back(tmp_path: Path) -> None:
    cells = ["=1+1", "+1", "-1", "@sum", "'=1", "'", "\tx", "plain", 'say "hi", twice\nor more']
    text = io.StringIO(newline="")
    writer = exports.Writer(text, "csv")
    for cell in cells:
        writer.write(dict.fromkeys(exports.COLUMNS) | {"type": "event", "actor": cell, "data": {"x": cell}})
    found = list(csv.DictReader(io.StringIO(text.getvalue(), newline="")))
    assert [] == [row for row in found if row["actor"][:1] in ("=", "+", "-", "@", "\t")]
    (tmp_path / "table").write_text(text.getvalue(), newline="")
    assert cells == [row["actor"] for row in exports.read(tmp_path / "table")]


async def test_a_long_record_is_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(f"sqlite:///{tmp_path}/w.db") as store:
        await store.transact(_many)
        biggest = 0
        real = export.links

        def counted(*arguments: Any) -> list[dict[str, Any]]:
            nonlocal biggest
            page = real(*arguments)
            biggest = max(biggest, len(page))
            return page

        monkeypatch.setattr(export, "links", counted)
        found = [row async for row in exports.rows(store, export.Part(), "acme")]
    assert (1_203, export.PAGE) == (len(found), biggest)
    assert list(range(1, 1_202)) == [row["number"] for row in found if row["type"] == "event"]


def _many(unit: Unit) -> None:
    for number in range(1_201):
        events.append(unit, "thing.happened", f"T-{number}", actor="ana")


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
            await store.transact(_many)
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
        assert "" == await house.store.read(anchor.disagreement, list(_read(kept)))
    assert ["09:00", "10:00", "11:00"] == [row["at"][11:16] for row in rows(kept.read_text())]


def _read(path: Path) -> list[anchor.Anchor]:
    from bot.anchors import read

    return list(read(path))
