"""What each role sees at each step of the story of June: employees concerned and not, organizer, officer, auditor."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.accesses.entry import Action
from data.captures import segments, summary
from data.controls import record as controls
from data.controls.control import State as Found
from data.controls.lifecycle import Stage as Fix
from data.errors import NotAllowed
from data.incidents import record as incidents
from data.incidents.incident import Happening
from data.people.crowd import Few
from data.programme.state import State
from data.scenarios import company
from data.scenarios.june import JUNE
from pages.shell.words import Calendar
from pages.wording import incidents as wording
from tests.data.scenarios.conftest import EMPLOYEES, NEW_TABLES, READERS, WATCHERS, Replayed
from tests.demo import company as demo

pytestmark = pytest.mark.postgres

KEYS = [step.key for step in JUNE.steps]


def since(key: str) -> list[str]:
    return KEYS[KEYS.index(key) :]


def test_the_storys_people_are_the_demos_so_that_they_can_sign_in() -> None:
    """The sign-in of the demo finds people by their e-mail; one that it does not know could not be looked at."""
    known = {one.email: one.name for one in demo.people()}
    assert {one.email: one.name for one in company.PEOPLE}.items() <= known.items()


@pytest.mark.parametrize(
    ("key", "found", "new_tables"),
    [
        ("watched", Found.HOLDS, Found.HOLDS),
        ("opened", Found.UNKNOWN, Found.UNKNOWN),
        ("read-again", Found.UNKNOWN, Found.UNKNOWN),
        ("found", Found.BROKEN, Found.BROKEN),
        ("fixed", Found.HOLDS, Found.BROKEN),
        ("failed", Found.BROKEN, Found.BROKEN),
        ("fixed-again", Found.HOLDS, Found.HOLDS),
    ],
)
def test_everybody_reads_how_the_promise_stands(june: Replayed, key: str, found: Found, new_tables: Found) -> None:
    """A look that could not be made is never called kept, and a fix that forgets what comes is seen to."""
    at = june.told[key].at
    for who in (*EMPLOYEES, *WATCHERS):
        promises = june.seen[key, who].promises
        assert promises[READERS].standing.shown(at) is found, who
        assert promises[NEW_TABLES].standing.shown(at) is new_tables, who


@pytest.mark.parametrize(
    ("key", "stage", "reopened"),
    [
        ("found", Fix.BROKEN, 0),
        ("fixed", Fix.PROVING, 0),
        ("failed", Fix.REOPENED, 1),
        ("fixed-again", Fix.PROVING, 1),
        ("told", Fix.PROVING, 1),
    ],
)
def test_a_fix_is_watched_and_reopens_by_itself(june: Replayed, key: str, stage: Fix, reopened: int) -> None:
    """Organizer, officer and auditor read the evidence and the count; employees the same without names of logins."""
    for who in WATCHERS:
        evidence = june.seen[key, who].evidence
        assert evidence is not None
        assert (evidence[READERS].standing.stage, evidence[READERS].standing.reopened) == (stage, reopened)
        assert bool(evidence[READERS].last.audience) is (stage in (Fix.BROKEN, Fix.REOPENED))
    for who in EMPLOYEES:
        seen = june.seen[key, who]
        assert seen.evidence is None and seen.figures is None
        assert seen.promises[READERS].standing.reopened == reopened
        assert not seen.promises[READERS].last.facts and not seen.promises[READERS].last.audience


@pytest.mark.parametrize(
    ("key", "open_ones", "total"),
    [("read-again", 0, 0), ("found", 1, 1), ("fixed", 0, 1), ("failed", 1, 2), ("fixed-again", 0, 2)],
)
def test_an_exposure_opens_and_closes_by_what_looks_find(june: Replayed, key: str, open_ones: int, total: int) -> None:
    """On the card of whom it concerns; organizers read counts, and nobody else reads it of themselves."""
    for who in ("amara", "farah"):
        mine = june.seen[key, who].card.mine
        assert (sum(one.exposure.is_open for one in mine), len(mine)) == (open_ones, total)
        # Everybody of the company has a login there, and the login that looks could read too.
        assert all(one.exposure.audience.people == len(company.PEOPLE) for one in mine)
        assert all(one.exposure.audience.accounts >= 1 and one.exposure.concerned is Few.UNDER for one in mine)
    for who in ("maya", *WATCHERS):
        assert june.seen[key, who].card.mine == ()
    figures = june.seen[key, "tomasz"].figures
    assert figures is not None
    assert (figures.open, figures.total, figures.again) == (open_ones, total, max(0, total - 1))


@pytest.mark.parametrize(("key", "blind"), [("watched", 0), ("opened", 1), ("read-again", 1), ("found", 0)])
def test_organizers_read_that_nobody_could_look(june: Replayed, key: str, blind: int) -> None:
    """While the login is locked no exposure is found, and that is not told as good news."""
    assert june.seen[key, "tomasz"].blind == blind


def test_the_exposure_began_with_the_last_look_that_was_good(june: Replayed) -> None:
    """Not with the day on which it was found: that the looks could not be made in between excuses nobody."""
    (mine,) = june.seen["found", "amara"].card.mine
    opened, found = june.told["opened"].at, june.told["found"].at
    assert mine.exposure.start is not None
    assert opened - 2 * instants.HOUR <= mine.exposure.start <= opened
    assert abs(mine.exposure.seen - found) < instants.MINUTE


def test_the_card_says_who_did_and_of_which_time_nobody_knows(june: Replayed) -> None:
    """One look is proven; the one of day 3 nothing recorded, and it is called unknown, not nobody."""
    (before,) = june.seen["found", "amara"].card.mine
    assert before.is_dark and not before.did.people
    (mine,) = june.seen["evidence", "amara"].card.mine
    assert (mine.did.people, mine.did.looks, mine.did.unexplained) == (1, 1, 1)
    (gap,) = mine.unknown
    assert abs(gap.end - gap.start - 43 * instants.HOUR) < instants.MINUTE
    assert gap.start < june.told["read"].at < gap.end
    (other,) = june.seen["evidence", "farah"].card.mine
    assert other.did.people == 0 and other.unknown and not other.is_known


@pytest.mark.parametrize("key", ["incident", "evidence", "fixed", "failed", "paused", "disobeyed"])
def test_before_anybody_was_told_only_those_whom_it_concerns_read_of_the_incident(june: Replayed, key: str) -> None:
    for who in ("amara", "farah", *WATCHERS):
        (one,) = june.seen[key, who].incidents
        assert one.is_mine is (who in EMPLOYEES) and one.people == (3 if who == "ingrid" else Few.UNDER)
        assert not one.press_first
    assert june.seen[key, "maya"].incidents == ()


@pytest.mark.parametrize("key", since("press"))
@pytest.mark.parametrize("who", [*EMPLOYEES, *WATCHERS])
def test_that_the_public_was_told_first_is_read_by_everybody_and_stays(june: Replayed, key: str, who: str) -> None:
    """Staff who are told afterwards do not take the mark away."""
    (one,) = june.seen[key, who].incidents
    assert one.press_first
    assert (one.first(Happening.STAFF) is None) is (key != "told")


def test_before_staff_were_told_no_page_says_that_they_were(june: Replayed) -> None:
    """Somebody whom it does not concern reads it because of the newspaper: that, and nothing kinder."""
    told = june.told["press"]
    found = incidents.Record(june.seen["press", "maya"].incidents)
    said = wording.headline(found, watches=False, now=told.at)
    assert "all staff were told" not in said
    assert "the public was told" in said


@pytest.mark.parametrize(
    ("key", "is_open", "said"),
    [
        ("evidence", True, "not yet"),
        ("fixed", False, "yesterday"),
        ("failed", True, "but a look found it open"),
        ("paused", True, "did not last"),
        ("fixed-again", False, "did not last"),
    ],
)
def test_an_incident_is_not_called_contained_where_a_look_finds_it_open(
    june: Replayed, key: str, is_open: bool, said: str
) -> None:
    """Between the night in which the fix failed and the officer's morning the page does not say that it is contained;
    whom it does not concern, and was not told, learns nothing of it."""
    calendar = Calendar(ZoneInfo("UTC"), june.told[key].at)
    for who in ("amara", *WATCHERS):
        seen = june.seen[key, who]
        assert (1 in seen.still_open) is is_open
        clocks = wording.clocks(seen.incidents[0], calendar, seen.still_open.get(1))
        assert said in clocks.partition("</li>")[0].replace("today", "yesterday")
    assert bool(june.seen[key, "maya"].still_open) is (is_open and key in since("press"))


def test_the_regulators_clock_runs_from_when_the_company_knew(june: Replayed) -> None:
    """72 hours from day 4, 9:00, whenever the incident was opened."""
    (one,) = june.seen["told", "ingrid"].incidents
    assert one.aware_at < one.opened_at
    assert one.regulator_due - june.told["told"].at == pytest.approx(42 * instants.HOUR, abs=instants.MINUTE)
    assert "must be told by" in wording.clocks(one, Calendar(ZoneInfo("UTC"), june.told["told"].at))


@pytest.mark.parametrize("key", KEYS)
def test_everybody_reads_the_same_of_whether_it_runs(june: Replayed, key: str) -> None:
    wanted = State.PAUSED if key in since("paused") else State.RUNNING
    assert {june.seen[key, who].programme for who in (*EMPLOYEES, *WATCHERS)} == {wanted}


@pytest.mark.parametrize("key", since("disobeyed"))
def test_what_a_device_sent_from_the_pause_is_told_to_its_person_alone(june: Replayed, key: str) -> None:
    """By name of the device; organizers get counts (the step's own sentence), others nothing."""
    (sent,) = june.seen[key, "farah"].sent
    assert (sent.device, sent.count) == ("FARAH-OLD-LAPTOP", 23)
    for who in ("amara", "maya", *WATCHERS):
        assert june.seen[key, who].sent == ()
    assert june.seen["paused", "farah"].sent == ()


def test_nothing_that_was_refused_left_a_readable_byte(june: Replayed) -> None:
    """What Amara objects to, and what came from the pause, was typed in one app; no person's store holds it, and no
    file of the store says what it was."""
    for path in june.stage.store.settings.store.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        assert b"Element" not in held and b"harbour" not in held and not held.startswith(b"PAR1"), path
    with june.stage.store.database.reading() as session:
        store = june.stage.store.vault, june.stage.id("amara")
        kept = [row for part in segments.read(session, *store) for row in part.to_pylist()]
    assert {row["kind"] for row in kept if row["app"] == "Element"} == {"window"}
    for who in ("amara", "farah"):
        with june.stage.store.database.reading() as session:
            held = summary.summary(session, june.stage.viewer(who), june.stage.store.vault, june.stage.id(who))
        assert held.total == (38 if who == "amara" else 60)
    assert june.logged[Action.DISOBEYED] == 1


def test_the_auditors_log_holds_every_change_and_is_whole(june: Replayed) -> None:
    """What the pages say stands in the log: two exposures of three changes each, one incident, one pause."""
    assert june.logged[Action.EXPOSURE] == 6
    assert june.logged[Action.PROGRAMME] == 1
    assert june.logged[Action.INCIDENT] == len(june.seen["told", "zoe"].incidents[0].events)
    assert june.stage.control("log-check", "").last.state is Found.HOLDS


def test_every_step_says_what_daylight_makes_of_it(june: Replayed) -> None:
    """The lines that the command prints name what the roles read."""
    said = {key: one.says for key, one in june.told.items()}
    assert "22 are refused" in said["captured"]
    assert "nobody knows" in said["opened"]
    assert "it concerns 3 people" in said["found"]
    assert "Broken again (reopened 1 time)" in said["failed"]
    assert "0 of 23" in said["disobeyed"]
    assert "must be told of incident 1 before the public" in said["press"]
    assert "42 hours are left" in said["told"]
    assert [one.at for one in june.told.values()] == sorted(one.at for one in june.told.values())


def test_nobody_may_bring_another_ending_than_the_looks_do(june: Replayed) -> None:
    """An employee claims no fix, and an officer's claim alone closes nothing: the look does."""
    with pytest.raises(NotAllowed):
        june.stage.act("amara", controls.claim, READERS, "It is fixed, believe me.", days=14)
    fixed = june.seen["fixed", "ingrid"].evidence
    assert fixed is not None
    assert [line.by for line in fixed[READERS].lines if line.by] == ["Ingrid Solheim"]
    assert fixed[READERS].lines[-1].state is Found.HOLDS
