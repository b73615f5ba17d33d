"""What is blacked out in one copy: the bystander rules and the officers' marks as they stand, picture by picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from data.rights import record
from data.rights.redaction import bystanders, marks
from data.rights.redaction.bystanders import Ruleset
from data.rights.redaction.marks import Made
from data.rights.redaction.region import Region, Shown
from data.rights.redaction.showing import Showing
from data.rights.tables import RequestRow
from data.sealing.vault import Vault

UNCOVERED = "uncovered"  # in what is asked: an appeal against blacking out was right, so these pictures are as captured
NONE = Ruleset()
OFFICER = "a privacy officer"


@dataclass(frozen=True)
class Hiding:
    """A region that is blacked out: what of others it shows, in words, and by what (`entry` of the access log)."""

    region: Region
    shown: Shown
    words: str
    by: str
    entry: int


@dataclass(frozen=True)
class Plan:
    """The rules that hold for a copy, and the marks. `version` differs when anything of it does."""

    rules: Ruleset = NONE
    marks: tuple[Made, ...] = ()

    @property
    def version(self) -> str:
        """A digest of all of it; empty where nothing is blacked out."""
        if not self.rules.rules and not self.marks:
            return ""
        named = [self.rules.position, [one.id for one in self.marks], [one.position for one in self.marks]]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()

    @property
    def looks(self) -> bool:
        """Whether the captures have to be read to tell which pictures are reached."""
        return bool(self.rules.rules) or any(not one.mark.screen for one in self.marks)

    def reached(self, showings: Iterable[Showing], held: Collection[str]) -> Mapping[str, tuple[Hiding, ...]]:
        """What is blacked out in which of the pictures `held` (digests); those with nothing are left out."""
        found: dict[str, dict[Hiding, None]] = {}
        for one in self.marks:
            if one.mark.screen in held:
                found.setdefault(one.mark.screen, {})[_by_officer(one)] = None
        spans = [one for one in self.marks if not one.mark.screen]
        ruled = [_by_rule(self.rules, number) for number in range(1, len(self.rules.rules) + 1)]
        for showing in showings if self.looks else ():
            if showing.screen not in held:
                continue
            hit = [_by_officer(one) for one in spans if one.mark.reaches(showing)]
            for rule, hiding in zip(self.rules.rules, ruled, strict=True):
                hit += [hiding] if any(rule.reaches(window) for window in showing.windows) else []
            if hit:
                found.setdefault(showing.screen, {}).update(dict.fromkeys(hit))
        return {screen: tuple(hidings) for screen, hidings in found.items()}

    def as_json(self) -> dict[str, Any]:
        """The rules in a copy, for whoever reads it."""
        rules = [one.as_json() for one in self.rules.rules]
        return {"version": self.rules.version, "entry": self.rules.position, "rules": rules}


def of(session: Session, vault: Vault, person_id: int, request_id: int | None) -> Plan:
    """What holds now for the copy of a request (None: one that no request asked for)."""
    row = None if request_id is None else session.get(RequestRow, (person_id, request_id))
    if row is not None and record.of(session, vault, row).asked.get(UNCOVERED):
        return Plan()
    return Plan(bystanders.register(session, vault).now, marks.holding(session, vault, person_id))


def _by_officer(one: Made) -> Hiding:
    return Hiding(one.mark.region, one.mark.shown, one.mark.words, OFFICER, one.position)


def _by_rule(rules: Ruleset, number: int) -> Hiding:
    rule = rules.rules[number - 1]
    by = f"rule {number} of version {rules.version}"
    return Hiding(rule.region, rule.shown, rule.words, by, rules.position)
