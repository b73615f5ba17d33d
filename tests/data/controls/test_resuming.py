"""Before the programme resumes it is looked up what is missing: promises kept for long enough, an assessment, an end of
drift and exposures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.tables import DetailsRow
from data.controls import record as controls
from data.controls import resuming
from data.controls.control import Name, Result, State
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed
from data.exposures import record as exposures
from data.exposures.exposure import Open
from data.incidents import drift
from data.people.viewer import Role, Viewer
from data.programme import assessment, record
from data.sealing.vault import Vault
from data.settings import Settings

OLGA = Viewer(8, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga")
OMAR = Viewer(9, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Omar")
INES = Viewer(10, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ines")
SUM = "ab" * 32
KEPT, OPEN = Result(State.HOLDS, "Sealed."), Result(State.BROKEN, "Open.")


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    return Settings(tmp_path, str(database.url), str(tmp_path / "segments"), tmp_path / "keyring", resume_days=2)


def look(database: Database, vault: Vault, at: int, result: Result = KEPT) -> None:
    with database.writing() as session:
        controls.keep(session, vault, Name("sealing"), result, at, by=None, days=14)


def looks(database: Database, vault: Vault, start: int, end: int) -> None:
    for at in range(start, end + 1, instants.HOUR):
        look(database, vault, at)


def file(database: Database, vault: Vault, days: int = 30) -> None:
    with database.writing() as session:
        until = (instants.moment(instants.now()) + timedelta(days=days)).date()
        assessment.file(session, OLGA, vault, "Assessment 3", SUM, until)


def missing(database: Database, vault: Vault, settings: Settings) -> tuple[str, ...]:
    with database.reading() as session:
        return resuming.missing(session, vault, settings)


def test_every_promise_has_to_be_seen_kept_for_the_set_time_without_a_gap(
    database: Database, vault: Vault, settings: Settings
) -> None:
    now, day = instants.now(), instants.DAY
    file(database, vault)
    assert missing(database, vault, settings) == ("No program has looked yet whether the promises are kept.",)
    looks(database, vault, now - 3 * day, now - day - 2 * instants.HOUR)
    assert "Nobody has looked lately" in missing(database, vault, settings)[0]
    looks(database, vault, now - instants.HOUR, now)
    assert "was seen kept for less than one of 2 days" in missing(database, vault, settings)[0], "a day is not known"


def test_nothing_is_missing_once_all_is_there_and_what_breaks_is_missing_at_once(
    database: Database, vault: Vault, settings: Settings
) -> None:
    now = instants.now()
    file(database, vault)
    looks(database, vault, now - 2 * instants.DAY - instants.HOUR, now - instants.HOUR)
    assert missing(database, vault, settings) == ()
    look(database, vault, now, OPEN)
    assert missing(database, vault, settings)[0].endswith("is broken.")


def test_drift_exposures_and_an_old_assessment_are_missing(
    database: Database, vault: Vault, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = instants.now()
    looks(database, vault, now - 2 * instants.DAY - instants.HOUR, now)
    assert missing(database, vault, settings) == ("No impact assessment is on file (GDPR, Article 35).",)
    monkeypatch.setattr(instants, "now", lambda: now - 10 * instants.DAY)
    file(database, vault, days=5)
    monkeypatch.setattr(instants, "now", lambda: now)
    assert "was to be reviewed by" in missing(database, vault, settings)[0]
    file(database, vault)
    with database.writing() as session:
        found = Open("captures", ("public.captures",), {"eve": None}, kinds=("key",))
        exposures.observe(session, vault, "warehouse", [found], last_good=None, now=now, source="warehouse")
    monkeypatch.setattr(drift, "going_on", lambda *_: (2, 0))
    assert missing(database, vault, settings) == (
        "2 things are captured that no notice promised.",
        "1 exposure goes on: data is open to more than allowed.",
    )


def test_drift_whose_entry_no_longer_opens_is_not_known_to_have_ended(
    database: Database, vault: Vault, settings: Settings
) -> None:
    """Whoever destroys what a finding says does not have it taken for none: what is not known is missing."""
    scope = {"finding": 1, "step": "found", "matter": {"kind": "screen"}}
    with database.writing() as session:
        position = log.append(
            session, vault, action=Action.DRIFT, people=(), accessor=None, reason=None, scope=scope, count=1
        )
    assert "1 thing is captured that no notice promised." in missing(database, vault, settings)
    with database.writing() as session:
        session.execute(delete(DetailsRow).where(DetailsRow.position == position))
    assert any("drift" in one and "no longer open" in one for one in missing(database, vault, settings))


def test_the_programme_resumes_only_past_what_is_looked_up_then(
    database: Database, vault: Vault, settings: Settings
) -> None:
    """What was missing is looked up in the transaction that resumes, and stands in its entry."""
    with database.writing() as session:
        record.pause(session, OLGA, vault, None, "The tables are open.")
        record.propose_resume(session, OLGA, vault, "They are closed.")
        record.agree(session, INES, vault, "It held.")
    with pytest.raises(NotAllowed, match="No program has looked yet"), database.writing() as session:
        resuming.resume(session, OMAR, vault, settings)
    with database.writing() as session:
        line = resuming.resume(session, OMAR, vault, settings, "A safety case needs it.").lines[-1]
    assert line.missing == missing(database, vault, settings) and len(line.missing) == 2


def agree(database: Database, vault: Vault, settings: Settings, viewer: Viewer = INES) -> None:
    with database.writing() as session:
        resuming.agree(session, viewer, vault, settings, "It held.")


@pytest.mark.parametrize(
    ("happens", "why"),
    [("time", "older than 2 days"), ("control", "found broken since"), ("exposure", "exposure was found since")],
)
def test_what_an_organizer_agreed_to_counts_no_more_once_it_is_old_or_something_broke(
    database: Database, vault: Vault, settings: Settings, monkeypatch: pytest.MonkeyPatch, happens: str, why: str
) -> None:
    """Agreement is to a state of things; it does not let the programme resume into another, and can be given anew."""
    now = instants.now() - 3 * instants.DAY
    monkeypatch.setattr(instants, "now", lambda: now)
    looks(database, vault, now - 3 * instants.HOUR, now - instants.HOUR)
    look(database, vault, now - instants.MINUTE, OPEN)  # what was broken before is no news
    with database.writing() as session:
        record.pause(session, OLGA, vault, None, "The tables are open.")
        record.propose_resume(session, OLGA, vault, "They are closed.")
    agree(database, vault, settings)
    with pytest.raises(Conflict, match="Ines has agreed"):
        agree(database, vault, settings)
    later = now + instants.HOUR
    monkeypatch.setattr(instants, "now", lambda: later)
    assert not [one for one in missing(database, vault, settings) if "agreed" in one]
    if happens == "time":
        later += 2 * instants.DAY
    elif happens == "control":
        look(database, vault, later)
        look(database, vault, later + 1, OPEN)
    else:
        with database.writing() as session:
            found = Open("captures", ("public.captures",), {"eve": None})
            exposures.observe(session, vault, "warehouse", [found], last_good=None, now=later)
    (item,) = [one for one in missing(database, vault, settings) if "agreed" in one]
    assert why in item and "agree to it again" in item
    later += instants.MINUTE
    agree(database, vault, settings)
    assert not [one for one in missing(database, vault, settings) if "agreed" in one]


@pytest.mark.parametrize(
    ("title", "digest", "days", "why"),
    [("", SUM, 30, "title"), ("T", "ab", 30, "SHA-256"), ("T", SUM, -1, "from today on"), ("T", SUM, 2000, "3 years")],
)
def test_an_assessment_that_cannot_be_is_refused_in_a_sentence(
    database: Database, vault: Vault, title: str, digest: str, days: int, why: str
) -> None:
    until = (instants.moment(instants.now()) + timedelta(days=days)).date()
    with pytest.raises(BadInput, match=why), database.writing() as session:
        assessment.file(session, OLGA, vault, title, digest, until)
    with pytest.raises(NotAllowed), database.writing() as session:
        assessment.file(session, INES, vault, "T", SUM, until)
