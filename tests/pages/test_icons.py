"""Icons are drawn by their names: one that the font does not know stands there as a word, over the text beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from pages.shell.readable import NOUNS

PAGES = Path(__file__).resolve().parents[2] / "pages"
NAMED = re.compile(r'icon="(?::material/)?([a-z0-9_]+):?"|:material/([a-z0-9_]+):')


def named() -> dict[str, str]:
    """Each icon that a page, its words or a kind of captures names, and where."""
    found = {icon: f"what {kind.value} is called" for kind, (_, _, icon) in NOUNS.items()}
    for file in sorted(PAGES.rglob("*.py")):
        for one in NAMED.finditer(file.read_text()):
            found[one[1] or one[2]] = str(file.relative_to(PAGES))
    return found


@pytest.mark.parametrize(("icon", "where"), named().items())
def test_an_icon_has_a_name_that_the_font_knows(icon: str, where: str) -> None:
    assert icon in ALL_MATERIAL_ICONS, where
