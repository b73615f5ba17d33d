"""The preview of a request is what it then does: at the command line, on the person's page, on the officer's desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import EntryRow
from data.captures import counts, rollups, segments
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.copies import snapshot
from data.copies.snapshot import Made, Part
from data.database import Database
from data.errors import BadInput
from data.people.viewer import OPERATOR
from data.rights import steps
from data.rights.erasure import issuing, sparing
from data.rights.erasure.sparing import Foreseen
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from tests.data.captures.rows import row, table
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import START, keep
from tests.data.rights.test_erasure import DIGESTS, NARROW, approved, hold
from tests.data.rights.test_holds import put

# Leaves of everything, and of a part, pieces before it, after it and of other kinds.
CUT = Scope(frozenset({Kind.KEY, Kind.WINDOW}), start=START + 2 * instants.HOUR, end=START + 5 * instants.HOUR)
WHY = Reason(Purpose.REQUEST, "request 1")


def foreseen(database: Database, vault: Vault, roster: Roster, kind: RequestKind, scope: Scope) -> Foreseen:
    """What the officer is told, which is what the person is."""
    with database.writing() as session:
        mine = sparing.preview(session, roster.ana, vault, 1, kind, scope)
        assert sparing.preview(session, roster.olga, vault, 1, kind, scope, WHY) == mine
    return mine


@pytest.mark.parametrize(
    "held", [None, CUT, Scope(frozenset({Kind.KEY})), Scope()], ids=["no hold", "cut", "kind", "all"]
)
@pytest.mark.parametrize("scope", [Scope(), NARROW], ids=["everything", "part"])
def test_what_a_preview_says_is_exactly_what_the_deletion_takes_and_leaves(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, scope: Scope, held: Scope | None
) -> None:
    """Captures by kind, pictures, what stays because of a hold, and what stays in all; to the last one."""
    hold(database, vault, 1)
    if held is not None:
        put(database, vault, roster, held)
    seen = foreseen(database, vault, roster, RequestKind.ERASURE, scope)
    number = approved(database, vault, roster, scope)
    found = steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, number)
    assert (found.state is State.HELD) is bool(seen.kept)
    assert seen.goes.total + seen.stays == seen.matching.total
    if not seen.goes.total:
        assert (found.counts, seen.goes.screens, seen.goes.kept_total) == ({}, 0, 300)
        return
    with database.reading() as session:
        removed = issuing.find(session, roster.ana, vault, number).certificate.removed
    kinds = {name.removeprefix("of these: "): count for name, count in removed.items() if name.startswith("of these")}
    assert {kind.value: count for kind, count in seen.goes.kinds.items()} == kinds
    assert (seen.goes.total, seen.goes.screens) == (removed["Captures"], removed["Pictures of the screen"])
    assert seen.goes.kept_total == found.counts["left"]


def test_of_a_picture_that_two_pieces_show_the_preview_says_that_it_goes(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """What a hold cuts in two goes together, and so does a picture that captures on both sides show."""
    hold(database, vault, 1)
    keep(database, vault, 1, [{"at": START, "kind": "click", "screen": DIGESTS[0]}], import_id=3)  # a key shows it too
    put(database, vault, roster, Scope(frozenset({Kind.KEY}), start=START + instants.DAY * 99))  # nothing yet: it cuts
    assert foreseen(database, vault, roster, RequestKind.ERASURE, Scope()).goes.screens == 2


def test_a_copy_is_previewed_whole_whatever_is_held(database: Database, vault: Vault, roster: Roster) -> None:
    """A hold keeps from deletion alone."""
    hold(database, vault, 1)
    put(database, vault, roster, Scope())
    seen = foreseen(database, vault, roster, RequestKind.EXPORT, Scope())
    assert (seen.goes.total, seen.stays, seen.kept) == (300, 0, ())


def test_a_preview_with_a_hold_is_one_look_and_of_a_range_upside_down_none(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """However many pieces are counted, its person reads of one look; what cannot be is one sentence."""
    hold(database, vault, 1)
    put(database, vault, roster, CUT)
    with database.writing() as session, pytest.raises(BadInput, match="swap 'from' and 'to'"):
        sparing.preview(session, roster.olga, vault, 1, RequestKind.ERASURE, Scope(start=START, end=START - 9), WHY)
    with database.writing() as session:
        sparing.preview(session, roster.olga, vault, 1, RequestKind.ERASURE, Scope(), WHY)
        looks = select(func.count()).select_from(EntryRow).where(EntryRow.action == Action.READ.value)
        assert session.scalar(looks) == 1


def test_what_a_clock_dated_ahead_is_previewed_certified_and_gone(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """The three agree, and whoever has a copy of it is told as well."""
    ahead = instants.now() + 200 * instants.DAY
    hold(database, vault, 1)
    keep(database, vault, 1, [{"at": ahead, "kind": "key"}], import_id=3)
    with database.writing() as session:
        counts.add(session, vault, 1, rollups.count(table([row(ahead)])))
        made = Made(None, "the operator", Purpose.REQUEST, "T-1", "jsonl", 1, "0" * 64, 0, {})
        snapshot.register(session, vault, made, (Part(1, "a", 1, ahead, ahead),))
    keys_only = Scope(frozenset({Kind.KEY}))
    goes = foreseen(database, vault, roster, RequestKind.ERASURE, keys_only).goes
    number = approved(database, vault, roster, keys_only)
    steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, number)
    with database.reading() as session:
        said = issuing.find(session, roster.ana, vault, number).certificate
        held = [one for found in segments.read(session, vault, 1) for one in found["kind"].to_pylist()]
    assert (said.removed["Captures"], said.left) == (goes.total, len(held))
    assert "key" not in held
    assert [one["copy"] for one in said.copies] == [1]
