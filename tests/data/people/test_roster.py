"""A roster is loaded whole or not at all, and says which lines are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.looks import listing
from data.people import corrections, grants, person, roster
from data.people.roster import Loaded
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.rights import discretion
from data.sealing.vault import Vault

HEADER = "email,name,department,manager,jurisdiction\n"
THREE = HEADER + "ana@x.org,Ana Ü,Sales,,DE\nBEN@x.org,Ben,Sales,ana@x.org,US-CA\ncy@x.org,Cy,Ops,ben@x.org,uk\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def load(database: Database, vault: Vault, folder: Path, content: str | bytes) -> Loaded:
    path = folder / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with database.writing() as session:
        return roster.load(session, OPERATOR, vault, path)


def refused(database: Database, vault: Vault, folder: Path, content: str | bytes) -> str:
    with pytest.raises(BadInput) as caught:
        load(database, vault, folder, content)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 0
        assert session.scalar(select(func.count()).select_from(EntryRow)) == 0
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.isprintable()
    return sentence


def test_a_roster_is_loaded_and_loading_it_again_changes_nothing(
    database: Database, vault: Vault, folder: Path
) -> None:
    assert load(database, vault, folder, THREE) == Loaded(3, 0, 0)
    assert load(database, vault, folder, THREE) == Loaded(0, 0, 3)
    with database.reading() as session:
        ana, ben = person.by_email(session, " ANA@X.org"), person.by_email(session, "ben@x.org")
        assert (ana.name, ana.department, ana.manager_id, ana.jurisdiction) == ("Ana Ü", "Sales", None, "gdpr")
        assert (ben.manager_id, ben.jurisdiction) == (ana.id, "california")
        assert person.by_id(session, ana.id) == ana
        assert [one.email for one in person.listed(session, OPERATOR)] == ["ana@x.org", "ben@x.org", "cy@x.org"]
        assert session.scalars(select(EntryRow.action)).all() == [Action.ROSTER.value]


def test_a_later_roster_changes_what_differs_and_leaves_whom_it_does_not_name(
    database: Database, vault: Vault, folder: Path
) -> None:
    load(database, vault, folder, THREE)
    changed = HEADER + "ben@x.org,Ben,Legal,,US-CA\ndee@x.org,Dee,Legal,cy@x.org,FR\n"
    assert load(database, vault, folder, changed) == Loaded(1, 1, 0)
    with database.reading() as session:
        assert person.by_email(session, "ben@x.org").manager_id is None
        assert person.by_email(session, "ben@x.org").department == "Legal"
        assert person.by_email(session, "dee@x.org").manager_id == person.by_email(session, "cy@x.org").id
        assert person.by_email(session, "cy@x.org").manager_id == person.by_email(session, "ben@x.org").id


def test_who_left_stays_on_the_roster_without_any_role_and_a_file_that_does_not_say_keeps_it(
    database: Database, vault: Vault, folder: Path
) -> None:
    """They still sign in and see what is held about them, and can be nobody's officer; whoever comes back is granted
    roles anew. A day that has not come yet takes nothing."""
    with_left = THREE.replace("jurisdiction", "jurisdiction,Left", 1).replace("DE", "DE,{}").replace("-CA", "-CA,{}")
    with_left = with_left.replace(",uk", ",uk,")

    def left(content: str) -> dict[str, int | None]:
        load(database, vault, folder, content)
        with database.reading() as session:
            return dict(session.execute(select(PersonRow.email, PersonRow.left_at)).all())

    load(database, vault, folder, THREE)
    with database.writing() as session:
        for email, role in (("ana@x.org", "officer"), ("ben@x.org", "organizer")):
            grants.grant(session, OPERATOR, vault, email, role)
    gone, later = instants.parse("2026-03-31"), instants.parse("2200-01-01")
    assert load(database, vault, folder, with_left.format("2026-03-31", "2200-01-01")) == Loaded(0, 2, 1, 0, 1)
    assert left(THREE) == {"ana@x.org": gone, "ben@x.org": later, "cy@x.org": None}
    with database.reading() as session:
        ana, ben = person.by_email(session, "ana@x.org"), person.by_email(session, "ben@x.org")
        assert grants.by_person(session) == {ben.id: frozenset({Role.ORGANIZER})}
        assert [row.scope["role"] for row in events.of(session, vault, Action.REVOKE)[0]] == ["officer"]
    assert left(with_left.format("", "")) == {"ana@x.org": None, "ben@x.org": None, "cy@x.org": None}
    with database.reading() as session:
        assert grants.by_person(session).get(ana.id, frozenset()) == frozenset()


def test_from_the_day_that_was_named_ahead_nobody_who_left_holds_a_role(
    database: Database, vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file has to come on that day, and one that says they are back brings no role back."""
    load(database, vault, folder, THREE)
    with database.writing() as session:
        grants.grant(session, OPERATOR, vault, "ana@x.org", "officer")
    day = instants.now() // instants.DAY * instants.DAY + 10 * instants.DAY
    with_left = THREE.replace("jurisdiction", "jurisdiction,left", 1).replace("DE", "DE,{}").replace("-CA", "-CA,")
    with_left = with_left.replace(",uk", ",uk,")
    leaves, back = with_left.format(instants.iso(day)[:10]), with_left.format("")

    def roles() -> tuple[frozenset[Role], frozenset[int]]:
        with database.reading() as session:
            ana = person.by_email(session, "ana@x.org")
            found = person.viewer(session, ana).roles
            assert found - {Role.EMPLOYEE} == grants.by_person(session).get(ana.id, frozenset())
            return found, discretion.officers(session)

    load(database, vault, folder, leaves)
    monkeypatch.setattr(instants, "now", lambda: day - 1)
    found, officers = roles()
    assert (found, len(officers)) == (frozenset({Role.EMPLOYEE, Role.OFFICER}), 1)
    monkeypatch.setattr(instants, "now", lambda: day)
    assert roles() == (frozenset({Role.EMPLOYEE}), frozenset())
    with database.writing() as session, pytest.raises(Conflict, match="has left"):
        grants.grant(session, OPERATOR, vault, "ana@x.org", "auditor")
    assert load(database, vault, folder, back).revoked == 1
    assert roles() == (frozenset({Role.EMPLOYEE}), frozenset())
    with database.writing() as session:
        grants.grant(session, OPERATOR, vault, "ana@x.org", "auditor")
    assert roles()[0] == {Role.EMPLOYEE, Role.AUDITOR}


@pytest.mark.parametrize("day", ["31.12.2025", "2026-02-30", "20260331", "2026-03-31T00:00", "0001-01-01", "gone"])
def test_a_day_that_is_none_is_refused(database: Database, vault: Vault, folder: Path, day: str) -> None:
    said = refused(database, vault, folder, HEADER.strip() + f",left\nana@x.org,Ana,Sales,,DE,{day}\n")
    assert "line 2" in said and "left" in said


def test_a_department_belongs_to_the_division_that_the_newest_roster_names(
    database: Database, vault: Vault, folder: Path
) -> None:
    """Figures add departments up to divisions. A file without the column says nothing of them, and one in which a
    department is in two is wrong."""
    with_divisions = HEADER.replace("jurisdiction", "jurisdiction,Division")

    def divisions(content: str) -> dict[str, str | None]:
        load(database, vault, folder, content)
        with database.reading() as session:
            return dict(session.execute(select(DepartmentRow.name, DepartmentRow.division)).all())

    two = "ana@x.org,Ana,Sales,,DE,{}\nbo@x.org,Bo,Sales,,DE,{}\ncy@x.org,Cy,Ops,,DE,\n"
    said = refused(database, vault, folder, with_divisions + two.format("East", "West"))
    assert "line 3: the department 'Sales' is in the division 'West' here and in 'East' on line 2" in said
    assert divisions(with_divisions + two.format("East", "East")) == {"Sales": "East", "Ops": None}
    assert divisions(THREE) == {"Sales": "East", "Ops": None}
    assert divisions(with_divisions + two.format("West", "West")) == {"Sales": "West", "Ops": None}
    with database.reading() as session:
        (*_, newest) = events.of(session, vault, Action.ROSTER)[0]
    assert newest.scope["divisions"] == 1


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        ("ana Field, ben Field, cy Ops, dee Ops", {"Field": "Sales", "Ops": "Ops"}),
        ("ana Ops, ben Ops, cy Sales, dee Sales", {"Ops": "Sales", "Sales": "Ops"}),
        ("ana Field, ben Sales, cy Ops, dee Ops", {"Sales": "Sales", "Ops": "Ops", "Field": ""}),
        ("ana Field, ben Field, cy Field, dee Field", {"Sales": "Sales", "Ops": "Ops", "Field": ""}),
        ("ana Ops, ben Ops, cy Ops, dee Ops", {"Sales": "Sales", "Ops": "Ops"}),
        ("ana Field, ben Web, cy Ops, dee Ops", {"Sales": "Sales", "Ops": "Ops", "Field": "", "Web": ""}),
        ("ana Field", {"Sales": "Sales", "Ops": "Ops", "Field": ""}),
        ("ana Field, ben Field, eve Field", {"Field": "Sales", "Ops": "Ops"}),
    ],
    ids=["renamed", "swapped", "one moves", "merged anew", "merged", "split", "few named", "with a new colleague"],
)
def test_a_department_that_is_called_otherwise_stays_the_same_one(
    database: Database, vault: Vault, folder: Path, after: str, kept: dict[str, str]
) -> None:
    """What figures say of it goes on under another name; by its name alone it would end, or go on with another's."""

    def rows(text: str) -> str:
        given = (one.split() for one in text.split(", "))
        return HEADER + "".join(f"{name}@x.org,{name},{department},,DE\n" for name, department in given)

    def numbers() -> dict[str, int]:
        with database.reading() as session:
            return dict(session.execute(select(DepartmentRow.name, DepartmentRow.id)).all())

    load(database, vault, folder, rows("ana Sales, ben Sales, cy Ops, dee Ops"))
    before = numbers()
    load(database, vault, folder, rows(after))
    old = {number: name for name, number in before.items()}
    assert {name: old.get(number, "") for name, number in numbers().items()} == kept
    with database.reading() as session:
        for name, department in (one.split() for one in after.split(", ")):
            assert person.by_email(session, f"{name}@x.org").department == department
        (*_, newest) = events.of(session, vault, Action.ROSTER)[0]
    assert newest.scope.get("renamed", 0) == sum(bool(was) and was != name for name, was in kept.items())


def test_whoever_was_granted_to_be_in_a_department_is_in_it_under_its_new_name(
    database: Database, vault: Vault, folder: Path
) -> None:
    """The correction holds, and neither makes the old name anew nor hides that it is gone."""
    four = "ana@x.org,Ana,{0},,DE\nben@x.org,Ben,{0},,DE\ncy@x.org,Cy,Ops,,DE\ndee@x.org,Dee,Ops,,DE\n"
    load(database, vault, folder, HEADER + four.format("Sales"))
    with database.writing() as session:
        cy = person.by_email(session, "cy@x.org").id
        corrections.correct(session, cy, 1, corrections.Field.DEPARTMENT, "Sales")
    assert load(database, vault, folder, HEADER + four.format("Field")).kept == 1
    with database.reading() as session:
        assert person.by_email(session, "cy@x.org").department == "Field"
        assert set(session.scalars(select(DepartmentRow.name))) == {"Field", "Ops"}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + THREE.encode(),
        THREE.replace("\n", "\r\n").encode(),
        THREE.replace(",", ";").encode(),
        THREE.replace(",", "\t").encode(),
        (THREE + "\n\n , , , , \n").encode(),
        (
            b"Jurisdiction,NOTES,manager,Department,Name,E-mail, email \n"
            b'DE,x,,Sales,Ana,,ana@x.org\nuk,,ana@x.org,Sales,"Ben, B",,b@x.org\neu,,,Sales,Cy,,c@x.org\n'
        ),
    ],
)
def test_the_forms_that_spreadsheets_write_are_read(
    database: Database, vault: Vault, folder: Path, content: bytes
) -> None:
    assert load(database, vault, folder, content).added == 3


def test_every_bad_row_is_named_by_its_line_and_nothing_is_kept(database: Database, vault: Vault, folder: Path) -> None:
    bad = (
        "good@x.org,Good,Sales,,DE\n"
        "no-at-sign,A,Sales,,DE\n"
        "a@x.org,,Sales,,DE\n"
        "b@x.org,B,Sales,,Mars\n"
        "GOOD@x.org,Twice,Sales,,DE\n"
        '"c@x.org","two\nlines",Sales,,DE\n'
        "d@x.org,D,Sales\n"
        "e@x.org,=HYPERLINK(1),Sales,,DE\n"
        "f@x.org,\u202egnp.exe,Sales,,DE\n"
        f"g@x.org,{'x' * 5000},Sales,,DE\n"
    )
    sentence = refused(database, vault, folder, HEADER + bad)
    for line in (3, 4, 5, 6, 7, 9, 10, 11, 12):
        assert f"line {line}:" in sentence, line
    assert "line 2:" not in sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (HEADER.encode(), "no people"),
        (b"email,name\na@x.org,A\n", "no column department, manager, jurisdiction"),
        (b"email,name,department,manager,jurisdiction,email\n", "more than once"),
        (THREE.encode("utf-16"), "UTF-16"),
        (THREE.encode("latin-1"), "not UTF-8 on line 2"),
        (HEADER.encode() + b'a@x.org,"A' + b"x" * 200_000, "line 2"),
        (HEADER.encode() + b'a@x.org,"A"B,Sales,,DE\n', "line 2"),
        (HEADER.encode() + b"a@x.org,A\x00,Sales,,DE\n", "line 2"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_in_one_sentence(
    database: Database, vault: Vault, folder: Path, content: bytes, said: str
) -> None:
    assert said in refused(database, vault, folder, content)


def test_nobody_is_above_themselves(database: Database, vault: Vault, folder: Path) -> None:
    circle = HEADER + "a@x.org,A,S,c@x.org,DE\nb@x.org,B,S,a@x.org,DE\nc@x.org,C,S,b@x.org,DE\nd@x.org,D,S,d@x.org,DE\n"
    sentence = refused(database, vault, folder, circle)
    assert "circle (a@x.org -> c@x.org -> b@x.org -> a@x.org)" in sentence
    assert "line 5: the managers go in a circle (d@x.org -> d@x.org)" in sentence
    sentence = refused(database, vault, folder, HEADER + "a@x.org,A,S,ghost@x.org,DE\n")
    assert "line 2: the manager 'ghost@x.org' is neither" in sentence


def test_a_circle_through_people_of_an_earlier_roster_is_found(database: Database, vault: Vault, folder: Path) -> None:
    load(database, vault, folder, THREE)
    with pytest.raises(BadInput, match="circle"):
        load(database, vault, folder, HEADER + "ana@x.org,Ana,Sales,cy@x.org,DE\n")


def test_a_missing_file_is_said_to_be_missing(database: Database, vault: Vault, folder: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"), database.writing() as session:
        roster.load(session, OPERATOR, vault, folder / "nowhere.csv")
    with pytest.raises(BadInput, match="cannot be read"), database.writing() as session:
        roster.load(session, OPERATOR, vault, folder)


def test_roles_are_given_and_taken_back_and_both_are_in_the_log(database: Database, vault: Vault, folder: Path) -> None:
    load(database, vault, folder, THREE)
    auditor = Viewer(999, frozenset({Role.AUDITOR}))

    def roles() -> frozenset[Role]:
        with database.reading() as session:
            return person.viewer(session, person.by_email(session, "ana@x.org")).roles

    assert roles() == {Role.EMPLOYEE}
    with database.writing() as session:
        grants.grant(session, OPERATOR, vault, "Ana@x.org", "Officer")
    assert roles() == {Role.EMPLOYEE, Role.OFFICER}
    with pytest.raises(Conflict), database.writing() as session:
        grants.grant(session, OPERATOR, vault, "ana@x.org", "officer")
    with database.writing() as session:
        grants.revoke(session, OPERATOR, vault, "ana@x.org", "officer")
        grants.grant(session, OPERATOR, vault, "ana@x.org", "officer")
        grants.revoke(session, OPERATOR, vault, "ana@x.org", "officer")
    assert roles() == {Role.EMPLOYEE}
    with pytest.raises(Conflict), database.writing() as session:
        grants.revoke(session, OPERATOR, vault, "ana@x.org", "officer")
    with database.reading() as session:
        actions = [one.action for one in listing.entries(session, auditor, vault)]
    assert actions[-3:] == [Action.REVOKE, Action.GRANT, Action.ROSTER]


@pytest.mark.parametrize(
    ("email", "role", "error"), [("x@x.org", "officer", NotFound), ("ana@x.org", "boss", BadInput)]
)
def test_nobody_unknown_gets_a_role_and_nobody_gets_one_that_does_not_exist(
    database: Database, vault: Vault, folder: Path, email: str, role: str, error: type[Exception]
) -> None:
    load(database, vault, folder, THREE)
    with pytest.raises(error), database.writing() as session:
        grants.grant(session, OPERATOR, vault, email, role)


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.OFFICER, Role.ORGANIZER, Role.AUDITOR])
def test_only_the_operator_changes_who_may_do_what(database: Database, vault: Vault, folder: Path, role: Role) -> None:
    load(database, vault, folder, THREE)
    viewer = Viewer(1, frozenset({Role.EMPLOYEE, role}), "Ana")
    with pytest.raises(NotAllowed), database.writing() as session:
        grants.grant(session, viewer, vault, "ana@x.org", "officer")
    with pytest.raises(NotAllowed), database.writing() as session:
        roster.load(session, viewer, vault, folder / "roster.csv")
    with pytest.raises(NotAllowed), database.reading() as session:
        person.listed(session, viewer)


def test_a_subject_is_bound_once_and_an_email_alone_opens_nothing_afterwards(
    database: Database, vault: Vault, folder: Path
) -> None:
    load(database, vault, folder, THREE)
    with database.writing() as session:
        ana = person.bind_subject(session, "ana@x.org", "sub-1")
    with database.writing() as session:
        assert person.bind_subject(session, "changed@x.org", "sub-1").id == ana.id
    with pytest.raises(Conflict), database.writing() as session:
        person.bind_subject(session, "ana@x.org", "sub-2")
    with pytest.raises(NotFound), database.writing() as session:
        person.bind_subject(session, "nobody@x.org", "sub-3")
