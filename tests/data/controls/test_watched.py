"""The file that names databases outside is read as it is described, or refused in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.controls import watched
from data.errors import BadInput

GOOD = """
[[database]]
name = "warehouse"
url = "postgresql://probe:secret@db/x"
tables = ["public.captures"]
allowed = ["app"]
"""


def test_the_example_in_the_description_is_read(tmp_path: Path) -> None:
    """Protects: what the description shows can be copied."""
    text = re.sub(r"^    ", "", (watched.__doc__ or "").partition("\n\n")[2].rpartition("\n\n")[0], flags=re.MULTILINE)
    (tmp_path / "controls.toml").write_text(text.rpartition("\nA password")[0] or text)
    found = watched.read(tmp_path / "controls.toml")
    (one,) = found.databases
    assert (one.name, one.row_security, one.audit) == ("capture warehouse", True, True)
    assert one.apart == (frozenset({"capture_app", "capture_audit"}),)
    assert one.owners == {"ana_db": "ana@example.org"}
    names = frozenset({"public.captures", "reporting.captures_old", "public.others"})
    assert one.matching(names) == {"public.captures", "reporting.captures_old"}
    assert one.absent(frozenset({"public.captures"})) == ("reporting.captures_*",)
    assert found.store is not None and found.store.allowed == {"daylight"}
    assert found.bucket == {"arn:aws:iam::123456789012:role/daylight"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name", "nam"), "there is no 'nam'"),
        (("postgresql:", "mysql:"), "url is no address of a PostgreSQL database"),
        (("public.captures", "captures"), "'captures' is no table"),
        (('allowed = ["app"]', ""), "allowed is missing"),
        (('["app"]', "[]"), "allowed is empty"),
        (('["app"]', '["app"]\napart = [["app"]]'), "apart is no list of lists"),
        (('["app"]', '["app"]\naudit = "yes"'), "audit is neither true nor false"),
        (('["app"]', '["app"]\nkinds = ["keys"]'), "'keys' is no kind of capture"),
        (('["app"]', '["app"]\npeople = ["a@b"]\ndepartment = "Sales"'), "people or a department, not both"),
        (('["app"]', '["app"]\nowners = {ana = 1}'), "owners is no list of login = e-mail"),
        (("[[database]]", "[database]"), "database is no section"),
        (("warehouse", watched.STORE), "another's already"),
        (("[[database]]", "[[database"), "is no TOML"),
        (('["app"]', '["app"]\n[bucket]\nallowd = ["app"]'), "[bucket]: there is no 'allowd'"),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_without_the_password(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    """Protects: a spelling cannot turn a watched database into one that nobody looks at."""
    path = tmp_path / "controls.toml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(BadInput, match=re.escape(said)) as refused:
        watched.read(path)
    assert str(path) in str(refused.value) and "secret" not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """Protects: a setting that names nothing is a mistake."""
    with pytest.raises(BadInput, match="cannot be read"):
        watched.read(tmp_path / "nothing.toml")
