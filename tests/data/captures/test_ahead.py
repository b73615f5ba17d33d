"""What a wrong clock dates ahead goes with the deletion that finds it stored, stays away, and takes nothing along."""

from __future__ import annotations

import pytest

from data import instants
from data.captures import ahead, erase, quarantine, refusals, segments
from data.captures.compaction import compact
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.people.viewer import Role, Viewer
from data.programme import record
from data.sealing.vault import Vault
from tests.data.captures.rows import Row, row, table
from tests.data.captures.taking import PERSON, add_people, stored, take

DAY = instants.DAY
KEYS = Scope(frozenset({Kind.KEY}))
OLGA = Viewer(8, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga")


@pytest.fixture(autouse=True)
def roster(database: Database) -> None:
    add_people(database)


def brought(database: Database, vault: Vault) -> tuple[list[Row], int]:
    """Three keystrokes and a click of yesterday, three keystrokes of a clock 200 days ahead; and an instant later."""
    now = instants.now()
    held = [row(now - DAY + one, text="q") for one in range(3)] + [row(now - DAY, "click", x=1.0, y=1.0)]
    held += [row(now + 200 * DAY + one, text="q") for one in range(3)]
    take(database, vault, table(held))
    return held, instants.now()


def left(database: Database, vault: Vault, scope: Scope, at: int) -> tuple[str, ...]:
    with database.reading() as session:
        return erase.remnants(session, vault, PERSON, scope, at)


def test_a_part_that_is_erased_goes_whatever_its_clock_said_and_does_not_come_back(
    database: Database, vault: Vault
) -> None:
    """What is captured afterwards is taken in, until that clock's day, and of other kinds on it too."""
    held, at = brought(database, vault)
    assert any("6 captures" in one for one in left(database, vault, KEYS, at))
    assert erase.rewrite_without(database, vault, PERSON, [KEYS], at).captures == 6
    erase.settle(database, vault, PERSON)
    assert left(database, vault, KEYS, at) == ()
    assert stored(database, vault)["kind"].to_pylist() == ["click"]
    again = take(database, vault, table(held))
    assert (again.added, again.refused) == (0, 6)
    later = [row(at + DAY, text="new"), row(at + 199 * DAY, text="new"), row(held[-1]["at"], "click", x=2.0, y=2.0)]
    assert take(database, vault, table(later)).added == 3
    assert left(database, vault, KEYS, at) == (), "what came later was never to be deleted"


def test_everything_that_is_erased_does_not_come_back_from_ahead(database: Database, vault: Vault) -> None:
    held, at = brought(database, vault)
    with database.writing() as session:
        erase.destroy_keys(session, vault, PERSON, at)
    with database.writing() as session:
        erase.destroy_keys(session, vault, PERSON, at)  # cut off, and begun again
        assert len(refusals.erased_scopes(session, vault, PERSON)) == 2
    with database.writing() as session:
        assert erase.remove_rows(session, vault, PERSON).captures == 7
    again = take(database, vault, table(held))
    assert (again.added, again.refused) == (0, 7)
    assert take(database, vault, table([row(at + DAY)])).added == 1


def test_what_is_in_quarantine_goes_whatever_its_clock_said(database: Database, vault: Vault) -> None:
    """All of it, and a part, with what is counted of it; and it is not quarantined again."""
    with database.writing() as session:
        paused = record.pause(session, OLGA, vault, None, "The tables were open.").pause
    assert paused
    held = [row(paused.start + one * 100 * DAY, kind) for kind in ("key", "click") for one in range(3)]
    assert take(database, vault, table(held)).quarantined == 6
    for scope, gone, rest in ((KEYS, 3, 3), (Scope(), 3, 0)):
        at = instants.now()
        assert any("still in quarantine" in one for one in left(database, vault, scope, at))
        assert erase.rewrite_without(database, vault, PERSON, [scope], at).quarantined == gone
        assert not any("quarantine" in one for one in left(database, vault, scope, at))
        with database.reading() as session:
            kept = quarantine.by_kind(session, vault, PERSON, [Scope()])
        assert kept.total() == rest
    again = take(database, vault, table(held))
    assert (again.quarantined, again.refused) == (0, 6)


def test_what_comes_after_a_deletion_began_is_not_of_it_though_it_lies_ahead(database: Database, vault: Vault) -> None:
    """Also when both were written together since."""
    _, at = brought(database, vault)
    late = [row(at + 300 * DAY, text="late")]
    take(database, vault, table(late))
    assert erase.rewrite_without(database, vault, PERSON, [KEYS], at).captures == 6
    assert stored(database, vault)["at"].to_pylist()[1:] == [late[0]["at"]]
    assert not any("captures in the scope" in one for one in left(database, vault, KEYS, at))
    assert left(database, vault, KEYS, instants.now()), "a deletion that begins now is about it too"


def test_compacted_captures_count_as_come_with_the_oldest_of_them(database: Database, vault: Vault) -> None:
    _, at = brought(database, vault)
    take(database, vault, table([row(at + 300 * DAY)]))
    assert compact(database, vault, PERSON) == 1
    with database.reading() as session:
        (one,) = segments.listed(session, PERSON)
    assert segments.made_at(one.import_id) < at


def test_a_scope_that_ends_before_the_deletion_has_nothing_ahead(database: Database, vault: Vault) -> None:
    _, at = brought(database, vault)
    ended = Scope(end=at - DAY)
    with database.reading() as session:
        assert ahead.taken(session, vault, PERSON, ended, at) == (ended,)


def test_a_damaged_file_does_not_keep_anybody_from_deleting_it(database: Database, vault: Vault) -> None:
    """Where nobody can tell what lies ahead, all of its time is refused."""
    held, at = brought(database, vault)
    with database.reading() as session:
        (one,) = segments.listed(session, PERSON)
    vault.objects.put(segments.name_of(one), b"damaged")
    with database.writing() as session:
        erase.destroy_keys(session, vault, PERSON, at)
        spans = refusals.erased_scopes(session, vault, PERSON)
    assert spans == (Scope(end=at), Scope(start=at, end=held[-1]["at"] + 1))
