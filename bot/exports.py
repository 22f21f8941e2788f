"""The record carried elsewhere: rows from the store in the order of time, written as JSON lines or CSV, and read.

Every row has the same columns. Events carry their seal, requests the digest of what was frozen, so whoever has
the file can check it without us (see core.store.exported). The first row says what the file has, the last that
nothing is missing after it.
"""

import csv
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TextIO

import orjson

from core.approvals import records as requests
from core.digest import canonical
from core.errors import ConfigError, Problem
from core.runbooks import records as executions
from core.store import audit, export
from core.store.engine import Store, Unit
from core.store.export import Part
from core.store.exported import VERSION

Format = Literal["jsonl", "csv"]
Row = dict[str, Any]
COLUMNS = ("type", "number", "seq", "at", "kind", "ref", "actor", "data", "digest", "previous", "hash")
# What a spreadsheet would take for a formula; a quote before it makes it text, and is taken off when it is read.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_LONGEST = 16 * 1024 * 1024


@dataclass
class _Tally:
    events: int = 0
    number: int = 0
    hash: str = audit.GENESIS


async def rows(store: Store, part: Part, workspace: str) -> AsyncIterator[Row]:
    """The record, or a part of it: a page of it is in memory at a time."""
    about = {
        "version": VERSION,
        "workspace": workspace,
        "at": store.clock.now(),
        "whole": part.is_whole,
        "since": part.since,
        "until": part.until,
        "about": part.refs,
    }
    yield _row("export", at=store.clock.now(), data=about)
    tally = _Tally()
    async for row in _merged(_happened(store, part, tally), _told(store, part)):
        yield row
    end = {"events": tally.events, "number": tally.number, "hash": tally.hash}
    yield _row("end", at=store.clock.now(), data=end)


def about_request(unit: Unit, request: str) -> tuple[str, ...]:
    """What belongs to a request: itself, and the run that it is about.

    Raises:
        NotFound: there is none with that id.
    """
    requests.get(unit, request)
    run = executions.of_request(unit, request)
    return (request,) if run is None else (request, run[0])


class Writer:
    """Writes rows to an open text file."""

    def __init__(self, target: TextIO, style: Format) -> None:
        self._target = target
        self._table = csv.writer(target, lineterminator="\n") if style == "csv" else None
        if self._table is not None:
            self._table.writerow(COLUMNS)

    def write(self, row: Row) -> None:
        """One row."""
        if self._table is None:
            self._target.write(canonical(row).decode() + "\n")
        else:
            self._table.writerow([_cell(row[name]) for name in COLUMNS])


def read(path: Path) -> Iterator[Row]:
    """The rows of an exported file of either form, one at a time.

    Raises:
        ConfigError: it is not there, or a line of it is no row; the line is named.
    """
    number = 0
    try:
        with path.open(encoding="utf-8", newline="") as file:
            is_table = file.read(len(COLUMNS[0]) + 1) == f"{COLUMNS[0]},"
            file.seek(0)
            for row in _of_table(file) if is_table else _of_lines(file):
                yield _checked(row)
                number += 1
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, f"This cannot be read: {error.strerror}.")]) from None
    except (ValueError, KeyError, TypeError, csv.Error):
        what = "This is no row of an export."
        mend = "Give a file that `wardroom audit export` has written."
        raise ConfigError([Problem(str(path), number + 1, what, mend)]) from None


async def _happened(store: Store, part: Part, tally: _Tally) -> AsyncIterator[Row]:
    after = 0
    while page := await store.read(_links, part, after):
        after = max(row["number"] for row in page if row["number"] is not None)
        for row in page:
            _counted(tally, row)
            yield row
    after = 0
    while page := await store.read(_unsealed, part, after):
        after = max(row["seq"] for row in page if row["seq"] is not None)
        for row in page:
            _counted(tally, row)
            yield row


def _counted(tally: _Tally, row: Row) -> None:
    tally.events += row["type"] == "event"
    if row["number"] is not None:
        tally.number, tally.hash = row["number"], row["hash"]


def _links(unit: Unit, part: Part, after: int) -> list[Row]:
    return _with_requests(unit, export.links(unit, part, after))


def _unsealed(unit: Unit, part: Part, after: int) -> list[Row]:
    return _with_requests(unit, export.unsealed(unit, part, after))


def _with_requests(unit: Unit, found: list[dict[str, Any]]) -> list[Row]:
    told: list[Row] = []
    for event in found:
        told.append(_row("event", **event))
        if event["kind"] == "approval.requested":
            told.append(_request(unit, event["ref"]))
    return told


def _request(unit: Unit, ref: str) -> Row:
    request = requests.get(unit, ref)
    data = request.model_dump(mode="json", exclude={"id", "kind", "requester", "digest", "created", "votes"})
    return _row(
        "request",
        at=request.created,
        kind=request.kind,
        ref=ref,
        actor=request.requester,
        data=data,
        digest=request.digest,
    )


async def _told(store: Store, part: Part) -> AsyncIterator[Row]:
    after = 0
    while page := await store.read(export.deliveries, part, after):
        after = page[-1]["id"]
        for each in page:
            facts = {name: each[name] for name in ("outbox_key", "lane", "attempt", "state", "detail")}
            yield _row("delivery", at=each["at"], kind=each["kind"], ref=each["about"], data=facts)


async def _merged(first: AsyncIterator[Row], second: AsyncIterator[Row]) -> AsyncIterator[Row]:
    """Both in the order of time, each in its own order."""
    one, other = await anext(first, None), await anext(second, None)
    while one is not None and other is not None:
        if _moment(one) <= _moment(other):
            yield one
            one = await anext(first, None)
        else:
            yield other
            other = await anext(second, None)
    for head, rest in ((one, first), (other, second)):
        if head is not None:
            yield head
            async for row in rest:
                yield row


def _moment(row: Row) -> str:
    # With its Z a whole second would come after its parts.
    return str(row["at"]).removesuffix("Z")


def _row(type_: str, /, **values: Any) -> Row:
    row: Row = dict.fromkeys(COLUMNS) | {"type": type_} | values
    # Moments stand as they stand under the seal.
    row["at"] = orjson.loads(canonical(row["at"])) if isinstance(row["at"], datetime) else row["at"]
    return {name: row[name] for name in COLUMNS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else canonical(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text


def _of_lines(file: TextIO) -> Iterator[Row]:
    while text := file.readline(_LONGEST):
        if text.strip():
            yield orjson.loads(text)


def _of_table(file: TextIO) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST)
    for cells in csv.DictReader(file, strict=True):
        row: Row = {name: _plain(cells[name]) for name in COLUMNS}
        for name in ("number", "seq", "data"):
            row[name] = orjson.loads(row[name]) if row[name] else None
        yield row


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _checked(row: Any) -> Row:
    if not isinstance(row, Mapping) or not isinstance(row["type"], str):
        raise TypeError("no row")
    found = {name: row[name] for name in COLUMNS}
    if found["data"] is not None and not isinstance(found["data"], Mapping):
        raise TypeError("no facts")
    if not isinstance(found["number"], int | None) or not isinstance(found["at"], str):
        raise TypeError("no number or moment")
    return found
