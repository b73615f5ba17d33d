"""The figures about people in the printed report of a quarter: one table of ranges. Pure."""

from __future__ import annotations

from data.statistics import comparison
from data.statistics.people.release import Estimate, Group, Record, Release
from data.statistics.quarter import Quarter
from pages.shell import words
from pages.wording import people
from pages.wording.quarterly import Section

_MOST = 6  # departments by name, and figures beside each other: it is one page
_BESIDE = 2
_LONGEST = 44  # letters of a group's name
_TITLE = "People, in groups of at least 100"


def section(record: Record, quarter: Quarter) -> Section:
    """The release of a quarter as ranges; or why there is none."""
    if quarter in record.altered:
        rows = (("ALTERED after they were released; nothing of them is shown", ""),)
        return Section(_TITLE, rows, note="Tell the auditor, and keep what you downloaded earlier.")
    found = next((one for one in record.releases if one.quarter == quarter), None)
    if found is None:
        return Section(_TITLE, (("Not drawn", ""),), note="They are drawn once, two weeks after the end of a quarter.")
    return _departments(found) if len(found.figures) <= _BESIDE else _company(found)


def _departments(release: Release) -> Section:
    figures, parts = people.ordered(release.figures), comparison.parts(release)
    groups = (comparison.company(release), *(one for one in parts if one.parent is not None))
    rows = [
        (f"{_name(one)}, about {one.about:,}", *(_range(release.estimate(figure, one.key)) for figure in figures))
        for one in groups[: _MOST + 1]
    ]
    more = len(groups) - len(rows)
    return Section(
        _TITLE,
        tuple(rows),
        ("", *(people.capital(one.plain) for one in figures)),
        (f"{words.count(more, 'more group')} in the download. " if more else "") + _note(release),
    )


def _company(release: Release) -> Section:
    whole: Group = comparison.company(release)
    rows = [
        (people.capital(one.plain), _range(release.estimate(one, whole.key))) for one in people.ordered(release.figures)
    ]
    return Section(
        _TITLE,
        tuple(rows),
        ("The whole company", f"of about {whole.about:,}"),
        f"By department in the download. {_note(release)}",
    )


def _name(one: Group) -> str:
    return one.name if len(one.name) <= _LONGEST else f"{one.name[: _LONGEST - 1]}…"


def _range(one: Estimate) -> str:
    return f"{one.low:,} to {one.high:,}" if one.low < one.high else f"{one.low:,}"


def _note(release: Release) -> str:
    return (
        "The true number lies in the range in 95 of 100 cases; where ranges overlap, nothing can be told apart. Noise"
        f" protects each person. Drawn once; its fingerprint {release.digest[:16]}… stands in entry"
        f" {release.position:,} of the access log."
    )
