"""Which law's clock runs for a person: three codes, and the many ways a roster names them."""

from __future__ import annotations

from enum import StrEnum


class Jurisdiction(StrEnum):
    """Whose rules a person's requests follow."""

    GDPR = "gdpr"
    UK = "uk"
    CALIFORNIA = "california"


# The European Economic Area by ISO 3166-1: the Union's 27 (EL is how it writes Greece), Iceland, Liechtenstein, Norway.
_EEA = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR EL HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split()  # noqa: SIM905
)
_NAMES = {
    "GDPR": Jurisdiction.GDPR,
    "EU": Jurisdiction.GDPR,
    "EEA": Jurisdiction.GDPR,
    "UK": Jurisdiction.UK,
    "GB": Jurisdiction.UK,
    "CA": Jurisdiction.CALIFORNIA,
    "CALIFORNIA": Jurisdiction.CALIFORNIA,
    "CCPA": Jurisdiction.CALIFORNIA,
    "CPRA": Jurisdiction.CALIFORNIA,
    "US-CA": Jurisdiction.CALIFORNIA,
}


def parse(text: str) -> Jurisdiction | None:
    """The jurisdiction a roster means by `text`, or None when it is not one we know.

    A country may carry a part of it (DE-BY, GB-SCT). `CA` is California, not Canada, for which
    we have no rules; other states of the US have none either.
    """
    code = text.strip().upper().replace("_", "-")
    if code in _NAMES:
        return _NAMES[code]
    country = code.partition("-")[0]
    if country in _EEA:
        return Jurisdiction.GDPR
    return _NAMES["UK"] if country in {"GB", "UK"} else None
