"""Reads of captures as the Open Cybersecurity Schema Framework tells them: Datastore Activity (class 6005) and API
Activity (6003), as JSON Lines, an array, or Parquet. Fields and numbers: schema.ocsf.io, 1.3.

API Activity calls it a read too when something is only managed. So what shows that reads are recorded is a read of an
object below each of the prefixes, of each resource or of what lies beside it in Google Cloud (by Datastore Activity, or
by a product whose feature is called Data), and of any table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data import instants
from data.accesses.entry import Action
from data.connectors import files, json_events, proving, s3_names
from data.connectors.holdings import Holding, Holdings, union
from data.connectors.json_events import Event, part, parts, text
from data.connectors.observation import LONGEST_STATEMENT, Observation, Tally, shown
from data.connectors.proving import Proofs
from data.connectors.statement_reads import Statements
from data.errors import BadInput
from data.looks.matching import Unit

WANTED = "events of OCSF classes 6003 and 6005, as JSON Lines, an array or Parquet"
_API, _DATASTORE = 6003, 6005
# activity_id -> what it is; every other activity gives nothing out.
_READS = {
    _API: {2: Action.READ},
    _DATASTORE: {1: Action.READ, 4: Action.QUERY, 8: Action.QUERY},
}
_FAILURE = 2
_SCHEMES = {"aws": "s3", "gcp": "gs", "google": "gs", "google cloud": "gs"}

Found = list[tuple[Holding, str, frozenset[int] | None]]


def read(path: Path, holdings: Holdings, tally: Tally) -> Iterator[Observation]:
    """The reads in the file. Raises BadInput naming file, place and reason."""
    statements = Statements(holdings)
    tables = any(one.tables for one in holdings.holdings)
    resources = [*proving.arns(holdings), *proving.siblings(holdings)]
    proofs = Proofs(tally.watch, proving.folders(holdings, "s3", "gs"), resources, tables=tables)
    for place, event in _events(path):
        tally.line()
        klass = part(event, "class_uid")
        if not isinstance(klass, int):
            raise BadInput(f"{path}, {place}: it has no class_uid, so it is no event of OCSF.")
        at = _time(path, place, event)
        action = _READS.get(klass, {}).get(part(event, "activity_id") or 0)
        if action is not None:
            _prove(event, klass, at, proofs)
        found = [] if action is None else _touched(event, holdings, statements)
        if action is None or not found:
            tally.other += 1
        elif part(event, "status_id") == _FAILURE:
            tally.denied += 1
        else:
            key = text(event, "metadata", "uid")
            if not key:
                raise BadInput(f"{path}, {place}: its metadata.uid is missing.")
            where = ", ".join(dict.fromkeys(where for _, where, _ in found))
            yield Observation(
                key=key,
                at=at,
                action=action,
                account=holdings.listed(_accounts(event)),
                holdings=tuple(dict.fromkeys(holding for holding, _, _ in found)),
                people=union([people for _, _, people in found]),
                statement=shown(f"{text(event, 'api', 'operation')} {where}".strip(), LONGEST_STATEMENT),
                amounts=_amounts(event),
            )


def _prove(event: Event, klass: int, at: int, proofs: Proofs) -> None:
    """Tell of what a read was recorded; failed ones are too."""
    names = _named(event)
    for name in names:
        address = _address(name)
        if address and not address.endswith("/"):
            proofs.object(at, address)
    if klass == _DATASTORE or text(event, "metadata", "product", "feature", "name") == "Data":
        proofs.resources(at, names)
    if klass == _DATASTORE and (text(event, "table", "name") or text(event, "query_info", "query_string")):
        proofs.tables(at)


def _named(event: Event) -> list[str]:
    """The resources and objects that the event names."""
    names = [text(one, field) for one in parts(event, "resources") for field in ("uid", "name")]
    bucket = text(event, "databucket", "name")
    if bucket:
        scheme = _SCHEMES.get(text(event, "cloud", "provider").casefold(), "s3")
        key = text(event, "databucket", "file", "path") or text(event, "databucket", "file", "name")
        names.append(f"{scheme}://{bucket}/{key.lstrip('/')}")
    return [one for one in dict.fromkeys(names) if one]


def _address(name: str) -> str:
    """The address of an object or bucket; empty when it is none."""
    address = s3_names.address(name)
    return address if "://" in address else ""


def _addresses(event: Event) -> list[str]:
    """The objects that the event names, and the buckets in which it names none: beside an object its bucket only says
    where that lies."""
    found = [address for name in _named(event) if (address := _address(name))]
    within = {_bucket(one) for one in found if _is_object(one)}
    return [one for one in found if _is_object(one) or _bucket(one) not in within]


def _is_object(address: str) -> bool:
    return "/" in address.partition("://")[2].rstrip("/")


def _bucket(address: str) -> str:
    return "/".join(address.split("/", 3)[:3])


def _touched(event: Event, holdings: Holdings, statements: Statements) -> Found:
    """What the event names. A query is only searched for tables: whose rows it takes depends on its dialect."""
    found: Found = []
    database = text(event, "database", "name")
    schema, _, table = text(event, "table", "name").rpartition(".")
    if table:
        found += [(one, one.name, one.everybody) for one in holdings.tables(table, schema.rpartition(".")[2], database)]
    query = text(event, "query_info", "query_string")
    reads = statements.reads(query, (), database) if query else None
    found += [(one, one.name, one.everybody) for one in (reads.holdings if reads else ())]
    for name in _named(event):
        found += [(one, one.name, one.everybody) for one in holdings.resources(name)]
    for address in _addresses(event):
        look = holdings.objects if _is_object(address) else holdings.below
        found += [(one, prefix.text, people) for one, prefix, people in look(address)]
    return found


def _amounts(event: Event) -> dict[str, int]:
    """The size of what a query gave back, where the source tells it."""
    size = part(event, "query_info", "bytes")
    return {Unit.BYTES.value: size} if type(size) is int and 0 <= size < 2**53 else {}


def _accounts(event: Event) -> list[str]:
    user = part(event, "actor", "user")
    names = [text(user, field) for field in ("email_addr", "name", "uid", "uid_alt")]
    return [name for name in (*names, text(event, "actor", "invoked_by")) if name]


def _time(path: Path, place: str, event: Event) -> int:
    found = part(event, "time")
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < instants.LATEST // 1000:
        return found * 1000
    try:
        return json_events.instant(part(event, "time_dt") or found)
    except ValueError as error:
        raise BadInput(f"{path}, {place}: its time {error}.") from None


def _events(path: Path) -> Iterator[tuple[str, Event]]:
    files.require_file(path, WANTED)
    if files.signature(path) != "a Parquet file":
        yield from json_events.events(path, WANTED)
        return
    import pyarrow as pa
    from pyarrow import parquet

    number = 0
    try:
        opened: Any = parquet.ParquetFile(path)  # pyright: ignore[reportUnknownVariableType]
        for batch in opened.iter_batches(batch_size=1_000):
            for row in batch.to_pylist():
                number += 1
                yield f"row {number}", row
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path}: damaged or cut Parquet after row {number} ({str(error).splitlines()[0]}).") from None
