"""Saved texts: what officers write again and again, shared among them.

A text holds nothing of anybody: it names nobody on the roster and has no gap that somebody's name would be put into,
because whatever stood there would reach the next person too. Each change is an entry of the access log with the
digest of the words; the words themselves are kept here alone, so that what is removed is gone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses import events, log
from data.accesses.entry import Action
from data.database import lock
from data.errors import BadInput, Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import written
from data.rights.tables import SavedTextRow
from data.sealing.vault import Vault

LONGEST = 80  # characters of a title
MOST = 200  # texts
LOCK = "saved texts"
_GAP = re.compile(r"[{}\[\]<>]|_{3,}|\.{4,}|\bX{3,}\b")


class Use(StrEnum):
    """Where a text fits."""

    APPROVAL = "approval"
    REFUSAL = "refusal"
    PART = "part"
    ANSWER = "answer"
    EXTENSION = "extension"
    ASK_BACK = "ask-back"
    APPEAL = "appeal"

    @property
    def plain(self) -> str:
        """What it is for, in words for people."""
        return _PLAIN[self]


_PLAIN = {
    Use.APPROVAL: "a word with an approval",
    Use.REFUSAL: "the reason of a refusal",
    Use.PART: "the reason why only a part is granted",
    Use.ANSWER: "the answer to a question",
    Use.EXTENSION: "why an answer takes longer",
    Use.ASK_BACK: "what has to be known first",
    Use.APPEAL: "the reason of a decision about an appeal",
}


@dataclass(frozen=True)
class SavedText:
    """One text, as it is since its `version` (1, 2 ...)."""

    number: int
    use: Use
    title: str
    words: str
    version: int


def listed(session: Session, viewer: Viewer, use: Use | None = None) -> tuple[SavedText, ...]:
    """The texts, or those for one use, by use and title. Permission KEEP_TEXTS."""
    require(viewer, Permission.KEEP_TEXTS)
    query = select(SavedTextRow)
    if use is not None:
        query = query.where(SavedTextRow.use == use.value)
    found = [_of(row) for row in session.scalars(query)]
    return tuple(sorted(found, key=lambda one: (list(Use).index(one.use), one.title.casefold(), one.number)))


def add(session: Session, viewer: Viewer, vault: Vault, use: Use | str, title: str, words: str) -> SavedText:
    """Save a new text. Permission KEEP_TEXTS. Raises BadInput, and Conflict when one of this title is there for it."""
    require(viewer, Permission.KEEP_TEXTS)
    fits = _use(use)
    lock(session, LOCK)
    if (session.scalar(select(func.count()).select_from(SavedTextRow)) or 0) >= MOST:
        raise BadInput(f"{MOST} texts are saved, and more are not kept; remove one that nobody needs.")
    row = SavedTextRow(id=_next(session, vault), use=fits.value, version=1, title="", words="")
    _put(session, row, title, words)
    session.add(row)
    return _logged(session, viewer, vault, row, "added")


def change(
    session: Session, viewer: Viewer, vault: Vault, number: int, title: str, words: str, *, version: int | None = None
) -> SavedText:
    """Write a text anew. `version` is the one that was read: with it, what somebody else wrote meanwhile stays.

    Permission KEEP_TEXTS. Raises NotFound, BadInput, Conflict when it says that already or is another by now."""
    row = _found(session, viewer, number, version)
    before = row.title, row.words
    _put(session, row, title, words)
    if (row.title, row.words) == before:
        raise Conflict(f"Text {number} says that already; nothing was changed.")
    row.version += 1
    return _logged(session, viewer, vault, row, "changed")


def remove(session: Session, viewer: Viewer, vault: Vault, number: int, *, version: int | None = None) -> SavedText:
    """Remove a text for good; what was written with it stays as it was written. Raises as `change`."""
    row = _found(session, viewer, number, version)
    gone = _logged(session, viewer, vault, row, "removed")
    session.delete(row)
    session.flush()
    return gone


def _found(session: Session, viewer: Viewer, number: int, version: int | None) -> SavedTextRow:
    require(viewer, Permission.KEEP_TEXTS)
    lock(session, LOCK)
    row = session.get(SavedTextRow, number, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no saved text {number}; it may have been removed meanwhile.")
    if version is not None and row.version != version:
        raise Conflict(f"Text {number} was changed by somebody else meanwhile; nothing was changed. Read it again.")
    return row


def _put(session: Session, row: SavedTextRow, title: str, words: str) -> None:
    named = " ".join(title.split())
    if not 1 <= len(named) <= LONGEST or not named.isprintable():
        raise BadInput(f"A saved text needs a title of 1 to {LONGEST} plain characters, by which officers find it.")
    said = written.words(words, "A saved text needs words; people read them.")
    for text in (named, said):
        if gap := _GAP.search(text):
            raise BadInput(
                f"A saved text has no gaps to fill in (“{gap[0]}”): nobody fills them, and they would reach a person."
            )
        if who := _somebody(session, text):
            raise BadInput(f"The text names {who}, who is on the roster; what many people read names nobody.")
    alike = select(SavedTextRow.id, SavedTextRow.title).where(SavedTextRow.use == row.use, SavedTextRow.id != row.id)
    for number, other in session.execute(alike):
        if other.casefold() == named.casefold():
            raise Conflict(f"Text {number} has this title already; change that one, or choose another title.")
    row.title, row.words = named, said


def _somebody(session: Session, text: str) -> str:
    """The first person on the roster whom the text names, in full or by e-mail address; empty when it names nobody.
    A name of one word is not looked for, because many are words of the language too."""
    said = _apart(text)
    for name, email in session.execute(select(PersonRow.name, PersonRow.email)):
        full = _apart(name)
        in_full = " " in full and full in said and re.search(rf"(?<!\w){re.escape(full)}(?!\w)", said)
        if in_full or email.casefold() in said:
            return name
    return ""


def _apart(text: str) -> str:
    """The words of a text in lower case, one space apart, without the marks between them."""
    return " ".join(re.sub(r"[^\w@.+'-]+", " ", text.casefold()).split())


def _use(use: Use | str) -> Use:
    try:
        return Use(use)
    except ValueError:
        raise BadInput(f"{use!r} is no use of a saved text; it is one of {', '.join(Use)}.") from None


def _next(session: Session, vault: Vault) -> int:
    """A number that no text had, also none that was removed: the log speaks of it."""
    logged, _ = events.of(session, vault, Action.SAVED_TEXT)
    kept = session.scalar(select(func.max(SavedTextRow.id))) or 0
    return max([kept, *(int(one.scope["text"]) for one in logged)]) + 1


def _logged(session: Session, viewer: Viewer, vault: Vault, row: SavedTextRow, did: str) -> SavedText:
    """Write down who changed it, and to what as a digest: its words are for the officers, and can be removed."""
    digest = hashlib.sha256(f"{row.title}\n{row.words}".encode()).hexdigest()
    scope = {"text": row.id, "use": row.use, "version": row.version, "did": did, "sha256": digest}
    session.flush()
    log.append(session, vault, action=Action.SAVED_TEXT, people=(), accessor=viewer, reason=None, scope=scope, count=0)
    return _of(row)


def _of(row: SavedTextRow) -> SavedText:
    return SavedText(row.id, Use(row.use), row.title, row.words, row.version)
