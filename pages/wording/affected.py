"""Words for an officer's work on an exposure: who could, whom it concerns, what is changed about it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from data.exposures.exposure import LONGEST, SHORTEST, Accounts
from data.incidents.incident import Incident
from data.people.person import Person
from pages.shell import markup, words

MOST = 500  # accounts that are shown


def length() -> str:
    """How much is to be said."""
    return f"{SHORTEST} to {LONGEST:,} characters"


def incident(one: Incident) -> str:
    """An incident in a list to choose from. Plain text."""
    return f"Incident {one.number}: {markup.seen(one.title)}"


def listed(count: int) -> str:
    """Of how many accounts the table shows some. Plain text."""
    if count > MOST:
        return f"{words.exact(MOST)} of {words.exact(count)}; `python -m data exposures accounts` lists all."
    return f"{words.count(count, 'account')}; those that may are not among them."


def as_csv(found: Iterable[Person]) -> str:
    """The list of everybody concerned, for a spreadsheet; no name in it is a formula there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("name", "e-mail", "team", "law"))
    for one in found:
        writer.writerow([markup.cell(text) for text in (one.name, one.email, one.department, one.jurisdiction)])
    return out.getvalue()


def accounts(found: Accounts) -> list[dict[str, str]]:
    """The accounts that could, as rows of a table, those first of which nobody knows whose they are."""
    listed = sorted(found.audience.items(), key=lambda one: (one[1] is not None, one[0]))[:MOST]
    return [
        {
            "account": markup.cell(name),
            "whose": "not on record" if person is None else markup.cell(found.owners.get(person, f"person {person}")),
        }
        for name, person in listed
    ]
