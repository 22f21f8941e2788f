import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import exports
from core.digest import digest
from core.errors import ConfigError
from core.store import export
from core.store.anchor import Anchor
from core.store.audit import GENESIS, link_hash
from core.store.exported import Reader
from tests.bot.cli.conftest import Wardroom
from tests.bot.cli.record import exported, happen_often, rows, write_record
from tests.stores import START, opened


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return write_record(tmp_path)


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
        await store.transact(happen_often)
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


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
cells = dict.fromkeys(exports.COLUMNS, values) | {
    "type": st.sampled_from(["export", "event", "request", "delivery", "end", "other"]) | values,
    "data": st.dictionaries(st.sampled_from(["version", "whole", "digest", "subject"]), values) | values,
    "number": st.integers() | values,
}


@given(found=st.lists(st.fixed_dictionaries(cells), max_size=4))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_it_is_refused_or_checked(found: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in found))
    reader = Reader([Anchor(1, GENESIS, START)])
    try:
        for row in exports.read(tmp_path / "file"):
            reader.take(row)
    except ConfigError:
        return
    assert reader.result().findings
