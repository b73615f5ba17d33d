"""The inventory: every table and store that says something of a person, and where it stands in their export.

A table or a column that is in none of these lists fails a test, so that what is added later cannot be forgotten.
Source: GDPR Art. 15(1) and (3), 15(4) for what would tell of somebody else. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.accesses.tables import DetailsRow, PinRow
from data.captures.tables import ImportRow, PausedRow, QuarantineRow, RefusalRow, SegmentRow
from data.copies.tables import CopyPersonRow, CopyTaskRow
from data.notices.tables import AlarmChoiceRow, NoticeRow, PostRow
from data.people.session_tables import SessionRow
from data.people.tables import CorrectionRow, DeviceRow, GrantRow, PersonRow
from data.programme.tables import FoundRow, RuleRow
from data.rights.export import devices
from data.rights.export.rows import FOLDER, Rows
from data.rights.tables import CertificateRow, RequestEventRow, RequestRow, RetentionRow, ScreenMarkRow
from data.sealing.tables import PersonKeyRow

FILE = "inventory.json"
BLACK_FILE = "blacked-out.jsonl"
LOG_FILE = f"{FOLDER}/log.jsonl"

_KEY = "It is part of a key. Given out, it could open sealed data; it says nothing about you."
_OTHERS = "It tells of somebody else, whose data it is (GDPR, Article 15(4))."
_COUNTS = "It is counted from the captures, which are all here, and can be counted from them again."
_INNER = "It says only how the program goes about its work."
_ANSWERED = "It stands in requests.jsonl, opened."
_SPAN, _RUN = ("count", "first_at", "last_at"), ("run", "removed", "failure")


ROWS: tuple[Rows, ...] = (
    Rows(
        PersonRow,
        "id",
        "person",
        "what the roster says about you",
        ("id", "email", "name", "department_id", "manager_id", "jurisdiction", "subject", "joined_at", "left_at"),
    ),
    Rows(
        CorrectionRow,
        "person_id",
        "corrections",
        "what of the roster was corrected because you asked, and is kept so",
        ("field", "request_id", "value", "at"),
    ),
    Rows(GrantRow, "person_id", "roles", "roles you were given", ("role", "granted_at", "revoked_at")),
    Rows(
        SessionRow,
        "person_id",
        "sessions",
        "when you signed in to Daylight, and until when",
        ("roles", "proved_at", "started_at", "seen_at", "ends_at", "ended_at"),
        {"digest": "It stands for the cookie of your browser.", "token": _KEY},
    ),
    Rows(
        DeviceRow,
        "person_id",
        "devices",
        "the devices that captured you",
        ("name", "first_at", "last_at", "received_at"),
    ),
    *devices.ROWS,
    Rows(
        ImportRow,
        "person_id",
        "imports",
        "each time that captures of you were taken in",
        (
            *("id", "source", "digest", "at", "added", "duplicates", "refused", "objected", "paused"),
            *("screens", "first_at", "last_at"),
        ),
    ),
    Rows(
        PausedRow,
        "person_id",
        "refused-in-pauses",
        "how many captures of a pause were refused, of which device, kind and time, and in whose pause",
        ("id", "why", "since", "device", "kind", "count", "first_at", "last_at", "at"),
    ),
    Rows(
        QuarantineRow,
        "person_id",
        "quarantine",
        "the sealed files of what was captured while the programme was paused, until they are erased after review",
        ("id", "import_id", "at", "bytes", "digest", "erased_at"),
        {"wrapped": _KEY, "epoch": _INNER},
    ),
    Rows(
        SegmentRow,
        "person_id",
        "segments",
        "the sealed files in which your captures are kept",
        ("id", "first_at", "last_at", "count", "bytes", "digest", "key_version", "import_id"),
        {"wrapped_key": _KEY, "vocabulary": "The captures hold the same words.", "pictures": "The captures name them."},
    ),
    Rows(
        PersonKeyRow,
        "person_id",
        "keys",
        "the versions of the key that seals your data, and when each was made and destroyed",
        ("version", "epoch", "made_at", "destroyed_at"),
        {"wrapped": _KEY},
    ),
    Rows(
        RefusalRow,
        "person_id",
        "erased",
        "when what you had deleted was closed to coming back",
        ("id", "at"),
        {"wrapped": "It is the reach of your request, which stands in requests.jsonl.", "epoch": _INNER},
    ),
    Rows(
        RuleRow,
        "person_id",
        "standing-rules",
        "what stands because you objected or had something sealed",
        ("request_id", "kind", "since", "granted_at", "ends_at"),
        {"wrapped": _ANSWERED, "epoch": _INNER},
    ),
    Rows(FoundRow, "person_id", "drift", "what no notice promised", ("finding_id", *_SPAN, "position")),
    Rows(RetentionRow, "person_id", "retention", "what was deleted as its time was over", _RUN, {"step": _INNER}),
    Rows(
        NoticeRow,
        "person_id",
        "notices",
        "what you were told by itself, and when you saw it",
        ("position", "why", "request_id", "mail", "made_at", "seen_at"),
    ),
    Rows(
        PostRow,
        "person_id",
        "mail",
        "how e-mail to you fares",
        ("sent_at", "tries", "next_at", "failure", "failed_at"),
    ),
    Rows(AlarmChoiceRow, "person_id", "alarms", "which alarms you chose to be told of", ("kind", "since")),
    Rows(PinRow, "person_id", "pins", "the head of the access log that you saw last", ("size", "root", "seen_at")),
    Rows(
        CertificateRow,
        "person_id",
        "certificates",
        "the certificates of what was deleted",
        ("request_id", "number", "digest", "document"),
        {"awaits": _INNER},
    ),
    Rows(
        ScreenMarkRow,
        "person_id",
        "blacked-out-by-officers",
        "which parts of your screens privacy officers blacked out in your copies, why, and since when",
        ("id", "request_id", "made_at", "ended_at", "position", "mark"),
    ),
    Rows(
        CopyPersonRow,
        "person_id",
        "copies",
        "the copies of your captures that left Daylight, and who holds each",
        ("copy_id", "subject", "captures", "first_at", "last_at"),
    ),
    Rows(
        CopyTaskRow,
        "person_id",
        "copies-to-erase",
        "what the holders of those copies had to erase, by when, and what came of it",
        (
            *("request_id", "copy_id", "name", "what", "made_at", "due_at", "next_at", "tries", "told_at", "trouble"),
            *("state", "closed_at", "digest", "reason"),
        ),
        {"closed_by": _OTHERS, "wrapped": _ANSWERED, "epoch": _INNER},
    ),
    Rows(
        DetailsRow,
        "accessor_id",
        "you-looked",
        "what you did yourself that the access log holds",
        ("position", "automated", "purpose", "role", "people_count"),
        {
            "details": f"Whose data you opened: {_OTHERS[0].lower()}{_OTHERS[1:]}",
            "who": "It is a digest that stands for you, so that looks can be counted.",
        },
    ),
    Rows(
        RequestRow,
        "decided_by",
        "you-decided",
        "requests of others that you decided",
        ("id", "kind", "state", "decided_at", "ground", "reason"),
        rest=_OTHERS,
    ),
    Rows(
        RequestRow,
        "handler_id",
        "you-took",
        "requests of others that you took on",
        ("id", "kind", "state"),
        rest=_OTHERS,
    ),
    Rows(
        RequestEventRow,
        "actor_id",
        "you-acted",
        "what you did to requests, your own and others'",
        ("request_id", "number", "at", "actor", "what", "proved_at"),
        {"note": "Of your own requests it stands in requests.jsonl; of others it is theirs."},
        rest=_OTHERS,
    ),
)

# (table, column that names the person): the files that hold it in a form of their own.
WRITTEN: Mapping[tuple[str, str], str] = {
    ("access_people", "person_id"): f"accesses.jsonl, {LOG_FILE}",
    ("access_listed", "person_id"): f"accesses.jsonl, {LOG_FILE}",
    ("requests", "person_id"): "requests.jsonl",
    ("request_events", "person_id"): "requests.jsonl",
    ("displays", "person_id"): "displays.json",
    ("screens", "person_id"): "screens/",
}

# (table, column that names the person): why it is in no export.
LEFT: Mapping[tuple[str, str], str] = {
    ("people", "manager_id"): f"Who reports to you. {_OTHERS}",
    ("requests", "opened_by"): "Your own requests are in requests.jsonl. Those you opened for others are theirs.",
    ("capture_days", "person_id"): _COUNTS,
    ("capture_apps", "person_id"): _COUNTS,
    ("capture_clicks", "person_id"): _COUNTS,
    ("capture_devices", "person_id"): _COUNTS,
    ("capture_labels", "person_id"): _COUNTS,
    ("exports", "person_id"): "It is a copy like this one, and which you had stands in requests.jsonl.",
    ("export_parts", "person_id"): "It is a piece of a copy like this one.",
}

# Outside the database: where else something of a person lies.
STORES: Mapping[str, str] = {
    "sealed files of captures": "captures.jsonl, captures.csv and captures-*.parquet, opened",
    "sealed pictures of screens": "screens/, opened",
    "sealed files in quarantine": "Nobody opens them; held/refused-in-pauses.jsonl says how many of what, and why",
    "sealed pieces of copies": LEFT["exports", "person_id"],
    "the keyring": _KEY,
    "the access log's newest head": "It names nobody.",
}

# Integers that name a person, however they are called; every other table has none.
PEOPLE = frozenset([*WRITTEN, *LEFT, *((one.name, one.who) for one in ROWS)])


def as_json(black: int = 0) -> dict[str, Any]:
    """The inventory as the archive holds it: what is where, and what is in no export and why. `black`: in how many
    pictures parts are blacked out."""
    held = [
        {"table": one.name, "by": one.who, "file": one.path, "holds": one.about, "columns": list(one.columns)}
        for one in ROWS
    ]
    held += [{"table": table, "by": who, "file": file} for (table, who), file in WRITTEN.items()]
    left = [{"table": table, "by": who, "why": why} for (table, who), why in LEFT.items()]
    left += [{"table": one.name, "column": name, "why": why} for one in ROWS for name, why in one.left.items()]
    left += [{"table": one.name, "column": "all else", "why": one.rest} for one in ROWS if one.rest]
    blacked = {"pictures": black, "file": BLACK_FILE, "why": f"They show somebody else. {_OTHERS}"}
    return {"held": held, "left_out": left, "blacked_out": blacked, "stores": dict(STORES)}


def left_out() -> list[tuple[str, str]]:
    """What is in no export, and why, once for each reason: (what it is, why)."""
    found: dict[str, list[str]] = {}
    for one in as_json()["left_out"]:
        what = one["table"] + (f".{one['column']}" if "column" in one else "")
        found.setdefault(one["why"], []).append(what.replace("_", " "))
    return [(", ".join(whats), why) for why, whats in found.items()]
