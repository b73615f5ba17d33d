"""The metrics of a calendar year that California asks of large businesses: 11 CCR § 7102(a)(1). Pure.

For the previous calendar year: how many requests to delete (A), to correct (B), to know (C), to opt-out of sale/sharing
(D) and to limit (E) the business received, complied with in whole or in part, and denied; and the median or mean number
of days within which it substantively responded to each (F). § 7102(a)(2) lets it say why requests were denied, and
wants it all disclosed by July 1. It binds whoever handles the personal information of 10,000,000 or more consumers in
a year.

What is counted are requests under California's clock, by the year in which they were received. The days are calendar
days, as § 7021(b) counts them. Of few requests the law still wants the figure: it is given, with how many it is of.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from data.people.jurisdictions import Jurisdiction
from data.rights.grounds import Ground
from data.rights.states import RequestKind
from data.statistics.cases import Case, Outcome
from data.statistics.year import FEWEST

HEADER = (
    "calendar_year",
    "subsection",
    "request",
    "received",
    "complied_in_whole",
    "complied_in_part",
    "denied",
    "denied_not_verifiable",
    "denied_not_by_a_consumer",
    "denied_exempt",
    "denied_other_grounds",
    "taken_back",
    "waiting",
    "responded",
    "median_days",
    "mean_days",
    "note",
)
# With which a spreadsheet begins a formula (OWASP).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_TAKEN = "Does not apply: Daylight takes no such requests. Add those that the business received elsewhere."


@dataclass(frozen=True)
class Line:
    """One row: a kind of request of § 7102(a)(1) and which of ours are counted as it; none, where Daylight takes no
    such requests. `subsection` is empty for what § 7102 does not name."""

    subsection: str
    request: str
    kinds: frozenset[RequestKind]
    note: str = ""


LINES = (
    Line("7102(a)(1)(A)", "to delete", frozenset({RequestKind.ERASURE})),
    Line(
        "7102(a)(1)(B)",
        "to correct",
        frozenset({RequestKind.CORRECTION, RequestKind.ATTRIBUTION}),
        "Corrections of the roster, and of whose captures they are.",
    ),
    Line("7102(a)(1)(C)", "to know", frozenset({RequestKind.EXPORT}), "Copies of what is held."),
    Line("7102(a)(1)(D)", "to opt-out of sale/sharing", frozenset(), _NOT_TAKEN),
    Line("7102(a)(1)(E)", "to limit", frozenset(), _NOT_TAKEN),
    Line(
        "",
        "objections and sealings (not named in § 7102)",
        frozenset({RequestKind.OBJECTION, RequestKind.RESTRICTION}),
        "They stop capturing and use. Judge whether any was meant as a request to opt-out or to limit.",
    ),
    Line(
        "",
        "questions and names about a look (not named in § 7102)",
        frozenset({RequestKind.QUESTION, RequestKind.REVEAL}),
        "Judge whether any was meant as a request to know.",
    ),
)

_UNVERIFIED = frozenset({Ground.IDENTITY, Ground.FRAUD})
_EXEMPT = frozenset({Ground.LEGAL_HOLD, Ground.LEGAL_CLAIMS, Ground.NOT_COVERED})
_ELSEWHERE = frozenset({Ground.OUTSIDE})


def rows(cases: Iterable[Case], year: int) -> tuple[tuple[object, ...], ...]:
    """The table below HEADER, a row each of LINES; "" where there is no figure. `cases` may be of any place."""
    own = [one for one in cases if one.jurisdiction == Jurisdiction.CALIFORNIA.value and one.received.year == year]
    return tuple(_row(line, [one for one in own if one.kind in line.kinds], year) for line in LINES)


def as_csv(cases: Iterable[Case], year: int) -> str:
    """The same as a file (RFC 4180), in which no cell begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_cell(one) for one in row] for row in (HEADER, *rows(cases, year)))
    return out.getvalue()


def file_name(year: int) -> str:
    """What the file is called."""
    return f"daylight-11-ccr-7102-{year}.csv"


def _row(line: Line, own: Sequence[Case], year: int) -> tuple[object, ...]:
    what = (year, line.subsection, line.request)
    if not line.kinds:
        return (*what, *[""] * (len(HEADER) - len(what) - 1), line.note)
    days = [one.days for one in own if one.days is not None]
    denied = [one for one in own if one.outcome is Outcome.REFUSED]
    few = f"The days are of {len(days)} only." if 0 < len(days) < FEWEST else ""
    return (
        *what,
        len(own),
        _count(own, Outcome.GRANTED),
        _count(own, Outcome.PART),
        len(denied),
        _because(denied, _UNVERIFIED),
        _because(denied, _ELSEWHERE),
        _because(denied, _EXEMPT),
        len(denied) - _because(denied, _UNVERIFIED | _ELSEWHERE | _EXEMPT),
        _count(own, Outcome.WITHDRAWN),
        _count(own, Outcome.WAITING),
        len(days),
        median(days) if days else "",
        round(fmean(days), 1) if days else "",
        " ".join(filter(None, (line.note, few))),
    )


def _count(own: Iterable[Case], outcome: Outcome) -> int:
    return sum(one.outcome is outcome for one in own)


def _because(denied: Iterable[Case], grounds: Collection[Ground]) -> int:
    return sum(one.ground in grounds for one in denied)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
