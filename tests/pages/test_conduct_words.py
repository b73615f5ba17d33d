"""What organizers read of exposures: counts, and never more comfort than the looks give."""

from __future__ import annotations

from data.exposures.exposure import Figures
from pages.wording import conduct as wording


def test_organizers_read_counts() -> None:
    """Whether a fix failed and whether an incident was opened is the programme's conduct; whom it concerned is not."""
    assert "No look at the permissions has found" in wording.exposures(Figures(), 0)
    said = wording.exposures(Figures(total=3, open=1, again=1, unlinked=2), 0)
    for part in ("3 exposures", "1 of them is open now", "1 time a place was open again", "To 2 no incident"):
        assert part in said, part
    assert "not known" not in said
    assert "1 more is no longer looked at" in wording.exposures(Figures(total=1, unwatched=1), 0)


def test_a_database_that_could_not_be_looked_at_is_not_told_as_closed() -> None:
    """In the story nobody could look for three days, and nothing was found because of that."""
    for found in (Figures(), Figures(total=2)):
        said = wording.exposures(found, 1)
        assert "1 database could not be looked at lately: whether data is open there is not known." in said
