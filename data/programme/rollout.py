"""Enrolling many devices at once: a list of people and devices in, a file with their tokens out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.errors import BadInput
from data.people.person import normal_email
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.programme import devices
from data.sealing import durable
from data.sealing.vault import Vault

COLUMNS = ["person", "device"]
LARGEST = 64_000_000  # bytes of a list
_CHUNK = 5_000


def roll_out(session: Session, viewer: Viewer, vault: Vault, path: Path, out: Path) -> int:
    """Enrol each device of the CSV at `path` (COLUMNS: an e-mail, a name) and write all tokens to `out`, a new file
    that only its owner reads (COLUMNS and `token`); returns how many. Permission ENROL_DEVICES.

    All or none. Raises BadInput naming the line, or where `out` is there already; otherwise as `devices.enrol`. The
    file is written before the transaction commits: tokens of one that does not are good for nothing.
    """
    listed = _read(path)
    ids = _ids(session, sorted({email for email, _ in listed}))
    for line, (email, _) in enumerate(listed, 2):
        if email not in ids:
            raise BadInput(
                f"{path.name}, line {line}: nobody on the roster has the e-mail {email!r}; none was enrolled."
            )
    made = devices.enrol(session, viewer, vault, [(ids[email], name) for email, name in listed])
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow([*COLUMNS, "token"])
    rows.writerows((email, one.name, one.token) for (email, _), one in zip(listed, made, strict=True))
    try:
        durable.write(out, written.getvalue().encode(), replace=False)
    except FileExistsError:
        raise BadInput(f"{out.name} is there already; name a new file for the tokens. None was enrolled.") from None
    return len(made)


def _read(path: Path) -> list[tuple[str, str]]:
    if path.stat().st_size > LARGEST:
        raise BadInput(f"{path.name} is larger than 64 MB, which no list of devices is.")
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path.name} is not a CSV in UTF-8 ({error}); none was enrolled.") from None
    if not rows or [one.strip().casefold() for one in rows[0]] != COLUMNS or len(rows) < 2:
        raise BadInput(
            f"{path.name} has to begin with the line {','.join(COLUMNS)}, and to list a device on each other."
        )
    for line, row in enumerate(rows[1:], 2):
        if len(row) != len(COLUMNS):
            raise BadInput(
                f"{path.name}, line {line}: it has {len(row)} fields, not {len(COLUMNS)}; none was enrolled."
            )
    return [(normal_email(email), name) for email, name in rows[1:]]


def _ids(session: Session, emails: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(emails), _CHUNK):
        query = select(PersonRow.email, PersonRow.id).where(PersonRow.email.in_(emails[start : start + _CHUNK]))
        found |= {row.email: row.id for row in session.execute(query)}
    return found
