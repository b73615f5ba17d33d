"""What a check of the log can find, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """Kinds of damage; the values are what `--json` prints."""

    ENTRY_CHANGED = "entry changed"
    ENTRY_MISSING = "entry missing"
    ENTRY_SURPLUS = "entry surplus"
    NEWER_MISSING = "newer entry missing"
    DETAILS_CHANGED = "details changed"
    DETAILS_MISSING = "details missing"
    DESTROYED_UNSAID = "details destroyed, unsaid"
    DESTROYED_EARLY = "details destroyed too early"
    DESTROYED_NOT = "details not destroyed"
    COLUMNS_CHANGED = "columns changed"
    PEOPLE_CHANGED = "people changed"
    LIST_CHANGED = "list changed"
    EVIDENCE_CHANGED = "evidence changed"
    EXPLANATION_UNFOUNDED = "explanation unfounded"
    EXPLANATION_MISSING = "explanation missing"
    EXPLANATION_WRONG = "explanation wrong"
    KEY_GONE = "key gone"
    TILE_DAMAGED = "tile damaged"
    TILE_MISSING = "tile missing"
    TILE_SURPLUS = "tile surplus"
    CHECKPOINT_BROKEN = "checkpoint broken"
    CHECKPOINT_FORGED = "checkpoint forged"
    CHECKPOINT_MISSING = "checkpoint missing"
    ANCHOR_GONE = "anchor gone"
    ANCHOR_UNREADABLE = "anchor unreadable"
    ROLLED_BACK = "rolled back"
    REWRITTEN = "rewritten"
    NOT_PUBLISHED = "not published"
    CHECK_ALTERED = "check altered"
    CHECK_AHEAD = "check ahead"


@dataclass(frozen=True)
class Finding:
    """One damage. `first` and `last` are positions of entries or sizes; of a tile its level and index. `which` names
    what differs where that can be several things."""

    what: What
    first: int
    last: int
    which: str = ""

    @property
    def sentence(self) -> str:
        """What is damaged and what that means, in one sentence."""
        said = _OF_ONE.get(self.what) if self.last == self.first else None
        return (said or _SENTENCES[self.what]).format(first=self.first, last=self.last, which=self.which)


_OF_ONE = {
    What.ENTRY_MISSING: "Entry {first} is missing: it was deleted after the log took it in.",
    What.NEWER_MISSING: "Entry {first}, which was never signed, is missing, and what lies beside it is there.",
}
_SENTENCES = {
    What.ENTRY_CHANGED: "Entry {first} is not the one that the log took in: it was changed, or swapped with another.",
    What.ENTRY_MISSING: "Entries {first} to {last} are missing: they were deleted after the log took them in.",
    What.ENTRY_SURPLUS: "Entry {first} stands where the log has none: somebody put it there.",
    What.NEWER_MISSING: "Between entry {first} and entry {last}, which were never signed, entries are missing.",
    What.DETAILS_CHANGED: "The details of entry {first} are not what the entry committed to.",
    What.DETAILS_MISSING: "The details of entry {first} are missing: somebody took away what it committed to.",
    What.DESTROYED_UNSAID: "The details of entry {first} were destroyed, and no entry of the log says so.",
    What.DESTROYED_EARLY: "The details of entry {first} were destroyed and should be there: {which}.",
    What.DESTROYED_NOT: "Entry {first} says that details of accesses were destroyed, and some of them were not: they "
    "are there, or were taken away in another way.",
    What.COLUMNS_CHANGED: "What lists and figures are found by of entry {first} is not what it committed to: {which}.",
    What.PEOPLE_CHANGED: "Entry {first} is listed for other people than those it committed to.",
    What.LIST_CHANGED: "In the lists of what is about each person, entry {first} is missing, or is at somebody else, "
    "or at another time than its own.",
    What.EVIDENCE_CHANGED: "Which outside records are known already was altered, at entry {first}: {which}.",
    What.EXPLANATION_UNFOUNDED: "That entry {last} says something of entry {first} was written beside the log; it does "
    "not say so, and nothing rests on it.",
    What.EXPLANATION_MISSING: "What entry {last} says of entry {first} is no longer found, as the way to it was taken "
    "away or altered: the read is shown as if nothing had been said.",
    What.EXPLANATION_WRONG: "Entry {last} says that entry {first} was declared, and it was not: by another accessor, "
    "of other people, data or time, or of less than was read.",
    What.KEY_GONE: "The log's own key is gone or was altered, so nothing that the {last} entries committed to opens.",
    What.TILE_DAMAGED: "Tile {last} of level {first} is damaged; the entries below it are what they were.",
    What.TILE_MISSING: "Tile {last} of level {first} is missing or cut short.",
    What.TILE_SURPLUS: "Tile {last} of level {first} belongs to no tree of this size.",
    What.CHECKPOINT_BROKEN: "The checkpoint of {first} entries is not the root of the first {first} entries.",
    What.CHECKPOINT_FORGED: "The checkpoint of {first} entries is not signed by this log's key.",
    What.CHECKPOINT_MISSING: "The checkpoint of {first} entries was signed, and somebody took it out of the database.",
    What.ANCHOR_GONE: "The file with the log's newest checkpoint is gone from beside the keyring, so that nothing here "
    "tells whether the database is an older one.",
    What.ANCHOR_UNREADABLE: "The file with the log's newest checkpoint, beside the keyring, was altered.",
    What.ROLLED_BACK: "The log holds {first} entries, but {last} were signed: the database is an older one.",
    What.REWRITTEN: "The first {first} entries are not those that were signed: the history was written anew.",
    What.NOT_PUBLISHED: "Nothing newer than the first {first} entries can be signed: {which}",
    What.CHECK_ALTERED: "The result of check {first} is not as it was kept: somebody altered it, or put it there.",
    What.CHECK_AHEAD: "The result of check {first} is dated ahead of the clock, so the clock was wrong then or is now.",
}
