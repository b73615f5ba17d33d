"""The many ways a roster names three jurisdictions."""

from __future__ import annotations

import pytest

from data.people.jurisdictions import Jurisdiction, parse


@pytest.mark.parametrize("text", ["gdpr", "EU", "eea", "DE", "de-by", "DE_BY", " fr ", "EL", "GR", "NO", "IS", "LI"])
def test_the_union_and_the_economic_area_follow_the_gdpr(text: str) -> None:
    assert parse(text) is Jurisdiction.GDPR


@pytest.mark.parametrize("text", ["uk", "GB", "gb-sct", "UK-ENG"])
def test_the_united_kingdom_follows_its_own(text: str) -> None:
    assert parse(text) is Jurisdiction.UK


@pytest.mark.parametrize("text", ["california", "CA", "US-CA", "us_ca", "ccpa", "CPRA"])
def test_california_has_many_names(text: str) -> None:
    assert parse(text) is Jurisdiction.CALIFORNIA


@pytest.mark.parametrize("text", ["", "US", "US-TX", "CH", "CA-QC", "Mars", "D", "DEU", "EU-"])
def test_what_we_have_no_rules_for_is_not_guessed(text: str) -> None:
    assert parse(text) is None
