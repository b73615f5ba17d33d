"""The words about saved texts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data.rights.texts import SavedText
from pages.shell import markup, words

NEW = (
    "Every officer can then put it into what they write, and change it there. It may name nobody, and has no gaps to"
    " fill in: what stands in it reaches everybody it is used for."
)


def headline(found: Sequence[SavedText]) -> str:
    """How many there are, as HTML."""
    if not found:
        return markup.answer("No text is saved yet.", "What officers write often can be kept here.", icon="edit_note")
    said = f"{words.count(len(found), 'text')} {words.plural(len(found), 'is', 'are')} saved for all officers."
    return markup.answer(said, "They are offered where an officer writes to a person.", icon="edit_note")


def row(one: SavedText) -> str:
    """One text, as HTML."""
    return (
        f'<div class="dl dl-said"><strong>{markup.html(one.title)}</strong>'
        f'<br><span class="soft">Text {one.number} · for {markup.html(one.use.plain)} · version {one.version}</span>'
        f"<blockquote>{markup.html(one.words)}</blockquote></div>"
    )


def changed(one: SavedText, did: str) -> str:
    """'Text 3 was changed.'"""
    return f"Text {one.number} was {did}."
