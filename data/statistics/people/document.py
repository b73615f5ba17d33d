"""The document of a release: all that was released, as canonical JSON, and what people download of it. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data import instants
from data.canonical import canonical
from data.statistics.people import method
from data.statistics.people.figure import Figure
from data.statistics.people.release import Estimate, Group, Level, Release, in_words
from data.statistics.quarter import Quarter
from data.statistics.tables import BUDGET

FORM = 2  # 1 had no numbers of departments
_TITLE = "Counts of people under differential privacy"
_COLUMNS = (
    *("quarter", "figure", "people who", "group", "level", "part of", "people, about"),
    *("low", "high", "estimate", "in words"),
)
# Where a spreadsheet would begin a formula (OWASP): also at a full-width sign, and behind what another country's
# spreadsheet splits lines at.
_FORMULA = re.compile(r'(?:^|(?<=[,;|\t\r\n"]))(?=[\s"]*[=+\-@＝＋－＠])|^(?=[\t\r\n])')


def written(
    quarter: Quarter,
    drawn_at: int,
    figures: Sequence[Figure],
    groups: Sequence[Group],
    estimates: Sequence[Estimate],
    spent: int,
    shares: Mapping[Level, int],
) -> str:
    """The document. `spent` and `shares` (of each level of each figure) in millionths of epsilon."""
    found = {
        "form": FORM,
        "what": _TITLE,
        "quarter": str(quarter),
        "from": instants.iso(quarter.start),
        "until": instants.iso(quarter.end),
        "drawn_at": instants.iso(drawn_at),
        "code": method.code(),
        "budget": {"millionths_of_epsilon": BUDGET, "spent": spent},
        "shares": {level.value: share for level, share in shares.items()},
        "smallest_group": method.SMALLEST,
        "coverage_percent": method.COVERAGE,
        "method": [{"topic": topic, "text": text} for topic, text in method.SENTENCES.items()],
        "figures": [{"figure": one.value, "people_who": one.plain, "meaning": one.meaning} for one in figures],
        "groups": [
            {
                "group": one.key,
                "name": one.name,
                "level": one.level.value,
                "part_of": one.parent,
                "departments": list(one.departments),
                "department_numbers": list(one.numbers),
                "people_about": one.about,
            }
            for one in groups
        ],
        "estimates": [
            {"figure": one.figure.value, "group": one.group, "low": one.low, "high": one.high, "estimate": one.value}
            for one in estimates
        ],
    }
    return canonical(found).decode()


def digest_of(document: str) -> str:
    """Its SHA-256, hex."""
    return hashlib.sha256(document.encode()).hexdigest()


def read(document: str, position: int) -> Release:
    """The release that a document says. Raises ValueError, KeyError or TypeError for what is none."""
    found: Any = json.loads(document)
    groups = tuple(
        Group(
            one["group"],
            one["name"],
            Level(one["level"]),
            one["part_of"],
            tuple(one["departments"]),
            one["people_about"],
            tuple(one["department_numbers"]) if found["form"] >= 2 else (),
        )
        for one in found["groups"]
    )
    estimates = tuple(
        Estimate(Figure(one["figure"]), one["group"], one["estimate"], one["low"], one["high"])
        for one in found["estimates"]
    )
    return Release(
        quarter=Quarter.parse(found["quarter"]),
        drawn_at=instants.parse(found["drawn_at"]),
        position=position,
        digest=digest_of(document),
        figures=tuple(Figure(one["figure"]) for one in found["figures"]),
        groups=groups,
        estimates=estimates,
        epsilon=found["budget"]["spent"] / BUDGET,
        shares={Level(level): share / BUDGET for level, share in found["shares"].items()},
        method=tuple((one["topic"], one["text"]) for one in found["method"]),
        code=found["code"],
        document=document,
    )


def file_name(release: Release, suffix: str) -> str:
    """What a download is called; `suffix` is "csv" or "json"."""
    return f"daylight-figures-{release.quarter}.{suffix}"


def as_json(release: Release) -> bytes:
    """The download: the document, and where the access log holds its digest (of its canonical form, RFC 8785)."""
    found = {"log_entry": release.position, "sha256": release.digest, "release": json.loads(release.document)}
    return json.dumps(found, indent=2, ensure_ascii=False).encode() + b"\n"


def as_csv(release: Release) -> bytes:
    """The download as a table (RFC 4180, UTF-8), in which no cell begins a formula. The lines before the header, which
    begin with #, hold the method, the parameters and what proves it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([f"# {topic}: {text}"] for topic, text in _notes(release))
    writer.writerow(_COLUMNS)
    groups = {one.key: one for one in release.groups}
    for one in release.estimates:
        group = groups[one.group]
        parent = groups[group.parent].name if group.parent else ""
        row = (
            *(str(release.quarter), one.figure.value, one.figure.plain, group.name, group.level.value, parent),
            *(group.about, one.low, one.high, one.value, in_words(one, group)),
        )
        writer.writerow([_safe(cell) for cell in row])
    return out.getvalue().encode()


def _notes(release: Release) -> Iterator[tuple[str, str]]:
    yield "Release", f"{_TITLE}, {release.quarter}, drawn at {instants.iso(release.drawn_at)}"
    shares = ", ".join(f"{share:g} for each {level.value}" for level, share in release.shares.items())
    yield "Epsilon", f"{release.epsilon:g} of 1 for each person; of each figure {shares}"
    for one in release.figures:
        yield f"People who {one.plain}", one.meaning
    yield from release.method
    yield "Code", release.code
    yield "Proof", f"entry {release.position} of the access log holds the SHA-256 of the release, {release.digest}"


def _safe(value: object) -> object:
    return _FORMULA.sub("'", value) if isinstance(value, str) else value
